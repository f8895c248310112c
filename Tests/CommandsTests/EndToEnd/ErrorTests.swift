import Foundation
import TestServers
import Testing

@Suite("What goes wrong is told with its remedy and its own exit status", .endToEnd)
struct ErrorTests {
    @Test func whatDoesNotExistIsNamedBesideWhatDoes() async throws {
        let (host, _) = try await Host.withShop()
        for arguments in [["backup", "nosuch"], ["drill", "nosuch"], ["restore", "nosuch", "--to", "dbname=x"]] {
            let outcome = await host.outcome(of: try host.start(arguments), arguments)
            try outcome.ended(64).says("no asset nosuch", "It has: db.")
        }
        for command in ["backup", "snapshots", "check", "drill", "status"] {
            try await host.run(command, "--vault", "nosuch").ended(64).says("no vault nosuch", "It has: local.")
        }
        for tag in ["", "two words", "tab\there", "line\n"] {
            try await host.run("backup", "--tag", "right", "--tag", tag).ended(64).says("one word, without blanks")
            try await host.run("import", "old.sql", "--tag", tag).ended(64).says("one word, without blanks")
        }
        try await host.run("ls", "latest").ended(64).says("no snapshot", "reprise backup")
        try await host.run("restore", "--to", "dbname=x").ended(64).says("no snapshot", "reprise backup")
        try await host.run("drill").ended(64).says("no snapshot", "reprise backup")
        try await host.run("backup").succeeded()
        let id = try #require(try await host.run("snapshots", "--json").json()[0]["id"].text)
        try await host.run("ls", "zzzzzzzz").ended(64).says("no snapshot zzzzzzzz", "reprise snapshots")
        try await host.run("ls", String(id.prefix(3))).ended(64).says("at least four characters")
        try await host.run("ls", String(id.prefix(12)).uppercased(), "manifest.json").succeeded().says("manifest.json")
        try await host.run("ls", "latest", "nosuch").ended(64).says("nothing at nosuch")
        try await host.run("restore", "db", "--to", "env:DATABASE_URL", "--only", "nosuch").ended(64).says(
            "no table", "reprise ls")
    }

    @Test func ambiguousSnapshotsAreRefused() async throws {
        let (host, _) = try await Host.withShop()
        try await host.run("backup").succeeded()
        try await host.run("backup").succeeded()
        let id = try #require(try await host.run("snapshots", "--json").json()[0]["id"].text)
        try await host.run("ls", String(id.prefix(4))).ended(64).says("2 snapshots begin with")
    }

    @Test func aBadPlanIsToldLineByLine() async throws {
        let host = try Host()
        try host.write("version: 1\nassets:\n  db: { kind: mongodb }\n", to: "reprise.yaml")
        try await host.run("status").ended(78).says("reprise.yaml:3:", "project", "vaults")
        try await host.run("config", "validate").ended(78).says("reprise.yaml:3:")
        try await host.run("status", "--plan", "nosuch.yaml").ended(78).says("no plan nosuch.yaml", "reprise init")
        try host.write("\"", to: "reprise.yaml")
        try await host.run("backup").ended(78)
        try FileManager.default.removeItem(atPath: host.path("reprise.yaml"))
        try await host.run("backup").ended(78).says("no plan", "reprise init")
    }

    @Test func aPasswordInThePlanOrTheArgumentsIsRefusedAndNotRepeated() async throws {
        let (host, _) = try await Host.withShop()
        try host.changePlan("objectives: { rpo: 1d }")
        let plan = try host.read("reprise.yaml").replacing("env:DATABASE_URL", with: "postgresql://me:hunter2hunter@host/db")
        try host.write(plan, to: "bad.yaml")
        let refused = try await host.run("backup", "--plan", "bad.yaml").ended(78)
        #expect(!refused.errors.contains("hunter2"))
        try await host.run("backup").succeeded()
        let target = try await host.run("restore", "db", "--to", "postgresql://me:hunter2hunter@host/db").ended(64).says(
            "password")
        #expect(!target.errors.contains("hunter2"))
        let usage = try await host.run("restore", "db", "postgresql://me:hunter2hunter@host/db").ended(64)
        #expect(!usage.errors.contains("hunter2"))
    }

    @Test func withoutAVaultNothingStarts() async throws {
        let (host, _) = try await Host.withShop()
        try FileManager.default.moveItem(atPath: host.path("vault"), toPath: host.path("unplugged"))
        for arguments in [
            ["backup"], ["snapshots"], ["status"], ["check"], ["drill"], ["ls", "latest"], ["restore", "--to", "dbname=x"],
        ] {
            let outcome = await host.outcome(of: try host.start(arguments), arguments)
            try outcome.ended(69).says(host.path("vault"), "mounted")
        }
        #expect(!host.exists("vault"), "a disk that is not mounted is not written beside")
        try FileManager.default.createDirectory(atPath: host.path("vault"), withIntermediateDirectories: false)
        try await host.run("backup").ended(69).says("no vault at", "reprise init")
    }

