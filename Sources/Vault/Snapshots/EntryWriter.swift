import Language

/// Takes the bytes of one part of an entry, in order.
///
/// Used by one thread at a time. `write` blocks while the vault is busy, so it is called from a thread that may block, never from
/// the cooperative pool. `@unchecked Sendable`: handing it from one thread to the next is the caller's ordered use.
public final class EntryWriter: @unchecked Sendable {
    private let writer: ChunkWriter
    private let chunker: Chunker
    private let done: @Sendable (Content) -> Void

    private var buffer: [UInt8] = []
    private var start = 0
    private var tickets: [ChunkWriter.Ticket] = []
    private var list: ListWriter
    private var size: Int64 = 0
    private var isFinished = false

    init(writer: ChunkWriter, chunker: Chunker, listChunker: Chunker, done: @escaping @Sendable (Content) -> Void) {
        self.writer = writer
        self.chunker = chunker
        self.done = done
        list = ListWriter(writer: writer, chunker: listChunker)
    }

    /// Appends bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(VaultError) {
        precondition(!isFinished, "a finished entry takes no more bytes")
        size += Int64(bytes.count)
        writer.count(sourceBytes: bytes.count)
        var rest = bytes
        while !rest.isEmpty {
            // Room for the longest chunk and some more, so that bytes are moved rarely.
            let room = chunker.sizes.most + (1 << 20) - (buffer.count - start)
            let taken = min(room, rest.count)
            if start > 0, buffer.count + taken > chunker.sizes.most + (2 << 20) {
                buffer.removeFirst(start)
                start = 0
            }
            buffer.append(contentsOf: rest.prefix(taken))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(taken))
            while buffer.count - start >= chunker.sizes.most { try cut() }
        }
    }

    public func write(_ bytes: [UInt8]) throws(VaultError) {
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(VaultError) in try write(raw) }
        }
        try result.get()
    }

    /// Ends the part: every byte of it is named, and in the vault or on its way. May block, like `write`, but does so on a thread
    /// of its own.
    public func finish() async throws(VaultError) {
        try await onOwnThread { [self] in Result { () throws(VaultError) in try finishNow() } }.get()
    }

    /// As `finish`, on the caller's thread.
    func finishNow() throws(VaultError) {
        precondition(!isFinished, "an entry is finished once")
        isFinished = true
        while buffer.count > start { try cut() }
        buffer = []
        try drain(leaving: 0)
        done(try list.finish(size: size))
    }

    private func cut() throws(VaultError) {
        let length = buffer.withUnsafeBytes { chunker.firstCut(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        tickets.append(try writer.submit(Array(buffer[start..<start + length])))
        start += length
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            start = 0
        }
        // Enough in flight to keep the workers busy, few enough that the list of them stays small.
        if tickets.count >= 512 { try drain(leaving: 256) }
    }

    private func drain(leaving count: Int) throws(VaultError) {
        let ready = tickets.count - count
        guard ready > 0 else { return }
        for ticket in tickets.prefix(ready) { try list.append(writer.wait(for: ticket)) }
        tickets.removeFirst(ready)
    }
}

/// Writes a list of chunks, and the lists of lists above it, as it grows; holds one buffer a level.
struct ListWriter {
    private let writer: ChunkWriter
    private let chunker: Chunker
    private var inline: [ChunkRef] = []
    /// Level n holds the references of depth n that are not in a tree chunk yet, and those that are.
    private var levels: [Level] = []
    private var reach: ReachList
    /// Every tree chunk of the list so far.
    private(set) var trees: [ChunkRef] = []

    private struct Level {
        var buffer: [UInt8] = []
        var isEmpty = true
    }

    init(writer: ChunkWriter, chunker: Chunker) {
        self.writer = writer
        self.chunker = chunker
        reach = writer.reachList()
    }

    mutating func append(_ reference: ChunkRef) throws(VaultError) {
        if levels.isEmpty {
            inline.append(reference)
            guard inline.count > Content.inlineLimit else { return }
            levels.append(Level())
            let moved = inline
            inline = []
            for reference in moved { try append(reference, to: 0) }
        } else {
            try append(reference, to: 0)
        }
    }

    private mutating func append(_ reference: ChunkRef, to level: Int) throws(VaultError) {
        if level == levels.count { levels.append(Level()) }
        try reach.append(reference.id)
        levels[level].buffer += Content.encode(CollectionOfOne(reference))
        while levels[level].buffer.count >= chunker.sizes.most { try cut(level) }
    }

    private mutating func cut(_ level: Int) throws(VaultError) {
        let length = levels[level].buffer.withUnsafeBytes { chunker.firstCut($0) }
        let stored = try writer.storeTree(Array(levels[level].buffer[..<length]))
        trees.append(stored)
        levels[level].buffer.removeFirst(length)
        levels[level].isEmpty = false
        try append(stored, to: level + 1)
    }

    mutating func finish(size: Int64) throws(VaultError) -> Content {
        var level = 0
        while level < levels.count {
            let pending = levels[level].buffer
            if levels[level].isEmpty, level > 0, pending.count <= Content.inlineLimit * ChunkRef.width,
                let chunks = Content.decode(pending)
            {
                return Content(size: size, depth: level, chunks: chunks, reach: try reach.finish())
            }
            while !levels[level].buffer.isEmpty { try cut(level) }
            level += 1
        }
        return Content(size: size, depth: 0, chunks: inline)
    }
}
