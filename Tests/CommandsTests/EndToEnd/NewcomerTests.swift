import Foundation
import TestServers
import Testing

@Suite("A newcomer gets from nothing to a proven backup", .endToEnd)
struct NewcomerTests {
    @Test("init, backup, drill, status", arguments: TestServers.majors)
    func theFourCommands(major: Int) async throws {
        let shop = try await Shop.make(major)
        let host = try Host(databaseURL: shop.database.url)
        try await host.run("init").succeeded().says("reprise.yaml", "vault", "kit", "Next:")
        try await host.run("backup").succeeded().says("Snapshot", "of db", "tables", "Next:", "reprise drill")
        try await host.run("drill").succeeded().says("PASSED", "every checksum equal")
        let status = try await host.run("status", "--json").succeeded().json()
        #expect(status["kept"].bool == true)
        let asset = status["assets"][0]
        #expect(asset["rpo"].text == "met" && asset["rto"].text == "met")
        #expect(asset["proven_snapshot"].text != nil)
        #expect(asset["proven_snapshot"] == asset["newest_snapshot"])
        #expect(asset["last_drill_outcome"].text == "passed")
    }

    @Test func whatInitMakesIsForItsOwnerOnly() async throws {
        let (host, _) = try await Host.withShop()
        try await host.run("backup").succeeded()
        #expect(try host.mode(of: ".reprise") == 0o700)
        #expect(try host.mode(of: ".reprise/local.key") == 0o600)
        #expect(try host.mode(of: ".reprise/local-kit.txt") == 0o600)
        #expect(try host.mode(of: "vault") == 0o700)
        for file in host.files(below: "vault") { #expect(try host.mode(of: file) == 0o600, "\(file)") }
        for file in host.files(below: host.root + "/home") { #expect(try host.mode(of: file) & 0o077 == 0, "\(file)") }
        #expect(try host.read(".reprise/.gitignore") == "*\n")
    }

    @Test func initNeverReplacesAKeyOrAVault() async throws {
        let (host, _) = try await Host.withShop()
        let key = try host.read(".reprise/local.key")
        try await host.run("init").ended(73).says("already")
        #expect(try host.read(".reprise/local.key") == key)
        try FileManager.default.removeItem(atPath: host.path(".reprise"))
        try await host.run("init").ended(73)
        #expect(!host.exists(".reprise/local.key"), "no key that opens nothing is left")
        let plan = try host.read("reprise.yaml")
        #expect(plan.contains("env:DATABASE_URL"))
        // What is no vault stands in the way as well, and will the next time.
        try FileManager.default.removeItem(atPath: host.path("vault"))
        try FileManager.default.createDirectory(atPath: host.path("vault"), withIntermediateDirectories: false)
        try host.write("mine", to: "vault/letter.txt")
        try await host.run("init").ended(73).says("is not empty", "Name an empty or new directory")
    }

    @Test func theKitAloneBringsEverythingBackOnAnotherMachine() async throws {
        let (host, shop) = try await Host.withShop()
        try await host.run("backup").succeeded()
        let kit = try host.read(".reprise/local-kit.txt")
        #expect(kit.contains("read_vault.py"))

        // The first machine is gone; the vault is on a disk that is plugged into this one, and the kit was on paper.
        let target = try await Database.empty()
        let other = try Host(environment: ["TARGET": target.url])
        try FileManager.default.copyItem(atPath: host.path("vault"), toPath: other.path("vault"))
        try other.changePlan("objectives: { rpo: 1d }")
        try other.write(try Self.recoveryKey(in: kit), to: "recovery-key")
        let key = ["REPRISE_RECOVERY_KEY_FILE": "recovery-key"]
        try await other.run("snapshots", environment: key).succeeded().says("db")
        try await other.run("restore", "db", "--to", "env:TARGET", environment: key).succeeded().says(
            "every row as it was recorded")
        #expect(try await target.dump() == shop.database.dump())
    }

    /// The lines that a person copies from the kit.
    static func recoveryKey(in kit: String) throws -> String {
        let lines = kit.split(separator: "\n", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
        let key = lines.drop { !$0.hasPrefix("reprise-") }.prefix { !$0.isEmpty }
        try #require(key.count > 1, "no recovery key in the kit")
        return key.joined(separator: "\n") + "\n"
    }
}

@Suite("A host that only writes", .endToEnd)
struct WriteOnlyTests {
    private static func make() async throws -> (Host, Shop) {
        let shop = try await Shop.make()
        let host = try Host(databaseURL: shop.database.url)
        try await host.run("init", "--write-only", "--kit-to", host.root + "/kit.txt").succeeded().says("cannot open")
        return (host, shop)
    }

    @Test func itBacksUpListsAndChecks() async throws {
        let (host, _) = try await Self.make()
        #expect(try host.mode(of: host.root + "/kit.txt") == 0o600)
        #expect(!host.exists(".reprise/local-kit.txt"))
        try await host.run("backup", "--tag", "nightly").succeeded()
        try await host.run("backup").succeeded()
        #expect(try await host.run("snapshots", "--json").succeeded().json().list.count == 2)
        try await host.run("check", "--read-data", "all").succeeded().says("Nothing is wrong")
        #expect(
            try await host.run("check", "--read-data", "all", "--json").succeeded().json()["chunks_were_opened"].bool == false)
        let status = try await host.run("status", "--json").ended(2).json()
        #expect(status["assets"][0]["rpo"].text == "met")
        #expect(status["assets"][0]["rto"].text == "unknown", "nothing was ever rehearsed")
    }

    @Test func itReadsNothingBack() async throws {
        let (host, _) = try await Self.make()
        try await host.run("backup").succeeded()
        let target = try await Database.empty()
        let refused: [[String]] = [["ls", "latest"], ["restore", "db", "--to", "env:TARGET"], ["drill"]]
        for arguments in refused {
            let outcome = try await host.outcome(of: host.start(arguments, environment: ["TARGET": target.url]), arguments)
            try outcome.ended(77).says("reader", "recovery key")
        }
        #expect(try await target.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'shop'") == "0")
    }

    @Test func theKitOfItReadsEverything() async throws {
        let (host, _) = try await Self.make()
        try await host.run("backup").succeeded()
        let kit = try String(contentsOfFile: host.root + "/kit.txt", encoding: .utf8)
        try host.write(try NewcomerTests.recoveryKey(in: kit), to: host.root + "/recovery-key")
        let key = ["REPRISE_RECOVERY_KEY_FILE": host.root + "/recovery-key"]
        try await host.run("ls", "latest", "tables/shop", environment: key).succeeded().says("tables/shop/orders.copy")
        try await host.run("drill", environment: key).succeeded()
        #expect(try await host.run("status", "--json").succeeded().json()["kept"].bool == true)
    }
}
