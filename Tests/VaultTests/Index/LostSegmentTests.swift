import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// The index is an index: what it named is found without it.
@Suite struct LostSegmentTests {
    private let first = ["rows": TestBytes.rows(300), "noise": TestBytes.random(4000)]
    private let second = ["rows": TestBytes.rows(400), "noise": TestBytes.random(4000, seed: 2)]

    @Test(arguments: [nil, [], Array("garbage".utf8)] as [[UInt8]?])
    func everySnapshotRestoresWithoutTheIndex(left: [UInt8]?) async throws {
        let store = MemoryStore()
        let bench = try await TestVault(in: store, chunking: .tiny)
        let records = [try await bench.open().snapshot(first), try await bench.open().snapshot(second)]
        for key in store.contents.keys where key.text.hasPrefix("index/") { store.set(key, left) }

        for cache in ["cache", "fresh"] {
            let vault = try await bench.open(cache: cache)
            #expect(try await vault.read(records[0]).contents() == first)
            #expect(try await vault.read(records[1]).contents() == second)
        }
        let third = try await bench.open(cache: "writer").snapshot(second)
        #expect(try await bench.open(cache: "reader").read(third).contents() == second)
        let report = try await bench.open(cache: "checker").check(.everything)
        #expect(report.unlistedPacks > 0)
        // What the third has too was stored, and indexed, again.
        let slow = report.problems.filter {
            $0.message.description.hasSuffix("A restore finds them through their packs, more slowly.")
        }
        #expect(slow.map(\.snapshots) == [[records[0].id]])
        #expect(!report.problems.contains { $0.snapshots.contains(third.id) })
        #expect(report.problems.filter { $0.object.hasPrefix("index/") }.count == (left == nil ? 0 : 2))
    }

    /// A chunk that a lost pack held and that was stored again has two places, in one table after they are merged.
    @Test func aChunkIsReadFromWhicheverPackHoldsIt() async throws {
        let store = MemoryStore()
        let bench = try await TestVault(in: store, chunking: .tiny)
        let record = try await bench.open().snapshot(first)
        let lost = store.contents.filter { $0.key.text.hasPrefix("packs/") }
        for key in lost.keys { store.set(key, nil) }
        _ = try await bench.open().snapshot(first)
        for number in 0..<6 { _ = try await bench.open().snapshot(["noise": TestBytes.random(2000, seed: 10 + UInt64(number))]) }

        for cache in ["cache", "fresh"] {
            #expect(try await bench.open(cache: cache).read(record).contents() == first)
            #expect(try await bench.open(cache: cache).snapshot(first).newBytes == 0)
        }
        // They come back damaged: whole in size, so nobody looks away from them.
        for (key, bytes) in lost { store.set(key, bytes.map { $0 ^ 0xff }) }
        #expect(try await bench.open().read(record).contents() == first)
        #expect(try await bench.open().check(.everything).problems.count == lost.count)
    }

    @Test func aChunkThatIsNowhereIsNamedWithItsPack() async throws {
        let store = MemoryStore()
        let bench = try await TestVault(in: store, chunking: .tiny)
        let record = try await bench.open().snapshot(first)
        let packs = store.contents.keys.filter { $0.text.hasPrefix("packs/") }.sorted()
        let whole = store.contents
        for pack in packs {
            let bytes = try #require(whole[pack])
            // Lists for keepers are not read by a restore.
            if bytes[24] == ChunkKind.reach.rawValue { continue }
            store.set(pack, nil)
            let gone = await #expect(throws: VaultError.self) { _ = try await bench.open().read(record).contents() }
            #expect(gone?.message.description == "\(pack) is not in the vault.")
            #expect(gone?.exitStatus == .damagedData)
            store.set(pack, Array(bytes.dropLast(20)))
            #expect(try await bench.open().read(record).contents() == first, "the chunks of a pack without its end are whole")
            store.set(pack, Array(bytes.prefix(300)))
            let cut = await #expect(throws: VaultError.self) { _ = try await bench.open().read(record).contents() }
            #expect(cut?.message.description == "\(pack) is damaged: it is cut short.")
            store.set(pack, whole[pack])
        }
    }
}
