import Language
import ObjectStore
import Synchronization

/// The object `snapshots/<id>` by which a copy brings a snapshot: its whole object as its writer signed it, under the id of the
/// session that brings it.
///
/// A signed object that names no previous one. The session's id is the name that a keeper's tombstone competes for, so that a
/// snapshot which is listed in a copy is as complete as any other: docs/decisions/0007.
enum CopiedSnapshot {
    static let magic = Array("RPRSCPY1".utf8)

    static func isOne(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic) }

    /// - Parameter snapshot: the bytes of the snapshot's object.
    static func seal(_ snapshot: [UInt8], session: ULID, vault: VaultID, keys: KeyFile) -> [UInt8] {
        let header = SignedObject.header(magic, vault: vault, id: session, signer: keys.signing.id, previous: [])
        return SignedObject.sign(header: header, payload: snapshot, with: keys.signing)
    }

    /// The snapshot that it brings and the bytes of that one's object, which its reader verifies. Fails with `.damaged`.
    static func open(
        _ bytes: [UInt8], session: ULID, vault: VaultID, signers: [KeyID: VaultConfig.Signer]
    ) throws(VaultError) -> (id: SnapshotID, bytes: [UInt8]) {
        let name = SnapshotEnvelope.objectName(session)
        let object = try SignedObject(bytes, name: name, magic: magic, vault: vault, id: session, signers: signers)
        let start = 8 + VaultID.width
        guard object.payload.count > start + ULID.width,
            let id = SnapshotID(bytes: Array(object.payload[start..<start + ULID.width]))
        else { throw .damaged(name, "it is cut short.") }
        return (id, object.payload)
    }
}

extension OpenVault {
    /// The bytes of a snapshot's object as its writer signed it, wherever it stands. Nil for a tombstone.
    func snapshotBytes(_ snapshot: SnapshotID) async throws(VaultError) -> [UInt8]? {
        let name = SnapshotEnvelope.objectName(snapshot)
        let problem: VaultError
        do throws(VaultError) {
            let bytes = try await get(name)
            guard Tombstone.isOne(bytes) else { return bytes }
            try checkTombstone(bytes, snapshot)
            cache.write(name, [bytes])
            return nil
        } catch {
            guard error.storeCode == .missing else { throw error }
            problem = error
        }
        var arrival = arrivals.withLock { $0[snapshot] }
        if arrival == nil {
            _ = try await snapshotObjects()
            arrival = arrivals.withLock { $0[snapshot] }
        }
        guard let arrival else { throw problem }
        let found = try CopiedSnapshot.open(
            try await get(SnapshotEnvelope.objectName(arrival)), session: arrival, vault: id, signers: signers)
        guard found.id == snapshot else { throw problem }
        return found.bytes
    }
}
