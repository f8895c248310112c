import Foundation
import Language
import ObjectStore
import S3Store
import Synchronization
import TestBuckets
import Testing

@testable import Vault

/// A vault in a bucket of the double that keeps versions and locks objects for 30 days.
struct LockedScene {
    let bucket: TestBucket
    let bench: TestVault

    static let lock = ObjectLock(.compliance, for: .seconds(30 * 86_400))

    init(_ options: [String: any Sendable] = [:], lock: ObjectLock? = LockedScene.lock) async throws {
        let all: [String: any Sendable] = ["versioning": true, "object_lock": true]
        bucket = try await TestBucket.make(.strict, all.merging(options) { $1 })
        bench = try await TestVault(in: Self.store(bucket, lock), chunking: .tiny, packBytes: 1 << 16)
    }

    static func store(_ bucket: TestBucket, _ lock: ObjectLock?) -> S3Store {
        var options = S3Store.Options.impatient
        options.lock = lock
        options.isLocked = LockedObjects.contain
        return bucket.store(options: options)
    }

    /// - Parameter leastObjects: how many make a bundle.
    func prune(_ forget: [SnapshotID] = [], cache: String = "keeper", leastObjects: Int = 64) async throws -> PruneReport {
        let order = PruneOrder(
            forget: forget.map { .init(id: $0, rule: "test") }, unusedShare: 1, staleAfter: 86_400, host: "keeper")
        let vault = try await bench.open(cache: cache)
        vault.bundleSizes.withLock { $0.leastObjects = leastObjects }
        return try await vault.prune(order)
    }

    /// What the bucket keeps of the vault, without its prefix.
    func versions() async throws -> [TestBucket.Version] { try await bucket.versions() }

    /// Empties the log of requests.
    func forgetLog() async throws { try await bucket.set(["forget_log": true]) }
}

@Suite struct LockTests {
    private let contents = ["rows": TestBytes.rows(700), "noise": TestBytes.random(90_000)]

    @Test func whatIsNeededLaterIsLockedAndTheRestIsNot() async throws {
        let scene = try await LockedScene()
        _ = try await scene.bench.open().snapshot(contents)
        let expected = Date().addingTimeInterval(30 * 86_400)
        var families: Set<String> = []
        for version in try await scene.versions() where !version.isMarker {
            let name = String(version.key.dropFirst("vault/".count))
            let isNeeded = LockedObjects.contain(name: name)
            #expect((version.mode == "COMPLIANCE") == isNeeded, "\(name)")
            if isNeeded {
                families.insert(String(name.prefix { $0 != "/" }))
                #expect(abs(try #require(version.until).timeIntervalSince(expected)) < 120, "\(name)")
            }
        }
        #expect(families.isSuperset(of: ["config", "packs", "index", "snapshots"]))
        try await scene.bucket.remove()
    }

    @Test func aBackupExtendsTheLocksItReliesOnWhenHalfOfTheirTimeIsGone() async throws {
        let scene = try await LockedScene()
        _ = try await scene.bench.open().snapshot(contents)
        try await scene.forgetLog()
        _ = try await scene.bench.open().snapshot(contents)
        // It wrote these packs itself, and knows when their locks end.
        let soon = try await scene.bucket.log()
        #expect(soon.count("PutRetention") == 0)
        #expect(soon.count("GetRetention") <= 3, "\(soon.operations)")

        // Another host with an empty cache asks once, and then knows too.
        try await scene.forgetLog()
        _ = try await scene.bench.open(cache: "other").snapshot(contents)
        #expect(try await scene.bucket.log().count("GetRetention") > 3)
        try await scene.forgetLog()
        _ = try await scene.bench.open(cache: "other").snapshot(contents)
        #expect(try await scene.bucket.log().count("GetRetention") <= 3)

        // Sixteen days later less than half is left.
        try await scene.bucket.ageLocks(days: 16)
        let before = try await scene.versions()
        _ = try await scene.bench.open(cache: "later").snapshot(contents)
        let limit = Date().addingTimeInterval(29 * 86_400)
        let after = try await scene.versions()
        for pack in before where pack.key.hasPrefix("vault/packs/") {
            let isUsed = try #require(after.first { $0.id == pack.id }?.until) > limit
            // Lists of a snapshot's own are not used by the next one.
            #expect(isUsed || pack.size < 10_000, "\(pack.key) of \(pack.size) bytes")
        }
        #expect(try #require(after.first { $0.key == "vault/config" }?.until) > limit)
        try await scene.bucket.remove()
    }

