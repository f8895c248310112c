import Crypto
import Language
import ObjectStore

/// Reads reach lists: which chunks a snapshot uses, without a reader key.
///
/// Packs of such lists are small and hold nothing else, so they are read whole; the last few are kept.
struct ReachReader {
    private let vault: OpenVault
    private var kept: [(id: PackID, bytes: [UInt8], keys: [SymmetricKey])] = []
    private static let keptPacks = 3

    init(_ vault: OpenVault) {
        self.vault = vault
    }

    /// The plain bytes of a chunk of a reach list. Fails with `.missing` or `.damaged`.
    mutating func fetch(_ reference: ChunkRef) async throws(VaultError) -> [UInt8] {
        var first: VaultError?
        var tried: Set<ChunkPlace> = []
        // The second round looks where a prune has moved it to since the index was read.
        for round in 0..<2 {
            if round == 1 { try await vault.index.refreshAfterMiss(from: vault.store) }
            for place in vault.index.places(of: reference.id)
            where place.kind == .reach && place.plainSize == reference.size && tried.insert(place).inserted {
                do throws(VaultError) {
                    return try await open(reference, at: place)
                } catch {
                    guard error.exitStatus == .damagedData else { throw error }
                    first = first ?? error
                }
            }
        }
        throw first
            ?? VaultError(
                .missing, "The chunk \(reference.id) of a list for keepers is in no pack that the index names.",
                hint: "Run «reprise check» to see which snapshots that touches.")
    }

    private mutating func open(_ reference: ChunkRef, at place: ChunkPlace) async throws(VaultError) -> [UInt8] {
        let name = PackLayout.objectName(place.pack)
        let pack = try await pack(place.pack)
        guard place.offset + place.storedSize <= pack.bytes.count else { throw .damaged(name, "it is cut short.") }
        let sealed = pack.bytes[place.offset..<place.offset + place.storedSize]
        guard let slot = ChunkCipher.slot(of: sealed), pack.keys.indices.contains(slot),
            let plain = ChunkCipher.unseal(
                sealed, id: reference.id, kind: .reach, plainSize: reference.size, key: pack.keys[slot], vault: vault.id,
                decompressor: Decompressor()),
            vault.cipher.map({ $0.id(of: plain, kind: .reach) == reference.id }) ?? true
        else { throw .damaged(name, "the chunk \(reference.id) at byte \(place.offset) is not what was written.") }
        return plain
    }

    private mutating func pack(_ id: PackID) async throws(VaultError) -> (bytes: [UInt8], keys: [SymmetricKey]) {
        if let known = kept.first(where: { $0.id == id }) { return (known.bytes, known.keys) }
        let name = PackLayout.objectName(id)
        let bytes: [UInt8]
        do throws(VaultError) {
            bytes = try await vault.get(name)
        } catch {
            guard error.storeCode == .missing else { throw error }
            throw VaultError(.missing, "\(name) is not in the vault.", object: name)
        }
        guard PackID(sha256: bytes) == id, let header = try? PackLayout.readHeader(bytes, vault: vault.id),
            header.kind == .reach
        else { throw .damaged(name, "its bytes have changed since they were written.") }
        let keys = header.slots.map { $0.reachKey(indexKey: vault.keys.indexKey) }
        if kept.count == Self.keptPacks { kept.removeFirst() }
        kept.append((id, bytes, keys))
        return (bytes, keys)
    }
}
