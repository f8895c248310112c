import Foundation
import TestServers
import Testing

@Suite("Keys are added, revoked and locked", .endToEnd)
struct KeyTests {
    /// The recovery key as a file beside the project.
    private static func withRecovery(_ host: Host) throws -> [String: String] {
        try host.write(NewcomerTests.recoveryKey(in: host.read(".reprise/local-kit.txt")), to: "recovery-key")
        return ["REPRISE_RECOVERY_KEY_FILE": "recovery-key"]
    }

    @Test func anotherHostWritesAndAnotherPersonReads() async throws {
        let (host, shop) = try await Host.withShop()
        let recovery = try Self.withRecovery(host)
        try await host.run("backup").succeeded()
        let web = try await host.run(
            "key", "add", "--role", "writer", "--holder", "web2", "--out", "web2.key", "--json", environment: recovery
        ).succeeded().json()
        #expect(web["roles"] == .list([.text("writer")]))
        #expect(try host.mode(of: "web2.key") == 0o600)
        let added = try await host.run(
            "key", "add", "--role", "reader", "--holder", "alice", "--out", "alice.key", environment: recovery
        ).succeeded().says("Key file", "alice", "open to it")
        #expect(!added.output.contains("REPRISE"))
        try await host.run(
            "key", "add", "--role", "reader", "--holder", "alice", "--out", "again.key", environment: recovery
        ).ended(64).says("There is a key of alice already")
        #expect(!host.exists("again.key"))
        try await host.run("key", "add", "--role", "reader", "--holder", "bob", "--out", "alice.key", environment: recovery)
            .ended(73)

        let asWeb = ["REPRISE_KEY_FILE": "web2.key"]
        let asAlice = ["REPRISE_KEY_FILE": "alice.key"]
        try await host.run("backup", environment: asWeb).succeeded()
        try await host.run("ls", "latest", environment: asWeb).ended(77)
        try await host.run("backup", environment: asAlice).ended(77)
        let target = try await Database.empty()
        try await host.run(
            "restore", "db", "--to", "env:RESTORED", environment: asAlice.merging(["RESTORED": target.url]) { $1 }
        ).says("every row as it was recorded")
        #expect(try await target.dump() == shop.database.dump())
        try await host.run("key", "grant", "web2", environment: recovery).ended(64).says("opens nothing")
        try await host.run("key", "grant", "alice", environment: recovery).succeeded().says("open to alice")
        let keys = try await host.run("key", "list", "--json").succeeded().json().list
        #expect(keys.map { $0["holder"].text }.suffix(3) == ["recovery", "web2", "alice"])

        try await host.run("key", "revoke", "web2", environment: recovery).succeeded().says(
            "revoked", "1 snapshot so far still counts")
        try await host.run("backup", environment: asWeb).ended(77).says("was revoked")
        try await host.run("key", "revoke", "web2", environment: recovery).ended(64).says("revoked already")
        #expect(try await host.snapshots().count == 2)
        try await host.vaultIsIntact()
        try await host.run("key", "list").succeeded().says("revoked", "this key", "in force")
    }

    @Test func onlyTheRecoveryKeyAddsKeys() async throws {
        let (host, _) = try await Host.withShop()
        try await host.run("key", "add", "--role", "reader", "--holder", "x", "--out", "x.key").ended(64).says("recovery key")
        #expect(!host.exists("x.key"))
        let recovery = try Self.withRecovery(host)
        try await host.run("key", "revoke", "recovery", environment: recovery).ended(64).says("cannot be revoked")
        try await host.run("key", "revoke", "nobody", environment: recovery).ended(64).says("no key of nobody")
        try await host.run("key", "add", "--role", "owner", "--holder", "x", "--out", "x.key", environment: recovery).ended(64)
    }

