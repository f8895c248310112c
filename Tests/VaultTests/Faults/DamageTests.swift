import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// A vault of a few kilobytes, every byte of which is changed in turn: what is read is right, or an error names the object and
/// ends with exit status 65.
@Suite struct DamageTests {
    @Test(arguments: Part.allCases) func everyChangedByteIsNoticedOrHarmless(part: Part) async throws {
        let small = try await SmallVault()
        for name in small.names(of: part) {
            let good = try #require(small.objects[name])
            for index in good.indices {
                var bad = good
                bad[index] ^= 1 << (index % 8)
                try await small.expectNoHarm(from: name, bad, "byte \(index) of \(name)", isChecked: index % 32 == 0)
            }
        }
    }

    @Test(arguments: Part.allCases) func everyTruncationIsNoticedOrHarmless(part: Part) async throws {
        let small = try await SmallVault()
        for name in small.names(of: part) {
            let good = try #require(small.objects[name])
            for length in Set([
                0, 1, 2, 3, 7, 8, 9, 23, 24, 25, 27, 28, 29, 63, 64, 65, good.count - 1, good.count - 8, good.count - 12,
            ])
            .union(stride(from: 0, to: good.count, by: 61)) where length < good.count {
                try await small.expectNoHarm(
                    from: name, Array(good[..<length]), "\(name) cut to \(length) bytes", isChecked: true)
            }
            for tail in [[0], [UInt8](repeating: 0, count: 4096), good] as [[UInt8]] {
                try await small.expectNoHarm(
                    from: name, good + tail, "\(name) with \(tail.count) bytes behind it", isChecked: true)
            }
            try await small.expectNoHarm(
                from: name, [UInt8](repeating: 0, count: good.count), "\(name) full of zeros", isChecked: true)
            try await small.expectNoHarm(from: name, TestBytes.random(good.count), "\(name) full of noise", isChecked: true)
        }
    }

    @Test(arguments: Part.allCases.filter { $0 != .config }) func aMissingObjectIsNoticed(part: Part) async throws {
        let small = try await SmallVault(2)
        for name in small.names(of: part) {
            let cache = small.bench.folder + "/cache-" + UUID().uuidString
            let vault = try await small.open(small.store(with: name, nil), cache: cache)
            let report = try await vault.check(.everything)
            // That the newest snapshot or record is missing cannot show (I8).
            let isNewest =
                part == .sessions || ((part == .snapshots || part == .records) && name == small.names(of: part).last)
            #expect(report.problems.isEmpty == isNewest, "\(name): \(report.problems)")
            if part == .packs || part == .index {
                do throws(VaultError) {
                    try await small.expectContents(in: vault)
                    // Lists for keepers are not read by a restore.
                    let isReach = small.objects[name]?[24] == ChunkKind.reach.rawValue
                    #expect(part == .index || isReach, "a pack is missing and nobody notices")
                } catch {
                    #expect(error.exitStatus == .damagedData)
                    #expect(error.message.description.contains(name.text), "\(error)")
                }
            }
        }
    }

