import Foundation
import TestBuckets
import TestServers
import Testing

/// The real program with a vault in a bucket, from `init` to `prune`.
@Suite("A vault in a bucket", .endToEnd)
struct BucketTests {
    /// A project with a shop and a folder of files, and a vault in a bucket of the server.
    private struct Scene {
        let host: Host
        let shop: Shop
        let bucket: TestBucket

        init(_ kind: BucketServer.Kind, _ options: [String: any Sendable] = [:]) async throws {
            bucket = try await TestBucket.make(kind, options)
            shop = try await Shop.make(TestServers.newest, rows: 300)
            host = try Host(
                databaseURL: shop.database.url,
                environment: [
                    "BACKUP_ACCESS_KEY_ID": bucket.server.accessKey, "BACKUP_SECRET_ACCESS_KEY": bucket.server.secretKey,
                    "REPRISE_S3_PATIENCE": "5",
                ])
            try plan(bucket.url())
            try FileManager.default.createDirectory(atPath: host.path("uploads"), withIntermediateDirectories: false)
            try host.write(String(repeating: "a page of text\n", count: 20_000), to: "uploads/page.txt")
            try host.write("small", to: "uploads/small.txt")
        }

        func plan(_ url: String, credentials: String = "env:BACKUP") throws {
            try host.write(
                """
                version: 1
                project: { name: shop, timezone: UTC, language: en }
                vaults:
                  cloud: { url: "\(url)", credentials: "\(credentials)" }
                assets:
                  db: { kind: postgres, url: env:DATABASE_URL }
                  uploads: { kind: files, path: ./uploads }

                """, to: "reprise.yaml", mode: 0o644)
        }

        /// Neither of the keys is in what was said.
        func keepsSecrets(_ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
            for secret in [bucket.server.secretKey] {
                #expect(!outcome.output.contains(secret) && !outcome.errors.contains(secret), sourceLocation: sourceLocation)
            }
        }
    }

    @Test(arguments: [BucketServer.Kind.strict, .rclone, .moto]) func theWholeRound(kind: BucketServer.Kind) async throws {
        let scene = try await Scene(kind)
        let host = scene.host
        let made = try await host.run("init").succeeded().says("s3://\(scene.bucket.name)/vault")
        scene.keepsSecrets(made)
        if kind == .rclone { made.says("This store replaces objects that must be new") }
        let kit = try host.read(".reprise/cloud-kit.txt")
        #expect(kit.contains("endpoint=http://127.0.0.1") && !kit.contains(scene.bucket.server.secretKey))
        let doctor = try await host.run("doctor", "--json").succeeded().json()
        let verdicts = Dictionary(
            doctor["findings"].list.map { ($0["name"].text ?? "", $0["verdict"].text ?? "") }, uniquingKeysWith: { $1 })
        #expect(verdicts["vault.writable"] == (kind == .rclone ? "warning" : "good"), "\(doctor)")
        #expect(verdicts["store.clock"] == "good", "\(doctor)")
        try await host.run("init").ended(73)

        try await host.run("backup").succeeded()
        let first = try #require(try await host.snapshots().first { $0["asset"].text == "db" }?["id"].text)
        try await scene.shop.work()
        try host.write("changed", to: "uploads/small.txt")
        try await host.run("backup").succeeded()
        try await host.vaultIsIntact()
        #expect(try await host.restored(major: TestServers.newest) == scene.shop.database.dump())
        try await host.run("restore", "uploads", "--to", "out").succeeded()
        #expect(try host.read("out/small.txt") == "changed")
        #expect(try host.read("out/page.txt") == host.read("uploads/page.txt"))
        try await host.run("prune", "--forget", first).succeeded()
        try await host.vaultIsIntact()
        #expect(try await host.snapshots().count == 3)
        #expect(try await host.restored(major: TestServers.newest) == scene.shop.database.dump())
        // Another host with the recovery key alone.
        try await host.run("status").succeeded()
        try await scene.bucket.remove()
    }