    @Test func aKeyIsRotated() async throws {
        let (host, shop) = try await Host.withShop()
        let recovery = try Self.withRecovery(host)
        try await host.run("backup").succeeded()
        let holder = try #require(try await host.run("key", "list", "--json").succeeded().json()[0]["holder"].text)
        try await host.run("key", "rotate", holder, "--out", ".reprise/new.key", environment: recovery).succeeded().says(
            "is revoked")
        try await host.run("backup").ended(77).says("was revoked")
        try FileManager.default.removeItem(atPath: host.path(".reprise/local.key"))
        try FileManager.default.moveItem(atPath: host.path(".reprise/new.key"), toPath: host.path(".reprise/local.key"))
        try await host.run("backup").succeeded()
        try await host.vaultIsIntact()
        for snapshot in try await host.snapshots() {
            #expect(
                try await host.restored(try #require(snapshot["id"].text), major: TestServers.newest) == shop.database.dump())
        }
    }

    @Test func aKeyFileIsLockedAndUnlocked() async throws {
        let (host, _) = try await Host.withShop()
        let plain = try host.read(".reprise/local.key")
        try await host.run("key", "passphrase").ended(77).says("Nobody is there")
        try await host.run("key", "passphrase", environment: ["REPRISE_NEW_PASSPHRASE": "short"]).ended(64).says("at least 8")
        #expect(try host.read(".reprise/local.key") == plain)
        try host.write("drei Worte für Ärger\n", to: "phrase")
        try await host.run("key", "passphrase", environment: ["REPRISE_NEW_PASSPHRASE_FILE": "phrase"]).succeeded().says("locked")
        #expect(try host.mode(of: ".reprise/local.key") == 0o600)
        #expect(host.files(below: ".reprise").count == 4, "no draft is left")

        try await host.run("backup").ended(77).says("nobody is there to type it", "REPRISE_PASSPHRASE_FILE")
        try await host.run("backup", environment: ["REPRISE_PASSPHRASE": "drei Worte fur Arger"]).ended(77).says("does not open")
        try await host.run("backup", environment: ["REPRISE_PASSPHRASE_FILE": "phrase"]).succeeded()
        try await host.run("ls", "latest", environment: ["REPRISE_PASSPHRASE": "drei Worte für Ärger"]).succeeded()
        // From the folder that the command is started in on, as of every variable that names a file.
        try FileManager.default.createDirectory(atPath: host.path("below"), withIntermediateDirectories: false)
        let below = host.path("below")
        try await host.run(
            "ls", "latest", "--plan", "../reprise.yaml", environment: ["REPRISE_PASSPHRASE_FILE": "../phrase"], folder: below
        ).succeeded()
        try await host.run(
            "ls", "latest", "--plan", "../reprise.yaml", environment: ["REPRISE_PASSPHRASE_FILE": "phrase"], folder: below
        ).ended(78).says(below + "/phrase")

        try await host.run("key", "passphrase", "--remove", environment: ["REPRISE_PASSPHRASE_FILE": "phrase"]).succeeded()
        #expect(try host.read(".reprise/local.key") == plain)
        try await host.run("ls", "latest").succeeded()
    }
}

@Suite("A printed kit opens the vault, and proves it", .endToEnd)
struct KitTests {
    @Test func theTypedKeyProvesItselfAndStatusTells() async throws {
        let (host, _) = try await Host.withShop()
        try await host.run("backup").succeeded()
        try await host.run("status").says("never proven")
        let paper = try NewcomerTests.recoveryKey(in: host.read(".reprise/local-kit.txt"))
        // One character was misread.
        var lines = paper.split(separator: "\n").map(String.init)
        lines[2] = (lines[2].first == "7" ? "8" : "7") + lines[2].dropFirst()
        let outcome = try await host.run("kit", "test", "--json", input: lines.joined(separator: "\n")).succeeded()
        #expect(
            try outcome.jsonLines().first?["warning"].text
                == "Group 6 of the recovery key was mistyped; the checksum tells what is meant.")
        #expect((try outcome.json()["bytes_read"].number ?? 0) > 0)
        let status = try await host.run("status", "--json").json()
        #expect(status["vault"]["last_kit_test"].text != nil)
        try await host.run("status").says("the printed key opened the vault")

