import Foundation
import Language
import ObjectStore
import Synchronization
import TestNumbers
import TestStores
import Testing

@testable import Vault

/// Backups and prunes that work at the same time, in orders of the test's choice: what is listed restores exactly, at every
/// moment.
@Suite struct PruneInterleavingTests {
    @Test func aPruneBeforeAnyOperationOfABackup() async throws {
        let base = try await World.make()
        for fences in [false, true] {
            for operation in 0... {
                let world = try base.copy()
                let store = HookedStore(world.store, before: operation) {
                    try? await world.prune(forgetting: true, fences: fences)
                }
                let outcome = await world.backup("writer", over: store)
                try await world.expectSound("operation \(operation), fences: \(fences)")
                try await world.prune(forgetting: false, fences: true)
                try await world.expectSound("operation \(operation), fences: \(fences), after another prune")
                if !fences { #expect(outcome == .committed, "a session that is waited for is never in the way") }
                guard store.wasHooked else { break }
            }
        }
    }

    @Test func aBackupBeforeAnyOperationOfAPrune() async throws {
        let base = try await World.make()
        for operation in 0... {
            let world = try base.copy()
            let store = HookedStore(world.store, before: operation) {
                #expect(await world.backup("writer", over: world.store) == .committed)
            }
            try await world.prune(forgetting: true, fences: false, over: store)
            try await world.expectSound("operation \(operation)")
            try await world.prune(forgetting: false, fences: false)
            try await world.expectSound("operation \(operation), after another prune")
            #expect(world.names("condemned/").isEmpty)
            guard store.wasHooked else { return }
        }
    }

    @Test func aPruneBeforeAnyOperationOfAnother() async throws {
        let base = try await World.make(bundling: true)
        for operation in 0... {
            let world = try base.copy()
            let store = HookedStore(world.store, before: operation) {
                try? await world.prune(forgetting: operation % 2 == 0, fences: false, cache: "other")
            }
            try? await world.prune(forgetting: true, fences: false, over: store)
            try await world.expectSound("operation \(operation)")
            try await world.prune(forgetting: true, fences: true)
            try await world.expectSound("operation \(operation), after a third prune")
            #expect(world.names("condemned/").isEmpty && world.names("awaited/").isEmpty)
            guard store.wasHooked else { return }
        }
    }

    /// A snapshot that goes while it is checked takes its packs along: nobody may call that damage.
    @Test(arguments: [[.writer, .reader, .keeper], [.keeper]] as [Set<Role>])
    func aPruneBeforeAnyOperationOfACheck(roles: Set<Role>) async throws {
        let base = try await World.make()
        for operation in 0... {
            let world = try base.copy()
            let store = HookedStore(world.store, before: operation) {
                try? await world.prune(forgetting: true, fences: false)
            }
            let vault = try await world.vault(store, cache: "checker-\(operation)", roles: roles)
            let problems = try await vault.check(.everything).problems.map { $0.object + " " + $0.message.description }
            #expect(problems == [], "operation \(operation)")
            guard store.wasHooked else { return }
        }
    }

    /// Writer and prune each stop once, at every place of both: the writer sleeps, the prune goes so far, the writer ends, the
    /// prune ends.
    @Test func aWriterThatSleepsThroughAPartOfAPrune() async throws {
        let base = try await World.make()
        var generator = SeededGenerator(seed: 77)
        var outcomes: Set<World.Outcome> = []
        for _ in 0..<120 {
            let world = try base.copy()
            let schedule = Schedule()
            let fences = Bool.random(using: &generator)
            let writer = Task {
                defer { schedule.finish(0) }
                return await world.backup("writer", over: schedule.store(for: 0, world.store))
            }
            let keeper = Task {
                defer { schedule.finish(1) }
                try? await world.prune(forgetting: true, fences: fences, over: schedule.store(for: 1, world.store))
            }
            let stops = (Int.random(in: 0..<40, using: &generator), Int.random(in: 5..<90, using: &generator))
            for _ in 0..<stops.0 { _ = await schedule.step(0) }
            for _ in 0..<stops.1 { _ = await schedule.step(1) }
            while await schedule.step(0) {}
            try await world.expectSound("\(stops), fences: \(fences): the writer has ended")
            while await schedule.step(1) {}
            outcomes.insert(await writer.value)
            _ = await keeper.value
            try await world.expectSound("\(stops), fences: \(fences)")
            try await world.prune(forgetting: true, fences: true)
            try await world.expectSound("\(stops), fences: \(fences), after another prune")
        }
        #expect(outcomes == [.committed, .refused], "both ends were seen")
    }

    /// Two writers and two keepers, stopped at random.
    @Test(arguments: 0..<25 as Range<UInt64>) func anyOrderOfTwoWritersAndTwoKeepers(seed: UInt64) async throws {
        let world = try await World.make()
        var generator = SeededGenerator(seed: seed)
        let schedule = Schedule()
        let fences = Bool.random(using: &generator)
        await withTaskGroup(of: Void.self) { group in
            for party in 0..<2 {
                group.addTask {
                    _ = await world.backup("writer-\(party)", over: schedule.store(for: party, world.store))
                    schedule.finish(party)
                }
            }
            for party in 2..<4 {
                group.addTask {
                    try? await world.prune(
                        forgetting: true, fences: fences, over: schedule.store(for: party, world.store), cache: "keeper-\(party)")
                    schedule.finish(party)
                }
            }
            var before = world.store.contents
            while !(0..<4).allSatisfy(schedule.isFinished) {
                let party = Int.random(in: 0..<4, using: &generator)
                for _ in 0..<Int.random(in: 1...25, using: &generator) {
                    guard await schedule.step(party) else { break }
                    let now = world.store.contents
                    let isLess = before.keys.contains { now[$0] == nil && !$0.text.hasPrefix("sessions/") }
                    let isMore = now.keys.contains { $0.text.hasPrefix("snapshots/") && before[$0] == nil }
                    before = now
                    guard isLess || isMore else { continue }
                    await #expect(throws: Never.self) {
                        try await world.expectSound("seed \(seed), in the middle", deeply: false)
                    }
                }
            }
        }
        try await world.expectSound("seed \(seed)")
        try await world.prune(forgetting: true, fences: true)
        try await world.expectSound("seed \(seed), after another prune")
        #expect(world.names("condemned/").isEmpty && world.names("sessions/").isEmpty)
    }

