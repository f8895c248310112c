import Foundation
import Language
import ObjectStore
import Synchronization
import TestStores
import Testing

@testable import Vault

/// Whatever goes wrong during a repair, and whoever works beside it: nothing that could be read before cannot be read after it,
/// and once it has run to its end, and each source was backed up again, everything restores exactly.
@Suite struct RepairFaultTests {
    @Test(arguments: FaultyStore.Fault.allCases, FaultyStore.Aftermath.allCases)
    func aFaultAtAnyOperationOfARepairHarmsNothing(fault: FaultyStore.Fault, aftermath: FaultyStore.Aftermath) async throws {
        let base = try await DamagedWorld.make()
        // Killed at every operation; the other ways of failing share them, each with its own sixth.
        let isKilled = fault == .fails && aftermath == .dies
        let sixth = (FaultyStore.Fault.allCases.firstIndex(of: fault) ?? 0) + (aftermath == .dies ? 1 : 0)
        for operation in 0... where isKilled || operation % 6 == sixth % 6 {
            let world = base.copy()
            let store = FaultyStore(world.store, operation: operation, fault: fault, aftermath: aftermath)
            try? await world.repair(over: store)
            let comment = "\(fault), \(aftermath) at operation \(operation)"
            try await world.expectNoMoreLost(comment)
            if operation % 6 == 0 {
                try? await world.prune("keeper")
                try await world.expectNoMoreLost(comment + ", after a prune")
            }
            try await world.repair(over: world.store)
            try await world.expectHealed(comment, deeply: operation % 7 == 0)
            guard store.wasFaulty else {
                #expect(operation > 30, "a repair asks more of a store")
                return
            }
        }
    }

    @Test func aRepairBeforeAnyOperationOfABackup() async throws {
        let base = try await DamagedWorld.make()
        for operation in stride(from: 0, to: .max, by: 2) {
            let world = base.copy()
            let store = HookedStore(world.store, before: operation) { try? await world.repair(over: world.store) }
            let record = try await world.backup("noise", over: store)
            let comment = "operation \(operation)"
            // It may have relied on what was not known to be damaged when it began: that is whole with the next one.
            try await world.expectNoMoreLost(comment)
            try await world.repair(over: world.store)
            try await world.expectHealed(comment, also: [record], deeply: operation % 4 == 0)
            guard store.wasHooked else { return }
        }
    }

    @Test func aBackupBeforeAnyOperationOfARepair() async throws {
        let base = try await DamagedWorld.make()
        for operation in stride(from: 0, to: .max, by: 3) {
            let world = base.copy()
            let store = HookedStore(world.store, before: operation) { _ = try? await world.backup("noise", over: world.store) }
            try await world.repair(over: store)
            let comment = "operation \(operation)"
            try await world.expectNoMoreLost(comment)
            try await world.expectHealed(comment, deeply: operation % 4 == 0)
            guard store.wasHooked else { return }
        }
    }

    @Test func aPruneBeforeAnyOperationOfARepairAndTheOtherWayRound() async throws {
        let base = try await DamagedWorld.make()
        for prunesFirst in [true, false] {
            for operation in stride(from: 0, to: .max, by: 4) {
                let world = base.copy()
                let store = HookedStore(world.store, before: operation) {
                    if prunesFirst {
                        try? await world.prune("other")
                    } else {
                        try? await world.repair(over: world.store)
                    }
                }
                if prunesFirst {
                    try? await world.repair(over: store)
                } else {
                    try? await world.prune("keeper", over: store)
                }
                let comment = "operation \(operation), a prune in a repair: \(prunesFirst)"
                try await world.expectNoMoreLost(comment)
                try await world.repair(over: world.store)
                try await world.expectHealed(comment, deeply: operation % 8 == 0)
                guard store.wasHooked else { break }
            }
        }
    }