    @Test func whatIsWrongIsSaidWithWhatToDo() async throws {
        let scene = try await Scene(.strict)
        let host = scene.host
        try await host.run("init").succeeded()
        try await host.run("backup", environment: ["BACKUP_SECRET_ACCESS_KEY": ""]).ended(78).says(
            "BACKUP_SECRET_ACCESS_KEY is not set")
        let wrong = try await host.run("backup", environment: ["BACKUP_SECRET_ACCESS_KEY": "the/wrong+secret"]).ended(77).says(
            "does not accept the credentials", "env:BACKUP")
        #expect(!wrong.errors.contains("the/wrong+secret"))
        try await scene.bucket.set(["clock": 7200])
        try await host.run("backup").ended(77).says("7,", "s apart: there it is", "Set this machine's clock")
        try await host.run("backup", "--lang", "fr").ended(77).says("Réglez l’horloge")
        try await scene.bucket.set(["clock": 0, "quota": 5000])
        try await host.run("backup").ended(73).says("There is no room", "Make room")
        try await scene.bucket.set(["quota": 1 << 40, "faults": [fault("slowdown", times: 100_000)]])
        try await host.run("backup").ended(69).says("SlowDown", "later")
        try await scene.bucket.set(["faults": [] as [String], "region": "eu-west-3"])
        try await host.run("backup").ended(77).says("in the region eu-west-3", "region=eu-west-3")
        try await scene.bucket.set(["region": "us-east-1"])
        try await host.run("backup").succeeded()
        try await host.vaultIsIntact()
        #expect(try await host.snapshots().count == 2)

        try scene.plan("s3://\(scene.bucket.name)/vault?secret=abcdef")
        try await host.run("config", "validate").ended(78).says("Credentials stand in the vault's url", "reprise.yaml:4")
        try scene.plan("s3://nobody-has-this-bucket/vault?endpoint=http://127.0.0.1:\(scene.bucket.server.port)")
        try await host.run("snapshots").ended(69).says("There is no bucket nobody-has-this-bucket")
        try await host.run("doctor").ended(1).says("There is no bucket nobody-has-this-bucket")
        try scene.plan("s3://\(scene.bucket.name)/elsewhere?endpoint=http://127.0.0.1:\(scene.bucket.server.port)")
        try await host.run("snapshots").ended(69).says("There is no vault at s3://\(scene.bucket.name)/elsewhere")
        try await scene.bucket.remove()
    }

    @Test func credentialsComeFromAFileOrAProfile() async throws {
        let scene = try await Scene(.strict)
        let (host, server) = (scene.host, scene.bucket.server)
        try await host.run("init").succeeded()
        let keys = "aws_access_key_id = \(server.accessKey)\naws_secret_access_key = \(server.secretKey)\n"
        try host.write("[default]\n" + keys, to: "r2.credentials")
        try scene.plan(scene.bucket.url(), credentials: "file:r2.credentials")
        try await host.run("snapshots").succeeded()
        try FileManager.default.createDirectory(atPath: host.root + "/home/.aws", withIntermediateDirectories: false)
        try host.write(
            "[default]\naws_access_key_id = NOBODY\naws_secret_access_key = wrongone\n[backup]\n" + keys,
            to: host.root + "/home/.aws/credentials", mode: 0o644)
        try scene.plan(scene.bucket.url(), credentials: "profile:backup")
        try await host.run("snapshots").succeeded().says("chmod 600")
        try scene.plan(scene.bucket.url(), credentials: "profile:other")
        try await host.run("snapshots").ended(78).says("no profile other")
        try scene.plan(scene.bucket.url(), credentials: "profile:default")
        try await host.run("snapshots").ended(77).says("InvalidAccessKeyId", "profile:default")
        try await scene.bucket.remove()
    }

    /// Authorities that are not there end each request before it leaves the machine, and the message names whom it was for.
    @Test func aRegionOfTheEnvironmentChoosesTheHostOfAWS() async throws {
        let host = try Host(environment: [
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "a/secret+key", "AWS_CA_BUNDLE": "nobody.pem",
            "REPRISE_S3_PATIENCE": "0",
        ])
        try host.write(
            """
            version: 1
            project: { name: shop, timezone: UTC, language: en }
            vaults:
              cloud: { url: "s3://nobody-has-this-bucket/vault" }
            assets:
              uploads: { kind: files, path: ./uploads }

            """, to: "reprise.yaml", mode: 0o644)
        for (region, name) in [("eu-west-3", "s3.eu-west-3.amazonaws.com,"), ("cn-north-1", "s3.cn-north-1.amazonaws.com.cn,")] {
            try await host.run("snapshots", environment: ["AWS_REGION": region]).ended(69).says(
                "https://nobody-has-this-bucket." + name)
        }
        try await host.run("snapshots", environment: ["AWS_REGION": "eu west"]).ended(64).says("eu west is no region")
    }
}
