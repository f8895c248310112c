import Foundation
import Language

/// Which chunks the snapshots use: a bit for each record of the index as it was when this was made, and the ids of what came
/// later. Lists that snapshots share are read once.
struct LiveChunks {
    let tables: [IndexTable]
    private var bits: [[UInt64]]
    /// Chunks that the tables do not have.
    private(set) var others: Set<ChunkID> = []
    private(set) var snapshots: Set<SnapshotID> = []
    private var visited: Set<ChunkID> = []
    private var reader: ReachReader
    private var trees = SnapshotWalk()

    init(_ vault: OpenVault) {
        tables = vault.index.tables
        bits = tables.map { [UInt64](repeating: 0, count: ($0.recordCount + 63) / 64) }
        reader = ReachReader(vault)
    }

    mutating func mark(_ id: ChunkID) {
        var isKnown = false
        for number in tables.indices {
            for position in tables[number].positions(of: id) {
                bits[number][position / 64] |= 1 << UInt64(position % 64)
                isKnown = true
            }
        }
        if !isKnown { others.insert(id) }
    }

    /// Whether the record of `tables` at that position is of a live chunk.
    func isMarked(_ table: Int, _ position: Int) -> Bool { bits[table][position / 64] >> UInt64(position % 64) & 1 == 1 }

    func contains(_ id: ChunkID) -> Bool {
        for number in tables.indices {
            if let position = tables[number].positions(of: id).first { return isMarked(number, position) }
        }
        return others.contains(id)
    }

    /// A list of chunks that is to be read, and for whom.
    private struct Pending {
        let reference: ChunkRef
        let snapshot: SnapshotID
    }

    /// Marks everything that these snapshots use, from their reach lists: depth by depth for all of them together, so that every
    /// pack of lists is read once and many at a time. Fails with `.missing` or `.damaged`.
    mutating func mark(_ lists: [(snapshot: SnapshotID, reach: Content)]) async throws(VaultError) {
        let before = visited
        do throws(VaultError) {
            try await read(lists)
        } catch {
            // What was not read to its end is read again for whoever else needs it.
            visited = before
            throw error
        }
    }

    private mutating func read(_ lists: [(snapshot: SnapshotID, reach: Content)]) async throws(VaultError) {
        let new = lists.filter { !snapshots.contains($0.snapshot) }
        var below: [Pending] = []
        for depth in stride(from: new.map(\.reach.depth).max() ?? 0, through: 0, by: -1) {
            var level = below
            below = []
            for list in new where list.reach.depth == depth {
                level += list.reach.chunks.map { Pending(reference: $0, snapshot: list.snapshot) }
            }
            level = level.filter { visited.insert($0.reference.id).inserted }
            for window in reader.windows(level, of: \.reference) {
                try await reader.prefetch(window.map(\.reference))
                for pending in window {
                    mark(pending.reference.id)
                    let bytes = try await reader.fetch(pending.reference)
                    if depth > 0 {
                        guard let references = Content.decode(bytes) else {
                            throw .damaged(Self.name(pending.snapshot), "a list of its chunks names an impossible chunk.")
                        }
                        below += references.map { Pending(reference: $0, snapshot: pending.snapshot) }
                    } else {
                        guard bytes.count.isMultiple(of: Digest.width) else {
                            throw .damaged(Self.name(pending.snapshot), "a list of its chunks is cut short.")
                        }
                        bytes.withUnsafeBytes { raw in
                            for start in stride(from: 0, to: raw.count, by: Digest.width) {
                                mark(ChunkID(UnsafeRawBufferPointer(rebasing: raw[start..<start + Digest.width])))
                            }
                        }
                    }
                }
            }
        }
        snapshots.formUnion(new.map(\.snapshot))
    }

    /// Marks everything that a snapshot uses, from its own lists, for which a reader key is needed.
    mutating func mark(tree reader: SnapshotReader) async throws(VaultError) {
        var walk = trees
        try await walk.walk(reader) { reference, _ in mark(reference.id) }
        trees = walk
        snapshots.insert(reader.record.id)
    }

    private static func name(_ snapshot: SnapshotID) -> String { "the list for keepers of snapshot \(snapshot)" }

    /// Calls `visit` with the records of each chunk of the tables, in the order of their ids. Fails with `.damaged` where the
    /// cache is not what was written; it is fetched anew by the next refresh.
    func eachChunk(_ visit: (_ id: ChunkID, _ isLive: Bool, _ places: [ChunkPlace]) -> Void) throws(VaultError) {
        var merged = MergedRecords(tables)
        var current: ChunkID?
        var isLive = false
        var places: [ChunkPlace] = []
        while let record = merged.next() {
            if record.id != current {
                if let current { visit(current, isLive, places) }
                current = record.id
                isLive = isMarked(record.table, record.index)
                places.removeAll(keepingCapacity: true)
            }
            if let place = tables[record.table].place(at: record.index) { places.append(place) }
        }
        if let current { visit(current, isLive, places) }
        guard !tables.contains(where: \.isDamaged) else {
            throw .damaged("the local cache", "a part of the index is not what was written. It is fetched anew next time.")
        }
    }
}
