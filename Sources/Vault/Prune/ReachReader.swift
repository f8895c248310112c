import Crypto
import Language
import ObjectStore

/// Reads reach lists: which chunks a snapshot uses, without a reader key.
///
/// Packs of such lists hold nothing else, so they are read whole; the last few are kept.
struct ReachReader {
    private typealias Pack = (bytes: [UInt8], keys: [SymmetricKey])
    private let vault: OpenVault
    private var kept: [PackID: Pack] = [:]
    /// Bytes of packs that are kept, at least one of them.
    private static let keptBytes = 64 << 20

    init(_ vault: OpenVault) {
        self.vault = vault
    }

    /// The items in the order in which their chunks lie in packs, in parts whose packs can be kept at once.
    func windows<Item>(_ items: [Item], of reference: (Item) -> ChunkRef) -> [[Item]] {
        let placed = items.map { item in
            (item, place: vault.index.places(of: reference(item).id).first { $0.kind == .reach })
        }
        let sorted = placed.sorted { left, right in
            guard let first = left.place, let second = right.place else { return right.place != nil && left.place == nil }
            return (first.pack, first.offset) < (second.pack, second.offset)
        }
        let sizes = vault.index.packs
        var windows: [[Item]] = []
        var window: [Item] = []
        var bytes = 0
        var last: PackID?
        for (item, place) in sorted {
            if let place, place.pack != last {
                last = place.pack
                bytes += sizes[place.pack]?.size ?? 0
                if bytes > Self.keptBytes, !window.isEmpty {
                    windows.append(window)
                    window = []
                    bytes = sizes[place.pack]?.size ?? 0
                }
            }
            window.append(item)
        }
        return window.isEmpty ? windows : windows + [window]
    }

    /// Reads the packs of these chunks, many at once. What cannot be read is told by `fetch`.
    mutating func prefetch(_ references: [ChunkRef]) async throws(VaultError) {
        var wanted: Set<PackID> = []
        for reference in references {
            if let place = vault.index.places(of: reference.id).first(where: { $0.kind == .reach }) { wanted.insert(place.pack) }
        }
        kept = kept.filter { wanted.contains($0.key) }
        let missing = wanted.subtracting(kept.keys).sorted()
        let vault = vault
        let found = try await concurrently(missing, atMost: requestsAtOnce) { id throws(VaultError) -> Pack? in
            do throws(VaultError) {
                return try await Self.read(id, in: vault)
            } catch {
                guard error.exitStatus == .damagedData else { throw error }
                return nil
            }
        }
        for (id, pack) in zip(missing, found) { kept[id] = pack }
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

    private mutating func pack(_ id: PackID) async throws(VaultError) -> Pack {
        if let known = kept[id] { return known }
        let pack = try await Self.read(id, in: vault)
        let bytes = kept.values.reduce(0) { $0 + $1.bytes.count }
        if bytes + pack.bytes.count > Self.keptBytes { kept = [:] }
        kept[id] = pack
        return pack
    }

    private static func read(_ id: PackID, in vault: OpenVault) async throws(VaultError) -> Pack {
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
        return (bytes, header.slots.map { $0.reachKey(indexKey: vault.keys.indexKey) })
    }
}
