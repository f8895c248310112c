import Foundation
import TestBuckets
import TestServers
import Testing

/// The real program with copies of a vault: on disks, in buckets, on a disk that comes and goes.
@Suite("Copies of a vault", .endToEnd)
struct CopyTests {
    /// A shop, a folder of files, and a plan with several vaults.
    private struct Scene {
        let host: Host
        let shop: Shop

        init(_ vaults: [String], environment: [String: String] = [:], rows: Int = 300) async throws {
            shop = try await Shop.make(TestServers.newest, rows: rows)
            host = try Host(databaseURL: shop.database.url, environment: environment)
            try plan(vaults)
            try FileManager.default.createDirectory(atPath: host.path("uploads"), withIntermediateDirectories: false)
            try host.write(String(repeating: "a page of text\n", count: 20_000), to: "uploads/page.txt")
            try host.write("small", to: "uploads/small.txt")
            try await host.run("init").succeeded()
        }

        func plan(_ vaults: [String]) throws {
            try host.write(
                """
                version: 1
                project: { name: shop, timezone: UTC, language: en }
                vaults:
                  \(vaults.joined(separator: "\n  "))
                assets:
                  db: { kind: postgres, url: env:DATABASE_URL }
                  uploads: { kind: files, path: ./uploads }

                """, to: "reprise.yaml", mode: 0o644)
        }

        func snapshots(_ vault: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> [String] {
            try await host.run("snapshots", "--vault", vault, "--json", sourceLocation: sourceLocation)
                .succeeded(sourceLocation: sourceLocation).json().list.compactMap { $0["id"].text }
        }

        /// Every byte of the vault is right, and both assets restore from it.
        func expectWhole(_ vault: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
            try await host.run("check", "--vault", vault, "--read-data", "all", sourceLocation: sourceLocation)
                .succeeded(sourceLocation: sourceLocation)
            let target = try await Database.empty(TestServers.newest)
            try await host.run(
                "restore", "db", "--vault", vault, "--to", "env:RESTORED", environment: ["RESTORED": target.url],
                sourceLocation: sourceLocation
            ).succeeded(sourceLocation: sourceLocation)
            #expect(try await target.dump() == shop.database.dump(), sourceLocation: sourceLocation)
            try await target.drop()
            let out = "out-" + UUID().uuidString
            try await host.run("restore", "uploads", "--vault", vault, "--to", out, sourceLocation: sourceLocation)
                .succeeded(sourceLocation: sourceLocation)
            for name in ["page.txt", "small.txt"] {
                #expect(try host.read(out + "/" + name) == host.read("uploads/" + name), sourceLocation: sourceLocation)
            }
        }
    }

    @Test func fromOneFolderToAnotherAndBackAfterALoss() async throws {
        let scene = try await Scene(["local: { url: ./vault }", "far: { url: ./far, site: elsewhere }"])
        let host = scene.host
        try await host.run("copy").ended(69).says("is not there")
        try await host.run("init", "--vault", "far", "--copy-of", "local").succeeded().says("a copy of local")
        try await host.run("init", "--vault", "far", "--copy-of", "local").ended(73)
        try await host.run("backup").succeeded()
        let plan = try await host.run("copy", "--dry-run", "--json").succeeded().json()
        #expect(plan["state"].text == "planned" && plan["snapshots"].list.count == 2)
        #expect(try await scene.snapshots("far").isEmpty)
        let done = try await host.run("copy", "--json").succeeded().json()
        #expect(done["state"].text == "copied" && done["snapshots"].list.count == 2 && done["skipped"].list.isEmpty)
        try await scene.shop.work()
        try host.write("changed", to: "uploads/small.txt")
        try await host.run("backup").succeeded()
        try await host.run("copy").succeeded().says("far: 2 snapshots were copied")
        try await host.run("copy").succeeded().says("far: up to date")
        try await scene.expectWhole("far")
        try await host.run("doctor", "--vault", "far").succeeded()

        // The first one is gone.
        try FileManager.default.moveItem(atPath: host.path("vault"), toPath: host.path("burnt"))
        try await host.run("snapshots").ended(69).says("--vault far")
        try await scene.expectWhole("far")
        let status = try await host.run("status", "--vault", "far").succeeded()
        status.says("local", "cannot be reached now")
        try await host.run("init", "--vault", "local", "--copy-of", "far").succeeded()
        try await host.run("copy", "--from", "far", "--to", "local").succeeded().says("4 snapshots were copied")
        try await scene.expectWhole("local")
        try await host.run("backup").succeeded()
        try await host.run("copy").succeeded().says("far: 2 snapshots were copied")
        try await scene.expectWhole("far")
    }

