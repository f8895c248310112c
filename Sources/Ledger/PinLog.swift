public import Foundation
import Language
public import Vault

/// Which snapshots are kept whatever the rules say: signed records in the vault, of the kind `pin`.
///
/// A pin holds until a record lifts it by name, so the order of records, and with it everybody's clock, does not matter. Its own
/// signer may lift a pin, and a keeper; somebody else's word does not count.
public struct PinLog: Sendable {
    private let vault: OpenVault
    private static let kind = "pin"

    public struct Pin: Sendable {
        public let id: ULID
        public let snapshot: SnapshotID
        public let reason: String?
        public let pinned: Date
        /// Whose key signed it, for people.
        public let holder: String
        fileprivate let signer: KeyID
    }

    private struct Body: Codable {
        var snapshot: SnapshotID?
        var reason: String?
        var instant: Date?
        /// The pins that this record lifts.
        var lifts: [ULID]?
    }

    /// A reason is a line of at most so many bytes.
    public static let longestReason = 500

    public init(_ vault: OpenVault) {
        self.vault = vault
    }

    /// The pins in force, oldest first. Fails where a record is damaged: what it said might be a pin.
    public func all() async throws(VaultError) -> [Pin] {
        let all = try await survey()
        if let problem = all.problems.first { throw problem.withWayOut }
        return all.pins
    }

    /// The pins in force that can be read, oldest first, and what is wrong with every record that cannot: it may have been one.
    public func survey() async throws(VaultError) -> (pins: [Pin], problems: [VaultError]) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .millisecondsSince1970
        var pins: [Pin] = []
        var lifted: [ULID: [KeyID]] = [:]
        let all = try await vault.recordSurvey(kind: Self.kind)
        var problems = all.problems
        for record in all.records {
            guard let body = try? decoder.decode(Body.self, from: record.body) else {
                problems.append(
                    VaultError(
                        .damaged, "The pin \(record.id) cannot be read.",
                        hint: "A newer version of Reprise may have written it."))
                continue
            }
            if let snapshot = body.snapshot {
                pins.append(
                    Pin(
                        id: record.id, snapshot: snapshot, reason: body.reason,
                        pinned: body.instant ?? Date(timeIntervalSince1970: 0),
                        holder: vault.key(record.signer)?.holder ?? record.signer.description, signer: record.signer))
            }
            for pin in body.lifts ?? [] { lifted[pin, default: []].append(record.signer) }
        }
        let inForce = pins.filter { pin in
            !(lifted[pin.id] ?? []).contains { $0 == pin.signer || vault.key($0)?.roles.contains(.keeper) ?? false }
        }
        return (inForce, problems)
    }

    /// Keeps a snapshot; it is durable when this returns.
    @discardableResult
    public func pin(_ snapshot: SnapshotID, reason: String?) async throws(VaultError) -> Pin {
        let now = Date()
        let record = try await vault.append(
            kind: Self.kind, body: Self.encode(Body(snapshot: snapshot, reason: reason, instant: now)))
        return Pin(
            id: record.id, snapshot: snapshot, reason: reason, pinned: now,
            holder: vault.key(record.signer)?.holder ?? record.signer.description, signer: record.signer)
    }

    /// Lifts every pin of a snapshot.
    ///
    /// - Returns: the pins that were lifted; none where it had none.
    /// - Throws: `.wrongKey` where one was signed by somebody else and this key is no keeper's.
    @discardableResult
    public func unpin(_ snapshot: SnapshotID) async throws(VaultError) -> [Pin] {
        let pins = try await all().filter { $0.snapshot == snapshot }
        guard !pins.isEmpty else { return [] }
        let own = vault.keys.id
        if !vault.keys.roles.contains(.keeper), let foreign = pins.first(where: { $0.signer != own }) {
            throw VaultError(
                .wrongKey, "The snapshot \(snapshot) was pinned with the key of \(foreign.holder).",
                hint: "That key lifts the pin, or one with the keeper role.")
        }
        try await vault.append(kind: Self.kind, body: Self.encode(Body(instant: Date(), lifts: pins.map(\.id))))
        return pins
    }

    private static func encode(_ body: Body) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .millisecondsSince1970
        guard let data = try? encoder.encode(body) else { preconditionFailure("a pin can be encoded") }
        return data
    }
}
