import Foundation
import Language
import ObjectStore

/// Puts what is listed beside what this host has seen, writer by writer.
struct LogWalk {
    private let vault: OpenVault
    private(set) var logs: [KeyID: WriterLog] = [:]
    private(set) var problems: [(object: String, message: Phrase)] = []
    /// SHA-256 of what vanished.
    private(set) var vanished: Set<Digest> = []
    private var present: [KeyID: [ULID]] = [:]
    private var missing: [KeyID: [ULID]] = [:]

    init(_ vault: OpenVault) {
        self.vault = vault
    }

    enum Family {
        case snapshots, records

        func name(_ id: ULID) -> String {
            switch self {
            case .snapshots: SnapshotEnvelope.objectName(id)
            case .records: VaultRecord.objectName(id)
            }
        }
    }

    /// - Parameters:
    ///   - found: what could be verified.
    ///   - there: the ids of all that is listed as it was seen, or was let go.
    ///   - seen: what this host had seen before it was listed.
    ///   - noted: SHA-256 of what a keeper has noted as vanished.
    mutating func walk(
        _ family: Family, found: [VerifiedObject], there: Set<ULID>, seen: [ULID: Witness.Sight], noted: Set<Digest>
    ) {
        var replaced: Set<ULID> = []
        for object in found {
            change(object.signer) {
                switch family {
                case .snapshots: $0.snapshots += 1
                case .records: $0.records += 1
                }
                $0.newest = max($0.newest ?? object.id.instant, object.id.instant)
            }
            present[object.signer, default: []].append(object.id)
            guard let sight = seen[object.id], sight.digest != object.digest else { continue }
            let name = family.name(object.id)
            change(object.signer) { $0.replaced.append(name) }
            if !noted.contains(sight.digest) { vanished.insert(sight.digest) }
            replaced.insert(sight.id)
            problems.append((name, "It is signed, and it is not what this host has seen under that name before."))
        }
        // What another copy of the vault gave back has another name.
        let back = Set(found.map(\.digest))
        let gone = seen.values.filter {
            !there.contains($0.id) && !noted.contains($0.digest) && !replaced.contains($0.id) && !back.contains($0.digest)
        }
        for sight in gone.sorted(by: { $0.id < $1.id }) {
            let name = family.name(sight.id)
            change(sight.signer) { $0.vanished.append(name) }
            missing[sight.signer, default: []].append(sight.id)
            vanished.insert(sight.digest)
            problems.append(
                (
                    name,
                    "This host has seen it, signed by \(holder(sight.signer)); it is not in the vault any more, and no keeper has let it go."
                ))
        }
    }

    /// Says which logs stand as they once did, and whether the whole vault does.
    mutating func finish() {
        for (signer, gone) in missing {
            let newest = present[signer]?.max()
            let isNewer = newest.map { newest in gone.allSatisfy { $0 > newest } } ?? true
            change(signer) { $0.isRolledBack = isNewer }
        }
        guard let first = missing.values.joined().min() else { return }
        let later = present.values.joined().count { $0 > first }
        guard later == 0 else { return }
        let count = missing.values.reduce(0) { $0 + $1.count }
        problems.append(
            (
                VaultConfig.objectName,
                "The vault stands as it did before \(Self.shown(first.instant)): nothing that was written since is there, of which this host has seen \(count: count) {entry|entries}. Somebody has put back an earlier state of it, or removed the newest."
            ))
    }

    private static func shown(_ instant: Date) -> String {
        instant.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false).timeZone(separator: .omitted))
    }

    private func holder(_ key: KeyID) -> String { vault.key(key)?.holder ?? key.description }

    private mutating func change(_ signer: KeyID, _ body: (inout WriterLog) -> Void) {
        let new = WriterLog(holder: holder(signer), key: signer.description)
        body(&logs[signer, default: new])
    }
}
