import Foundation
import TestBuckets
import Testing

/// How much is asked of a bucket: on the network each request takes time, and at a provider's it costs money. A bound that is
/// passed is a decision, to be made here and in docs/scale.md.
@Suite("Requests to a bucket are few", .endToEnd)
struct RequestTests {
    private struct Scene {
        let host: Host
        let bucket: TestBucket

        init(_ kind: BucketServer.Kind = .strict) async throws {
            bucket = try await TestBucket.make(kind)
            host = try Host(environment: [
                "BACKUP_ACCESS_KEY_ID": bucket.server.accessKey, "BACKUP_SECRET_ACCESS_KEY": bucket.server.secretKey,
            ])
            try host.write(
                """
                version: 1
                project: { name: shop, timezone: UTC, language: en }
                vaults:
                  cloud: { url: "\(bucket.url())", credentials: "env:BACKUP" }
                assets:
                  uploads: { kind: files, path: ./uploads }

                """, to: "reprise.yaml", mode: 0o644)
            try FileManager.default.createDirectory(atPath: host.path("uploads"), withIntermediateDirectories: false)
            for number in 0..<40 { try host.write("the file \(number)\n", to: "uploads/\(number).txt") }
        }

        /// What the bucket was asked while the command ran.
        func requests(of words: String...) async throws -> TestBucket.Log {
            try await bucket.set(["forget_log": true])
            try await host.outcome(of: host.start(words), words).succeeded()
            return try await bucket.log()
        }
    }

    @Test func everyDayCommandsAskLittle() async throws {
        let scene = try await Scene()
        try await scene.host.run("init").succeeded()
        let first = try await scene.requests(of: "backup")
        #expect(first.operations.count <= 19 && first.count("Put") <= 7, "\(first.operations)")
        // Until the files are old enough not to be read again, and the snapshot before says the same.
        var unchanged = first
        for _ in 0..<40 where unchanged.count("Put") > 2 { unchanged = try await scene.requests(of: "backup") }
        // config; keys; the session; condemned, index, packs; keys, snapshots, records; the snapshot.
        #expect(unchanged.operations.count <= 12 && unchanged.count("Put") == 2, "\(unchanged.operations)")
        let snapshots = try await scene.requests(of: "snapshots")
        #expect(snapshots.operations.count <= 4 && snapshots.count("Get") == 1, "\(snapshots.operations)")
        let status = try await scene.requests(of: "status")
        #expect(status.operations.count <= 7, "\(status.operations)")
        let listed = try await scene.requests(of: "ls", "latest")
        #expect(listed.operations.count <= 8, "\(listed.operations)")
        try FileManager.default.removeItem(atPath: scene.host.environment["REPRISE_CACHE"] ?? "")
        let restored = try await scene.requests(of: "restore", "uploads", "--to", "out")
        // Of the packs of data and of lists a request each: their headers come with what is wanted.
        let cold = restored.keys.count { $0?.contains("/index/") == true || $0?.contains("/snapshots/") == true }
        #expect(restored.operations.count - cold <= 13, "\(restored.operations)")
        #expect(restored.keys.filter { $0?.contains("/packs/") == true }.count <= 4, "\(restored.keys)")
        // What packs there are is of no use to it: of a large vault that list is thousands of requests long.
        #expect(!restored.prefixes.contains { $0.contains("/packs/") }, "\(restored.prefixes)")
        let snapshotsRead = restored.keys.compactMap(\.self).filter { $0.contains("/snapshots/") }
        #expect(Set(snapshotsRead).count == snapshotsRead.count, "\(snapshotsRead)")
        try await scene.bucket.remove()
    }

    /// A host that has listed nothing takes snapshots from bundles, once a prune has written them.
    @Test func aFirstListOfManySnapshotsAsksLittle() async throws {
        let scene = try await Scene()
        try await scene.host.run("init").succeeded()
        try await scene.host.run("debug", "snapshots", "uploads", "--count", "150").succeeded()
        let cache = scene.host.environment["REPRISE_CACHE"] ?? ""
        try FileManager.default.removeItem(atPath: cache)
        let before = try await scene.requests(of: "snapshots")
        #expect(before.count("Get") > 150)
        let pruned = try await scene.requests(of: "prune")
        #expect(pruned.objects.count { $0.contains("/bundles/") } == 1, "\(pruned.objects)")
        try FileManager.default.removeItem(atPath: cache)
        let first = try await scene.requests(of: "snapshots")
        // config, keys, snapshots, records, bundles; config and one bundle are read.
        #expect(first.operations.count <= 6 && first.count("Get") == 2, "\(first.operations)")
        try FileManager.default.removeItem(atPath: cache)
        let status = try await scene.requests(of: "status")
        #expect(status.operations.count <= 10, "\(status.operations)")
        try await scene.bucket.remove()
    }

    /// A pack costs one request: whether all are there is asked once for many.
    @Test func aPackIsOneRequest() async throws {
        let scene = try await Scene()
        try await scene.host.run("init").succeeded()
        try Data(TestData.noise(100 << 20)).write(to: URL(fileURLWithPath: scene.host.path("uploads/large")))
        let log = try await scene.requests(of: "backup")
        let packs = log.objects.count { $0.contains("/packs/") }
        #expect(packs >= 7)
        #expect(log.count("Put") == packs + 3 && log.count("Head") <= 3, "\(log.operations)")
        try await scene.bucket.remove()
    }

    /// Many packs are under way at once, and memory is bounded all the same.
    @Test func manyPacksUnderWayTakeBoundedMemory() async throws {
        let scene = try await Scene(.rclone)
        try await scene.host.run("init").succeeded()
        try Data(TestData.noise(400 << 20)).write(to: URL(fileURLWithPath: scene.host.path("uploads/large")))
        let backup = try await scene.host.run("backup").succeeded()
        #expect(backup.peakBytes > 0 && backup.peakBytes < 300_000_000, "backup: \(backup.peakBytes)")
        let restore = try await scene.host.run("restore", "uploads", "--to", "out").succeeded()
        #expect(restore.peakBytes < 300_000_000, "restore: \(restore.peakBytes)")
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: scene.host.path("out/large")), options: .alwaysMapped)
                == Data(contentsOf: URL(fileURLWithPath: scene.host.path("uploads/large")), options: .alwaysMapped))
        try await scene.bucket.remove()
    }
}

private enum TestData {
    /// Bytes that do not compress and do not repeat.
    static func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let words = UnsafeMutableRawBufferPointer(buffer).bindMemory(to: UInt64.self)
            for index in words.indices {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                words[index] = state
            }
            filled = count
        }
    }
}