    @Test func aSleeperThatWakesAfterAPruneRefusesOrMends() async throws {
        for reusesGarbage in [false, true] {
            let world = try await World.make()
            let vault = try await world.vault(cache: "sleeper")
            let writer = try await vault.startSnapshot(asset: "sleeper", kind: "test", host: "there", workers: 1)
            // Chunks that only the snapshot uses that may be forgotten meanwhile.
            let contents = world.contents["old"] ?? [:]
            let session = writer.id
            for (path, bytes) in contents {
                let entry = try writer.entry(path, content: path.contains("rows") ? .rows : .file)
                try await onOwnThread { Result { try entry.write(bytes) } }.get()
                try await entry.finish()
            }

            try await world.prune(forgetting: reusesGarbage, fences: true)

            do {
                let record = try await writer.commit(instant: Date(), tags: [], facts: [:])
                #expect(!reusesGarbage && record.id != session)
                #expect(try await world.vault(cache: "reader").read(record).contents() == contents)
            } catch let error as VaultError {
                #expect(reusesGarbage && error.code == .overtaken && error.exitStatus == .busy)
            }
            try await world.expectSound("sleeper")
            let vaultAfter = try await world.vault(cache: "sleeper")
            let again = try await vaultAfter.snapshot(asset: "again", contents, workers: 1)
            #expect(try await vaultAfter.read(again).contents() == contents)
        }
    }

    @Test(arguments: FaultyStore.Fault.allCases, FaultyStore.Aftermath.allCases)
    func aFaultAtAnyOperationOfAPruneHarmsNothing(fault: FaultyStore.Fault, aftermath: FaultyStore.Aftermath) async throws {
        let base = try await World.make(bundling: true)
        for operation in 0... {
            let world = try base.copy()
            let store = FaultyStore(world.store, operation: operation, fault: fault, aftermath: aftermath)
            try? await world.prune(forgetting: true, fences: false, over: store)
            let comment = "\(fault), \(aftermath) at operation \(operation)"
            // Where the store has forgotten to delete a segment, that one names packs that are gone until the next prune.
            if operation % 5 == 0 { try await world.expectSound(comment, deeply: fault != .forgets) }
            #expect(await world.backup("writer", over: world.store) == .committed, "\(comment)")
            try await world.prune(forgetting: true, fences: true, cache: "next")
            try await world.expectSound(comment + ", after the next prune")
            #expect(world.names("condemned/").isEmpty && world.names("sessions/").isEmpty, "\(comment)")
            guard store.wasFaulty else { return }
        }
    }
}

