/// What is in the vault, or on its way there, as the bytes of an entry.
public struct StoredContent: Hashable, Sendable {
    let parts: [Content]

    /// Of an entry without bytes.
    public static let empty = StoredContent(parts: [Content(size: 0, depth: 0, chunks: [])])

    /// Bytes.
    public var size: Int64 { parts.reduce(0) { $0 + $1.size } }
}

/// Names, compresses and seals chunks on the thread that uses it, without handing them to another: for many small entries, and
/// for several threads that share a large one.
///
/// Each thread has a lane of its own and closes it before the snapshot is committed. Its calls block while the store is behind.
/// `@unchecked Sendable`: made on one thread and used by one thread at a time.
public final class ChunkLane: @unchecked Sendable {
    private let writer: ChunkWriter
    private let chunkers: [ContentKind: Chunker]
    private let listChunker: Chunker
    private var box = ChunkWriter.PackBuilderBox()
    private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    init(writer: ChunkWriter, chunkers: [ContentKind: Chunker], listChunker: Chunker) {
        self.writer = writer
        self.chunkers = chunkers
        self.listChunker = listChunker
    }

    deinit { buffer.deallocate() }

    /// Stores the whole of a small entry.
    public func store(_ bytes: UnsafeRawBufferPointer, as kind: ContentKind) throws(VaultError) -> StoredContent {
        guard !bytes.isEmpty else { return .empty }
        let chunker = chunkers[kind]!
        var chunks: [UnsafeRawBufferPointer] = []
        var rest = bytes
        while !rest.isEmpty {
            let length = chunker.firstCut(rest)
            chunks.append(UnsafeRawBufferPointer(rebasing: rest[..<length]))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(length))
        }
        var list = ListWriter(writer: writer, chunker: listChunker)
        for reference in try store(chunks) { try list.append(reference) }
        return StoredContent(parts: [try list.finish(size: Int64(bytes.count))])
    }

    /// Sends what the lane still holds on its way. Nothing is stored with it afterwards.
    public func close() throws(VaultError) {
        try writer.uploadLast(of: &box)
    }

    /// Chunks of one entry, in order.
    func store(_ chunks: [UnsafeRawBufferPointer]) throws(VaultError) -> [ChunkRef] { try writer.store(chunks, in: &box) }

    /// Room for at least `count` bytes, which the next call takes back, and so does sharing an entry.
    public func room(for count: Int) -> UnsafeMutableRawBufferPointer {
        if buffer.count < count {
            buffer.deallocate()
            buffer = .allocate(byteCount: count, alignment: 4096)
        }
        return buffer
    }
}

/// A large entry whose bytes several threads take from one source: whoever has the turn reads and finds the next cuts, then
/// stores what it cut while the next one reads.
///
/// `@unchecked Sendable`: the source and the cutting are behind one lock of `turn`, the list behind `order`.
public final class SharedEntry: @unchecked Sendable {
    /// Fills the buffer as far as it can; fewer bytes than fit mean the end.
    public typealias Source = (UnsafeMutableRawBufferPointer) throws -> Int

    private let writer: ChunkWriter
    private let chunker: Chunker
    private let turn = Lock()
    private let source: Source
    /// Bytes that were read and not given to anybody: those behind the last cut.
    private var rest: [UInt8] = []
    private var isAtEnd = false
    private var given = 0

    private let order = Lock()
    private var list: ListWriter
    private var early: [Int: [ChunkRef]] = [:]
    private var listed = 0
    private var size: Int64 = 0
    private var failure: (any Error)?
    /// Every chunk in order, while there are few enough to remember; nil beyond.
    private var references: [ChunkRef]? = []

    /// More are not remembered for the next backup: 64 GiB in pages, a terabyte otherwise.
    private static let rememberedChunks = 1 << 20
    /// Bytes that a thread takes at a turn, at least…
    private static let portion = 512 << 10
    /// …and chunks, which are named together.
    private static let portionChunks = 2
    /// Bytes that are read at once: what lies behind the last cut is copied, so it should be little.
    private static let piece = 256 << 10

    init(writer: ChunkWriter, chunker: Chunker, listChunker: Chunker, source: @escaping Source) {
        self.writer = writer
        self.chunker = chunker
        self.source = source
        list = ListWriter(writer: writer, chunker: listChunker)
    }

    /// Takes and stores until nothing is left to take. Several threads call it at once, each with a lane of its own; when all
    /// have returned, `finish` may be called. The first failure ends it for all.
    public func work(with lane: ChunkLane) throws {
        do {
            let room = lane.room(for: max(Self.portion, chunker.sizes.most) + chunker.sizes.most + Self.piece)
            while let (number, lengths) = try turn.locked({ try nextPortion(into: room) }) {
                var start = 0
                let chunks = lengths.map { length in
                    defer { start += length }
                    return UnsafeRawBufferPointer(rebasing: room[start..<start + length])
                }
                let references = try lane.store(chunks)
                try order.locked { try add(references, number) }
            }
        } catch {
            order.locked { if failure == nil { failure = error } }
            throw error
        }
    }

    /// Whether everything was taken, though perhaps not stored yet: no use in joining any more.
    public var isTaken: Bool { turn.locked { isAtEnd && rest.isEmpty } || order.locked { failure != nil } }

    /// What was stored, once every `work` has returned.
    public func finish() throws -> (content: StoredContent, chunks: EntryChunks?) {
        try order.locked {
            if let failure { throw failure }
            precondition(early.isEmpty && isAtEnd, "every thread that took something has stored it")
            let content = try list.finish(size: size)
            let chunks = references.map { EntryChunks(data: content.depth == 0 ? [] : $0, trees: list.trees) }
            return (StoredContent(parts: [content]), chunks)
        }
    }

    /// Reads into `room` until it begins with chunks of a portion together: their lengths, and which portion it is.
    private func nextPortion(into room: UnsafeMutableRawBufferPointer) throws -> (Int, [Int])? {
        if order.locked({ failure != nil }) { return nil }
        room.copyBytes(from: rest)
        var filled = rest.count
        var scanned = 0
        var start = 0
        var lengths: [Int] = []
        while true {
            while start < filled {
                let bytes = UnsafeRawBufferPointer(rebasing: room[start..<filled])
                guard let length = isAtEnd ? chunker.firstCut(bytes) : chunker.firstCut(bytes, scanned: scanned) else { break }
                lengths.append(length)
                start += length
                scanned = 0
            }
            if isAtEnd || (start >= Self.portion && lengths.count >= Self.portionChunks) { break }
            scanned = filled - start
            let read = try source(UnsafeMutableRawBufferPointer(rebasing: room[filled..<filled + Self.piece]))
            isAtEnd = read == 0
            filled += read
        }
        rest = Array(room[start..<filled])
        guard !lengths.isEmpty else { return nil }
        defer { given += 1 }
        return (given, lengths)
    }

    private func add(_ found: [ChunkRef], _ number: Int) throws(VaultError) {
        early[number] = found
        while let next = early.removeValue(forKey: listed) {
            listed += 1
            for reference in next {
                size += Int64(reference.size)
                try list.append(reference)
            }
            if var known = references.take() {
                guard known.count + next.count <= Self.rememberedChunks else { continue }
                known += next
                references = known
            }
        }
    }
}

/// The chunks of an entry that its content does not name itself.
public struct EntryChunks: Hashable, Sendable {
    static let none = EntryChunks(data: [], trees: [])

    let data: [ChunkRef]
    let trees: [ChunkRef]
}
