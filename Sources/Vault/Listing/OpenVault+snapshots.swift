import Foundation
import Language
import ObjectStore
import Synchronization

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

    /// What stands under `snapshots/`.
    struct SnapshotObjects: Sendable {
        /// Oldest first.
        var found: [ListedSnapshot] = []
        var problems: [VaultError] = []
        /// Every session that has ended: by a snapshot, a tombstone, or something that cannot be read.
        var ended: Set<ULID> = []
        /// Of those, the ones where something else stands than this host has seen: perhaps a tombstone over a snapshot.
        var displaced: Set<ULID> = []
        /// Those that are as they were, or were let go.
        var undisturbed: Set<ULID> { ended.subtracting(displaced) }
        /// Snapshots that a keeper has let go.
        var forgotten: Set<SnapshotID> = []
        /// What a copy brought again of snapshots that were let go.
        var stale: [ListedSnapshot] = []
    }

    /// As `listedSnapshots`, with all else that is there.
    func snapshotObjects(fresh: Bool = false, counting: Bool = true) async throws(VaultError) -> SnapshotObjects {
        // First the names, then the records: what is gone from the names by a keeper's hand is in a record by then.
        async let names = outcome { () throws(VaultError) in try await listByTime(SnapshotEnvelope.prefix) }
        let ring = try await refreshKeyring(fresh: fresh)
        var result = SnapshotObjects(problems: ring.problems)
        var wanted: [(id: ULID, name: String, size: Int)] = []
        let listed = try await names.get()
        let letGo = try await forgottenItems()
        result.forgotten = Set(letGo.map(\.id))
        let gone = Set(letGo.flatMap(\.objects))
        for facts in listed {
            let name = facts.key.text
            guard let snapshot = SnapshotID(name.dropFirst(SnapshotEnvelope.prefix.count)) else {
                result.problems.append(.damaged(name, "its name is not that of a snapshot."))
                continue
            }
            result.ended.insert(snapshot)
            if !gone.contains(snapshot) { wanted.append((snapshot, name, facts.size)) }
        }
        let signers = signers
        let verified = try await verified(
            wanted, of: .snapshots, in: snapshotCatalogue, witness: snapshotWitness, fresh: fresh
        ) { object in
            // A tombstone may be any signer's.
            object.plain.isEmpty ? signers[object.signer] != nil : signers[object.signer]?.roles.contains(.writer) ?? false
        } _: { [self] bytes, id throws(VaultError) in
            try verifySnapshot(bytes, id)
        }
        for failure in verified.failures {
            // A keeper may have let it go since the names were listed.
            if failure.error.storeCode == .missing, try await letGoObjects().contains(failure.id) { continue }
            result.problems.append(failure.error)
        }
        let seen = snapshotWitness.seen
        for object in verified.found where seen[object.id].map({ $0.digest != object.digest }) ?? false {
            result.displaced.insert(object.id)
        }
        result.found.reserveCapacity(verified.found.count)
        var brought: [SnapshotID: ULID] = [:]
        let counted = verified.found.filter { !$0.plain.isEmpty && (!counting || ring.counts($0, .snapshots)) }
        for snapshot in await summarised(counted) {
            if snapshot.isCopied {
                if result.forgotten.contains(snapshot.record.id) {
                    result.stale.append(snapshot)
                    continue
                }
                // Two copies at once may have brought it twice.
                guard brought.updateValue(snapshot.object.id, forKey: snapshot.record.id) == nil else { continue }
            }
            result.found.append(snapshot)
        }
        if !brought.isEmpty {
            let known = brought
            arrivals.withLock { $0.merge(known) { $1 } }
            let own = Set(result.found.filter { !$0.isCopied }.map(\.record.id))
            result.found.removeAll { $0.isCopied && own.contains($0.record.id) }
            result.found.sort { $0.record.id < $1.record.id }
        }
        result.ended.formUnion(gone)
        return result
    }

    /// What the summaries of objects say; ten thousand are worth more than one processor.
    private func summarised(_ objects: [VerifiedObject]) async -> [ListedSnapshot] {
        guard objects.count >= 1000 else { return objects.compactMap(ListedSnapshot.init) }
        return await onEveryProcessor(objects, ListedSnapshot.init)
    }

    /// A snapshot, one that a copy has brought, or a tombstone.
    func verifySnapshot(_ bytes: [UInt8], _ id: SnapshotID) throws(VaultError) -> VerifiedObject {
        if CopiedSnapshot.isOne(bytes) {
            let copied = try CopiedSnapshot.open(bytes, session: id, vault: self.id, signers: signers)
            let envelope = try SnapshotEnvelope(
                copied.bytes, id: copied.id, vault: self.id, indexKey: keys.indexKey, signers: signers)
            let object = envelope.object
            return VerifiedObject(
                id: id, signer: object.signer, previous: object.previous, digest: object.digest, plain: envelope.summary)
        }
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