/// A small vault with a snapshot to forget, one to keep that shares a part of it, and garbage.
private final class World: Sendable {
    enum Outcome: Sendable { case committed, refused, failed }

    let scene: PruneScene
    let old: SnapshotRecord
    /// By asset.
    let contents: [String: [String: [UInt8]]]
    /// Whether prunes write bundles, which whoever has listed nothing takes.
    private let isBundling: Bool
    private let caches: String

    var store: MemoryStore { scene.store }

    static func make(bundling isBundling: Bool = false) async throws -> World {
        let scene = try await PruneScene(packBytes: 1 << 16)
        let old = ["noise": TestBytes.random(20_000), "rows": TestBytes.rows(60)]
        let kept = ["noise": Array(TestBytes.random(20_000).prefix(11_000)), "rows": TestBytes.rows(70)]
        let fresh = ["noise": TestBytes.random(20_000), "own": TestBytes.random(3000, seed: 8)]
        let vault = try await scene.vault()
        let first = try await vault.snapshot(asset: "old", old, workers: 1)
        _ = try await vault.snapshot(asset: "kept", kept, workers: 1)
        return World(
            scene: scene, old: first,
            contents: [
                "old": old, "kept": kept, "writer": fresh, "writer-0": fresh, "writer-1": old, "sleeper": old, "again": old,
            ], isBundling: isBundling)
    }

    init(scene: PruneScene, old: SnapshotRecord, contents: [String: [String: [UInt8]]], isBundling: Bool) {
        self.isBundling = isBundling
        self.scene = scene
        self.old = old
        self.contents = contents
        caches = UUID().uuidString
    }

    func copy() throws -> World {
        World(
            scene: PruneScene(bench: scene.bench, store: MemoryStore(store.contents)), old: old, contents: contents,
            isBundling: isBundling)
    }

    func vault(
        _ store: (any ObjectStore)? = nil, cache: String, roles: Set<Role> = [.writer, .reader, .keeper]
    ) async throws -> OpenVault {
        let vault = try await scene.vault(store, cache: caches + "-" + cache, roles: roles)
        if isBundling { vault.bundleSizes.withLock { $0 = Self.bundles } }
        return vault
    }

    /// Two objects make a bundle.
    private static let bundles = ObjectBundle.Sizes(leastObjects: 2, mostObjects: 8, worthwhile: 1, mostWaste: 100)

    func backup(_ asset: String, over store: any ObjectStore) async -> Outcome {
        do {
            _ = try await vault(store, cache: asset).snapshot(asset: asset, contents[asset] ?? [:], workers: 1)
            return .committed
        } catch {
            return (error as? VaultError)?.code == .overtaken ? .refused : .failed
        }
    }

    /// - Parameter fences: ends every session but its own, as if all had been silent for too long.
    func prune(
        forgetting: Bool, fences: Bool, over store: (any ObjectStore)? = nil, cache: String = "keeper"
    ) async throws {
        let keeper = try await vault(store, cache: cache, roles: [.keeper])
        var order = PruneOrder(staleAfter: fences ? -1 : 86_400, host: "here")
        if forgetting { order.forget = [.init(id: old.id, rule: "test")] }
        order.probesStore = false
        _ = try await keeper.prune(order)
    }

    func names(_ prefix: String) -> [String] { scene.names(prefix) }

    /// What is listed restores exactly.
    func expectSound(_ comment: String, deeply: Bool = true) async throws {
        let vault = try await vault(cache: "fresh-" + UUID().uuidString)
        let listed = try await vault.snapshots()
        #expect(listed.contains { $0.asset == "kept" }, "\(comment)")
        for record in listed {
            #expect(try await vault.read(record).contents() == contents[record.asset], "\(comment): \(record.asset)")
        }
        guard deeply else { return }
        let problems = try await vault.check(.everything).problems.map { $0.object + " " + $0.message.description }
        #expect(problems == [], "\(comment)")
    }
}
