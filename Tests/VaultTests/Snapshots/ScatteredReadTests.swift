import Foundation
import Language
import ObjectStore
import Synchronization
import TestStores
import Testing

@testable import Vault

/// Chunks that are read in the order of the packs come each once, proven, and in every place that they belong to.
@Suite struct ScatteredReadTests {
    /// What was delivered, by entry; nil where a place was given twice.
    private func read(
        _ reader: SnapshotReader, _ given: Counts, begins: Bool = false, lost: ScatteredRead.Lost? = nil
    ) async throws -> [Int: [UInt8]] {
        let bytes = Mutex<[Int: [UInt8]]>([:])
        let scattered = ScatteredRead(reader, jobs: 2, lost: lost) { plain, targets in
            for target in targets {
                given.count(target)
                bytes.withLock { bytes in
                    var whole = bytes[target.entry] ?? []
                    let end = Int(target.offset) + target.size
                    if whole.count < end { whole += [UInt8](repeating: 0, count: end - whole.count) }
                    whole.replaceSubrange(Int(target.offset)..<end, with: plain)
                    bytes[target.entry] = whole
                }
            }
        }
        let stream = reader.entryStream()
        try await scattered.run { turns in
            var number = 0
            while let entries = try await stream.next() {
                let numbered = entries.map { entry in
                    defer { number += 1 }
                    return (entry, number)
                }
                guard begins else {
                    try await scattered.add(numbered, &turns)
                    continue
                }
                for one in numbered {
                    try await scattered.add([one], &turns)
                    try await scattered.begin(&turns)
                }
            }
        }
        return bytes.withLock { $0 }
    }

    private final class Counts: Sendable {
        private let targets = Mutex<[ScatteredRead.Target: Int]>([:])
        func count(_ target: ScatteredRead.Target) { targets.withLock { $0[target, default: 0] += 1 } }
        var most: Int { targets.withLock { $0.values.max() ?? 0 } }
        var all: Int { targets.withLock { $0.count } }
    }

    private let contents = ["a": TestBytes.rows(3000), "b": TestBytes.random(300_000, seed: 4), "c": TestBytes.rows(3000)]

    /// Flips a byte in the middle of the largest pack of data.
    private func damage(_ bench: TestVault, _ packs: [ObjectFacts]) async throws {
        let largest = try #require(packs.max { $0.size < $1.size })
        var bytes = try await bench.store.get(largest.key, range: nil)
        bytes[bytes.count / 2] ^= 1
        try await bench.store.delete(largest.key)
        try await bench.store.put(largest.key, bytes, ifAbsent: true)
    }

    private func packs(_ bench: TestVault) async throws -> [ObjectFacts] {
        var packs: [ObjectFacts] = []
        try await bench.store.each("packs/") { packs.append($0) }
        return packs
    }

    private func keys(_ bench: TestVault, _ prefix: String) async throws -> [ObjectKey] {
        var keys: [ObjectKey] = []
        try await bench.store.each(prefix) { keys.append($0.key) }
        return keys
    }

    /// Of all entries together, and of one while those before it are still read.
    @Test(arguments: [false, true]) func everyPlaceGetsItsBytesOnce(begins: Bool) async throws {
        let bench = try await TestVault(chunking: .tiny)
        let vault = try await bench.open()
        let record = try await bench.snapshot(vault, contents)
        let counts = Counts()
        let found = try await read(try await vault.read(record), counts, begins: begins)

        #expect(found == [0: contents["a"]!, 1: contents["b"]!, 2: contents["c"]!])
        #expect(counts.most == 1 && counts.all > 50)
    }

    /// Each of these entries has a list of its own for its chunks; the lists lie in one pack, side by side.
    @Test func listsOfManyEntriesComeTogether() async throws {
        let bench = try await TestVault(chunking: .tiny)
        let large = (0..<20).map { ("file\($0 + 10)", TestBytes.random(400_000, seed: UInt64($0))) }
        let record = try await bench.snapshot(try await bench.open(), Dictionary(uniqueKeysWithValues: large))
        let store = WatchedStore(bench.store)
        let vault = try await bench.open(store, cache: "second")
        let reader = try await vault.read(record)
        #expect(try await reader.entries().allSatisfy { $0.parts[0].depth > 0 })
        let before = store.gets.count
        let found = try await read(reader, Counts())

        #expect(found == Dictionary(uniqueKeysWithValues: zip(0..., large.map(\.1))))
        let gets = Dictionary(store.gets[before...].map { ($0, 1) }, uniquingKeysWith: +)
        #expect((gets.values.max() ?? 0) <= 8, "\(gets)")
    }

