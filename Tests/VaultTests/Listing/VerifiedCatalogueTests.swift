import Foundation
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// What was verified once is not read again, and no snapshot is made up, hidden or kept by it (I14).
@Suite struct VerifiedCatalogueTests {
    private let store = MemoryStore()

    /// A vault of six snapshots that this host has listed; their own copies in its cache are gone.
    private func listed() async throws -> (bench: TestVault, records: [SnapshotRecord]) {
        let bench = try await TestVault(in: store, chunking: .tiny)
        var records: [SnapshotRecord] = []
        for number in 0..<6 {
            records.append(try await bench.open().snapshot(["noise": TestBytes.random(500, seed: UInt64(number))]))
        }
        #expect(try await bench.open().snapshots() == records)
        let copies = bench.folder + "/cache/" + bench.keys.vault.description + "/snapshots"
        for file in try FileManager.default.contentsOfDirectory(atPath: copies) {
            try FileManager.default.removeItem(atPath: copies + "/" + file)
        }
        return (bench, records)
    }

    private func key(_ record: SnapshotRecord) throws -> ObjectKey {
        try #require(ObjectKey(SnapshotEnvelope.objectName(record.id)))
    }

    private func catalogue(_ bench: TestVault) -> URL {
        URL(fileURLWithPath: bench.folder + "/cache/" + bench.keys.vault.description + "/snapshots.catalogue")
    }

    @Test func whatWasVerifiedIsNotReadAgain() async throws {
        let (bench, records) = try await listed()
        for record in records { store.set(try key(record), store.contents[try key(record)].map { $0.map { _ in 0 } }) }
        #expect(try await bench.open().snapshots() == records)
        #expect(try await bench.open().check(.everything).problems.count >= records.count)
        #expect(try await bench.open(cache: "fresh").survey().problems.count == records.count)
    }

    @Test func whatTheStoreDoesNotListIsNotThere() async throws {
        let (bench, records) = try await listed()
        store.set(try key(records[2]), nil)
        #expect(try await bench.open().snapshots() == Array(records[..<2] + records[3...]))
        #expect(try await bench.open().snapshots() == Array(records[..<2] + records[3...]))
    }

    @Test func anObjectOfAnotherSizeIsReadAndRefused() async throws {
        let (bench, records) = try await listed()
        let forged = try #require(store.contents[try key(records[1])])
        store.set(try key(records[1]), forged + [0])
        let survey = try await bench.open().survey()
        #expect(survey.snapshots == [records[0]] + Array(records[2...]))
        #expect(survey.problems.map(\.object) == [SnapshotEnvelope.objectName(records[1].id)])
    }

    @Test(arguments: [0, 20, 41, 60, 200, -1]) func aChangedFileIsNotBelieved(position: Int) async throws {
        let (bench, records) = try await listed()
        var bytes = Array(try Data(contentsOf: catalogue(bench)))
        bytes[position < 0 ? bytes.count - 1 : position] ^= 1
        try Data(bytes).write(to: catalogue(bench))
        #expect(try await bench.open().snapshots() == records)
        // Had it been believed, nobody would have looked into the store.
        try Data(bytes).write(to: catalogue(bench))
        for record in records { store.set(try key(record), store.contents[try key(record)].map { $0.map { _ in 0 } }) }
        #expect(try await bench.open().survey().snapshots.isEmpty)
    }

    @Test func theFileOfAnotherHostIsNotBelieved() async throws {
        let (bench, records) = try await listed()
        let vault = try await bench.open()
        let other = KeyFile(
            vault: bench.keys.vault, holder: "other", roles: [.writer], signing: SigningKey(),
            shared: SharedSecrets(dedup: try #require(bench.keys.dedupKey), index: bench.keys.indexKey),
            readers: bench.keys.readers,
            reader: nil, authority: bench.keys.authority)
        let known = VerifiedCatalogue("snapshots", cache: vault.cache, vault: vault.id, keys: bench.keys).known
        #expect(Set(known.keys) == Set(records.map(\.id)))
        #expect(VerifiedCatalogue("snapshots", cache: vault.cache, vault: vault.id, keys: other).known.isEmpty)
        #expect(VerifiedCatalogue("records", cache: vault.cache, vault: vault.id, keys: bench.keys).known.isEmpty)
    }

    @Test func aSummaryIsReadAsAGeneralReaderReadsIt() throws {
        let record = SnapshotRecord(
            id: SnapshotID(at: Date()), asset: "d\"b\\é", kind: "postgres",
            started: Date(timeIntervalSince1970: 1_700_000_000.123),
            instant: Date(timeIntervalSince1970: 0), finished: Date(timeIntervalSince1970: -1.5), host: "h\u{1}",
            tags: ["a", "été"], sourceBytes: .max, newBytes: 0, storedBytes: 17, entryCount: 3,
            facts: ["server": "17.2", "": "x"])
        let reach = Content(size: 36, depth: 0, chunks: [ChunkRef(id: ChunkID(sha256: [1]), size: 36)])
        let plain = SnapshotSummary.encode(record, reach: reach)
        let whole = try #require(SnapshotSummary.decode(plain, withReach: true))
        #expect(whole.record == record && whole.reach == reach)
        #expect(SnapshotSummary.decode(plain, withReach: false)?.reach == nil)
        // Fractions, which no program of ours writes.
        let text = String(decoding: plain, as: UTF8.self).replacingOccurrences(of: "\"instant\":0", with: "\"instant\":0.5")
        #expect(SnapshotSummary.decode(Array(text.utf8), withReach: false)?.record.instant == Date(timeIntervalSince1970: 0.0005))
        #expect(SnapshotSummary.decode(Array(plain.dropLast()), withReach: true) == nil)
    }
}
