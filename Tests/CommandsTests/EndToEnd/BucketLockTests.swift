import Foundation
import ObjectStore
import TestBuckets
import Testing

/// The real program with locks, versions, and credentials that may do only so much.
@Suite("Locks and policies of a bucket", .endToEnd)
struct BucketLockTests {
    /// A project with a folder of files, and a vault in a bucket.
    private struct Scene {
        let host: Host
        let bucket: TestBucket

        init(
            _ kind: BucketServer.Kind = .strict, _ options: [String: any Sendable] = ["versioning": true, "object_lock": true],
            lock: String? = "{ mode: compliance, for: 30d }"
        ) async throws {
            bucket = try await TestBucket.make(kind, options)
            host = try Host(environment: [
                "BACKUP_ACCESS_KEY_ID": bucket.server.accessKey, "BACKUP_SECRET_ACCESS_KEY": bucket.server.secretKey,
                "REPRISE_S3_PATIENCE": "5",
            ])
            try plan(lock: lock)
            try FileManager.default.createDirectory(atPath: host.path("uploads"), withIntermediateDirectories: false)
            try host.write(String(repeating: "a page of text\n", count: 20_000), to: "uploads/page.txt")
        }

        func plan(lock: String?, keep: String = "") throws {
            try host.write(
                """
                version: 1
                project: { name: shop, timezone: UTC, language: en }
                vaults:
                  cloud:
                    url: "\(bucket.url())"
                    credentials: env:BACKUP
                \(lock.map { "    lock: \($0)" } ?? "")
                assets:
                  uploads: { kind: files, path: ./uploads\(keep) }

                """, to: "reprise.yaml", mode: 0o644)
        }

        /// Makes users of the double with the policies of docs/policies.
        func usePolicies() async throws {
            for role in ["writer", "keeper", "reader"] {
                try await bucket.server.setUser(
                    role.uppercased() + bucket.name,
                    ["secret": role + "-secret", "policy": try BucketPolicies.of(role, bucket: bucket.name)])
            }
        }

        func acting(as role: String) -> [String: String] {
            ["BACKUP_ACCESS_KEY_ID": role.uppercased() + bucket.name, "BACKUP_SECRET_ACCESS_KEY": role + "-secret"]
        }
    }

    private func results(_ report: JSON) -> [String: String] {
        Dictionary(
            report["attempts"].list.map { ($0["attack"].text ?? "", $0["result"].text ?? "") }, uniquingKeysWith: { $1 })
    }

    @Test func aPlanThatLocksIsRefusedWhereNothingCanBeLocked() async throws {
        let scene = try await Scene(.strict, [:])
        try await scene.host.run("init").ended(78).says("cannot lock any", "Make a new bucket with object lock")
        try scene.plan(lock: nil)
        try await scene.host.run("init").succeeded()
        try scene.plan(lock: "{ mode: governance, for: 7d }")
        try await scene.host.run("doctor").ended(1).says("the bucket cannot lock objects")
        try await scene.host.run("backup").ended(77).says("cannot lock objects", "take `lock` out")
        try await scene.bucket.remove()
    }

    @Test func aResultWhoseEvidenceIsNotTakenIsTold() async throws {
        let scene = try await Scene()
        try await scene.host.run("init").succeeded()
        try await scene.bucket.set(["faults": [fault("denied", times: 100, operation: "Put", key: "/records/")]])
        try await scene.host.run("tamper-test").ended(77).says(
            "could not be kept as evidence", "PASSED: whatever was tried", "The evidence is not kept.")
        let report = try await scene.host.run("tamper-test", "--json").ended(77).json()
        #expect(report["immutable"].bool == true && report["evidence"].text == nil && !results(report).isEmpty, "\(report)")
        try await scene.bucket.remove()
    }

