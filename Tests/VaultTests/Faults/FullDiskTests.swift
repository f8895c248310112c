import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// A disk that is full, or that turns read-only, at every moment of a backup: a clear error, and the vault as it was.
@Suite(.enabled(if: Mount.isPermitted, "needs the right to mount, as root has it"))
struct FullDiskTests {
    private static let first = ["rows": TestBytes.rows(500)]
    private static let second = ["rows": TestBytes.rows(600), "noise": TestBytes.random(60_000, seed: 3)]

    @Test func aDiskThatIsFullAtAnyMomentIsSaidAndHarmsNothing() async throws {
        let (bench, before) = try await vault()
        var outcomes: Set<String> = []
        for freePages in 0..<40 {
            try await onDisk(of: bench, bytes: 1 << 20) { folder, store, _ in
                let filler = folder + "/Filler"  // no key, so no object
                try Data(count: try Self.freeBytes(folder) - freePages * 4096).write(to: URL(fileURLWithPath: filler))
                do {
                    let record = try await bench.open(store, cache: "full-\(freePages)").snapshot(Self.second)
                    outcomes.insert("done")
                    #expect(try await bench.open(store, cache: "reader-\(freePages)").read(record).contents() == Self.second)
                } catch let error as VaultError {
                    outcomes.insert("full")
                    #expect(error.storeCode == .full, "\(error)")
                    #expect(error.exitStatus == .cannotWrite)
                    #expect(error.message.description.hasPrefix("No space is left to write "), "\(error)")
                    #expect(
                        error.hint?.description
                            == "Nothing that was stored before is touched. Free some space and run the same command again.")
                }
                // What was there is there, on a disk that is still full…
                #expect(try await bench.open(store, cache: "after-\(freePages)").read(before).contents() == Self.first)
                try FileManager.default.removeItem(atPath: filler)
                // …and with some space the same command works.
                try await expectTheNextBackup(bench, store, "\(freePages) free pages")
            }
        }
        #expect(outcomes == ["done", "full"])
    }

    @Test func aVaultThatTurnsReadOnlyAtAnyMomentIsSaidAndIntact() async throws {
        let (bench, before) = try await vault()
        var failures = 0
        for operation in 0... {
            var wasHooked = false
            try await onDisk(of: bench, bytes: 1 << 20) { folder, disk, remount in
                let store = HookedStore(disk, before: operation) {
                    // A file that is being written keeps a file system from turning read-only.
                    while (try? remount("ro")) == nil { await Task.yield() }
                }
                do {
                    let record = try await bench.open(store, cache: "c-\(operation)").snapshot(Self.second)
                    #expect(try await bench.open(disk, cache: "r-\(operation)").read(record).contents() == Self.second)
                } catch let error as VaultError {
                    failures += 1
                    #expect(error.storeCode == .denied, "\(error)")
                    #expect(error.exitStatus == .notPermitted)
                    #expect(error.message.description.hasSuffix("in \(folder): Read-only file system."), "\(error)")
                }
                #expect(try await bench.open(disk, cache: "after-\(operation)").read(before).contents() == Self.first)
                try remount("rw")
                try await expectTheNextBackup(bench, disk, "read-only before operation \(operation)")
                wasHooked = store.wasHooked
            }
            guard wasHooked else {
                #expect(failures > 8)
                return
            }
        }
    }

    private func vault() async throws -> (TestVault, SnapshotRecord) {
        let bench = try await TestVault(in: MemoryStore(), chunking: .tiny, packBytes: 1 << 16)
        return (bench, try await bench.open().snapshot(Self.first))
    }

    /// Gives `work` a copy of the vault on a small file system of its own.
    private func onDisk(
        of bench: TestVault, bytes: Int,
        _ work: (_ folder: String, _ store: DirectoryStore, _ remount: @escaping @Sendable (String) throws -> Void) async throws
            -> Void
    ) async throws {
        let memory = try #require(bench.store as? MemoryStore)
        try await Mount.withTmpfs(bytes: bytes) { folder, remount in
            let store = DirectoryStore(folder)
            for (key, bytes) in memory.contents { try await store.put(key, bytes, ifAbsent: true) }
            try await work(folder, store, remount)
        }
    }

    private func expectTheNextBackup(_ bench: TestVault, _ store: DirectoryStore, _ comment: Comment) async throws {
        let record = try await bench.open(store, cache: "writer-" + UUID().uuidString).snapshot(Self.second)
        let vault = try await bench.open(store, cache: "reader-" + UUID().uuidString)
        #expect(try await vault.read(record).contents() == Self.second, comment)
        #expect(try await vault.check(.everything).problems.map(\.message) == [], comment)
    }

    private static func freeBytes(_ folder: String) throws -> Int {
        let facts = try FileManager.default.attributesOfFileSystem(forPath: folder)
        return try #require(facts[.systemFreeSize] as? NSNumber).intValue
    }
}
