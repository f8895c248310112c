/// A snapshot of chunks that were cut elsewhere.
extension SnapshotWriter {
    /// Stores chunks as they are cut.
    func store(_ chunks: [[UInt8]]) async throws(VaultError) -> [ChunkRef] {
        try await onOwnThread { [self] in
            Result { () throws(VaultError) in
                var tickets: [ChunkWriter.Ticket] = []
                for chunk in chunks { tickets.append(try writer.submit(chunk)) }
                var found: [ChunkRef] = []
                for ticket in tickets { found.append(try writer.wait(for: ticket)) }
                return found
            }
        }.get()
    }

    /// Whether the vault has this chunk where the snapshot may rely on it; from then on it does.
    func reliesOn(_ chunk: ChunkRef) -> Bool { writer.reliesOn(chunk, .data) }

    func contentList() -> ContentList { ContentList(ListWriter(writer: writer, chunker: listChunker)) }

    /// Adds entries whose chunks are stored; see `append(_:_:_:)`.
    func append(_ entries: [Entry]) async throws(VaultError) {
        try await onOwnThread { [self] in
            Result { () throws(VaultError) in for entry in entries { try append(entry) } }
        }.get()
    }
}

/// A content's list of chunks as it grows. `@unchecked Sendable`: its calls come one after the other.
final class ContentList: @unchecked Sendable {
    private var list: ListWriter

    init(_ list: ListWriter) { self.list = list }

    func append(_ chunks: [ChunkRef]) async throws(VaultError) {
        try await onOwnThread { [self] in
            Result { () throws(VaultError) in for chunk in chunks { try list.append(chunk) } }
        }.get()
    }

    func finish(size: Int64) async throws(VaultError) -> Content {
        try await onOwnThread { [self] in Result { () throws(VaultError) in try list.finish(size: size) } }.get()
    }
}
