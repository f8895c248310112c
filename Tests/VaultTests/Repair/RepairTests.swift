import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// What a repair puts right when nothing else goes on. `RepairFaultTests` lets everything go wrong meanwhile.
@Suite struct RepairTests {
    private let a = ["rows": TestBytes.rows(900), "noise": TestBytes.random(150_000)]
    private let b = ["rows": TestBytes.rows(1000), "other": TestBytes.random(50_000, seed: 5)]

    @Test(arguments: CheckDepth.allDepths) func whereAllIsWellNothingIsWritten(depth: CheckDepth) async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        // What a backup that was cut off leaves is no damage either.
        try await scene.leaveUnnamed(TestBytes.random(300_000, seed: 9))
        let before = scene.store.contents

        let (found, report) = try await scene.repair(depth)

        #expect(!found.canBeRepaired && found.unlistedPacks > 0 && report.chunksMissing == 0)
        #expect(scene.store.contents == before)
        try await scene.expect([(record, a)])
    }

    /// Every key file holds what it takes; the keeper's right to remove the unreadable segment is what a repair asks for.
    @Test(arguments: [nil, Array("garbage".utf8)] as [[UInt8]?], [[.keeper], [.writer, .reader, .keeper]] as [Set<Role>])
    func theIndexIsRebuiltFromThePacks(left: [UInt8]?, roles: Set<Role>) async throws {
        let scene = try await PruneScene()
        let records = [(try await scene.vault().snapshot(a), a), (try await scene.vault().snapshot(b), b)]
        let packs = scene.names("packs/")
        for name in scene.names("index/") { scene.store.set(try #require(ObjectKey(name)), left) }

        let (found, report) = try await scene.repair(.structure, roles: roles)

        #expect(!found.problems.isEmpty)
        #expect(report.indexed.packs == packs.count && report.segmentsRemoved == (left == nil ? 0 : 2))
        #expect(scene.names("packs/") == packs)
        try await scene.expect(records)
        #expect(try await scene.vault(cache: "next").snapshot(b).newBytes == 0, "dedup relies on it again")
    }

    @Test func whatALostPackHeldComesBackWithTheNextBackup() async throws {
        let scene = try await PruneScene()
        let first = try await scene.vault().snapshot(a)
        let pack = try await scene.pack(of: "noise", in: first)
        scene.store.set(pack, nil)

        let found = try await scene.vault(cache: "checker").check(.structure)
        #expect(found.canBeRepaired && found.problems.map(\.object) == [pack.text])
        #expect(found.problems.map(\.snapshots) == [[first.id]])
        #expect(found.touched.map(\.snapshot.id) == [first.id])
        let touched = try #require(found.touched.first?.entries)
        // A pack holds what its writer's thread was given, of whatever entry.
        let noise = try #require(touched.first { $0.path == "noise" })
        #expect(noise.size == 150_000 && (1..<150_000).contains(noise.lost), "\(touched)")
        let lost = touched.reduce(0) { $0 + $1.lost }

        let (_, report) = try await scene.repair(.structure)
        #expect(report.lost.packs == 1 && report.chunksMissing > 0 && report.putAside.packs == 0)
        let index = try await scene.refreshed().index
        #expect(index.packs.keys.allSatisfy { PackLayout.objectName($0) != pack.text })

        let left = try await scene.vault(cache: "checker").check(.everything)
        #expect(!left.canBeRepaired && !left.problems.isEmpty && left.touched.first?.lostBytes == lost)

        let second = try await scene.vault(cache: "writer").snapshot(a)
        #expect(second.newBytes >= lost)
        try await scene.expect([(first, a), (second, a)], "the old snapshot is whole again")
    }

    @Test(arguments: [[.writer, .reader, .keeper], [.reader, .keeper]] as [Set<Role>])
    func theGoodChunksOfADamagedPackAreSaved(roles: Set<Role>) async throws {
        let scene = try await PruneScene(packBytes: 1 << 18)
        let first = try await scene.vault().snapshot(a, workers: 1)
        let pack = try await scene.pack(of: "noise", in: first)
        try scene.harm(pack)

        let (found, report) = try await scene.repair(.everything, roles: roles)

        #expect(found.problems.map(\.object) == [pack.text])
        let lost = try #require(found.touched.first?.lostBytes)
        #expect(found.touched.first?.entries.map(\.path) == ["noise"] && (1...16_384).contains(lost))
        #expect(report.putAside.packs == 1 && report.chunksLost == 1 && report.chunksSaved > 8 && report.chunksMissing == 1)
        #expect(scene.store.contents[pack] != nil, "a repair deletes no pack")
        // One chunk is gone, and no more than that is stored again.
        let left = try await scene.vault(cache: "checker").check(.everything)
        #expect(left.touched.map(\.lostBytes) == [lost] && left.condemnedPacks == 1 && !left.canBeRepaired)
        let second = try await scene.vault(cache: "writer").snapshot(a)
        #expect(second.newBytes >= lost && second.newBytes < lost + 8000)
        try await scene.expect([(first, a), (second, a)])
        #expect(try await scene.prune().deleted.packs > 0)
        #expect(scene.store.contents[pack] == nil)
        try await scene.expect([(first, a), (second, a)])
    }

    @Test func everyPartOfADamagedPackMayBeTheDamagedOne() async throws {
        let base = try await PruneScene(packBytes: 1 << 18)
        let record = try await base.vault().snapshot(["noise": TestBytes.random(40_000)], workers: 1)
        let pack = try await base.pack(of: "noise", in: record)
        let good = try #require(base.store.contents[pack])
        let places = [
            0, 9, 24, 25, 26, 28, 40, 60, 61, 70, 100, 160, 300, good.count / 2, good.count - 30, good.count - 10, good.count - 1,
        ]
        for place in places {
            let scene = PruneScene(bench: base.bench, store: MemoryStore(base.store.contents))
            var bad = good
            bad[place] ^= 0x41
            scene.store.set(pack, bad)
            let comment: Comment = "byte \(place) of \(good.count)"
            let (found, report) = try await scene.repair(.everything, cache: "at-\(place)")
            #expect(found.problems.map(\.object) == [pack.text], comment)
            #expect(report.chunksLost + report.chunksSaved > 5 || !report.unopened.isEmpty, comment)
            let again = try await scene.vault(cache: "writer-\(place)").snapshot(["noise": TestBytes.random(40_000)])
            for role in [Set<Role>([.writer, .reader, .keeper])] {
                let vault = try await scene.vault(cache: "reader-\(place)", roles: role)
                #expect(try await vault.read(record).contents() == ["noise": TestBytes.random(40_000)], comment)
                #expect(try await vault.read(again).contents() == ["noise": TestBytes.random(40_000)], comment)
            }
            // The kit opens what was saved as well.
            let locked = try await LockedVault(in: scene.store)
            let recovery = try locked.keys(from: base.bench.recovery, holder: "recovery")
            let opened = try await locked.open(with: recovery, cacheFolder: base.bench.folder + "/recovery-\(place)")
            #expect(try await opened.read(record).contents() == ["noise": TestBytes.random(40_000)], comment)
        }
    }

    @Test func aKeeperAloneTakesDamagedPacksOutOfUseAndLeavesThem() async throws {
        let scene = try await PruneScene(packBytes: 1 << 18)
        let first = try await scene.vault().snapshot(a, workers: 1)
        let pack = try await scene.pack(of: "noise", in: first)
        try scene.harm(pack)

        let (found, report) = try await scene.repair(.everything, roles: [.keeper])

        #expect(found.touched.isEmpty && report.unopened == [pack.text] && report.chunksSaved == 0)
        #expect(report.putAside.packs == 1)
        let second = try await scene.vault(cache: "writer").snapshot(a)
        #expect(second.newBytes > 100_000, "the next backup relies on nothing of it")
        #expect(try await scene.vault(cache: "fresh").read(first).contents() == a)
        // Later somebody comes with a reader key; everything is elsewhere by then.
        let (_, later) = try await scene.repair(.everything)
        #expect(later.chunksSaved == 0 && later.chunksLost == 0 && later.putAside.packs == 0)
        try await scene.expect([(first, a), (second, a)])
        #expect(try await scene.prune().deleted.packs > 0)
        try await scene.expect([(first, a), (second, a)])
    }

    @Test func onlyAKeeperRepairs() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        scene.store.set(try await scene.pack(of: "noise", in: record), nil)
        let before = scene.store.contents
        for roles in [[.writer], [.reader], [.writer, .reader]] as [Set<Role>] {
            let error = await #expect(throws: VaultError.self) { _ = try await scene.repair(.structure, roles: roles) }
            #expect(error?.code == .wrongKey && error?.exitStatus == .notPermitted)
            #expect(error?.message.description.contains("keeper") == true)
        }
        #expect(scene.store.contents == before)
    }

    @Test(arguments: [true, false]) func listsForKeepersAreWrittenAgain(isLost: Bool) async throws {
        let scene = try await PruneScene(packBytes: 1 << 17)
        let many = ["rows": TestBytes.rows(9000), "noise": TestBytes.random(900_000)]
        let first = try await scene.vault().snapshot(many)
        let second = try await scene.vault().snapshot(b)
        for pack in scene.names("packs/").compactMap(ObjectKey.init)
        where scene.store.contents[pack]?[24] == ChunkKind.reach.rawValue {
            if isLost { scene.store.set(pack, nil) } else { try scene.harm(pack) }
        }

        let (found, report) = try await scene.repair(.everything)

        #expect(found.touched.isEmpty, "nothing that a restore needs is gone")
        #expect(report.listsRewritten > 0 || !isLost)
        try await scene.expect([(first, many), (second, b)])
        #expect(try await scene.prune(roles: [.keeper]).damaged.isEmpty)
        try await scene.expect([(first, many), (second, b)])
    }

    @Test func aPruneGoesOnWithoutWhatIsLostForGood() async throws {
        let scene = try await PruneScene(packBytes: 1 << 18)
        let first = try await scene.vault().snapshot(a, workers: 1)
        let dropped = try await scene.vault().snapshot(b, workers: 1)
        try scene.harm(try await scene.pack(of: "noise", in: first))
        _ = try await scene.repair(.everything)
        // Its source has it no more.
        let report = try await scene.prune(forget: [dropped])
        #expect(report.deleted.packs > 0)
        let vault = try await scene.vault(cache: "fresh")
        let entry = try #require(try await vault.read(first).entry("rows"))
        #expect(try await vault.read(first).wholeBytes(of: entry) == a["rows"])
        let found = try await vault.check(.everything)
        #expect(found.touched.map(\.snapshot.id) == [first.id] && found.condemnedPacks == 0)
        // Let go it is no problem any more.
        let kept = try await scene.vault().snapshot(b)
        try await scene.prune(forget: [first])
        try await scene.expect([(kept, b)])
    }

    @Test func aPackThatComesBackIsNoGarbage() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        let pack = try await scene.pack(of: "noise", in: record)
        let good = scene.store.contents[pack]
        scene.store.set(pack, nil)
        _ = try await scene.repair(.structure)
        // The disk that held it is mounted again.
        scene.store.set(pack, good)

        let error = await #expect(throws: VaultError.self) { _ = try await scene.prune() }
        #expect(error?.exitStatus == .damagedData)
        #expect(error?.hint?.description.contains("--repair") == true)
        #expect(scene.store.contents[pack] != nil)
        let (_, report) = try await scene.repair(.structure)
        #expect(report.indexed.packs == 1)
        try await scene.expect([(record, a)])
        _ = try await scene.prune()
        try await scene.expect([(record, a)])
    }

    @Test func whatReadsWellASecondTimeIsLeftAlone() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        let pack = try await scene.pack(of: "noise", in: record)
        let segment = try #require(ObjectKey(scene.names("index/")[0]))
        let whole = scene.store.contents
        scene.store.set(pack, nil)
        scene.store.set(segment, [1, 2, 3])
        let found = try await scene.vault(cache: "checker").check(.everything)
        #expect(found.canBeRepaired)
        scene.store.set(pack, whole[pack])
        scene.store.set(segment, whole[segment])
        let report = try await scene.vault(cache: "repairer").repair(found, host: "here", probesStore: false)
        #expect(report.unsteady.contains(segment.text) && report.segmentsRemoved == 0 && report.lost.packs == 0)
        #expect(whole.allSatisfy { scene.store.contents[$0.key] == $0.value }, "nothing was deleted")
        try await scene.expect([(record, a)])
    }

    @Test func knownEntriesDoNotRelyOnWhatIsLost() async throws {
        let scene = try await PruneScene(packBytes: 1 << 18)
        let first = try await scene.fileSnapshot(cache: "writer")
        #expect(first.reused == 0)
        #expect(try await scene.fileSnapshot(cache: "writer").reused == 4)
        try scene.harm(try await scene.pack(of: "2", in: first.record))
        _ = try await scene.repair(.everything)
        let third = try await scene.fileSnapshot(cache: "writer")
        #expect(third.reused == 3, "the file with the lost chunk is read again")
        #expect(try await scene.vault(cache: "fresh").check(.everything).problems.map(\.message.description) == [])
    }
}

