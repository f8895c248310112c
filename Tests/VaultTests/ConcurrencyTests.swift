import Foundation
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// Any number of writers and readers at once, in one process or many, with one cache or several.
@Suite struct ConcurrencyTests {
    enum Sharing: CaseIterable {
        case nothing, theCache, theVault
    }

    @Test(arguments: Sharing.allCases) func writersAndReadersAtOnceAllGetWhatTheyWrote(sharing: Sharing) async throws {
        let bench = try await TestVault(chunking: .tiny, packBytes: 1 << 16)
        let first = ["rows": TestBytes.rows(500)]
        let before = try await bench.open().snapshot(first)
        let shared = try await bench.open()

        let written = try await withThrowingTaskGroup(of: [(SnapshotRecord, [String: [UInt8]])].self) { group in
            for writer in 0..<4 {
                group.addTask {
                    var written: [(SnapshotRecord, [String: [UInt8]])] = []
                    for round in 0..<3 {
                        let vault =
                            switch sharing {
                            case .nothing: try await bench.open(cache: "writer-\(writer)")
                            case .theCache: try await bench.open()
                            case .theVault: shared
                            }
                        // Some bytes are everybody's, some are new in each round and everybody's, some are one's own.
                        let contents = [
                            "rows": TestBytes.rows(500 + 40 * round), "noise": TestBytes.random(20_000, seed: UInt64(round)),
                            "own": TestBytes.random(3000, seed: UInt64(100 + writer)),
                        ]
                        written.append((try await vault.snapshot(asset: "asset-\(writer)", contents, workers: 1), contents))
                    }
                    return written
                }
            }
            for reader in 0..<2 {
                group.addTask {
                    for round in 0..<3 {
                        let vault = sharing == .theVault ? shared : try await bench.open(cache: "reader-\(reader)-\(round)")
                        #expect(try await vault.read(before).contents() == first)
                        _ = try await vault.check(.structure)
                    }
                    return []
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }

        #expect(written.count == 12)
        for cache in ["cache", "fresh"] {
            let vault = try await bench.open(cache: cache)
            #expect(try await vault.snapshots().count == 13)
            for (record, contents) in written { #expect(try await vault.read(record).contents() == contents) }
            #expect(try await vault.check(.everything).problems.map(\.message) == [])
        }
        // One key signed them all, side by side: the next one names every end of the chain.
        let vault = try await bench.open()
        _ = try await vault.snapshot(first)
        let objects = try await vault.listedSnapshots().found.map(\.object)
        let followed = Set(objects.flatMap(\.previous))
        #expect(objects.filter { !followed.contains($0.digest) }.count == 1)
    }

    @Test func recordsOfManyAtOnceAreAllKept() async throws {
        let bench = try await TestVault(in: MemoryStore())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    let vault = try await bench.open(cache: "\(writer)")
                    for _ in 0..<4 { try await vault.append(kind: "evidence", body: Data("{\"writer\":\(writer)}".utf8)) }
                }
            }
            try await group.waitForAll()
        }
        let vault = try await bench.open()
        #expect(try await vault.records(kind: "evidence").count == 32)
        #expect(try await vault.check(.structure).problems.map(\.message) == [])
    }
}