    /// A lid is closed after a repair has put a pack and before it names it: to a prune that takes it for dead, that is garbage.
    @Test func aRepairThatSleptThroughAPruneLeavesTheDamagedPackInTheIndex() async throws {
        let scene = try await PruneScene(packBytes: 1 << 18)
        let contents = ["rows": TestBytes.rows(900), "noise": TestBytes.random(150_000)]
        let record = try await scene.vault().snapshot(contents, workers: 1)
        let pack = try await scene.pack(of: "noise", in: record)
        try scene.harm(pack)
        let vault = try await scene.vault(cache: "sleeper")
        let found = try await vault.check(.everything)
        let lost = try #require(found.touched.first?.lostBytes)
        let hasSlept = Mutex(false)
        let slow = HookedStore(
            scene.store,
            beforePut: { key in
                guard key.text.hasPrefix("index/"),
                    !hasSlept.withLock({ slept in
                        defer { slept = true }; return slept
                    })
                else { return }
                _ = try? await scene.prune(staleAfter: -1)
            })

        let error = await #expect(throws: VaultError.self) {
            _ = try await scene.vault(slow, cache: "sleeper").repair(found, host: "here", probesStore: false)
        }

        #expect(error?.code == .overtaken && error?.exitStatus == .busy, "\(String(describing: error))")
        #expect(hasSlept.withLock { $0 })
        #expect(try await scene.refreshed().index.packs.keys.contains { PackLayout.objectName($0) == pack.text })
        // The next one saves again what is good, and no more is lost than the chunk that was harmed.
        let (_, report) = try await scene.repair(.everything)
        #expect(report.chunksLost == 1 && report.chunksSaved > 8 && report.leftForLater.isEmpty)
        try await scene.prune()
        #expect(scene.store.contents[pack] == nil)
        #expect(try await scene.vault(cache: "fresh").check(.everything).touched.map(\.lostBytes) == [lost])
    }

    /// Two packs hold the same; while one is repaired a prune that waits for the repair puts the other aside.
    @Test func aDamagedPackStaysNamedWhileAPrunePutsAsideWhatHoldsTheSame() async throws {
        let scene = try await PruneScene(packBytes: 1 << 18)
        let noise = TestBytes.random(60_000)
        // Begun first, so that it knows nothing of what the other stores.
        let writer = try await scene.vault(cache: "slow").startSnapshot(
            asset: "db", kind: "test", host: "here", workers: 1)
        let first = try await scene.vault(cache: "quick").snapshot(
            ["noise": noise, "other": TestBytes.random(60_000, seed: 7)], workers: 1)
        let full = try await scene.pack(of: "noise", in: first)
        let entry = try writer.entry("noise", content: .file)
        try await onOwnThread { Result { try entry.write(noise) } }.get()
        try await entry.finish()
        let second = try await writer.commit(instant: Date(), tags: [], facts: [:])
        try scene.harm(full)
        let found = try await scene.vault(cache: "repairer").check(.everything)
        #expect(found.damage.changed.map(PackLayout.objectName) == [full.text])
        let hooked = HookedStore(
            scene.store,
            beforePut: { key in if key.text.hasPrefix("condemned/") { _ = try? await scene.prune() } })

        let report = try await scene.vault(hooked, cache: "repairer").repair(found, host: "here", probesStore: false)

        #expect(report.leftForLater == [full.text])
        _ = try await scene.repair(.everything)
        try await scene.prune()
        let vault = try await scene.vault(cache: "fresh")
        #expect(try await vault.read(second).contents() == ["noise": noise])
    }

    @Test func twoRepairsAtOnce() async throws {
        let base = try await DamagedWorld.make()
        for operation in stride(from: 1, to: .max, by: 4) {
            let world = base.copy()
            let store = HookedStore(world.store, before: operation) { try? await world.repair(over: world.store, cache: "other") }
            try? await world.repair(over: store)
            try await world.expectNoMoreLost("operation \(operation)")
            try await world.repair(over: world.store)
            try await world.expectHealed("operation \(operation)", deeply: operation % 8 == 0)
            guard store.wasHooked else { return }
        }
    }
}

/// Three snapshots: of one a chunk has changed, of one a pack is gone, and of one the index segment cannot be read.
private final class DamagedWorld: Sendable {
    let scene: PruneScene
    let records: [SnapshotRecord]
    /// Bytes of each snapshot that could not be read at first.
    private let lost: [SnapshotID: Int64]
    private let caches = UUID().uuidString

