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

    /// Marks everything that a snapshot uses, from its reach list. Fails with `.missing` or `.damaged`.
    mutating func mark(_ reach: Content, of snapshot: SnapshotID) async throws(VaultError) {
        guard snapshots.insert(snapshot).inserted else { return }
        do throws(VaultError) {
            var level = reach.chunks
            for depth in stride(from: reach.depth, through: 0, by: -1) {
                var below: [ChunkRef] = []
                for reference in level where visited.insert(reference.id).inserted {
                    mark(reference.id)
                    let bytes = try await reader.fetch(reference)
                    if depth > 0 {
                        guard let references = Content.decode(bytes) else {
                            throw .damaged(Self.name(snapshot), "a list of its chunks names an impossible chunk.")
                        }
                        below += references
                    } else {
                        guard bytes.count.isMultiple(of: Digest.width) else {
                            throw .damaged(Self.name(snapshot), "a list of its chunks is cut short.")
                        }
                        bytes.withUnsafeBytes { raw in
                            for start in stride(from: 0, to: raw.count, by: Digest.width) {
                                mark(ChunkID(UnsafeRawBufferPointer(rebasing: raw[start..<start + Digest.width])))
                            }
                        }
                    }
                }
                level = below
            }
        } catch {
            snapshots.remove(snapshot)
            throw error
        }
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
