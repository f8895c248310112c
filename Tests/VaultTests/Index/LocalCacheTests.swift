import Foundation
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// The cache saves time and decides nothing (I14).
@Suite struct LocalCacheTests {
    @Test func aFileThatAnotherProcessIsWritingIsLeftAlone() async throws {
        let bench = try await TestVault(in: MemoryStore(), chunking: .tiny)
        let record = try await bench.open().snapshot(["rows": TestBytes.rows(50)])
        let folder = bench.folder + "/cache/" + bench.keys.vault.description + "/index/"
        let unfinished = folder + ULID(at: Date()).text + ".1f"
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: unfinished))

        _ = try await bench.open().read(record).contents()

        #expect(FileManager.default.fileExists(atPath: unfinished))
    }

    @Test func manySegmentsBecomeFewTablesAndEveryChunkIsFound() async throws {
        let bench = try await TestVault(in: MemoryStore(), chunking: .tiny)
        var written: [(SnapshotRecord, [String: [UInt8]])] = []
        for number in 0..<23 {
            let contents = ["noise": TestBytes.random(3000, seed: UInt64(number))]
            written.append((try await bench.open().snapshot(contents, workers: 1), contents))
        }
        let vault = try await bench.open()
        for (record, contents) in written { #expect(try await vault.read(record).contents() == contents) }
        let folder = bench.folder + "/cache/" + bench.keys.vault.description + "/index"
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count <= 4)
        #expect(try await vault.snapshot(written[3].1).newBytes < 2000)
    }

    /// A crash between writing a merged table and removing its parts, or two processes that merge at once.
    @Test func tablesThatOverlapAreReadOnce() async throws {
        let bench = try await TestVault(in: MemoryStore(), chunking: .tiny)
        let cache = bench.folder + "/cache/" + bench.keys.vault.description + "/index"
        let saved = bench.folder + "/saved"
        try FileManager.default.createDirectory(atPath: saved, withIntermediateDirectories: true)
        var contents: [String: [UInt8]] = [:]
        var record: SnapshotRecord?
        for number in 0..<23 {
            contents = ["noise": TestBytes.random(3000, seed: UInt64(number))]
            record = try await bench.open().snapshot(contents, workers: 1)
            for file in try FileManager.default.contentsOfDirectory(atPath: cache)
            where !FileManager.default.fileExists(atPath: saved + "/" + file) {
                try FileManager.default.copyItem(atPath: cache + "/" + file, toPath: saved + "/" + file)
            }
        }
        let vault = try await bench.open()
        _ = try await vault.read(try #require(record)).contents()
        let count = vault.index.recordCount
        for file in try FileManager.default.contentsOfDirectory(atPath: saved)
        where !FileManager.default.fileExists(atPath: cache + "/" + file) {
            try FileManager.default.copyItem(atPath: saved + "/" + file, toPath: cache + "/" + file)
        }

        let again = try await bench.open()
        #expect(try await again.read(try #require(record)).contents() == contents)
        #expect(again.index.recordCount == count)
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache).count <= 4)
    }

    @Test func aVaultIsUsedWithoutACacheThatCanBeWritten() async throws {
        let bench = try await TestVault(in: MemoryStore(), chunking: .tiny)
        let contents = ["rows": TestBytes.rows(100)]
        let first = try await bench.open().snapshot(contents)
        let cache = bench.folder + "/odd/" + bench.keys.vault.description
        try FileManager.default.createDirectory(atPath: cache + "/snapshots", withIntermediateDirectories: true)
        let vault = try await bench.open(cache: "odd")
        // Whoever the tests run as, nothing can be written below a file.
        try FileManager.default.removeItem(atPath: cache + "/index")
        try Data().write(to: URL(fileURLWithPath: cache + "/index"))

        #expect(try await vault.read(first).contents() == contents)
        let second = try await vault.snapshot(contents)
        #expect(second.newBytes == 0)
        #expect(try await bench.open(cache: "fresh").read(second).contents() == contents)
    }

    /// The same vault at two places, one of them older: what one place has says nothing of the other.
    @Test func twoCopiesOfAVaultMayShareACache() async throws {
        let store = MemoryStore()
        let bench = try await TestVault(in: store, chunking: .tiny)
        let old = ["rows": TestBytes.rows(100)]
        let first = try await bench.open().snapshot(old)
        let copy = MemoryStore(store.contents)
        let new = ["rows": TestBytes.rows(100), "noise": TestBytes.random(5000)]
        let second = try await bench.open().snapshot(new)

        let third = try await bench.open(copy).snapshot(new)

        #expect(third.newBytes > 5000)
        #expect(try await bench.open(copy, cache: "fresh").read(third).contents() == new)
        #expect(try await bench.open().read(second).contents() == new)
        #expect(try await bench.open(copy).read(first).contents() == old)
    }
}