    @Test(arguments: [BucketServer.Kind.rclone, .strict]) func toABucketAndBack(kind: BucketServer.Kind) async throws {
        let bucket = try await TestBucket.make(kind, [:])
        let scene = try await Scene(
            [
                "local: { url: ./vault }",
                "cloud: { url: \"\(bucket.url())\", credentials: env:BACKUP, account: hosting, keep: { last: 1 } }",
            ],
            environment: [
                "BACKUP_ACCESS_KEY_ID": bucket.server.accessKey, "BACKUP_SECRET_ACCESS_KEY": bucket.server.secretKey,
                "REPRISE_S3_PATIENCE": "5",
            ])
        let host = scene.host
        try await host.run("init", "--vault", "cloud", "--copy-of", "local").succeeded()
        try await host.run("backup").succeeded()
        try await host.run("copy").succeeded()
        try await scene.shop.work()
        try await host.run("backup").succeeded()
        try await host.run("copy").succeeded()
        #expect(try await scene.snapshots("cloud").count == 4)
        // What the copy keeps is the copy's own.
        try await host.run("prune", "--vault", "cloud").succeeded().says("2 snapshots were let go")
        try await host.run("prune").succeeded()
        try await host.run("copy").succeeded().says("up to date")
        #expect(try await scene.snapshots("cloud").count == 2)
        #expect(try await scene.snapshots("local").count == 4)
        try await scene.expectWhole("cloud")
        try await scene.expectWhole("local")

        // From the bucket into a new folder.
        try scene.plan([
            "cloud: { url: \"\(bucket.url())\", credentials: env:BACKUP, account: hosting }", "new: { url: ./new }",
            "local: { url: ./vault }",
        ])
        try await host.run("init", "--vault", "new", "--copy-of", "cloud").succeeded()
        try await host.run("copy", "--to", "new").succeeded().says("2 snapshots were copied")
        try await scene.expectWhole("new")
        try await bucket.remove()
    }

    @Test func aRemovableCopyMayBeAway() async throws {
        let scene = try await Scene([
            "local: { url: ./vault }", "usb: { url: ./media/usb, removable: true, site: safe }", "far: { url: ./far }",
        ])
        let host = scene.host
        try await host.run("init", "--vault", "usb", "--copy-of", "local").ended(69).says(host.path("media") + " is not there")
        #expect(!host.exists("media"), "no folder is made where a disk is to be mounted")
        try FileManager.default.createDirectory(atPath: host.path("media"), withIntermediateDirectories: false)
        for name in ["usb", "far"] { try await host.run("init", "--vault", name, "--copy-of", "local").succeeded() }
        try await host.run("backup").succeeded()
        try await host.run("copy").succeeded()
        try await host.run("check", "--vault", "usb", "--read-data", "all").succeeded()
        try FileManager.default.moveItem(atPath: host.path("media/usb"), toPath: host.path("safe"))
        let copy = try await host.run("copy").succeeded()
        copy.says("usb: not here now", "far: up to date")
        #expect(copy.errors.contains("error") == false)
        let lines = try await host.run("copy", "--json").succeeded().jsonLines()
        #expect(lines.map { $0["state"].text } == ["absent", "copied"])
        let status = try await host.run("status", "--json").succeeded().json()["copies"]
        let usb = try #require(status["vaults"].list.first { $0["vault"].text == "usb" })
        #expect(usb["presence"].text == "away" && usb["newest"].list.count == 2 && usb["lag_seconds"].number == 0)
        #expect(status["score"]["copies"].number == 4 && status["score"]["offline_or_immutable"].number == 1)
        let fire = try #require(status["failures"].list.first { $0["takes_source"].bool == true })
        #expect(fire["lost"].list.compactMap(\.text) == ["local", "far"] && fire["left"].list.compactMap(\.text) == ["usb"])
        // Another that is away is an error, after the others got theirs.
        try FileManager.default.moveItem(atPath: host.path("safe"), toPath: host.path("media/usb"))
        try FileManager.default.moveItem(atPath: host.path("far"), toPath: host.path("gone"))
        try await host.run("backup", "uploads").succeeded()
        try await host.run("copy").ended(69).says("usb: 1 snapshot was copied", "far")
        try await host.run("status", "--lang", "fr").succeeded().says("Copies", "inaccessible en ce moment", "3-2-1-1-0")
    }

