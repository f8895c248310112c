import Foundation
import TestNumbers
import Testing

@testable import Vault

/// Finding entries in a long list without reading it.
@Suite struct EntrySeekTests {
    @Test(arguments: [VaultConfig.Chunking.tiny, .standard]) func entriesAreFoundInLongLists(chunking: VaultConfig.Chunking)
        async throws
    {
        let bench = try await TestVault(chunking: chunking)
        let vault = try await bench.open()
        let writer = try await vault.startSnapshot(asset: "a", kind: "files", host: "h", workers: 1)
        var paths = (0..<3000).map { "files/d\($0 % 7)/n\($0)" }
        // Lines longer than many chunks among them.
        for number in 0..<20 { paths.append("files/d3/long\(number)" + String(repeating: "x", count: 9000)) }
        paths.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let facts = FileFacts(kind: .file, mode: 0o644, uid: 0, gid: 0, modified: .init(seconds: 1, nanoseconds: 2))
        let all = paths
        let record: SnapshotRecord
        do {
            try await onOwnThread {
                Result {
                    let lane = writer.lane()
                    for path in all {
                        let content = try Array(path.utf8).withUnsafeBytes { try lane.store($0, as: .file) }
                        try writer.append(path, content, facts)
                    }
                    try lane.close()
                    try writer.add("manifest.json", text: "{}")
                }
            }.get()
            record = try await writer.commit(instant: Date(), tags: [], facts: [:])
        }
        #expect(record.entryCount == paths.count + 1)
        let reader = try await vault.read(record)
        #expect(try await reader.entries().map(\.path) == paths + ["manifest.json"])
        for index in stride(from: 0, to: paths.count, by: 61) + [paths.count - 1] {
            let entry = try #require(try await reader.entry(paths[index]))
            #expect(entry.path == paths[index] && entry.file == facts)
            #expect(try await bench.bytes(of: entry, in: reader) == Array(paths[index].utf8))
            #expect(try await reader.entry(paths[index] + "!") == nil)
        }
        #expect(try await reader.entry("a") == nil)
        #expect(try await reader.entry("z") == nil)
        #expect(try await reader.entry("manifest.json") != nil)
        var found: [String] = []
        try await reader.eachEntry(from: Array("files/d5".utf8)) { entry in
            guard entry.path.hasPrefix("files/d5") else { return false }
            found.append(entry.path)
            return true
        }
        #expect(found == paths.filter { $0.hasPrefix("files/d5") })
    }

    @Test func recordsOfKnownEntriesAreReadAgainOrRefused() {
        let chunk = ChunkRef(id: ChunkID(sha256: [1]), size: 300)
        let deep = StoredContent(parts: [Content(size: 600, depth: 1, chunks: [chunk], reach: [chunk])])
        func record(_ chunks: EntryChunks) -> [UInt8] {
            KnownEntries.record(ListedEntry(path: [1, 2], line: [5, 6, 10], content: deep), [3], [4], chunks)
        }
        func parse(_ record: [UInt8]) -> KnownEntries.Parsed? { try? KnownEntries.parse(record, 0..<record.count) }
        let good = record(EntryChunks(data: [chunk, chunk], trees: [chunk]))
        let parsed = parse(good)
        #expect(parsed?.content == deep && parsed?.chunks.data.count == 2)
        #expect(
            parsed.map { [good[$0.path], good[$0.stamp], good[$0.extra], good[$0.line]] } == [[1, 2], [3], [4], [5, 6, 10]])
        // Deep without the chunks below it: nobody could tell whether they are there.
        #expect(parse(record(.none)) == nil)
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<5000 {
            guard let found = parse(Mutation.apply(to: good, with: &generator)) else { continue }
            #expect(found.content.size >= 0 && !found.content.parts.isEmpty)
        }
    }
}
