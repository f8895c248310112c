import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// Whatever goes wrong at whichever operation of the store: what is listed restores exactly, and the next backup succeeds.
@Suite struct FaultTests {
    @Test(arguments: FaultyStore.Fault.allCases, FaultyStore.Aftermath.allCases)
    func aFaultAtAnyOperationOfABackupHarmsNothing(fault: FaultyStore.Fault, aftermath: FaultyStore.Aftermath) async throws {
        try await harmsNothing(fault, aftermath, VaultBeforeTheFault(isFar: true))
        for takesPieces in [false, true] {
            try await harmsNothing(fault, aftermath, VaultBeforeTheFault(takesPieces: takesPieces))
        }
    }

    private func harmsNothing(
        _ fault: FaultyStore.Fault, _ aftermath: FaultyStore.Aftermath, _ base: VaultBeforeTheFault
    ) async throws {
        var failures = 0
        for operation in 0... {
            let scene = try base.scene()
            let store = FaultyStore(scene.store, operation: operation, fault: fault, aftermath: aftermath)
            var committed: SnapshotRecord?
            do {
                committed = try await scene.open(store, cache: scene.oldCache).snapshot(base.second)
            } catch let error as VaultError {
                failures += 1
                #expect(!error.message.description.isEmpty)
            }
            guard store.wasFaulty else {
                #expect(operation > 8 && failures > 5, "a backup asks more of a store")
                return
            }
            try await scene.expectSound(committed, "\(fault), \(aftermath) at operation \(operation)")
        }
    }

    @Test(arguments: FaultyStore.Fault.allCases, FaultyStore.Aftermath.allCases)
    func aFaultAtAnyOperationOfARestoreNeverGivesWrongBytes(fault: FaultyStore.Fault, aftermath: FaultyStore.Aftermath)
        async throws
    {
        for isFar in [false, true] { try await givesNoWrongBytes(fault, aftermath, isFar: isFar) }
    }

    private func givesNoWrongBytes(
        _ fault: FaultyStore.Fault, _ aftermath: FaultyStore.Aftermath, isFar: Bool
    ) async throws {
        let base = try await VaultBeforeTheFault(isFar: isFar)
        for operation in 0... {
            let scene = try base.scene()
            let store = FaultyStore(scene.store, operation: operation, fault: fault, aftermath: aftermath)
            do {
                let vault = try await scene.open(store, cache: scene.freshCache())
                for record in try await vault.snapshots() {
                    #expect(
                        try await vault.read(record).contents() == base.first, "\(fault), \(aftermath) at operation \(operation)")
                }
            } catch is VaultError {}
            guard store.wasFaulty else { return }
        }
    }

    @Test(arguments: FaultyStore.Fault.allCases, FaultyStore.Aftermath.allCases)
    func aFaultAtAnyOperationOfARecordLosesNoOther(fault: FaultyStore.Fault, aftermath: FaultyStore.Aftermath) async throws {
        let base = try await VaultBeforeTheFault()
        for operation in 0... {
            let scene = try base.scene()
            let store = FaultyStore(scene.store, operation: operation, fault: fault, aftermath: aftermath)
            var appended: VaultRecord?
            do {
                appended = try await scene.open(store, cache: scene.oldCache).append(kind: "evidence", body: Data("{}".utf8))
            } catch is VaultError {}
            let vault = try await scene.open(scene.store, cache: scene.oldCache)
            let found = try await vault.records(kind: "evidence").map(\.id)
            #expect(found.contains(base.record.id))
            if let appended { #expect(found.contains(appended.id), "\(fault), \(aftermath) at operation \(operation)") }
            try await vault.append(kind: "evidence", body: Data("{}".utf8))
            #expect(try await vault.check(.structure).problems.map(\.message) == [])
            guard store.wasFaulty else { return }
        }
    }

    @Test(arguments: FaultyStore.Fault.allCases, FaultyStore.Aftermath.allCases)
    func aFaultWhileAVaultIsMadeLeavesNoHalfVault(fault: FaultyStore.Fault, aftermath: FaultyStore.Aftermath) async throws {
        for operation in 0... {
            let inner = MemoryStore()
            let store = FaultyStore(inner, operation: operation, fault: fault, aftermath: aftermath)
            do {
                _ = try await LockedVault.make(in: store, holder: "test", roles: [.writer])
                _ = try await LockedVault(in: inner)
            } catch {
                do throws(VaultError) {
                    _ = try await LockedVault.make(in: inner, holder: "test", roles: [.writer])
                } catch {
                    // The config came to be and the answer was lost: it is empty, and is told as a vault that is there.
                    #expect(error.code == .occupied)
                    _ = try await LockedVault(in: inner)
                }
            }
            guard store.wasFaulty else { return }
        }
    }
}

/// A small vault with one snapshot and one record, from which each round begins.
private final class VaultBeforeTheFault: Sendable {
    let bench: TestVault
    let store: MemoryStore
    let record: VaultRecord
    let first: [String: [UInt8]]
    let second: [String: [UInt8]]

    init(isFar: Bool = false, takesPieces: Bool = false) async throws {
        store = MemoryStore(isFar: isFar, takesPieces: takesPieces)
        bench = try await TestVault(in: store, chunking: .tiny, packBytes: 1 << 16)
        first = ["rows": TestBytes.rows(700), "noise": TestBytes.random(9000), "empty": []]
        // Much is the same, some is new and more than a pack.
        second = ["rows": TestBytes.rows(900), "noise": TestBytes.random(90_000, seed: 7), "more-rows": TestBytes.rows(300)]
        let vault = try await bench.open()
        _ = try await vault.snapshot(first)
        record = try await vault.append(kind: "evidence", body: Data("{}".utf8))
    }

    /// A copy of the vault and of the cache.
    func scene() throws -> Scene {
        let oldCache = bench.folder + "/cache-" + UUID().uuidString
        try FileManager.default.copyItem(atPath: bench.folder + "/cache", toPath: oldCache)
        return Scene(
            base: self, store: MemoryStore(store.contents, isFar: store.isFar, takesPieces: store.takesPieces), oldCache: oldCache
        )
    }
}

private struct Scene {
    let base: VaultBeforeTheFault
    let store: MemoryStore
    let oldCache: String

    func freshCache() -> String { base.bench.folder + "/fresh-" + UUID().uuidString }

    func open(_ store: any ObjectStore, cache: String) async throws -> OpenVault {
        try await LockedVault(in: store).open(with: base.bench.keys, cacheFolder: cache)
    }

    /// - Parameter committed: what the backup over the faulty store gave, nil where it failed.
    func expectSound(_ committed: SnapshotRecord?, _ comment: Comment) async throws {
        for cache in [freshCache(), oldCache] {
            let vault = try await open(store, cache: cache)
            let listed = try await vault.snapshots()
            #expect(listed.count == 1 || listed.count == 2, comment)
            if let committed { #expect(listed.map(\.id).contains(committed.id), comment) }
            for (record, contents) in zip(listed, [base.first, base.second]) {
                #expect(try await vault.read(record).contents() == contents, comment)
            }
            // The next backup, by a process with this cache.
            let next = try await vault.snapshot(asset: "next", base.second)
            #expect(try await open(store, cache: freshCache()).read(next).contents() == base.second, comment)
            try store.forget(next)
        }
        let report = try await open(store, cache: freshCache()).check(.everything)
        #expect(report.problems.map(\.message) == [], comment)
    }
}

extension MemoryStore {
    /// Takes a snapshot's object away.
    func forget(_ record: SnapshotRecord) throws {
        set(try #require(ObjectKey(SnapshotEnvelope.objectName(record.id))), nil)
    }
}
