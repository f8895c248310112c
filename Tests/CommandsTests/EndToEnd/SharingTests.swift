import Foundation
import TestServers
import Testing

@Suite("A vault is shared, and everything beside it can be lost", .endToEnd)
struct SharingTests {
    @Test func backupsAtOnceAllCount() async throws {
        let (host, shop) = try await Host.withShop()
        let backups = try (1...3).map { try host.start(["backup", "--tag", "at-once-\($0)"]) }
        for backup in backups { try await host.outcome(of: backup, ["backup"]).succeeded() }
        let snapshots = try await host.snapshots()
        #expect(snapshots.count == 3)
        try await host.vaultIsIntact()
        let dump = try await shop.database.dump()
        for snapshot in snapshots {
            #expect(try await host.restored(try #require(snapshot["id"].text), major: TestServers.newest) == dump)
        }
    }

    @Test func readersAndABackupDoNotDisturbEachOther() async throws {
        let (host, shop) = try await Host.withShop()
        try await host.run("backup").succeeded()
        try await shop.work()
        let together = try [["backup"], ["check", "--read-data", "all"], ["snapshots"], ["status"], ["ls", "latest"]].map {
            (try host.start($0), $0)
        }
        for (child, arguments) in together {
            let outcome = await host.outcome(of: child, arguments)
            #expect(outcome.status == 0 || (arguments == ["status"] && outcome.status == 2), "\(outcome)")
        }
        try await host.vaultIsIntact()
    }

    @Test func theCacheMayBeLostOrDamaged() async throws {
        let (host, shop) = try await Host.withShop()
        let cache = host.root + "/home/cache"
        try await host.run("backup").succeeded()
        #expect(!host.files(below: cache).isEmpty)
        for file in host.files(below: cache) where Host.size(of: file) > 0 { try Host.flip(file, at: Host.size(of: file) / 2) }
        try await shop.work()
        try await host.run("backup").succeeded()
        #expect(try await host.restored(major: TestServers.newest) == shop.database.dump())
        for file in host.files(below: cache) { try Data().write(to: URL(fileURLWithPath: file)) }
        try await host.run("backup").succeeded()
        try FileManager.default.removeItem(atPath: cache)
        try await host.run("backup").succeeded()
        #expect(try await host.restored(major: TestServers.newest) == shop.database.dump())
        try await host.vaultIsIntact()
        try FileManager.default.removeItem(atPath: cache)
        try host.write("", to: cache)
        try await host.run("backup").ended(73).says(cache, "REPRISE_CACHE")
    }

    @Test func aVaultMayBeMoved() async throws {
        let (host, shop) = try await Host.withShop()
        try await host.run("backup").succeeded()
        try FileManager.default.moveItem(atPath: host.path("vault"), toPath: host.root + "/elsewhere")
        try host.changePlan("objectives: { rpo: 1d }")
        try host.write(
            host.read("reprise.yaml").replacing("./vault", with: host.root + "/elsewhere"), to: "reprise.yaml", mode: 0o644)
        try await host.run("backup").succeeded()
        #expect(try await host.snapshots().count == 2)
        #expect(try await host.restored(major: TestServers.newest) == shop.database.dump())
    }

    @Test func aFolderBelowThePlanIsAsGoodAsItsOwn() async throws {
        let (host, _) = try await Host.withShop()
        try FileManager.default.createDirectory(atPath: host.path("a/b"), withIntermediateDirectories: true)
        try await host.run("backup", folder: host.path("a/b")).succeeded()
        #expect(!host.exists("a/b/vault"))
        #expect(try await host.snapshots().count == 1)
        try await host.run("snapshots", "--plan", host.path("reprise.yaml"), folder: "/").succeeded().says("db")
    }
}