    @Test func whatIsDamagedIsNeverGivenAndTheRestOnce() async throws {
        let bench = try await TestVault(chunking: .tiny)
        let record = try await bench.snapshot(try await bench.open(), contents)
        try await damage(bench, try await packs(bench))
        let vault = try await bench.open(cache: "second")
        let counts = Counts()

        let error = await #expect(throws: VaultError.self) { _ = try await read(try await vault.read(record), counts) }
        #expect(error?.exitStatus == .damagedData)
        #expect(counts.most <= 1)
    }

    @Test func entriesWithoutDamageComeWhereTheDamageIsTaken() async throws {
        let bench = try await TestVault(chunking: .tiny)
        let record = try await bench.snapshot(try await bench.open(), contents)
        try await damage(bench, try await packs(bench))
        let vault = try await bench.open(cache: "second")
        let reasons = Mutex<[Int: VaultError]>([:])
        let take: ScatteredRead.Lost = { entry, reason in reasons.withLock { $0[entry] = reason } }
        let found = try await read(try await vault.read(record), Counts(), lost: take)

        let lost = reasons.withLock { $0 }
        #expect(!lost.isEmpty)
        #expect(lost.values.allSatisfy { $0.exitStatus == .damagedData && $0.message.description.contains("packs/") })
        for (entry, name) in ["a", "b", "c"].enumerated() where lost[entry] == nil { #expect(found[entry] == contents[name]) }
    }

    /// Their lists are gone with the packs of their chunks.
    @Test func entriesWhoseListsAreGoneAreNamedOneByOne() async throws {
        let bench = try await TestVault(chunking: .tiny)
        let large = (0..<4).map { ("file\($0)", TestBytes.random(400_000, seed: UInt64($0))) }
        let record = try await bench.snapshot(try await bench.open(), Dictionary(uniqueKeysWithValues: large))
        let reader = try await bench.open(cache: "second").read(record)
        let entries = try await reader.entries()
        #expect(entries.allSatisfy { $0.parts[0].depth > 0 })
        for pack in try await packs(bench) { try await bench.store.delete(pack.key) }
        let lost = Mutex<Set<Int>>([])
        let take: ScatteredRead.Lost = { entry, _ in lost.withLock { _ = $0.insert(entry) } }
        let scattered = ScatteredRead(reader, jobs: 2, lost: take, deliver: { _, _ in Issue.record("something came") })
        try await scattered.run { turns in try await scattered.add(entries.enumerated().map { ($1, $0) }, &turns) }
        #expect(lost.withLock { $0 } == [0, 1, 2, 3])
    }

    /// What cannot be reached now may be there the next moment: nothing is taken for lost.
    @Test func aStoreThatIsGoneEndsTheWhole() async throws {
        let bench = try await TestVault(chunking: .tiny)
        let record = try await bench.snapshot(try await bench.open(), contents)
        let reader = try await bench.open(cache: "second").read(record)
        let entries = try await reader.entries()
        try FileManager.default.removeItem(atPath: bench.folder + "/vault")
        let take: ScatteredRead.Lost = { _, _ in Issue.record("it was taken for lost") }
        let scattered = ScatteredRead(reader, jobs: 2, lost: take, deliver: { _, _ in })
        let error = await #expect(throws: VaultError.self) {
            try await scattered.run { turns in try await scattered.add(entries.enumerated().map { ($1, $0) }, &turns) }
        }
        #expect(error?.exitStatus == .unreachable)
    }

    @Test func whatIsDamagedInOnePackComesFromAnother() async throws {
        let bench = try await TestVault(chunking: .tiny)
        let record = try await bench.snapshot(try await bench.open(cache: "one"), contents)
        let first = try await packs(bench)
        // Who does not know of it stores everything again.
        var index: [(ObjectKey, [UInt8])] = []
        for key in try await keys(bench, "index/") {
            index.append((key, try await bench.store.get(key, range: nil)))
            try await bench.store.delete(key)
        }
        _ = try await bench.snapshot(try await bench.open(cache: "other"), contents)
        for (key, bytes) in index { try await bench.store.put(key, bytes, ifAbsent: true) }
        #expect(try await packs(bench).count >= 2 * first.count)
        try await damage(bench, first)
        let vault = try await bench.open(cache: "third")
        let counts = Counts()
        let found = try await read(try await vault.read(record), counts)

        #expect(found == [0: contents["a"]!, 1: contents["b"]!, 2: contents["c"]!])
        #expect(counts.most == 1)
    }
}