    @Test(arguments: [BucketServer.Kind.strict, .moto], ["compliance", "governance"])
    func theWholeRoundUnderLocks(kind: BucketServer.Kind, mode: String) async throws {
        let scene = try await Scene(
            kind, ["versioning": true, "object_lock": true], lock: "{ mode: \(mode), for: 30d }")
        let host = scene.host
        try await host.run("init").succeeded()
        try await host.run("doctor").succeeded().says("locked for 30 days (\(mode))")
        try await host.run("backup").succeeded()
        let first = try #require(try await host.snapshots().first?["id"].text)
        try host.write(String(repeating: "other words\n", count: 20_000), to: "uploads/page.txt")
        try await host.run("backup").succeeded()
        try await host.vaultIsIntact()
        let pruned = try await host.run("prune", "--forget", first, "--json").succeeded().json()
        try await host.vaultIsIntact()
        try await host.run("restore", "uploads", "--to", "out").succeeded()
        #expect(try host.read("out/page.txt") == host.read("uploads/page.txt"))
        // moto sets locks, and neither tells of them nor refuses to shorten them: it stands for stores that are halfway there.
        if kind == .moto {
            let found = results(try await host.run("tamper-test", "--json").json())
            #expect(found["delete_version"] == "refused", "\(found)")
            return
        }
        #expect(pruned["versions"]["locked"].number ?? 0 > 0, "\(pruned)")
        try await host.run("prune").succeeded().says("still locked, the last until")
        // The account's owner may bypass governance, and nobody compliance.
        if mode == "compliance" {
            let report = try await host.run("tamper-test", "--json").succeeded().json()
            #expect(report["immutable"].bool == true && report["lock_mode"].text == "compliance")
            let found = results(report)
            #expect(found["delete_version"] == "refused" && found["delete_version_bypassing"] == "refused", "\(found)")
            #expect(found["shorten_lock"] == "refused" && found["shorten_lock_bypassing"] == "refused", "\(found)")
            #expect(found["overwrite"] == "withstood" && found["delete"] == "withstood", "\(found)")
            try await host.run("status").succeeded().says("what is stored stayed")
        } else {
            let found = results(try await host.run("tamper-test", "--json").ended(2).json())
            #expect(found["shorten_lock_bypassing"] == "succeeded", "\(found)")
            #expect(found["shorten_lock"] == "refused", "\(found)")
            try await host.run("status").succeeded().says("could be taken away")
        }
        try await host.vaultIsIntact()
        try await scene.bucket.remove()
    }

    @Test func aBucketWithoutLocksOrPoliciesFailsTheTest() async throws {
        let scene = try await Scene(.strict, [:], lock: nil)
        try await scene.host.run("init").succeeded()
        try await scene.host.run("backup").succeeded()
        try await scene.host.run("tamper-test").ended(2).says(
            "is not locked", "overwrite the object: it worked", "delete the object: it worked", "FAILED", "Lock objects")
        // With versions alone it is one step more.
        try await scene.bucket.set(["versioning": true])
        let found = results(try await scene.host.run("tamper-test", "--json").ended(2).json())
        #expect(found == ["overwrite": "withstood", "delete": "withstood", "delete_version": "succeeded"])
        let status = try await scene.host.run("status", "--json").succeeded().json()
        #expect(status["vault"]["immutability"].text == "refuted")
        // A rule of the bucket, as R2 has them, holds without locks of the plan.
        try await scene.bucket.set(["versioning": false, "worm": "ObjectLockedByBucketPolicy", "worm_keys": "packs/"])
        let ruled = results(try await scene.host.run("tamper-test", "--json").succeeded().json())
        #expect(ruled == ["overwrite": "refused", "delete": "refused"])
        try await scene.bucket.set(["worm": ""])
        try await scene.host.vaultIsIntact()
        try await scene.bucket.remove()
    }

