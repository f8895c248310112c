import Crypto

/// A pack being filled by one thread.
struct PackBuilder: ~Copyable {
    private let config: PackLayout
    private let kind: ChunkKind
    private let key: SymmetricKey
    private var bytes: [UInt8]
    private var chunks: [PackFooter.Chunk] = []
    private var compressor: Compressor

    init(kind: ChunkKind, layout: PackLayout, readers: [ReaderPublicKey]) {
        config = layout
        self.kind = kind
        let made =
            kind == .reach
            ? KeySlot.makeForReach(indexKey: layout.indexKey) : KeySlot.make(for: readers, vault: layout.vault)
        key = made.key
        bytes = []
        bytes.reserveCapacity(layout.packBytes + (4 << 20))
        bytes += PackLayout.header(layout.vault, kind, slots: [made.slot])
        compressor = Compressor()
    }

    var isFull: Bool { bytes.count >= config.packBytes }
    var isEmpty: Bool { chunks.isEmpty }

    /// Compresses, seals and appends a chunk; returns the bytes it takes.
    mutating func append(_ plain: UnsafeRawBufferPointer, id: ChunkID, cipher: ChunkCipher, level: Int32) -> Int {
        let offset = bytes.count
        let counter = UInt64(chunks.count)
        if let compressed = compressor.compress(plain, level: level) {
            cipher.seal(compressed, codec: .zstd, id: id, kind: kind, slot: 0, counter: counter, key: key, into: &bytes)
        } else {
            cipher.seal(plain, codec: .raw, id: id, kind: kind, slot: 0, counter: counter, key: key, into: &bytes)
        }
        chunks.append(.init(id: id, offset: offset, storedSize: bytes.count - offset, plainSize: plain.count))
        return bytes.count - offset
    }

    /// Closes the pack with its footer.
    consuming func finish() -> FinishedPack {
        PackFooter(kind: kind, chunks: chunks).append(to: &bytes, layout: config)
        return FinishedPack(id: PackID(sha256: bytes), kind: kind, bytes: bytes, chunks: chunks)
    }
}

/// A closed pack on its way to the store.
struct FinishedPack: Sendable {
    let id: PackID
    let kind: ChunkKind
    let bytes: [UInt8]
    let chunks: [PackFooter.Chunk]
}