        lines[3] = (lines[3].first == "7" ? "8" : "7") + lines[3].dropFirst()
        try await host.run("kit", "test", input: lines.joined(separator: "\n")).ended(65).says("mistyped")
        try await host.run("kit", "test", input: "").ended(64).says("standard input")
        // Nothing but what is typed counts.
        try host.write(paper, to: "recovery-key")
        try await host.run("kit", "test", environment: ["REPRISE_RECOVERY_KEY_FILE": "recovery-key"], input: "").ended(64)
    }

    @Test func sharesOpenEverythingInAnyOrder() async throws {
        let shop = try await Shop.make()
        let host = try Host(databaseURL: shop.database.url)
        try await host.run("init", "--shares", "2/3").succeeded()
        try await host.run("backup").succeeded()
        let kit = try host.read(".reprise/local-kit.txt")
        #expect(!kit.contains("reprise-1-"))
        let pages = kit.components(separatedBy: "\u{c}").suffix(3).map { page in
            page.split(separator: "\n").filter { $0.firstMatch(of: /^ +\d+\. [a-z]+/) != nil }.joined(separator: "\n")
        }
        try await host.run("kit", "test", input: pages[2] + "\n\n" + pages[0]).succeeded().says("opens the vault")
        try await host.run("kit", "test", input: pages[1]).ended(64).says("2 shares are needed")
        // On another machine, from the paper alone.
        let target = try await Database.empty()
        let other = try Host(environment: ["TARGET": target.url])
        try FileManager.default.copyItem(atPath: host.path("vault"), toPath: other.path("vault"))
        try other.changePlan("objectives: { rpo: 1d }")
        try await other.run("restore", "db", "--to", "env:TARGET", "--recovery", input: pages[1] + "\n\n" + pages[2]).succeeded()
        #expect(try await target.dump() == shop.database.dump())
        try other.write(pages[0] + "\n\n" + pages[2], to: "shares")
        try await other.run("snapshots", environment: ["REPRISE_RECOVERY_KEY_FILE": "shares"]).succeeded().says("db")
        // And a new kit, whole, from the shares.
        try await host.run("kit", "--out", "whole.txt", "--out", "whole.html", input: pages[0] + "\n\n" + pages[1]).succeeded()
        #expect(try host.mode(of: "whole.html") == 0o600)
        let whole = try NewcomerTests.recoveryKey(in: host.read("whole.txt"))
        try await host.run("kit", "test", input: whole).succeeded()
        try await host.run("kit", "--out", "whole.txt", input: whole).ended(73).says("already")
        try await host.run("kit", "--shares", "1/3", input: whole).ended(64)
        try await host.run("kit", "--shares", "2/17", input: whole).ended(64)
    }

    @Test func aPinHoldsUntilItIsLifted() async throws {
        let (host, _) = try await Host.withShop()
        try await host.run("backup").succeeded()
        try await host.run("pin").succeeded().says("No snapshot is pinned")
        try await host.run("pin", "latest", "--reason", "before the migration").succeeded().says("is pinned")
        let pins = try await host.run("pin", "--json").succeeded().json().list
        #expect(pins.map { $0["reason"].text } == ["before the migration"])
        try await host.run("unpin", "latest").succeeded()
        try await host.run("unpin", "latest").ended(64).says("is not pinned")
    }

    @Test func aPlanWithRulesIsShown() async throws {
        let (host, _) = try await Host.withShop()
        try host.changePlan("keep: supabase-pro")
        let plan = try await host.run("config", "show", "--json").succeeded().json()
        #expect(plan["assets"][0]["keep"]["daily"].number == 7)
        try await host.run("config", "show").succeeded().says("daily: 7")
        try host.changePlan("keep: supabase-pr")
        try await host.run("config", "validate").ended(78).says("supabase-pro", "keep")
    }
}
