import Foundation
import Language

/// An opened snapshot.
public final class SnapshotReader: Sendable {
    public let record: SnapshotRecord
    let body: SnapshotEnvelope.Body
    let chunks: ChunkReader

    init(record: SnapshotRecord, body: SnapshotEnvelope.Body, chunks: ChunkReader) {
        self.record = record
        self.body = body
        self.chunks = chunks
    }

    /// Every entry, sorted by path.
    public func entryStream() -> EntryStream {
        EntryStream(self, ContentStream([body.entries], kind: .tree, chunks: chunks, name: listName))
    }

    /// Calls `visit` with every entry, sorted by path, without holding the list.
    public func eachEntry(_ visit: (Entry) throws(VaultError) -> Void) async throws(VaultError) {
        let stream = entryStream()
        while let entries = try await stream.next() {
            for entry in entries { try visit(entry) }
        }
    }

    /// All entries, sorted by path.
    public func entries() async throws(VaultError) -> [Entry] {
        var found: [Entry] = []
        try await eachEntry { found.append($0) }
        return found
    }

    /// The bytes of an entry, or of one of its parts, in order and proven, as pieces of at most a chunk each.
    public func bytes(of entry: Entry, part: Int? = nil) -> EntryBytes {
        let contents = part.map { entry.parts.indices.contains($0) ? [entry.parts[$0]] : [] } ?? entry.parts
        return EntryBytes(contents: contents, chunks: chunks, name: entry.path)
    }

    /// A small entry as text. Fails with `.notFound`, or `.damaged` where it is not UTF-8 or not small (64 MiB).
    public func text(of path: String) async throws(VaultError) -> String {
        guard let entry = try await entry(path) else {
            throw VaultError(
                .notFound, "The snapshot \(record.id) has no entry \(path).",
                hint: "«reprise ls \(record.id)» lists its entries.")
        }
        guard entry.size <= 64 << 20 else { throw .damaged(path, "it is longer than any text of its kind.") }
        var bytes: [UInt8] = []
        let stream = ContentStream(entry.parts, kind: .data, chunks: chunks, name: path)
        while let piece = try await stream.next() { bytes += piece }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .damaged(path, "it is not text.") }
        return text
    }

    /// Calls `visit` with every chunk of a content, lists first.
    static func walk(
        _ content: Content, leaf: ChunkKind, _ chunks: ChunkReader, _ name: String,
        _ visit: (ChunkRef, ChunkKind) throws(VaultError) -> Void
    ) async throws(VaultError) {
        for reference in content.chunks { try visit(reference, content.depth == 0 ? leaf : .tree) }
        guard content.depth > 0 else { return }
        for depth in stride(from: content.depth - 1, through: 0, by: -1) {
            let level = ReferenceStream(content, chunks: chunks, name: name, stopAt: depth)
            while let batch = try await level.next() {
                for reference in batch { try visit(reference, depth == 0 ? leaf : .tree) }
            }
        }
    }

    /// The chunks of the entry list itself, in order.
    func listReferences() async throws(VaultError) -> [ChunkRef] {
        let stream = ReferenceStream(body.entries, chunks: chunks, name: listName)
        var found: [ChunkRef] = []
        while let batch = try await stream.next() { found += batch }
        return found
    }

    func listChunk(_ reference: ChunkRef) async throws(VaultError) -> [UInt8] {
        try await chunks.fetch([reference], kind: .tree)[0]
    }

    func damagedList(_ what: Phrase) -> VaultError { .damaged(listName, what) }

    var listName: String { "the entry list of snapshot \(record.id)" }
}

/// The bytes of an entry as an asynchronous sequence; the next few megabytes are fetched while the last are used.
public struct EntryBytes: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = VaultError

    let contents: [Content]
    let chunks: ChunkReader
    let name: String

    public func makeAsyncIterator() -> Iterator {
        Iterator(stream: ContentStream(contents, kind: .data, chunks: chunks, name: name))
    }

    public struct Iterator: AsyncIteratorProtocol {
        let stream: ContentStream

        public func next() async throws -> [UInt8]? { try await stream.next() }

        public func next(isolation actor: isolated (any Actor)?) async throws(VaultError) -> [UInt8]? {
            try await stream.next()
        }
    }
}
