import Language

/// The entry list as it grows, line by line in the order of the paths; holds a chunk of it and no more.
///
/// `@unchecked Sendable`: all state is behind `lock`.
final class EntryFeed: @unchecked Sendable {
    private let lock = Lock()
    private let writer: ChunkWriter
    private let chunker: Chunker
    private var list: ListWriter
    private var reach: ReachList
    private var buffer: [UInt8] = []
    private var size: Int64 = 0
    private var last: ArraySlice<UInt8> = []
    private var entries = 0

    /// Bytes of lines that are cut together: what lies behind the last cut is moved each time.
    private static let slack = 256 << 10

    init(writer: ChunkWriter, chunker: Chunker) {
        self.writer = writer
        self.chunker = chunker
        list = ListWriter(writer: writer, chunker: chunker)
        reach = writer.reachList()
    }

    var count: Int { lock.locked { entries } }

    /// Adds the entry's line, behind every one before it in the order of the paths, and its chunks to the list for keepers.
    @discardableResult
    func append(_ entry: Entry) throws(VaultError) -> ListedEntry {
        let listed = ListedEntry(
            path: Array(entry.path.utf8), line: EntryLine.encode(entry), content: StoredContent(parts: entry.parts))
        try append(path: listed.path[...], line: listed.line[...], entry.parts)
        return listed
    }

    /// The same, of an entry whose line was made before.
    func append(path: ArraySlice<UInt8>, line: ArraySlice<UInt8>, _ parts: [Content]) throws(VaultError) {
        try lock.locked { () throws(VaultError) in
            precondition(entries == 0 || last.lexicographicallyPrecedes(path), "entries come in the order of their paths")
            last = path
            entries += 1
            for part in parts { try reach.append(part) }
            size += Int64(line.count)
            buffer += line
            while buffer.count >= chunker.sizes.most + Self.slack { try cut() }
        }
    }

    /// The entry list, and the list for keepers of every chunk of the entries and of the entry list.
    func finish() throws(VaultError) -> (entries: Content, reach: Content) {
        try lock.locked { () throws(VaultError) in
            while !buffer.isEmpty { try cut() }
            let content = try list.finish(size: size)
            try reach.append(content)
            return (content, try reach.finishContent())
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

/// An entry that stands in the list.
public struct ListedEntry: Sendable {
    let path: [UInt8]
    /// Its line, with the newline.
    let line: [UInt8]
    let content: StoredContent
}
