import Crypto

/// A pack whose bytes are not what was written, chunk by chunk: what still opens and gives its name, and what does not.
struct HarmedPack: Sendable {
    let bytes: [UInt8]
    let header: PackHeader?
    /// The content keys of the header's slots that this key opens.
    let slotKeys: [SymmetricKey?]
    private(set) var good: [PackFooter.Chunk] = []
    private(set) var bad: [PackFooter.Chunk] = []
    /// Chunks for which this key opens no slot; another reader's may.
    private(set) var unopened: [PackFooter.Chunk] = []

    func sealed(_ chunk: PackFooter.Chunk) -> ArraySlice<UInt8> { bytes[chunk.offset..<chunk.offset + chunk.storedSize] }

    /// The slot whose content key sealed a good chunk, and that key.
    func slot(of chunk: PackFooter.Chunk) -> (slot: KeySlot, key: SymmetricKey)? {
        guard let number = ChunkCipher.slot(of: sealed(chunk)), let header, header.slots.indices.contains(number),
            let key = slotKeys[number]
        else { return nil }
        return (header.slots[number], key)
    }

    fileprivate init(bytes: [UInt8], header: PackHeader?, slotKeys: [SymmetricKey?]) {
        self.bytes = bytes
        self.header = header
        self.slotKeys = slotKeys
    }

    fileprivate enum Verdict { case good, bad, unopened }

    fileprivate mutating func sort(_ chunks: [PackFooter.Chunk], _ verdict: (PackFooter.Chunk) -> Verdict) {
        for chunk in chunks {
            switch verdict(chunk) {
            case .good: good.append(chunk)
            case .bad: bad.append(chunk)
            case .unopened: unopened.append(chunk)
            }
        }
    }
}

extension OpenVault {
    /// Looks into a pack that is not what was written. Chunks of data and trees are opened with a reader key only.
    ///
    /// - Parameters:
    ///   - kind: what the index says of it.
    ///   - listed: its chunks as the index has them. Its own footer, where it can be read, adds to them.
    func examine(_ bytes: [UInt8], kind: ChunkKind, listed: [PackFooter.Chunk]) async -> HarmedPack {
        let header = readHarmedHeader(bytes, kind: kind)
        let footer = PackFooter(pack: bytes, layout: layout)?.chunks ?? []
        let chunks = Array(Set(listed + footer)).sorted { ($0.offset, $0.id) < ($1.offset, $1.id) }
        let (vault, cipher, reader, indexKey) = (id, cipher, keys.reader, keys.indexKey)
        // The recovery key is a reader of everything: what it does not open, nothing does.
        let opensAll = reader != nil && keys.id == keyring.authority.id
        return await onOwnThread {
            let slotKeys = (header?.slots ?? []).map { slot in
                kind == .reach ? slot.reachKey(indexKey: indexKey) : reader.flatMap { slot.open(with: $0, vault: vault) }
            }
            var found = HarmedPack(bytes: bytes, header: header, slotKeys: slotKeys)
            let decompressor = Decompressor()
            found.sort(chunks) { chunk in
                guard chunk.offset + chunk.storedSize <= bytes.count else { return .bad }
                let sealed = bytes[chunk.offset..<chunk.offset + chunk.storedSize]
                guard let slot = ChunkCipher.slot(of: sealed), let header else { return .bad }
                guard header.slots.indices.contains(slot) else { return .bad }
                guard let key = slotKeys[slot] else { return opensAll ? .bad : .unopened }
                let plain = ChunkCipher.unseal(
                    sealed, id: chunk.id, kind: kind, plainSize: chunk.plainSize, key: key, vault: vault,
                    decompressor: decompressor)
                guard let plain, cipher.map({ $0.id(of: plain, kind: kind) == chunk.id }) ?? true else { return .bad }
                return .good
            }
            return found
        }
    }

    /// The header; where its first bytes have changed, as they must have been in a pack of one slot.
    private func readHarmedHeader(_ bytes: [UInt8], kind: ChunkKind) -> PackHeader? {
        if let header = try? PackLayout.readHeader(bytes, vault: id), header.kind == kind { return header }
        var start = PackLayout.header(id, kind, slots: [])
        start[25] = 1
        guard bytes.count > start.count else { return nil }
        return try? PackLayout.readHeader(start + bytes[start.count...], vault: id)
    }
}

extension ChunkIndex {
    /// The chunks of these packs, as the segments have them.
    func chunks(of packs: Set<PackID>) -> [PackID: [PackFooter.Chunk]] {
        var found: [PackID: [PackFooter.Chunk]] = [:]
        for table in tables where table.packs.contains(where: { packs.contains($0.id) }) {
            for position in 0..<table.recordCount {
                guard let id = table.provenID(at: position), let place = table.place(at: position), packs.contains(place.pack)
                else { continue }
                found[place.pack, default: []].append(
                    .init(id: id, offset: place.offset, storedSize: place.storedSize, plainSize: place.plainSize))
            }
        }
        return found
    }
}
