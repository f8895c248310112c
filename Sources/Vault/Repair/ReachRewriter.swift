import Language

extension OpenVault {
    /// Writes the list for keepers of a snapshot again, from what the snapshot itself lists. Only chunks that are not in the
    /// vault are stored. False where that does not give the list that the snapshot names. Needs the reader role.
    func rewriteReach(
        of envelope: ListedSnapshot, base: WritingBase
    ) async throws(VaultError) -> Bool {
        let writer = chunkWriter(keys, base: base, workers: 1, kinds: [.reach])
        do throws(VaultError) {
            let reader = try await read(envelope.record, index: .everything)
            let lists = ReplayedLists(writer: writer, chunker: chunker(.rows))
            let stream = reader.entryStream()
            while let entries = try await stream.next() {
                for entry in entries { try await lists.append(entry, reader.chunks) }
            }
            let made = try await lists.finish()
            guard made.reach == envelope.reach else {
                await writer.abandon()
                return false
            }
            try await writer.finish()
            return true
        } catch {
            await writer.abandon()
            throw error
        }
    }
}

/// Goes the way of a snapshot's entries into its lists once more.
///
/// `@unchecked Sendable`: one call after another, each on a thread of its own.
private final class ReplayedLists: @unchecked Sendable {
    private let writer: ChunkWriter
    private let chunker: Chunker
    private let feed: EntryFeed
    private var list: ListWriter?

    init(writer: ChunkWriter, chunker: Chunker) {
        self.writer = writer
        self.chunker = chunker
        feed = EntryFeed(writer: writer, chunker: chunker)
    }

    func append(_ entry: Entry, _ chunks: ChunkReader) async throws(VaultError) {
        var parts: [Content] = []
        for part in entry.parts {
            guard part.depth > 0 else {
                parts.append(part)
                continue
            }
            list = ListWriter(writer: writer, chunker: chunker)
            let references = ReferenceStream(part, chunks: chunks, name: entry.path)
            while let batch = try await references.next() {
                try await blocking { lists throws(VaultError) in
                    for reference in batch { try lists.list?.append(reference) }
                }
            }
            parts.append(
                try await blocking { lists throws(VaultError) in
                    guard let content = try lists.list?.finish(size: part.size) else { preconditionFailure("it was begun") }
                    return content
                })
        }
        let replayed = Entry(path: entry.path, parts: parts, file: entry.file)
        _ = try await blocking { lists throws(VaultError) in try lists.feed.append(replayed) }
    }

    func finish() async throws(VaultError) -> (entries: Content, reach: Content) {
        try await blocking { lists throws(VaultError) in try lists.feed.finish() }
    }

    /// What stores chunks may have to wait for the store.
    private func blocking<Value: Sendable>(
        _ work: @escaping @Sendable (ReplayedLists) throws(VaultError) -> Value
    ) async throws(VaultError) -> Value {
        try await onOwnThread { Result { () throws(VaultError) in try work(self) } }.get()
    }
}
