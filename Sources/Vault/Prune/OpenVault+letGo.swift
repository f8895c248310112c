import Foundation
import Language
import ObjectStore

extension OpenVault {
    /// Lets snapshots go: first the record, then their objects, with those of a prune that was cut off between the two.
    ///
    /// - Parameter broughtAgain: what copies brought of snapshots that were let go before. Those objects were seen here, so a
    ///   record must name them too before they go.
    func letGo(_ snapshots: [PrunePlan.Forgetting], broughtAgain: [ListedSnapshot]) async throws(VaultError) {
        var items = snapshots.map {
            Forgotten.Item(
                id: $0.snapshot.id, digest: $0.digest.description, rule: $0.rule, object: $0.object,
                origin: $0.snapshot.facts[SnapshotRecord.originFact])
        }
        for snapshot in broughtAgain {
            items.append(
                .init(
                    id: snapshot.record.id, digest: snapshot.object.digest.description, rule: "brought again",
                    object: snapshot.object.id))
        }
        if !items.isEmpty { try await append(kind: Forgotten.kind, body: Forgotten.body(items, in: copy)) }
        let gone = try await letGoObjects()
        for facts in try await list(SnapshotEnvelope.prefix) {
            let name = facts.key.text
            guard let id = SnapshotID(name.dropFirst(SnapshotEnvelope.prefix.count)), gone.contains(id) else { continue }
            // A tombstone stays.
            guard let bytes = try await getUnlessGone(name), !Tombstone.isOne(bytes) else { continue }
            try await remove(name)
        }
    }

    /// Makes sure that what stays is locked for at least half of a lock's time: snapshots that are kept need it, however old they
    /// are. Returns how many locks were made longer.
    func extendLocks(except condemned: Set<PackID>) async throws(VaultError) -> Int {
        guard lock != nil else { return 0 }
        let gone = try await letGoObjects().map(SnapshotEnvelope.objectName)
        let going = Set(gone).union(condemned.map(PackLayout.objectName))
        var names = [VaultConfig.objectName]
        for prefix in LockedObjects.prefixes {
            names += try await list(prefix).map(\.key.text).filter { !going.contains($0) && !Decoy.isOne($0) }
        }
        return try await extendLocks(of: names)
    }

    /// Deletes the decoys of tests that are over.
    func removeOldDecoys() async throws(VaultError) {
        for facts in try await list(Decoy.prefix) {
            guard let made = Decoy.when(facts.key.text), Date().timeIntervalSince(made) > Decoy.lifetime else { continue }
            try await remove(facts.key.text)
        }
    }
}