    /// What is let go must not stay in a version of a bundle either.
    @Test func bundlesAreNotLockedAndGoForGood() async throws {
        let scene = try await LockedScene()
        var records: [SnapshotRecord] = []
        for _ in 0..<4 { records.append(try await scene.bench.open().snapshot(["rows": TestBytes.rows(20)])) }
        func bundles() async throws -> [TestBucket.Version] {
            try await scene.versions().filter { $0.key.hasPrefix("vault/bundles/") }
        }
        #expect(try await scene.prune(leastObjects: 3).bundles.written == 1)
        let before = try await bundles()
        #expect(before.count == 1 && before[0].mode == nil && !before[0].isMarker)
        let report = try await scene.prune([records[1].id], leastObjects: 3)
        #expect(report.bundles.written == 1 && report.bundles.removed == 1)
        let after = try await bundles()
        #expect(after.count == 1 && !after[0].isMarker && after[0].key != before[0].key, "\(after)")
        try await scene.bucket.remove()
    }

    @Test func aPruneExtendsTheLocksOfWhatIsKeptHoweverOld() async throws {
        let scene = try await LockedScene()
        let old = try await scene.bench.open().snapshot(contents)
        _ = try await scene.bench.open().snapshot(["rows": TestBytes.rows(50)])
        try await scene.bucket.ageLocks(days: 20)
        let report = try await scene.prune()
        #expect(report.locksExtended > 3)
        let limit = Date().addingTimeInterval(29 * 86_400)
        for version in try await scene.versions() where version.mode != nil && !version.isMarker {
            let isHidden = try await scene.versions().contains { $0.key == version.key && $0.isMarker }
            if !isHidden { #expect(try #require(version.until) > limit, "\(version.key)") }
        }
        #expect(try await scene.bench.open().read(old).contents() == contents)
        #expect(try await scene.prune().locksExtended == 0)
        try await scene.bucket.remove()
    }

    @Test func whatIsDeletedStaysUntilItsLockEndsAndIsThenGoneForGood() async throws {
        let scene = try await LockedScene()
        let old = try await scene.bench.open().snapshot(contents)
        let kept = try await scene.bench.open().snapshot(["rows": TestBytes.rows(90)])
        let first = try await scene.prune([old.id])
        #expect(first.deleted.packs > 0 && first.locked.packs == 0)
        let versions = try #require(first.versions)
        #expect(versions.locked > 0 && versions.lockedBytes > 50_000 && !versions.isLeftToTheBucket)
        #expect(try #require(versions.lockedUntil) > Date().addingTimeInterval(29 * 86_400))
        #expect(try await scene.bench.open().check(.everything).problems.isEmpty)

        // Nothing was bypassed: everything of the old snapshot is still there.
        let hidden = try await scene.versions().filter { $0.key.hasPrefix("vault/packs/") }.reduce(0) { $0 + $1.size }
        #expect(hidden > 50_000)
        try await scene.bucket.ageLocks(days: 31)
        let second = try #require(try await scene.prune().versions)
        #expect(second.deleted >= versions.locked && second.locked == 0)
        let left = try await scene.versions().filter { $0.key.hasPrefix("vault/packs/") }.reduce(0) { $0 + $1.size }
        #expect(left < 20_000)
        #expect(try await scene.bench.open(cache: "reader").read(kept).contents() == ["rows": TestBytes.rows(90)])
        try await scene.bucket.remove()
    }

    /// What a copy brought stands under another name than its snapshot's: nobody may take it for hidden by a thief.
    @Test func whatACopyLetGoStaysGone() async throws {
        let scene = try await CopyScene.make()
        let bucket = try await TestBucket.make(.strict, ["versioning": true, "object_lock": true])
        let store = LockedScene.store(bucket, LockedScene.lock)
        _ = try await LockedVault.makeCopy(of: scene.vault(.source), in: store)
        try await scene.copy(to: store)
        for assets in [["a"], []] as [Set<String>] {
            try await scene.prune(.target, forget: assets, over: store)
            let found = try await scene.vault(.target, store, cache: "new").check(.everything)
            #expect(found.problems.map(\.message.description) == [] && !found.canBeRepaired)
        }
        // What is let go is not kept longer.
        try await bucket.ageLocks(days: 20)
        let later = try await scene.vault(.target, store, cache: "later")
        _ = try await later.prune(PruneOrder(staleAfter: 86_400, host: "here"))
        let limit = Date().addingTimeInterval(20 * 86_400)
        let kept = try await scene.vault(.target, store, cache: "list").snapshots()
        let extended = try await bucket.versions().filter {
            $0.key.hasPrefix("vault/snapshots/") && !$0.isMarker && ($0.until ?? .distantPast) > limit
        }
        #expect(kept.count == 2 && extended.count == 2, "\(extended.map(\.key))")
        try await bucket.remove()
    }

    /// Of a store whose bucket has rules that refuse deletions, in the words of several.
    @Test(arguments: ["ObjectLockedByBucketPolicy", "ObjectLocked"])
    func packsThatTheBucketKeepsAreLeftForLater(code: String) async throws {
        let scene = try await LockedScene(["versioning": false, "object_lock": false], lock: nil)
        let old = try await scene.bench.open().snapshot(contents)
        _ = try await scene.bench.open().snapshot(["rows": TestBytes.rows(90)])
        try await scene.bucket.set(["worm": code, "worm_keys": "packs/[0-9a-f]{2}/|snapshots/|index/"])
        let kept = try await scene.prune([old.id])
        #expect(kept.deleted.packs == 0 && kept.locked.packs > 0)
        #expect(try await scene.bench.open().snapshots().count == 1)
        #expect(try await scene.bench.open().check(.everything).problems.isEmpty)
        try await scene.bucket.set(["worm": ""])
        let freed = try await scene.prune()
        #expect(freed.locked.packs == 0 && freed.deleted.packs >= kept.locked.packs)
        try await scene.bucket.remove()
    }

    /// Each request of a backup and a prune under locks goes wrong once, when locks are due to be made longer: nobody notices.
    @Test(arguments: ["error", "lost_answer"]) func aPassingFaultUnderLocksIsOvercome(kind: String) async throws {
        let scene = try await LockedScene()
        var newest = try await scene.bench.open().snapshot(contents)
        for number in stride(from: 0, to: 120, by: 11) {
            try await scene.bucket.set(["age_locks": 20 * 86_400, "faults": [fault(kind, at: number)], "forget_log": true])
            let before = newest
            newest = try await scene.bench.open(cache: "host-\(number)").snapshot(contents)
            _ = try await scene.prune([before.id], cache: "keeper-\(number)")
            if try await scene.bucket.log().operations.count <= number { break }
        }
        try await scene.bucket.set(["faults": [] as [String]])
        #expect(try await scene.bench.open().check(.everything).problems.map(\.message) == [])
        #expect(try await scene.bench.open().read(newest).contents() == contents)
        try await scene.bucket.remove()
    }

    @Test func twoKeepersAtOnceLoseNothing() async throws {
        let scene = try await LockedScene()
        var old: [SnapshotID] = []
        for number in 0..<4 {
            old.append(try await scene.bench.open().snapshot(["noise": TestBytes.random(40_000, seed: UInt64(number + 5))]).id)
        }
        let kept = try await scene.bench.open().snapshot(contents)
        let (some, others) = (Array(old[..<3]), Array(old[1...]))
        async let first = scene.prune(some, cache: "first")
        async let second = scene.prune(others, cache: "second")
        _ = try await (first, second)
        try await scene.bucket.ageLocks(days: 31)
        _ = try await scene.prune(cache: "third")
        let vault = try await scene.bench.open(cache: "reader")
        #expect(try await vault.snapshots().map(\.id) == [kept.id])
        #expect(try await vault.check(.everything).problems.map(\.message) == [])
        #expect(try await vault.read(kept).contents() == contents)
        #expect(try await scene.versions().filter { $0.key.hasPrefix("vault/packs/") }.reduce(0) { $0 + $1.size } < 150_000)
        try await scene.bucket.remove()
    }

    @Test func aWriterThatMayNotLockIsTold() async throws {
        let scene = try await LockedScene()
        try await scene.bucket.server.setUser(
            "LOCKLESS",
            [
                "secret": "s",
                "policy": [
                    "Statement": [
                        ["Effect": "Allow", "Action": "s3:*", "Resource": "*"],
                        ["Effect": "Deny", "Action": "s3:PutObjectRetention", "Resource": "*"],
                    ] as [[String: String]]
                ] as [String: [[String: String]]],
            ])
        var options = S3Store.Options.impatient
        options.lock = LockedScene.lock
        options.isLocked = LockedObjects.contain
        let store = scene.bucket.store(credentials: S3Credentials(accessKey: "LOCKLESS", secretKey: "s"), options: options)
        let error = await #expect(throws: VaultError.self) { _ = try await scene.bench.open(store).snapshot(contents) }
        #expect(error?.storeCode == .denied)
        #expect(error?.hint?.description.contains("s3:PutObjectRetention") == true, "\(error?.description ?? "")")
        try await scene.bucket.remove()
    }

    @Test func aBucketWithoutLocksIsNamed() async throws {
        let scene = try await LockedScene(["object_lock": false], lock: nil)
        let store = LockedScene.store(scene.bucket, LockedScene.lock)
        let error = await #expect(throws: VaultError.self) { _ = try await scene.bench.open(store).snapshot(contents) }
        #expect(error?.message.description.contains("cannot lock objects") == true, "\(error?.description ?? "")")
        #expect(error?.hint?.description.contains("take `lock` out of the plan") == true)
        try await scene.bucket.remove()
    }
}
