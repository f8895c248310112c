public import Foundation
public import Ledger
public import Vault

/// What is remembered of a copy in the vault it was made from, so that a status can tell of a disk that is in the safe.
public enum CopyMemory {
    private static let newest = "newest/"
    private static let proven = "proven"

    /// Evidence that a copy was brought up to date from `source`, with the newest snapshot of each asset in it, as `source` calls
    /// it.
    public static func evidence(
        of copy: OpenVault, named name: String, from source: OpenVault, since started: Date
    ) async throws(VaultError) -> Evidence {
        let snapshots = try await copy.survey().snapshots
        var facts = ["to": name, "snapshots": String(snapshots.count)]
        for record in snapshots.sorted(by: { $0.instant < $1.instant }) {
            facts[newest + record.asset] = record.id(in: source).text
        }
        // What cannot be read the copy's own status names.
        let own = try await EvidenceLog(copy).survey().items.map(\.evidence).filter { $0.copy == copy.copy }
        facts[proven] = proof(in: own).map { String(Int64($0.timeIntervalSince1970)) }
        return Evidence(
            act: .copy, started: started, finished: Date(), host: ProcessInfo.processInfo.hostName, outcome: .passed, facts: facts
        )
    }

    /// The newest snapshot of each asset that the copy of this name held, and since when that is known. Nil where it was never
    /// noted.
    public static func recall(
        _ name: String, from evidence: [Evidence]
    ) -> (newest: [String: SnapshotID], since: Date, proven: Date?)? {
        guard let last = evidence.last(where: { $0.act == .copy && $0.facts["to"] == name }) else { return nil }
        var found: [String: SnapshotID] = [:]
        for (key, value) in last.facts where key.hasPrefix(newest) {
            found[String(key.dropFirst(newest.count))] = SnapshotID(value)
        }
        return (found, last.finished, last.facts[proven].flatMap(Double.init).map(Date.init(timeIntervalSince1970:)))
    }

    /// When a vault was last shown to be fit to restore from, by its own evidence: a drill, or a check that read every pack. A
    /// later one that failed takes that back.
    public static func proof(in evidence: [Evidence]) -> Date? {
        let telling = evidence.filter { item in
            switch item.act {
            case .drill: true
            case .check: item.outcome == .failed || (item.facts["depth"] == "all" && item.facts["snapshots"] != "0")
            default: false
            }
        }
        return telling.last.flatMap { $0.outcome == .failed ? nil : $0.finished }
    }
}
