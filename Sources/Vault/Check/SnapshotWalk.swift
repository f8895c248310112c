import Language

/// Goes through every chunk of snapshots, and through what they share only once.
///
/// What a list chunk says depends on its bytes and on the end of the one before it that stands in its beginning; a list that
/// comes again behind the same end is not read again. Memory: an entry for each list chunk.
struct SnapshotWalk {
    private struct Key: Hashable {
        let chunk: ChunkID
        let carried: Digest
    }

    private struct Seen {
        let carry: [UInt8]
        /// Of what it refers to, bytes.
        let size: Int64
    }

    private var lists: [Key: Seen] = [:]
    private var lines: [Key: Seen] = [:]

    /// Entry list chunks that are fetched together.
    private static let batch = 32

    /// Calls `visit` with every chunk that no earlier walk has visited, and maybe with others again. Fails with `.missing` or
    /// `.damaged`.
    mutating func walk(
        _ reader: SnapshotReader, _ visit: (ChunkRef, ChunkKind) throws(VaultError) -> Void
    ) async throws(VaultError) {
        let list = reader.body.entries
        try await SnapshotReader.walk(list, leaf: .tree, reader.chunks, reader.listName, visit)
        let stream = ReferenceStream(list, chunks: reader.chunks, name: reader.listName)
        var carry: [UInt8] = []
        while let references = try await stream.next() {
            var rest = references[...]
            while !rest.isEmpty {
                let group = Array(rest.prefix(Self.batch))
                rest = rest.dropFirst(Self.batch)
                carry = try await walk(group, carry, reader, visit)
            }
        }
        guard carry.isEmpty else { throw .damaged(reader.listName, "its last line is cut short.") }
    }

    /// Some chunks of an entry list; returns the beginning of a line that the last one ends with.
    private mutating func walk(
        _ group: [ChunkRef], _ before: [UInt8], _ reader: SnapshotReader,
        _ visit: (ChunkRef, ChunkKind) throws(VaultError) -> Void
    ) async throws(VaultError) -> [UInt8] {
        var carry = before
        var fetched: [[UInt8]]?
        for (number, reference) in group.enumerated() {
            let key = Key(chunk: reference.id, carried: Digest(sha256: carry))
            if let known = lines[key] {
                carry = known.carry
                continue
            }
            if fetched == nil { fetched = try await reader.chunks.fetch(group, kind: .tree) }
            var pending = carry + fetched![number]
            var start = 0
            while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
                guard let entry = EntryList.entry(of: pending[start..<end]) else {
                    throw .damaged(reader.listName, "one of its lines is no entry.")
                }
                for part in entry.parts { try await walk(part, entry.path, reader, visit) }
                start = end + 1
            }
            pending.removeFirst(start)
            guard pending.count <= EntryList.longestLine else {
                throw .damaged(reader.listName, "one of its lines is no entry.")
            }
            carry = pending
            lines[key] = Seen(carry: carry, size: 0)
        }
        return carry
    }

    private mutating func walk(
        _ content: Content, _ name: String, _ reader: SnapshotReader,
        _ visit: (ChunkRef, ChunkKind) throws(VaultError) -> Void
    ) async throws(VaultError) {
        for reference in content.chunks { try visit(reference, content.depth == 0 ? .data : .tree) }
        guard content.depth > 0 else { return }
        for depth in stride(from: content.depth - 1, to: 0, by: -1) {
            let level = ReferenceStream(content, chunks: reader.chunks, name: name, stopAt: depth)
            while let batch = try await level.next() {
                for reference in batch { try visit(reference, .tree) }
            }
        }
        // The lowest lists are nearly all there is.
        let lowest = ReferenceStream(content, chunks: reader.chunks, name: name, stopAt: 1)
        var carry: [UInt8] = []
        var size: Int64 = 0
        while let batch = try await lowest.next() {
            for list in batch {
                let key = Key(chunk: list.id, carried: Digest(sha256: carry))
                if let known = lists[key] {
                    carry = known.carry
                    size += known.size
                    continue
                }
                let bytes = carry + (try await reader.chunks.fetch([list], kind: .tree))[0]
                let whole = bytes.count / ChunkRef.width * ChunkRef.width
                guard let references = Content.decode(Array(bytes[..<whole])) else {
                    throw .damaged(name, "a list of its chunks names an impossible chunk.")
                }
                var sum: Int64 = 0
                for reference in references {
                    try visit(reference, .data)
                    sum += Int64(reference.size)
                }
                carry = Array(bytes[whole...])
                size += sum
                lists[key] = Seen(carry: carry, size: sum)
            }
        }
        guard carry.isEmpty else { throw .damaged(name, "a list of its chunks is cut short.") }
        guard size == content.size else { throw .damaged(name, "its chunks do not add up to its size.") }
    }
}
