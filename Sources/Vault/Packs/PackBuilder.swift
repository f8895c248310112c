import Crypto
import ObjectStore

/// A pack being filled by one thread. After a failure there is nothing to do but to let go of it.
struct PackBuilder: ~Copyable {
    private let config: PackLayout
    private let kind: ChunkKind
    private let key: SymmetricKey
    private let readers: [ReaderPublicKey]
    private var bytes: PackBytes
    private var chunks: [PackFooter.Chunk] = []
    private var compressor: Compressor

    /// - Parameter object: takes the pack as it fills; nil: it stays in memory.
    init(kind: ChunkKind, layout: PackLayout, readers: [ReaderPublicKey], into object: (any StreamedPut)?) throws(StoreError) {
        config = layout
        self.kind = kind
        self.readers = readers
        let made =
            kind == .reach
            ? KeySlot.makeForReach(indexKey: layout.indexKey) : KeySlot.make(for: readers, vault: layout.vault)
        key = made.key
        bytes = PackBytes(object, expected: layout.packBytes + (4 << 20))
        compressor = Compressor()
        try bytes.append(PackLayout.header(layout.vault, kind, slots: [made.slot]))
    }

    var isFull: Bool { bytes.count >= config.packBytes }

    /// Compresses, seals and appends a chunk; returns the bytes it takes.
    mutating func append(
        _ plain: UnsafeRawBufferPointer, id: ChunkID, cipher: ChunkCipher
    ) throws(StoreError) -> Int {
        let offset = bytes.count
        let compressed = compressor.compress(plain)
        try cipher.seal(
            compressed ?? plain, codec: compressed == nil ? .raw : .zstd, id: id, kind: kind, slot: 0,
            counter: UInt64(chunks.count), key: key
        ) { (piece) throws(StoreError) in
            try bytes.append(piece)
        }
        chunks.append(.init(id: id, offset: offset, storedSize: bytes.count - offset, plainSize: plain.count))
        return bytes.count - offset
    }

    /// Closes the pack with its footer.
    consuming func finish() throws(StoreError) -> FinishedPack {
        var footer: [UInt8] = []
        PackFooter(kind: kind, chunks: chunks).append(to: &footer, layout: config)
        try bytes.append(footer)
        let (kind, chunks, size, key, readers) = (kind, chunks, bytes.count, key, readers)
        let (id, body) = try bytes.finish()
        return FinishedPack(
            id: id, kind: kind, size: size, body: body, chunks: chunks,
            content: kind == .reach ? nil : FinishedPack.ContentKey(bytes: key.withUnsafeBytes { Array($0) }, readers: readers))
    }
}

/// A closed pack on its way to the store.
struct FinishedPack: Sendable {
    let id: PackID
    let kind: ChunkKind
    /// Bytes.
    let size: Int
    let body: Body
    let chunks: [PackFooter.Chunk]
    /// Nil of a pack that every signer opens.
    let content: ContentKey?

    /// What opens a pack, and for whom it is sealed.
    struct ContentKey: Sendable {
        let bytes: [UInt8]
        let readers: [ReaderPublicKey]
    }

    enum Body: Sendable {
        case whole([UInt8])
        /// The store has all of it, but for the name.
        case written(any StreamedPut)
    }
}