    @Test func withoutADatabaseABackupSaysWhy() async throws {
        let (host, shop) = try await Host.withShop()
        try await host.run("backup", environment: ["DATABASE_URL": ""]).ended(78).says("DATABASE_URL is empty", "assets.db.url")
        let wrong = shop.database.url.replacing(/:[^:@]*@/, with: ":wrong@")
        try await host.run("backup", environment: ["DATABASE_URL": wrong]).ended(77).says("password authentication failed")
        try await host.run("backup", environment: ["DATABASE_URL": shop.database.url + "nosuch"]).ended(69).says("does not exist")
        try await host.run("backup", environment: ["DATABASE_URL": "postgresql:///x?host=/nosuch"]).ended(69).says(
            "No connection")
        #expect(try await host.run("snapshots", "--json").succeeded().json() == .list([]))
        try await host.run("check").succeeded()
    }

    @Test func everyKeyThatDoesNotOpenHasItsOwnMessage() async throws {
        let (host, _) = try await Host.withShop()
        let (stranger, _) = try await Host.withShop(rows: 1)
        try await host.run("backup").succeeded()
        let key = host.path(".reprise/local.key")

        let theirs = ["REPRISE_KEY_FILE": stranger.path(".reprise/local.key")]
        try await host.run("snapshots", environment: theirs).ended(77).says("is for the vault")
        let paper = try NewcomerTests.recoveryKey(in: stranger.read(".reprise/local-kit.txt"))
        try host.write(paper, to: "theirs")
        let theirKit = try await host.run("snapshots", environment: ["REPRISE_RECOVERY_KEY_FILE": "theirs"]).ended(77)
        try await host.run("snapshots", environment: ["REPRISE_KEY_FILE": "nosuch"]).ended(77).says(
            "no key file", "REPRISE_RECOVERY_KEY_FILE")

        let whole = try host.read(".reprise/local.key")
        let damaged = whole.replacing("\"dedup\" : \"", with: "\"dedup\" : \"A")
        try host.write(damaged, to: "damaged")
        try await host.run("snapshots", environment: ["REPRISE_KEY_FILE": "damaged"]).ended(65).says("checksum", "another copy")
        try host.write(String(whole.prefix(200)), to: "torn")
        try await host.run("snapshots", environment: ["REPRISE_KEY_FILE": "torn"]).ended(65).says("its end is missing")
        let mine = try NewcomerTests.recoveryKey(in: host.read(".reprise/local-kit.txt"))
        let last = try #require(mine.last { $0.isLetter || $0.isNumber })
        let slip = String(mine.reversed().drop { $0 != last }.dropFirst().reversed()) + (last == "7" ? "8" : "7")
        // One mistake is mended and told; two are not.
        try host.write(slip, to: "slip")
        let mended = try await host.run("snapshots", environment: ["REPRISE_RECOVERY_KEY_FILE": "slip"]).succeeded().says(
            "Group 15")
        #expect(!mended.errors.contains(slip.suffix(12)))
        let mistyped = slip.replacing("reprise-1\n", with: "reprise-1\n0")
        try host.write(mistyped, to: "mistyped")
        let typo = try await host.run("snapshots", environment: ["REPRISE_RECOVERY_KEY_FILE": "mistyped"]).ended(65)
        #expect(!typo.errors.contains(mistyped.suffix(12)))

        #expect(Set([theirKit.errors, typo.errors]).count == 2)
        try await host.run("snapshots").succeeded()
        #expect(try String(contentsOfFile: key, encoding: .utf8) == whole)
    }

    @Test func aVaultOfANewerFormatAsksForANewerProgram() async throws {
        let (host, _) = try await Host.withShop()
        let lines = try host.read("vault/config").split(separator: "\n", omittingEmptySubsequences: false).dropLast(3)
        let newer = lines.joined(separator: "\n").replacing("\"format\" : 1", with: "\"format\" : 99") + "\n"
        try host.write(newer, to: "newer")
        let sum = try ChildProcess("/usr/bin/sha256sum", ["newer"], environment: host.environment, workingFolder: host.project)
        let digits = await sum.end().output.prefix(64)
        // Nobody who lacks its key can write the second line; what is newer must be told before that is looked at.
        try host.write(newer + "sha256 \(digits)\nhmac \(digits)\n", to: "vault/config")
        for command in ["backup", "snapshots", "check", "status"] {
            try await host.run(command).ended(1).says("format 99", "Update Reprise")
        }
        try host.write(newer, to: "vault/config")
        try await host.run("snapshots").ended(65).says("config")
    }
}
