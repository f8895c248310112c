import Foundation
import ObjectStore
import TestStores
import Testing

@testable import Vault

@Suite struct IndexTableTests {
    /// Ids of all kinds: evenly spread, with the same beginning, and at both ends.
    private static let awkward: [ChunkID] = {
        var ids = (0..<500).map { ChunkID(sha256: withUnsafeBytes(of: $0) { Array($0) }) }
        for last in 0..<200 as Range<UInt8> {
            ids.append(ChunkID(bytes: [UInt8](repeating: 0x55, count: 31) + [last])!)
            ids.append(ChunkID(bytes: [UInt8](repeating: 0, count: 31) + [last])!)
            ids.append(ChunkID(bytes: [UInt8](repeating: 0xff, count: 31) + [last])!)
        }
        return ids
    }()

    private func table(_ ids: [ChunkID], segment: ULID) throws -> IndexTable {
        let chunks = ids.enumerated().map {
            PackFooter.Chunk(id: $1, offset: 500 + $0 * 100, storedSize: 100, plainSize: 300)
        }
        let pack = IndexSegment.Pack(id: PackID(sha256: segment.bytes), size: 1 << 20, kind: .data)
        return try #require(IndexTable(IndexSegment.table(of: [(pack, chunks)]), segments: [segment]))
    }

    private func withCache(_ body: (LocalCache) throws -> Void) throws {
        let cache = try LocalCache(FileManager.default.temporaryDirectory.path + "/reprise-index-\(ULID(at: Date()))")
        defer { try? FileManager.default.removeItem(atPath: cache.folder) }
        try body(cache)
    }

    @Test(arguments: [1, 2, 63, 64, 65, 129, 1100]) func everyIDIsFoundAndNoOther(count: Int) throws {
        try withCache { cache in
            let ids = Array(Self.awkward.prefix(count))
            let memory = try table(ids, segment: ULID(at: Date()))
            let merged = try #require(CachedTable.merge([memory], in: cache))
            let mapped = try #require(MappedFile(cache.path(CachedTable.fileName(merged.segments))))
            for table in [memory, merged, try #require(CachedTable.load(mapped, isNew: false))] {
                for (number, id) in Self.awkward.enumerated() {
                    #expect((table.find(id) != nil) == (number < count))
                    if number < count { #expect(table.find(id)?.offset == 500 + number * 100) }
                }
                #expect(!table.isDamaged)
            }
        }
    }

    @Test func manyTablesBecomeOneInOrder() throws {
        try withCache { cache in
            let tables = try (0..<9).map { lane in
                try table(stride(from: lane, to: Self.awkward.count, by: 9).map { Self.awkward[$0] }, segment: ULID(at: Date()))
            }
            let merged = try #require(CachedTable.merge(tables, in: cache))
            #expect((0..<merged.recordCount).compactMap(merged.provenID) == Self.awkward.sorted())
            let wanted = tables[3].segments[0]
            let cut = try #require(CachedTable.merge([merged], in: cache) { $0 == wanted })
            #expect(cut.segments == [wanted] && cut.packs.count == 1)
            #expect((0..<cut.recordCount).compactMap(cut.provenID) == (0..<tables[3].recordCount).compactMap(tables[3].provenID))
            #expect(CachedTable.merge([merged], in: cache) { _ in false } == nil)
        }
    }

    /// Where one of many segments goes, the others are not fetched again.
    @Test func aTableIsCutDownToTheSegmentsThatAreLeft() async throws {
        let store = MemoryStore()
        let bench = try await TestVault(in: store, chunking: .tiny)
        var written: [(record: SnapshotRecord, contents: [String: [UInt8]])] = []
        for number in 0..<6 {
            let contents = ["noise": TestBytes.random(2000, seed: UInt64(number))]
            written.append((try await bench.open().snapshot(contents, workers: 1), contents))
        }
        let before = try await bench.open()
        try await before.index.refresh(from: store)
        #expect(before.index.tables.count == 1)
        let segments = store.contents.keys.filter { $0.text.hasPrefix("index/") }.sorted()
        #expect(segments.count == 6)
        store.set(segments[2], nil)
        for segment in segments where segment != segments[2] {
            store.set(segment, store.contents[segment].map { $0.map { _ in 0 } })
        }

        let after = try await bench.open()
        try await after.index.refresh(from: store)
        #expect(after.index.damage == nil)
        #expect(after.index.recordCount < before.index.recordCount)
        #expect(Set(after.index.tables.flatMap(\.segments)).count == 5)
        #expect(try await after.read(written[1].record).contents() == written[1].contents)
        // Through its packs, which no segment names.
        #expect(try await after.read(written[2].record).contents() == written[2].contents)
    }
}
