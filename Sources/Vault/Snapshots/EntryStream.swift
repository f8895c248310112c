import Language

/// The entries of a snapshot in the order of their paths, a chunk of the list at a time.
///
/// Used by one task at a time. `@unchecked Sendable`: an iterator travels with its task.
public final class EntryStream: @unchecked Sendable {
    private let snapshot: SnapshotReader
    private let stream: ContentStream
    private var pending: [UInt8] = []
    private var last: [UInt8]?
    private var isAtEnd = false

    init(_ snapshot: SnapshotReader, _ stream: ContentStream) {
        self.snapshot = snapshot
        self.stream = stream
    }

    /// The next entries, at least one; nil behind the last.
    public func next() async throws(VaultError) -> [Entry]? {
        while !isAtEnd {
            guard let piece = try await stream.next() else {
                isAtEnd = true
                guard pending.isEmpty else { throw snapshot.damagedList("its last line is cut short.") }
                return nil
            }
            pending += piece
            let entries = try takeLines()
            if !entries.isEmpty { return entries }
        }
        return nil
    }

    private func takeLines() throws(VaultError) -> [Entry] {
        var entries: [Entry] = []
        var start = 0
        while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
            guard let entry = EntryList.entry(of: pending[start..<end]) else {
                throw snapshot.damagedList("one of its lines is no entry.")
            }
            let path = Array(entry.path.utf8)
            if let last, !last.lexicographicallyPrecedes(path) { throw snapshot.damagedList("it is not in order.") }
            last = path
            entries.append(entry)
            start = end + 1
        }
        pending.removeFirst(start)
        guard pending.count <= EntryList.longestLine else { throw snapshot.damagedList("one of its lines is no entry.") }
        return entries
    }
}
