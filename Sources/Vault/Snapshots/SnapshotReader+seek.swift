import Language

extension SnapshotReader {
    /// Calls `visit` with the entries from the first whose path is not before `path`, in order, until it returns false.
    ///
    /// The list is not read from its beginning: its chunks are sorted, so the first one is found by halving.
    public func eachEntry(from path: [UInt8], _ visit: (Entry) throws(VaultError) -> Bool) async throws(VaultError) {
        let references = try await listReferences()
        let first = try await self.chunk(before: path, in: references)
        var pending: [UInt8] = []
        // What stands before the first line end of a chunk in the middle is the end of a line that begins in the one before.
        var isInside = first > 0
        for reference in references[first...] {
            pending += try await listChunk(reference)
            var start = 0
            while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                if isInside {
                    isInside = false
                    continue
                }
                guard let entry = EntryList.entry(of: pending[start..<end]) else {
                    throw damagedList("one of its lines is no entry.")
                }
                if entry.path.utf8.lexicographicallyPrecedes(path) { continue }
                guard try visit(entry) else { return }
            }
            pending.removeFirst(start)
            guard pending.count <= EntryList.longestLine else { throw damagedList("one of its lines is no entry.") }
        }
    }

    /// The entry at `path`, or nil; reads a few chunks of the list, however long it is.
    public func entry(_ path: String) async throws(VaultError) -> Entry? {
        var found: Entry?
        try await eachEntry(from: Array(path.utf8)) { entry throws(VaultError) in
            // By bytes: two names that look alike may be two entries.
            if entry.path.utf8.elementsEqual(path.utf8) { found = entry }
            return false
        }
        return found
    }

    /// The last chunk whose first whole line is not behind `path`; 0 where there is none.
    private func chunk(before path: [UInt8], in references: [ChunkRef]) async throws(VaultError) -> Int {
        var low = 0
        var high = references.count
        while high - low > 1 {
            var middle = (low + high) / 2
            var first: [UInt8]?
            // A chunk in the middle of a very long line has no line of its own: the next one decides.
            while middle < high {
                first = try await firstPath(references[middle])
                if first != nil { break }
                middle += 1
            }
            if let first, !path.lexicographicallyPrecedes(first) {
                low = middle
            } else {
                high = (low + high) / 2
            }
        }
        return low
    }

    /// The path of the first line that begins in a chunk, or nil where none begins and ends in it.
    private func firstPath(_ reference: ChunkRef) async throws(VaultError) -> [UInt8]? {
        let bytes = try await listChunk(reference)
        guard let start = bytes.firstIndex(of: UInt8(ascii: "\n")),
            let end = bytes[(start + 1)...].firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        guard let entry = EntryList.entry(of: bytes[(start + 1)..<end]) else {
            throw damagedList("one of its lines is no entry.")
        }
        return Array(entry.path.utf8)
    }
}
