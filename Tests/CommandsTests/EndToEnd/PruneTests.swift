import Foundation
import TestServers
import Testing

@Suite("A prune frees space and nothing else", .endToEnd)
struct PruneTests {
    @Test func aSnapshotThatIsLetGoIsGoneAndTheOthersRestore() async throws {
        let (host, shop) = try await Host.withShop()
        try await host.run("backup").succeeded()
        let first = try #require(try await host.snapshots().first?["id"].text)
        try await shop.work()
        try await host.run("backup").succeeded()

        let plan = try await host.run("prune", "--forget", first, "--dry-run", "--json").succeeded().json()
        #expect(plan["dry_run"].bool == true && plan["forget"][0]["snapshot"].text == first)
        #expect(try #require(plan["freed_bytes"].number) > 0)
        #expect(try await host.snapshots().count == 2)

        let done = try await host.run("prune", "--forget", first, "--json").succeeded().json()
        #expect(try #require(done["deleted"]["packs"].number) > 0 && done["left_for_later"].number == 0)
        #expect(try await host.snapshots().compactMap { $0["id"].text }.contains(first) == false)
        #expect(try await host.restored(major: TestServers.newest) == shop.database.dump())
        try await host.vaultIsIntact()
        try await host.run("prune", "--lang", "fr").succeeded().says("Il n’y avait rien à nettoyer")
    }

    @Test func backupsAndPrunesAtOnceAllSucceed() async throws {
        let (host, shop) = try await Host.withShop()
        try await host.run("backup").succeeded()
        let first = try #require(try await host.snapshots().first?["id"].text)
        try await host.run("backup").succeeded()
        let together = try [["backup"], ["prune", "--forget", first], ["check", "--read-data", "all"], ["prune"], ["backup"]].map
        {
            (try host.start($0), $0)
        }
        for (child, arguments) in together { try await host.outcome(of: child, arguments).succeeded() }
        #expect(try await host.snapshots().count == 3)
        #expect(try await host.restored(major: TestServers.newest) == shop.database.dump())
        try await host.run("prune").succeeded()
        try await host.vaultIsIntact()
    }

    @Test func whatRecoveryRestsOnStays() async throws {
        let (host, _) = try await Host.withShop()
        try await host.run("backup").succeeded()
        try await host.run("prune", "--forget", "latest").ended(64).says("stays", "the newest")
        try await host.run("prune", "--unused", "0").ended(64)
        #expect(try await host.snapshots().count == 1)
    }
}
