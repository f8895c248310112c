import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// How packs are listed: all of them, each once, in many ranges of names at a time where the store is far.
@Suite struct PackListTests {
    private static func store(_ count: Int, isFar: Bool, pageSize: Int = 10) throws -> (MemoryStore, Set<String>) {
        var objects: [ObjectKey: [UInt8]] = [:]
        for number in 0..<count {
            let name = PackLayout.objectName(PackID(sha256: TestBytes.random(8, seed: UInt64(number + 1))))
            objects[try #require(ObjectKey(name))] = [UInt8](repeating: 0, count: number % 7)
        }
        let names = Set(objects.keys.map(\.text))
        for other in ["index/0", "snapshots/0", "q/0"] { objects[try #require(ObjectKey(other))] = [] }
        return (MemoryStore(objects, isFar: isFar, pageSize: pageSize), names)
    }

    @Test(arguments: [0, 1, 9, 10, 11, 20, 21, 100, 1000, 3777], [false, true])
    func everyPackIsVisitedOnce(count: Int, isFar: Bool) async throws {
        let (store, names) = try Self.store(count, isFar: isFar)
        var visited: [String] = []
        try await store.eachPack { visited.append($0.key.text) }
        #expect(visited.count == count && Set(visited) == names)
        // Ranges of names are guessed, so that some take two pages and some end early.
        #expect(store.requests.count <= count / 10 + 1 + (isFar ? 40 + count / 20 : 0))
        if isFar, count >= 1000 { #expect(store.requests.atOnce > 4) }
    }

    @Test func whatIsNoPackOfOursIsVisitedToo() async throws {
        let (store, names) = try Self.store(200, isFar: true)
        let strange = ["packs/00/strange", "packs/7", "packs/ff/zzz", "packs/zz/zz"]
        for name in strange { store.set(try #require(ObjectKey(name)), []) }
        var visited: [String] = []
        try await store.eachPack { visited.append($0.key.text) }
        #expect(visited.count == 204 && Set(visited) == names.union(strange))
    }

    /// The first page may end with a name that tells nothing of how many packs there are.
    @Test func aPageThatEndsWithAStrangersNameIsNoEnd() async throws {
        let (store, names) = try Self.store(200, isFar: true, pageSize: 1)
        store.set(try #require(ObjectKey("packs/0")), [])
        var visited: Set<String> = []
        try await store.eachPack { visited.insert($0.key.text) }
        #expect(visited == names.union(["packs/0"]))
    }

    /// Snapshots of one each hour, of one each month and then many a minute, of the same instant, and from a clock that is ahead.
    @Test(arguments: [0.0, 3.6e6, 2.6e9, -1]) func whatIsNamedByTimeIsVisitedOnce(pause: Double) async throws {
        let store = MemoryStore(isFar: true, pageSize: 10)
        var names: Set<String> = []
        let now = Date()
        for number in 0..<500 {
            let age =
                pause >= 0 ? pause * Double(500 - number) : number < 12 ? 2.6e12 / Double(number + 1) : 6e4 * Double(500 - number)
            let id = ULID(at: now.addingTimeInterval(-age / 1000 + (number == 499 ? 86_400 : 0)))
            names.insert("snapshots/" + id.text)
        }
        for name in names { store.set(try #require(ObjectKey(name)), [1]) }
        store.set(try #require(ObjectKey("sessions/zz")), [1])
        var visited: [String] = []
        try await store.eachSpread("snapshots/", .times("snapshots/")) { visited.append($0.key.text) }
        #expect(visited.count == names.count && Set(visited) == names)
    }

    @Test func aFailureEndsIt() async throws {
        let (store, _) = try Self.store(500, isFar: true)
        for operation in [0, 1, 20] {
            let faulty = FaultyStore(store, operation: operation, fault: .fails, aftermath: .goesOn)
            await #expect(throws: StoreError.self) { try await faulty.eachPack { _ in } }
        }
    }

    @Test func packsThatAreNotThereAreMissed() async throws {
        for (count, others) in [(3, 0), (3, 100_000), (40, 0), (40, 100_000)] {
            let store = MemoryStore(isFar: true)
            var packs: [(id: PackID, size: Int)] = []
            for number in 0..<count {
                let bytes = TestBytes.random(100, seed: UInt64(number + 1))
                packs.append((PackID(sha256: bytes), bytes.count))
                try await store.putNamedByItsBytes(PackLayout.objectName(packs[number].id), bytes)
            }
            try await store.requirePacks(packs, amongst: others)
            let last = try #require(ObjectKey(PackLayout.objectName(packs[count - 1].id)))
            for bytes in [nil, [1, 2, 3]] as [[UInt8]?] {
                store.set(last, bytes)
                let error = await #expect(throws: StoreError.self) { try await store.requirePacks(packs, amongst: others) }
                #expect(error?.message.description.contains(last.text) == true)
            }
        }
    }
}
