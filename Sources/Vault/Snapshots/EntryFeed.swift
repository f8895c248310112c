import Language

/// The entry list as it grows, line by line in the order of the paths; holds a chunk of it and no more.
///
/// `@unchecked Sendable`: all state is behind `lock`.
final class EntryFeed: @unchecked Sendable {
    private let lock = Lock()
    private let writer: ChunkWriter
    private let chunker: Chunker
    private var list: ListWriter
    private var buffer: [UInt8] = []
    private var size: Int64 = 0
    private var last: [UInt8] = []
    private var entries = 0

    init(writer: ChunkWriter, chunker: Chunker) {
        self.writer = writer
        self.chunker = chunker
        list = ListWriter(writer: writer, chunker: chunker)
    }

    var count: Int { lock.locked { entries } }

    /// Adds the line of the entry at `path`, which comes behind every one before it.
    func append(_ line: [UInt8], path: [UInt8]) throws(VaultError) {
        try lock.locked { () throws(VaultError) in
            precondition(entries == 0 || last.lexicographicallyPrecedes(path), "entries come in the order of their paths")
            last = path
            entries += 1
            size += Int64(line.count)
            buffer += line
            while buffer.count >= chunker.sizes.most + (1 << 20) { try cut() }
        }
    }

    func finish() throws(VaultError) -> Content {
        try lock.locked { () throws(VaultError) in
            while !buffer.isEmpty { try cut() }
            return try list.finish(size: size)
        }
    }

    /// Cuts as many chunks as are certain.
    private func cut() throws(VaultError) {
        var start = 0
        repeat {
            let length = buffer.withUnsafeBytes { chunker.firstCut(UnsafeRawBufferPointer(rebasing: $0[start...])) }
            try list.append(writer.storeTree(Array(buffer[start..<start + length])))
            start += length
        } while buffer.count - start >= chunker.sizes.most
        buffer.removeFirst(start)
    }
}