    @Test func killedAtAnyMomentTheNextCopyCompletes() async throws {
        let scene = try await Scene(["local: { url: ./vault }", "far: { url: ./far }"], rows: 2000)
        let host = scene.host
        try await host.run("init", "--vault", "far", "--copy-of", "local").succeeded()
        for _ in 0..<3 {
            try await host.run("backup").succeeded()
            try await scene.shop.work()
        }
        let start = ContinuousClock.now
        try await host.run("copy", "--dry-run").succeeded()
        var whole = (ContinuousClock.now - start) * 3
        var killed = 0
        for round in 1...12 {
            let child = try host.start(["copy"])
            try await Task.sleep(for: whole * Double(round) / 12)
            child.send(SIGKILL)
            let wasKilled = await child.end().status == 137
            killed += wasKilled ? 1 : 0
            // The machine may have been busier when the time was taken.
            if !wasKilled { whole = whole * 0.8 }
            try await host.run("check", "--vault", "far").succeeded()
            if round % 4 == 0 {
                try await host.run("prune", "--vault", "far").succeeded()
                try await host.run("check", "--vault", "far", "--read-data", "all").succeeded()
            }
        }
        #expect(killed >= 2, "\(killed) of 12 were killed in time")
        try await host.run("copy").succeeded()
        #expect(try await scene.snapshots("far") == scene.snapshots("local"))
        try await host.run("prune", "--vault", "far", "--stale-after", "0").succeeded()
        try await host.run("check", "--vault", "far", "--read-data", "all").succeeded()
    }

    @Test func whatOneCopyLostTheOtherGives() async throws {
        let scene = try await Scene(["local: { url: ./vault }", "far: { url: ./far }"])
        let host = scene.host
        try await host.run("init", "--vault", "far", "--copy-of", "local").succeeded()
        try await host.run("backup").succeeded()
        try await host.run("copy").succeeded()
        let packs = host.files(below: "vault/packs").sorted { Host.size(of: $0) > Host.size(of: $1) }
        try #require(packs.count >= 2)
        try Host.flip(packs[0], at: Host.size(of: packs[0]) / 2)
        try FileManager.default.removeItem(atPath: packs[1])
        try await host.run("check", "--read-data", "all").ended(65)
        // A rotten pack is copied to nobody.
        try await host.run("init", "--vault", "far", "--copy-of", "local").ended(73)
        let repaired = try await host.run("check", "--repair", "--read-data", "all", "--json").succeeded().json()
        #expect(try #require(repaired["repair"]["chunks_fetched"].number) > 0)
        #expect(repaired["repair"]["chunks_missing"].number == 0 && repaired["problems"].list.isEmpty)
        try await host.run("prune").succeeded()
        try await scene.expectWhole("local")
        try await host.run("status").succeeded().says("last repair on")
    }

    @Test func twoCopiesAndAPruneAtOnceAllSucceed() async throws {
        let scene = try await Scene(["local: { url: ./vault }", "far: { url: ./far }"])
        let host = scene.host
        try await host.run("init", "--vault", "far", "--copy-of", "local").succeeded()
        try await host.run("backup").succeeded()
        try await host.run("copy").succeeded()
        try await scene.shop.work()
        try await host.run("backup").succeeded()
        let together = try [["copy"], ["prune", "--vault", "far"], ["copy"], ["prune"], ["backup", "uploads"]].map {
            (try host.start($0), $0)
        }
        for (child, arguments) in together { try await host.outcome(of: child, arguments).succeeded() }
        try await host.run("copy").succeeded()
        #expect(try await scene.snapshots("far") == scene.snapshots("local"))
        try await scene.expectWhole("far")
    }

    @Test func aVaultWithKeysOfItsOwnGetsEverythingSealedAnew() async throws {
        let scene = try await Scene(["local: { url: ./vault }", "other: { url: ./other, keep: { last: 2 } }"])
        let host = scene.host
        try await host.run("init", "--vault", "other").succeeded()
        try await host.run("backup").succeeded()
        try await host.run("copy", "--dry-run").succeeded().says("sealed anew with its keys")
        try await host.run("copy").succeeded().says("2 snapshots were copied")
        try await scene.expectWhole("other")
        let first = try await host.run("snapshots", "--vault", "other", "--json").succeeded().json().list
        #expect(first.allSatisfy { $0["facts"]["copied_from"].text != nil })

        try await scene.shop.work()
        try await host.run("backup").succeeded()
        let next = try await host.run("copy", "--json").succeeded().json()
        #expect(next["snapshots"].list.count == 2)
        try await scene.expectWhole("other")
        try await host.run("copy").succeeded().says("up to date")
        // What one vault lets go the other does not give back.
        try await host.run("backup").succeeded()
        try await host.run("copy").succeeded()
        try await host.run("prune", "--vault", "other").succeeded()
        #expect(try await scene.snapshots("other").count == 4)
        try await host.run("copy").succeeded().says("up to date")
        #expect(try await host.run("status").says("other").status != 1)
        try await host.run("copy", "--to", "local").ended(64).says("cannot be copied to itself")
        try await host.run("init", "--vault", "other", "--copy-of", "local", "--write-only").ended(64)
    }
}