    /// The policies of docs/policies, with locks and without, on the double: it enforces them.
    @Test(arguments: [true, false]) func eachRoleMayDoItsWorkAndNoMore(isLocked: Bool) async throws {
        let lock = "{ mode: governance, for: 30d }"
        let scene = try await Scene(
            .strict, isLocked ? ["versioning": true, "object_lock": true] : [:], lock: isLocked ? lock : nil)
        let host = scene.host
        try await scene.usePolicies()
        let (writer, keeper, reader) = (scene.acting(as: "writer"), scene.acting(as: "keeper"), scene.acting(as: "reader"))
        try await host.run("init", environment: keeper).succeeded()
        try await host.run("doctor", environment: writer).succeeded().says("These credentials may not delete")
        try await host.run("backup", environment: writer).succeeded()
        let first = try #require(try await host.snapshots().first?["id"].text)
        try host.write(String(repeating: "other words\n", count: 20_000), to: "uploads/page.txt")
        try await scene.bucket.set(["forget_log": true])
        try await host.run("backup", environment: writer).succeeded()
        // What a backup reads; of packs nothing.
        let log = try await scene.bucket.log()
        let read = zip(log.operations, log.keys).filter { $0.0 == "Get" }.compactMap { $0.1?.split(separator: "/")[1] }
        #expect(Set(read).isSubset(of: ["config", "keys", "index", "snapshots", "records", "condemned"]), "\(Set(read))")
        try await host.run("snapshots", environment: writer).succeeded()
        try await host.run("status", environment: writer).succeeded()
        let tried = try await host.run("tamper-test", "--json", environment: writer).succeeded().json()
        #expect(results(tried).values.allSatisfy { $0 == "refused" }, "\(tried)")
        try await host.run("restore", "uploads", "--to", "no", environment: writer).ended(77).says("s3:GetObject")
        try await host.run("prune", environment: writer).ended(77).says("may not delete")

        try await host.run("check", "--read-data", "all", environment: reader).succeeded()
        try await host.run("restore", "uploads", "--to", "out", environment: reader).succeeded()
        #expect(try host.read("out/page.txt") == host.read("uploads/page.txt"))
        try await host.run("backup", environment: reader).ended(77).says("s3:PutObject")
        try await host.run("prune", environment: reader).ended(77)

        try await host.run("prune", "--forget", first, environment: keeper).succeeded()
        try await host.run("doctor", environment: keeper).succeeded()
        let keeperTried = results(try await host.run("tamper-test", "--json", environment: keeper).ended(isLocked ? 0 : 2).json())
        #expect(keeperTried["delete"] == (isLocked ? "withstood" : "succeeded"), "\(keeperTried)")
        if isLocked {
            #expect(keeperTried["delete_version"] == "refused" && keeperTried["delete_version_bypassing"] == "refused")
        }
        try await host.run("check", "--read-data", "all", environment: reader).succeeded()
        try await scene.bucket.remove()
    }

    /// A thief with all rights but those over versions hides the whole vault; the recovery is one command.
    @Test func whatAThiefHidesComesBack() async throws {
        let scene = try await Scene()
        let host = scene.host
        try await host.run("init").succeeded()
        try await host.run("backup").succeeded()
        let thief: any ObjectStore = scene.bucket.store()
        for facts in try await thief.list("", after: nil, limit: 1000) { try await thief.delete(facts.key) }
        try await host.run("check").ended(65).says(
            "Somebody has deleted it; the bucket keeps an older version of it", "reprise check --repair")
        try await host.run("check", "--repair").succeeded().says("came back from older versions")
        try await host.run("restore", "uploads", "--to", "out").succeeded()
        #expect(try host.read("out/page.txt") == host.read("uploads/page.txt"))
        try await host.vaultIsIntact()
        try await scene.bucket.remove()
    }

    @Test func aFolderSaysWhoCanDelete() async throws {
        let host = try Host()
        try host.write(
            """
            version: 1
            project: { name: shop, timezone: UTC, language: fr }
            vaults: { local: { url: ./vault } }
            assets: { uploads: { kind: files, path: ./uploads } }

            """, to: "reprise.yaml", mode: 0o644)
        try FileManager.default.createDirectory(atPath: host.path("uploads"), withIntermediateDirectories: false)
        try host.write("one", to: "uploads/a.txt")
        try await host.run("init").succeeded()
        try await host.run("backup").succeeded()
        try await host.run("tamper-test", "--lang", "en").ended(2).says("Every process of this user can delete a folder's files")
        try await host.run("tamper-test").ended(2).says("ÉCHEC", "cela a marché")
        #expect(host.files(below: "vault/packs").allSatisfy { !$0.contains("decoy-") })
        try await host.run("check", "--read-data", "all").succeeded()
    }
}

/// The policies that users are told to copy.
enum BucketPolicies {
    /// That of docs/policies for a role, with the bucket's name put in.
    static func of(_ role: String, bucket: String) throws -> [String: any Sendable] {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../docs/policies/\(role).json")
        let text = try String(contentsOf: page, encoding: .utf8).replacing("shop-backups", with: bucket)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: any Sendable])
    }
}
