import Foundation
import Language
import ObjectStore
import TestNumbers
import TestStores
import Testing

@testable import Vault

/// Snapshots that a writer with all its keys made up: whoever reads them gets an error that says damage, soon, and never a crash.
@Suite struct ForgedSnapshotTests {
    @Test func listsThatMeanNothingAreRefused() async throws {
        let bench = try await TestVault(in: MemoryStore(), chunking: .tiny)
        let vault = try await bench.open()
        let genuine = try await vault.snapshot(["rows": TestBytes.rows(300)], workers: 1)
        let entry = try #require(try await vault.read(genuine).entry("rows"))
        let chunk = try #require(entry.parts.first?.chunks.first)
        let line = EntryList.line(entry)
        let empty = Content(size: 0, depth: 0, chunks: [])
        var generator = SeededGenerator(seed: 20)

        // What the entry list is, and where it is said to lie.
        var lists: [(String, [UInt8], (ChunkRef) -> Content)] = [
            ("no line", Array("no line".utf8), { Content(size: 7, depth: 0, chunks: [$0]) }),
            ("a line that is no entry", Array("{}\n".utf8), { Content(size: 3, depth: 0, chunks: [$0]) }),
            ("no newline at the end", Array(line.dropLast()), { Content(size: Int64(line.count - 1), depth: 0, chunks: [$0]) }),
            ("the same entry twice", line + line, { Content(size: Int64(line.count * 2), depth: 0, chunks: [$0]) }),
            ("a size too small", line, { Content(size: Int64(line.count - 1), depth: 0, chunks: [$0]) }),
            ("a size too large", line, { Content(size: Int64(line.count + 1), depth: 0, chunks: [$0]) }),
            ("a list that is not one", line, { Content(size: Int64(line.count), depth: 1, chunks: [$0]) }),
            ("lists of lists of nothing", line, { Content(size: Int64(line.count), depth: 8, chunks: [$0]) }),
            ("a chunk of data as a list", line, { _ in Content(size: Int64(chunk.size), depth: 0, chunks: [chunk]) }),
            (
                "another size of the chunk", line,
                { Content(size: Int64($0.size + 1), depth: 0, chunks: [ChunkRef(id: $0.id, size: $0.size + 1)]) }
            ),
            (
                "a chunk that is nowhere", line,
                { _ in Content(size: 9, depth: 0, chunks: [ChunkRef(id: ChunkID(sha256: [9]), size: 9)]) }
            ),
            ("an entry whose chunk is a list", [], { list in Content(size: 0, depth: 0, chunks: [list]) }),
        ]
        for (name, parts) in [
            ("an entry larger than its chunks", [Content(size: 1 << 40, depth: 0, chunks: [chunk])]),
            ("an entry smaller than its chunks", [Content(size: 1, depth: 0, chunks: [chunk])]),
            (
                "an entry whose chunk is nowhere",
                [Content(size: 9, depth: 0, chunks: [ChunkRef(id: ChunkID(sha256: [9]), size: 9)])]
            ),
            ("an entry whose chunks are said to be lists", [Content(size: Int64(chunk.size), depth: 1, chunks: [chunk])]),
            ("a good part and a bad one", [empty, entry.parts[0], Content(size: 1, depth: 0, chunks: [])]),
        ] {
            let bytes = EntryList.line(Entry(path: "rows", parts: parts))
            lists.append((name, bytes, { Content(size: Int64(bytes.count), depth: 0, chunks: [$0]) }))
        }
        for round in 0..<150 {
            let bytes = Mutation.apply(toJSON: line, with: &generator) + [UInt8(ascii: "\n")]
            lists.append(("a changed line, \(round)", bytes, { Content(size: Int64(bytes.count), depth: 0, chunks: [$0]) }))
            let references = Mutation.apply(to: Content.encode(entry.parts[0].chunks), with: &generator)
            let depth = Int.random(in: 0...8, using: &generator)
            let size = [0, 1, Int64(references.count), 7000, .max].randomElement(using: &generator) ?? 0
            lists.append(
                (
                    "a changed list, \(round)", references.isEmpty ? [0] : references,
                    { Content(size: size, depth: depth, chunks: [$0]) }
                ))
        }

        for (name, bytes, content) in lists {
            let reader = try await vault.forge(entryList: bytes.isEmpty ? line : bytes, content)
            do throws(VaultError) {
                for entry in try await reader.entries() {
                    let stream = reader.bytes(of: entry).makeAsyncIterator()
                    var size: Int64 = 0
                    while let piece = try await stream.next(isolation: nil) { size += Int64(piece.count) }
                    #expect(size == entry.size)
                }
                #expect(name.hasPrefix("a changed l"), "\(name) was read")
            } catch {
                #expect(error.exitStatus == .damagedData, "\(name): \(error)")
            }
        }
    }
}

extension OpenVault {
    /// A snapshot whose entry list holds these bytes and is said to lie where `content` says.
    fileprivate func forge(entryList bytes: [UInt8], _ content: (ChunkRef) -> Content) async throws -> SnapshotReader {
        let writer = chunkWriter(keys, base: WritingBase(session: ULID(at: Date()), condemned: []), workers: 1)
        let reference = try await onOwnThread { Result { try writer.storeTree(bytes) } }.get()
        try await writer.finish()
        let now = Date()
        let record = SnapshotRecord(
            id: SnapshotID(at: now), asset: "forged", kind: "test", started: now, instant: now, finished: now, host: "", tags: [],
            sourceBytes: 0, newBytes: 0, storedBytes: 0, entryCount: 0, facts: [:])
        return SnapshotReader(record: record, body: .init(entries: content(reference)), chunks: try chunkReader())
    }
}
