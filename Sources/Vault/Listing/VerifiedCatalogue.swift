import Synchronization

/// What this host has verified of a family of signed objects, in one file of the local cache, so that a vault of ten thousand
/// snapshots is listed without reading ten thousand objects.
///
/// It decides nothing: which objects there are says the store's listing alone, and what is in the listing and not here, or with
/// another size, is read and verified. Signed objects never change (I1). The file is authenticated with a key that is derived
/// from this host's own signing key, so that nobody who cannot sign as this host makes it believe something (I14); `check` reads
/// every object itself.
///
///     "RPRSCAT1", as an `AuthenticatedFile`;
///     for each object: id (16) ‖ size (4) ‖ SHA-256 (32) ‖ signer (8) ‖ number of previous ones (1) ‖ their SHA-256 (32 each)
///                      ‖ plain bytes: a block
final class VerifiedCatalogue: Sendable {
    struct Item: Sendable {
        let object: VerifiedObject
        /// Of the whole object, bytes.
        let size: Int
    }

    private let file: AuthenticatedFile
    private let items = Mutex<[ULID: Item]?>(nil)

    /// - Parameter family: a plain word, the file's name.
    init(_ family: String, cache: LocalCache, vault: VaultID, keys: KeyFile) {
        file = AuthenticatedFile(
            family + ".catalogue", magic: "RPRSCAT1", purpose: "catalogue/1/\(family)", cache: cache, vault: vault, keys: keys)
    }

    /// Everything that was verified before, by this process or an earlier one.
    var known: [ULID: Item] {
        items.withLock { items in
            if let items { return items }
            let loaded = file.read(Self.decode) ?? [:]
            items = loaded
            return loaded
        }
    }

    /// Remembers these, and no others. A cache that cannot be written costs time and no more.
    func remember(_ new: [ULID: Item]) {
        items.withLock { $0 = new }
        file.write(Self.encode(new))
    }

    private static func encode(_ items: [ULID: Item]) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(items.count * 1024)
        for (id, item) in items {
            body += id.bytes
            body.append(little: UInt32(item.size))
            body += item.object.digest.bytes
            body += item.object.signer.bytes
            body.append(UInt8(item.object.previous.count))
            for digest in item.object.previous { body += digest.bytes }
            body.append(block: item.object.plain)
        }
        return body
    }

    private static func decode(_ reader: inout ByteReader) throws(ByteReader.Truncated) -> [ULID: Item]? {
        var found: [ULID: Item] = [:]
        while reader.remaining > 0 {
            guard let id = ULID(bytes: try reader.bytes(ULID.width)) else { return nil }
            let size = Int(try reader.number(UInt32.self))
            guard let digest = Digest(bytes: try reader.bytes(Digest.width)),
                let signer = KeyID(bytes: try reader.bytes(KeyID.width))
            else { return nil }
            var previous: [Digest] = []
            for _ in 0..<(try reader.number(UInt8.self)) {
                guard let digest = Digest(bytes: try reader.bytes(Digest.width)) else { return nil }
                previous.append(digest)
            }
            let object = VerifiedObject(id: id, signer: signer, previous: previous, digest: digest, plain: try reader.block())
            found[id] = Item(object: object, size: size)
        }
        return found
    }
}