extension CheckDepth {
    static let allDepths: [CheckDepth] = [.structure, .everything]
}

extension PruneScene {
    /// Checks, and repairs what was found.
    func repair(
        _ depth: CheckDepth, roles: Set<Role> = [.writer, .reader, .keeper], cache: String = "repairer",
        over store: (any ObjectStore)? = nil
    ) async throws -> (found: CheckReport, report: RepairReport) {
        let vault = try await vault(store, cache: cache, roles: roles)
        let found = try await vault.check(depth)
        return (found, try await vault.repair(found, host: "here", probesStore: false))
    }

    /// The pack that holds the middle chunk of an entry.
    func pack(of path: String, in record: SnapshotRecord) async throws -> ObjectKey {
        let vault = try await refreshed()
        let chunks = try #require(try await vault.read(record).entry(path)?.parts.first?.chunks)
        let pack = try #require(vault.index.find(chunks[chunks.count / 2].id)?.pack)
        return try #require(ObjectKey(PackLayout.objectName(pack)))
    }

    /// Turns a bit in the middle.
    func harm(_ key: ObjectKey) throws {
        var bytes = try #require(store.contents[key])
        bytes[bytes.count / 2] ^= 0x10
        store.set(key, bytes)
    }

    /// Four files as a backup of files stores them: what is remembered of them is not stored again.
    func fileSnapshot(cache: String) async throws -> (record: SnapshotRecord, reused: Int) {
        let vault = try await vault(cache: cache)
        let writer = try await vault.startSnapshot(asset: "files", kind: "test", host: "here", workers: 1)
        let known = writer.knownEntries("files")
        let file = FileFacts(kind: .file, mode: 0o644, uid: 0, gid: 0, modified: .init(seconds: 0, nanoseconds: 0))
        let reused = try await onOwnThread {
            Result {
                let lane = writer.lane()
                var reused = 0
                for number in 1...4 as ClosedRange<UInt64> {
                    let path = String(number)
                    if let found = known.find(Array(path.utf8), fits: { stamp, _ in stamp == [1] }) {
                        reused += 1
                        try writer.append(found)
                        known.keep(found)
                    } else {
                        let content = try TestBytes.random(12_000, seed: number).withUnsafeBytes { try lane.store($0, as: .file) }
                        known.add(try writer.append(path, content, file), stamp: [1], extra: [])
                    }
                }
                try lane.close()
                return reused
            }
        }.get()
        let record = try await writer.commit(instant: Date(), tags: [], facts: [:])
        known.commit()
        return (record, reused)
    }
}
