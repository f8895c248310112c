import Foundation
import Language
import ObjectStore

extension OpenVault {
    /// The snapshots, without those that a keeper has let go: a listed one of those is on its way out.
    ///
    /// - Parameters:
    ///   - fresh: reads every object from the store, not from the cache.
    ///   - counting: leaves out what a revoked key signed after it was revoked.
    func listedSnapshots(fresh: Bool = false, counting: Bool = true) async throws(VaultError) -> (
        found: [ListedSnapshot], problems: [VaultError]
    ) {
        let all = try await snapshotObjects(fresh: fresh, counting: counting)
        return (all.found, all.problems)
    }

    /// As `listedSnapshots`, with the ids of every session that has ended: of snapshots, tombstones, and what cannot be read.
    func snapshotObjects(
        fresh: Bool = false, counting: Bool = true
    ) async throws(VaultError) -> (found: [ListedSnapshot], problems: [VaultError], ended: Set<ULID>, forgotten: Set<ULID>) {
        // First the names, then the records: what is gone from the names by a keeper's hand is in a record by then.
        async let names = outcome { () throws(VaultError) in try await listByTime(SnapshotEnvelope.prefix) }
        let ring = try await refreshKeyring(fresh: fresh)
        var problems = ring.problems
        var ended: Set<ULID> = []
        var wanted: [(id: ULID, name: String, size: Int)] = []
        let listed = try await names.get()
        let forgotten = Set(try await forgottenItems().map(\.id))
        for facts in listed {
            let name = facts.key.text
            guard let snapshot = SnapshotID(name.dropFirst(SnapshotEnvelope.prefix.count)) else {
                problems.append(.damaged(name, "its name is not that of a snapshot."))
                continue
            }
            ended.insert(snapshot)
            if !forgotten.contains(snapshot) { wanted.append((snapshot, name, facts.size)) }
        }
        let signers = signers
        let verified = try await verified(wanted, in: snapshotCatalogue, witness: snapshotWitness, fresh: fresh) { object in
            // A tombstone may be any signer's.
            object.plain.isEmpty ? signers[object.signer] != nil : signers[object.signer]?.roles.contains(.writer) ?? false
        } _: { [self] bytes, id throws(VaultError) in
            try verifySnapshot(bytes, id)
        }
        for failure in verified.failures {
            // A keeper may have let it go since the names were listed.
            if failure.error.storeCode == .missing, try await forgottenItems().contains(where: { $0.id == failure.id }) {
                continue
            }
            problems.append(failure.error)
        }
        var found: [ListedSnapshot] = []
        found.reserveCapacity(verified.found.count)
        for object in verified.found where !object.plain.isEmpty && (!counting || ring.counts(object, .snapshots)) {
            if let snapshot = ListedSnapshot(object) { found.append(snapshot) }
        }
        return (found, problems, ended.union(forgotten), forgotten)
    }

    /// A snapshot or a tombstone.
    func verifySnapshot(_ bytes: [UInt8], _ id: SnapshotID) throws(VaultError) -> VerifiedObject {
        guard Tombstone.isOne(bytes) else {
            let envelope = try SnapshotEnvelope(bytes, id: id, vault: self.id, indexKey: keys.indexKey, signers: signers)
            return VerifiedObject(envelope.object, plain: envelope.summary)
        }
        try checkTombstone(bytes, id)
        return VerifiedObject(
            try SignedObject(
                bytes, name: SnapshotEnvelope.objectName(id), magic: SealedNote.tombstone.magic, vault: self.id, id: id,
                signers: signers))
    }

    func checkTombstone(_ bytes: [UInt8], _ session: ULID) throws(VaultError) {
        _ = try SealedNote.tombstone.open(
            bytes, name: SnapshotEnvelope.objectName(session), id: session, vault: id, indexKey: keys.indexKey, signers: signers)
    }
}
