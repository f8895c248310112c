import Foundation
import Language
import ObjectStore
import Synchronization
import Testing
import Vault

@testable import Assets

/// A store that fails at one of its puts; where it comes in pieces, in the middle of it.
private final class FailingStore: ObjectStore {
    private let base: DirectoryStore
    private let failing: Int
    private let puts = Mutex(0)

    init(_ base: DirectoryStore, failingPut: Int) {
        self.base = base
        failing = failingPut
    }

    var count: Int { puts.withLock { $0 } }
    var location: String { base.location }

    private func isFailing() -> Bool {
        puts.withLock { count in
            count += 1
            return count == failing
        }
    }

    func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        if isFailing() { throw StoreError(.full, "There is no space left on the disk.") }
        try await base.put(key, bytes, ifAbsent: ifAbsent)
    }

    func beginPut(_ prefix: String) throws(StoreError) -> (any StreamedPut)? {
        guard let object = try base.beginPut(prefix) else { return nil }
        return isFailing() ? FailingPut(object) : object
    }

    func get(_ key: ObjectKey, range: Range<Int>?) async throws(StoreError) -> [UInt8] { try await base.get(key, range: range) }

    func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws(StoreError) -> [ObjectFacts] {
        try await base.list(prefix, after: after, limit: limit)
    }

    func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? { try await base.head(key) }

    func delete(_ key: ObjectKey) async throws(StoreError) { try await base.delete(key) }
}

/// An object of which the fourth piece does not fit, nor its name where it has fewer.
private final class FailingPut: StreamedPut {
    private let base: any StreamedPut
    private let pieces = Mutex(0)

    init(_ base: any StreamedPut) { self.base = base }

    func append(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        let number = pieces.withLock { count in
            count += 1
            return count
        }
        guard number < 4 else { throw StoreError(.full, "There is no space left on the disk.") }
        try base.append(bytes)
    }

    func commit(_ key: ObjectKey) async throws(StoreError) { throw StoreError(.full, "There is no space left on the disk.") }
}

@Suite struct FilesFaultTests {
    @Test func aFaultAtAnyWriteLosesNothing() async throws {
        let bench = try await FilesBench()
        for number in 0..<30 {
            try bench.write("d\(number % 4)/f\(number)", FilesBench.noise(100 + number * 40_000, seed: UInt64(number)))
        }
        try bench.write("big", FilesBench.noise(40 << 20, seed: 99))
        try await bench.capture()
        var put = 1
        var failed = 0
        while true {
            // Something new for every round, so that there is something to write.
            try bench.write("big", FilesBench.noise(40 << 20, seed: UInt64(1000 + put)))
            let store = FailingStore(bench.store, failingPut: put)
            let vault = try await LockedVault(in: store).open(with: bench.keys, cacheFolder: bench.folder + "/cache")
            let before = try await bench.vault.snapshots().count
            do {
                try await bench.capture(vault: vault)
                #expect(store.count < put, "a write failed and nobody said so")
                break
            } catch {
                failed += 1
                #expect(try await bench.vault.snapshots().count == before)
            }
            put += 1
        }
        #expect(failed >= 4, "packs, an index segment and the snapshot were written")
        let vault = try await LockedVault(in: bench.store).open(with: bench.keys, cacheFolder: bench.folder + "/cache")
        let (record, _) = try await bench.capture(vault: vault)
        try await bench.restore(record, to: "out", vault: vault)
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/out"))
        #expect(try await vault.check(.everything).problems.isEmpty)
    }

    @Test func aCaptureThatIsCancelledLeavesNothingListed() async throws {
        let bench = try await FilesBench()
        try bench.write("big", FilesBench.noise(60 << 20))
        let task = Task { try await bench.capture() }
        try await Task.sleep(for: .milliseconds(150))
        task.cancel()
        let result = await task.result
        if case .failure = result { #expect(try await bench.vault.snapshots().isEmpty) }
        let (record, _) = try await bench.capture()
        #expect(try await bench.restore(record, to: "out").problems.isEmpty)
    }
}
