import Foundation
import Language
import ObjectStore
import S3Store
import TestBuckets
import Testing

@testable import Vault

/// A vault in a bucket whose server fails at each request of a backup in turn: what is listed restores exactly, what was said to
/// be committed is listed, and the next backup succeeds.
@Suite struct BucketFaultTests {
    /// A vault in a bucket of the double, with one snapshot.
    private struct Scene {
        let bucket: TestBucket
        let bench: TestVault
        let first: [String: [UInt8]]

        /// What the backup of that number holds: much is the same each time, and more than a pack is new.
        func contents(_ number: Int) -> [String: [UInt8]] {
            ["rows": TestBytes.rows(900), "noise": TestBytes.random(90_000, seed: UInt64(number + 10))]
        }

        init(_ options: [String: any Sendable] = [:]) async throws {
            bucket = try await TestBucket.make(.strict, options)
            bench = try await TestVault(in: bucket.store(), chunking: .tiny, packBytes: 1 << 16)
            first = ["rows": TestBytes.rows(700), "noise": TestBytes.random(9000)]
            _ = try await bench.open().snapshot(first)
        }

        /// Every listed snapshot restores to what some backup held, and those of `committed`, to what theirs did.
        func expectSound(_ committed: [SnapshotID: Int], upTo last: Int = 0, _ comment: Comment) async throws {
            let vault = try await bench.open(cache: "fresh-" + UUID().uuidString)
            let listed = try await vault.snapshots()
            for (id, _) in committed { #expect(listed.map(\.id).contains(id), comment) }
            for record in listed {
                let found = try await vault.read(record).contents()
                if let number = committed[record.id] {
                    #expect(found == contents(number), comment)
                } else {
                    #expect(found == first || (0...last).contains { found == contents($0) }, comment)
                }
            }
            #expect(try await vault.check(.everything).problems.map(\.message) == [], comment)
        }
    }

    private static let impatient: S3Store.Options = {
        var options = S3Store.Options.impatient
        options.retries.patience = .milliseconds(40)
        options.retries.firstPatience = .milliseconds(40)
        return options
    }()

    /// Each request of a backup goes wrong once: nobody notices.
    @Test(arguments: ["error", "reset", "lost_answer", "truncate", "slowdown", "too_many"])
    func aPassingFaultAtAnyRequestIsOvercome(kind: String) async throws {
        let scene = try await Scene()
        var committed: [SnapshotID: Int] = [:]
        for number in 0..<200 {
            try await scene.bucket.set(["faults": [fault(kind, at: number)], "forget_log": true])
            committed[try await scene.bench.open().snapshot(scene.contents(number)).id] = number
            if try await scene.bucket.log().operations.count <= number { break }
        }
        try await scene.bucket.set(["faults": [] as [String]])
        #expect(committed.count > 8)
        try await scene.expectSound(committed, "\(kind)")
        try await scene.bucket.remove()
    }

    /// From one request on, everything goes wrong: the network is gone in the middle of a backup.
    @Test(arguments: ["error", "reset", "denied"]) func aStoreThatIsLostAtAnyRequestKeepsWhatItSaid(kind: String) async throws {
        let scene = try await Scene()
        var committed: [SnapshotID: Int] = [:]
        var failures = 0
        var number = 0
        while number < 200 {
            try await scene.bucket.set(["faults": [fault(kind, times: 100_000, at: number)], "forget_log": true])
            do {
                let vault = try await scene.bench.open(scene.bucket.store(options: Self.impatient))
                committed[try await vault.snapshot(scene.contents(number)).id] = number
            } catch let error as VaultError {
                failures += 1
                #expect(error.storeCode == .unreachable || error.storeCode == .denied, "\(error)")
            }
            let isOver = try await scene.bucket.log().operations.count <= number
            try await scene.bucket.set(["faults": [] as [String]])
            if isOver { break }
            number += 1
        }
        #expect(failures > 8 && !committed.isEmpty)
        committed[try await scene.bench.open().snapshot(scene.contents(number + 1)).id] = number + 1
        try await scene.expectSound(committed, upTo: number, "\(kind)")
        try await scene.bucket.remove()
    }

