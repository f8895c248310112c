import Synchronization

/// Every signed object of a family that this host has ever verified, in a file of the local cache: what a vault that was put back
/// to an earlier state is told by, since nothing in that vault can tell.
///
/// It only grows, where the catalogue of what is listed follows the store. Authenticated as that one is (I14); whoever deletes it
/// makes this host forget, and no more.
///
///     "RPRSWIT1", as an `AuthenticatedFile`;
///     for each object: id (16) ‖ SHA-256 (32) ‖ signer (8)
final class Witness: Sendable {
    struct Sight: Sendable, Hashable {
        let id: ULID
        /// SHA-256 of the whole object.
        let digest: Digest
        let signer: KeyID
    }

    private let file: AuthenticatedFile
    private let sights = Mutex<[ULID: Sight]?>(nil)

    /// - Parameter family: a plain word. Each key has a file of its own, so that who uses another key on this host for once makes
    ///   nobody forget.
    init(_ family: String, cache: LocalCache, vault: VaultID, keys: KeyFile) {
        file = AuthenticatedFile(
            family + "-" + keys.signing.id.description + ".witness", magic: "RPRSWIT1", purpose: "witness/1/\(family)",
            cache: cache, vault: vault, keys: keys)
    }

    var seen: [ULID: Sight] {
        sights.withLock { sights in
            if let sights { return sights }
            let loaded = file.read(Self.decode) ?? [:]
            sights = loaded
            return loaded
        }
    }

    /// Notes what was verified. What was seen first stays: an object never changes (I1).
    func note(_ objects: [VerifiedObject]) {
        let before = seen
        let new = objects.filter { before[$0.id] == nil }
        guard !new.isEmpty else { return }
        var all = before
        for object in new { all[object.id] = Sight(id: object.id, digest: object.digest, signer: object.signer) }
        sights.withLock { $0 = all }
        file.write(Self.encode(all))
    }

    private static func encode(_ sights: [ULID: Sight]) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(sights.count * (ULID.width + Digest.width + KeyID.width))
        for sight in sights.values { body += sight.id.bytes + sight.digest.bytes + sight.signer.bytes }
        return body
    }

    private static func decode(_ reader: inout ByteReader) throws(ByteReader.Truncated) -> [ULID: Sight]? {
        var found: [ULID: Sight] = [:]
        while reader.remaining > 0 {
            guard let id = ULID(bytes: try reader.bytes(ULID.width)),
                let digest = Digest(bytes: try reader.bytes(Digest.width)),
                let signer = KeyID(bytes: try reader.bytes(KeyID.width))
            else { return nil }
            found[id] = Sight(id: id, digest: digest, signer: signer)
        }
        return found
    }
}
