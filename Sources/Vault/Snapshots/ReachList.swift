import Language

/// Writes which chunks a snapshot uses, for keepers, as lists of chunk ids that are cut into chunks of their own kind.
///
/// A list is cut behind ids that are chosen by their own bits, so lists that share long runs of ids share chunks, and a snapshot
/// like the one before adds little. Every chunk holds whole ids (or, above them, whole references): each can be read by itself,
/// and once for all snapshots. An id that comes again before the next cut is left out. Memory: the ids of one chunk, and a
/// reference for each chunk.
struct ReachList {
    private let writer: ChunkWriter
    private let cuts: Cuts
    private var pending: [UInt8] = []
    private var seen: Set<ChunkID> = []
    private var chunks: [ChunkRef] = []

    /// Where lists are cut, in items.
    struct Cuts: Sendable {
        let least: Int
        let most: Int
        let mask: UInt64

        /// As many bytes as chunks of rows have, about.
        init(_ rows: ChunkSizes) {
            let usual = max(16, rows.usual / 32)
            least = usual / 4
            most = usual * 4
            mask = UInt64(usual - 1)
        }

        func isCut(behind id: ChunkID, count: Int) -> Bool { count >= most || (count >= least && id.prefix & mask == 0) }
    }

    init(writer: ChunkWriter, cuts: Cuts) {
        self.writer = writer
        self.cuts = cuts
    }

    mutating func append(_ id: ChunkID) throws(VaultError) {
        guard seen.insert(id).inserted else { return }
        pending.append(id)
        if cuts.isCut(behind: id, count: seen.count) { try cut() }
    }

    /// Every chunk of a content, those of its lists too.
    mutating func append(_ content: Content) throws(VaultError) {
        guard content.depth > 0 else {
            for chunk in content.chunks { try append(chunk.id) }
            return
        }
        // Without its list a keeper would take the content's chunks for garbage.
        guard !content.reach.isEmpty else {
            throw VaultError(.missing, "A long list of chunks came without the list that keepers read.")
        }
        try cut()
        chunks += content.reach
    }

    /// The chunks of the list.
    mutating func finish() throws(VaultError) -> [ChunkRef] {
        try cut()
        return chunks
    }

    /// The whole list, with lists of its chunks above it where it is long.
    mutating func finishContent() throws(VaultError) -> Content {
        var references = try finish()
        let size = references.reduce(Int64(0)) { $0 + Int64($1.size) }
        var depth = 0
        while references.count > Content.inlineLimit {
            var above: [ChunkRef] = []
            var group: [ChunkRef] = []
            for reference in references {
                group.append(reference)
                guard cuts.isCut(behind: reference.id, count: group.count) else { continue }
                above.append(try writer.storeReach(Content.encode(group)))
                group = []
            }
            if !group.isEmpty { above.append(try writer.storeReach(Content.encode(group))) }
            references = above
            depth += 1
        }
        return Content(size: size, depth: depth, chunks: references)
    }

    private mutating func cut() throws(VaultError) {
        guard !pending.isEmpty else { return }
        chunks.append(try writer.storeReach(pending))
        pending = []
        seen = []
    }
}