    @Test func credentialsThatExpireInMidBackupCommitNothingAndLoseNothing() async throws {
        let scene = try await Scene()
        try await scene.bucket.server.setUser("TEMPORARY", ["secret": "for-an-hour", "token": "tok"])
        let temporary = S3Credentials(accessKey: "TEMPORARY", secretKey: "for-an-hour", sessionToken: "tok")
        var refused = 0
        for number in stride(from: 2, through: 26, by: 3) {
            try await scene.bucket.set(["expires_after": number, "forget_log": true])
            do {
                let vault = try await scene.bench.open(scene.bucket.store(credentials: temporary))
                let record = try await vault.snapshot(scene.contents(number))
                try await scene.expectSound([record.id: number], upTo: number, "\(number)")
            } catch let error as VaultError {
                refused += 1
                #expect(error.message.description.contains("have expired"), "\(error)")
                #expect(error.exitStatus == .notPermitted)
            }
        }
        #expect(refused > 3)
        try await scene.expectSound([:], upTo: 30, "expired")
        try await scene.bucket.remove()
    }

    @Test func aFullBucketLosesNothing() async throws {
        let scene = try await Scene()
        let listed = try await scene.bench.open().snapshots().count
        try await scene.bucket.set(["quota": 60_000])
        let error = await #expect(throws: VaultError.self) { _ = try await scene.bench.open().snapshot(scene.contents(0)) }
        #expect(error?.storeCode == .full, "\(error?.description ?? "")")
        try await scene.expectSound([:], "full")
        #expect(try await scene.bench.open().snapshots().count == listed)
        try await scene.bucket.set(["quota": 1 << 40])
        try await scene.expectSound([try await scene.bench.open().snapshot(scene.contents(1)).id: 1], "room again")
        try await scene.bucket.remove()
    }

    /// A vault in a store that gives one name to two: its keeper ends nobody who may be alive, and nothing is replaced.
    @Test func aStoreThatForgetsConditionsIsUsedWithCare() async throws {
        let scene = try await Scene(["forgets_conditions": true])
        let vault = try await scene.bench.open()
        #expect(!vault.storeCreatesConditionally)
        let writer = try await vault.startSnapshot(asset: "db", kind: "test", host: "elsewhere", workers: 1)
        try writer.add("a", text: "unfinished business")
        // To everybody else that session looks a year old: a keeper takes it for dead, and still may not end it.
        let order = PruneOrder(forget: [], unusedShare: 1, staleAfter: 0, host: "keeper")
        _ = try await scene.bench.open(cache: "keeper").prune(order)
        let record = try await writer.commit(instant: Date(), tags: [], facts: [:])
        let listed = try await scene.bench.open(cache: "reader").snapshots()
        #expect(listed.map(\.id).contains(record.id) && record.id == listed.last?.id)
        // What is there is not replaced, though the store would.
        let name = try #require(ObjectKey("snapshots/" + record.id.text))
        let before = try await scene.bucket.store().get(name)
        await #expect(throws: StoreError.self) { try await vault.store.put(name, [1, 2, 3], ifAbsent: true) }
        #expect(try await scene.bucket.store().get(name) == before)
        try await scene.bucket.remove()
    }

    /// The vault was made where names are given to one alone, and moved to where they are not.
    @Test func aPruneIsRefusedWhereAVaultWasMovedToAStoreThatForgetsConditions() async throws {
        let scene = try await Scene()
        try await scene.bucket.set(["forgets_conditions": true])
        let vault = try await scene.bench.open()
        let error = await #expect(throws: VaultError.self) {
            _ = try await vault.prune(PruneOrder(forget: [], unusedShare: 20, staleAfter: 86_400, host: "keeper"))
        }
        #expect(error?.message.description.contains("replaces objects that must be new") == true)
        try await scene.expectSound([try await vault.snapshot(scene.contents(1)).id: 1], "backups go on")
        try await scene.bucket.remove()
    }
}