    static let contents: [String: [String: [UInt8]]] = [
        "noise": ["noise": TestBytes.random(20_000)], "rows": ["rows": TestBytes.rows(400)],
        "third": ["third": TestBytes.random(9000, seed: 3), "noise": Array(TestBytes.random(20_000).prefix(9000))],
    ]

    var store: MemoryStore { scene.store }

    static func make() async throws -> DamagedWorld {
        let scene = try await PruneScene(packBytes: 1 << 16)
        var records: [SnapshotRecord] = []
        var segments: [String] = []
        for asset in contents.keys.sorted() {
            records.append(try await scene.vault().snapshot(asset: asset, contents[asset] ?? [:], workers: 1))
            segments.append(try #require(Set(scene.names("index/")).subtracting(segments).first))
        }
        try scene.harm(try await scene.pack(of: "noise", in: records[0]))
        scene.store.set(try await scene.pack(of: "rows", in: records[1]), nil)
        scene.store.set(try #require(ObjectKey(segments[2])), Array("garbage".utf8))
        let found = try await scene.vault(cache: "first-checker").check(.everything)
        #expect(found.damage.segments.count == 1 && found.damage.lost.count == 1 && found.damage.changed.count == 1)
        #expect(found.touched.map(\.snapshot.id) == records.prefix(2).map(\.id))
        return DamagedWorld(
            scene: scene, records: records,
            lost: Dictionary(uniqueKeysWithValues: found.touched.map { ($0.snapshot.id, $0.lostBytes) }))
    }

    private init(scene: PruneScene, records: [SnapshotRecord], lost: [SnapshotID: Int64]) {
        self.scene = scene
        self.records = records
        self.lost = lost
    }

    func copy() -> DamagedWorld {
        DamagedWorld(
            scene: PruneScene(bench: scene.bench, store: MemoryStore(store.contents)), records: records, lost: lost)
    }

    private func vault(_ store: (any ObjectStore)? = nil, cache: String) async throws -> OpenVault {
        try await scene.vault(store, cache: caches + "-" + cache)
    }

    func repair(over store: any ObjectStore, cache: String = "repairer") async throws {
        let found = try await vault(cache: cache).check(.everything)
        _ = try await vault(store, cache: cache).repair(found, host: "here", probesStore: false)
    }

    func prune(_ cache: String, over store: (any ObjectStore)? = nil) async throws {
        var order = PruneOrder(host: "here")
        order.probesStore = false
        _ = try await vault(store, cache: cache).prune(order)
    }

    @discardableResult
    func backup(_ asset: String, over store: any ObjectStore) async throws -> SnapshotRecord {
        try await vault(store, cache: "writer").snapshot(asset: asset, Self.contents[asset] ?? [:], workers: 1)
    }

    func expectNoMoreLost(_ comment: String) async throws {
        let found = try await vault(cache: "fresh-" + UUID().uuidString).check(.everything)
        for touched in found.touched
        where lost.keys.contains(touched.snapshot.id) || records.contains(where: { $0.id == touched.snapshot.id }) {
            #expect(touched.lostBytes <= lost[touched.snapshot.id] ?? 0 && !touched.isListHarmed, "\(comment)")
        }
    }

    /// Each source is backed up again; then every snapshot is whole.
    func expectHealed(_ comment: String, also: [SnapshotRecord] = [], deeply: Bool = true) async throws {
        for asset in Self.contents.keys.sorted() { try await backup(asset, over: store) }
        let vault = try await vault(cache: "fresh-" + UUID().uuidString)
        for record in records + also {
            #expect(try await vault.read(record).contents() == Self.contents[record.asset], "\(comment): \(record.asset)")
        }
        guard deeply else { return }
        #expect(try await vault.check(.everything).problems.map { $0.object + " " + $0.message.description } == [], "\(comment)")
        try await prune("last")
        let last = try await self.vault(cache: "fresh-" + UUID().uuidString)
        #expect(try await last.check(.everything).problems.map { $0.object + " " + $0.message.description } == [], "\(comment)")
        for record in records + also {
            #expect(try await last.read(record).contents() == Self.contents[record.asset], "\(comment): \(record.asset), pruned")
        }
    }
}