    @Test(arguments: [Part.snapshots, .records, .index, .packs]) func objectsInEachOthersPlacesAreNoticed(part: Part) async throws
    {
        let small = try await SmallVault(2)
        let names = small.names(of: part)
        let (a, b) = (try #require(names.first), try #require(names.last))
        let bytes = (try #require(small.objects[a]), try #require(small.objects[b]))
        let store = small.store(with: a, bytes.1)
        store.set(b, bytes.0)
        let report = try await small.open(store, cache: small.bench.folder + "/cache-of-another").check(.everything)
        for name in [a, b] { #expect(report.problems.contains { $0.object == name.text }, "\(name)") }
    }

    @Test func everyChangedByteOfAKeyFileIsNoticed() async throws {
        let keys = try await SmallVault().bench.keys.encoded
        for index in keys.indices {
            var bad = keys
            bad[index] ^= 1 << (index % 8)
            #expect(throws: VaultError.self, "byte \(index)") { try KeyFile(bad, name: "key") }
            let error = #expect(throws: VaultError.self, "cut to \(index)") { try KeyFile(Array(keys[..<index]), name: "key") }
            #expect(error?.exitStatus == .damagedData)
            #expect(error?.message.description.hasPrefix("The key file key cannot be used: ") == true)
        }
    }

    @Test func everyChangedByteOfTheLocalCacheIsHarmless() async throws {
        let small = try await SmallVault()
        let warm = small.bench.folder + "/cache"
        let files =
            FileManager.default.enumerator(atPath: warm + "/" + small.bench.keys.vault.description)?.compactMap { $0 as? String }
            ?? []
        var changed = 0
        for file in files {
            let path = small.bench.keys.vault.description + "/" + file
            guard let good = FileManager.default.contents(atPath: warm + "/" + path).map(Array.init) else { continue }
            changed += 1
            for index in good.indices {
                var bad = good
                bad[index] ^= 1 << (index % 8)
                try await small.expectNoHarm(
                    fromCached: path, bad, "byte \(index) of the cached \(file)", isWritten: index % 32 == 0)
            }
            for length in [0, 1, 8, 11, 12, 39, 40, 43, 44, 59, 60, 61, good.count / 2, good.count - 1] where length < good.count
            {
                try await small.expectNoHarm(
                    fromCached: path, Array(good[..<length]), "the cached \(file) cut to \(length)", isWritten: true)
            }
            try await small.expectNoHarm(
                fromCached: path, [UInt8](repeating: 0, count: good.count), "the cached \(file) full of zeros", isWritten: true)
        }
        #expect(changed >= 2, "\(files)")
    }
}

/// A family of objects.
enum Part: String, CaseIterable, Sendable {
    case config, index, snapshots, records, packs, sessions
}

private final class SmallVault: Sendable {
    let bench: TestVault
    let objects: [ObjectKey: [UInt8]]
    let contents: [SnapshotID: [String: [UInt8]]]
    let records: [ULID]

    /// - Parameter count: of snapshots and of records.
    init(_ count: Int = 1) async throws {
        let store = MemoryStore()
        bench = try await TestVault(in: store, chunking: .tiny, packBytes: 1 << 16)
        let vault = try await bench.open()
        var contents: [SnapshotID: [String: [UInt8]]] = [:]
        var records: [ULID] = []
        for number in 0..<count {
            let entries = ["rows": TestBytes.rows(20), "noise": TestBytes.random(100, seed: UInt64(number + 1)), "empty": []]
            contents[try await vault.snapshot(entries, workers: 1).id] = entries
            records.append(try await vault.append(kind: "evidence", body: Data("{}".utf8)).id)
        }
        self.contents = contents
        self.records = records
        objects = store.contents
    }

    func names(of part: Part) -> [ObjectKey] { objects.keys.filter { $0.text.hasPrefix(part.rawValue) }.sorted() }

    func store(with name: ObjectKey, _ bytes: [UInt8]?) -> MemoryStore {
        let store = MemoryStore(objects)
        store.set(name, bytes)
        return store
    }

    func open(_ store: MemoryStore, cache: String? = nil) async throws(VaultError) -> OpenVault {
        try await LockedVault(in: store).open(with: bench.keys, cacheFolder: cache ?? Self.newFolder())
    }

    /// In memory where that can be: thousands of caches are made.
    private static func newFolder() -> String {
        let memory = "/dev/shm"
        let parent = FileManager.default.isWritableFile(atPath: memory) ? memory : FileManager.default.temporaryDirectory.path
        return parent + "/reprise-cache-" + UUID().uuidString
    }

    /// Throws the vault's own error; wrong bytes are an issue.
    func expectContents(in vault: OpenVault, withRecords: Bool = true, _ comment: Comment? = nil) async throws(VaultError) {
        let listed = try await vault.snapshots()
        #expect(listed.map(\.id) == contents.keys.sorted(), comment)
        for record in listed {
            let reader = try await vault.read(record)
            var found: [String: [UInt8]] = [:]
            for entry in try await reader.entries() {
                var bytes: [UInt8] = []
                let pieces = reader.bytes(of: entry).makeAsyncIterator()
                while let piece = try await pieces.next(isolation: nil) { bytes += piece }
                found[entry.path] = bytes
            }
            #expect(found == contents[record.id], comment)
        }
        if withRecords { #expect(try await vault.records(kind: "evidence").map(\.id) == records, comment) }
    }

    /// Everything reads right, or an error names the object; a check names it in any case.
    func expectNoHarm(from name: ObjectKey, _ bytes: [UInt8], _ comment: Comment, isChecked: Bool) async throws {
        let store = store(with: name, bytes)
        let cache = Self.newFolder()
        defer { try? FileManager.default.removeItem(atPath: cache) }
        do throws(VaultError) {
            let vault = try await open(store, cache: cache)
            if isChecked {
                let report = try await vault.check(.everything)
                #expect(report.problems.contains { $0.object == name.text }, "\(comment): \(report.problems)")
            }
            // Signatures are slow to verify without optimisation, and these bytes are changed thousands of times.
            if name.text.hasPrefix("snapshots/") { _ = try await vault.snapshots() }
            if name.text.hasPrefix("records/") { _ = try await vault.records(kind: "evidence") }
            // The index can be done without, of a pack a reader does not look at everything, and a session is for keepers.
            #expect(["index/", "packs/", "sessions/"].contains { name.text.hasPrefix($0) }, comment)
            try await expectContents(in: vault, withRecords: false, comment)
        } catch {
            #expect(error.exitStatus == .damagedData, "\(comment): \(error)")
            #expect(error.message.description.contains(name.text), "\(comment): \(error)")
        }
    }

    /// Everything reads right, and what is written next is there.
    func expectNoHarm(fromCached path: String, _ bytes: [UInt8], _ comment: Comment, isWritten: Bool) async throws {
        let cache = Self.newFolder()
        defer { try? FileManager.default.removeItem(atPath: cache) }
        try FileManager.default.copyItem(atPath: bench.folder + "/cache", toPath: cache)
        try Data(bytes).write(to: URL(fileURLWithPath: cache + "/" + path))
        let store = MemoryStore(objects)
        let vault = try await open(store, cache: cache)
        try await expectContents(in: vault, withRecords: false, comment)
        guard isWritten else { return }
        let entries = ["rows": TestBytes.rows(20), "noise": TestBytes.random(100), "new": [1, 2, 3]]
        let record = try await vault.snapshot(entries, workers: 1)
        #expect(record.newBytes < 700, "\(comment): what was there before is known")
        #expect(try await open(store, cache: cache + "/fresh").read(record).contents() == entries, comment)
    }
}
