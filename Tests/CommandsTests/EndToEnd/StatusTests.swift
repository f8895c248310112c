import Foundation
import TestServers
import Testing

@Suite("Status tells what holds and what does not", .endToEnd)
struct StatusTests {
    @Test func nothingIsKeptBeforeTheFirstBackup() async throws {
        let (host, _) = try await Host.withShop()
        let status = try await host.run("status", "--json").ended(2).json()
        #expect(status["kept"].bool == false)
        #expect(status["assets"][0]["newest_snapshot"] == .null)
        try await host.run("status").ended(2).says("nothing could be restored", "Next:", "reprise backup")
    }

    @Test func anExposureBeyondTheObjectiveIsMissed() async throws {
        let (host, _) = try await Host.withShop()
        try host.changePlan("objectives: { rpo: 1s, rto: 1h }")
        try await host.run("backup").succeeded()
        try await host.run("drill").succeeded()
        try await eventually("a second passes") { try await host.run("status").status == 2 }
        let missed = try await host.run("status", "--json").ended(2).json()
        #expect(missed["assets"][0]["rpo"].text == "missed")
        #expect(missed["assets"][0]["rto"].text == "met")
        try await host.run("status").ended(2).says("✗ missed", "Next:", "reprise backup")
    }

    @Test func aFailedDrillIsNoProof() async throws {
        let (host, _) = try await Host.withShop()
        try host.changePlan(
            "checks: [ { name: impossible, sql: \"select count(*) from shop.orders\", expect: \"= 0\" } ]\nobjectives: { rto: 1h }"
        )
        try await host.run("backup").succeeded()
        try await host.run("drill").ended(2).says("FAILED", "impossible")
        let status = try await host.run("status", "--json").ended(2).json()
        #expect(status["assets"][0]["last_drill_outcome"].text == "failed")
        #expect(status["assets"][0]["proven_snapshot"] == .null)
        try await host.run("status").ended(2).says("the last drill failed")
    }

    @Test func aProofIsOfTheSnapshotThatWasRestored() async throws {
        let (host, shop) = try await Host.withShop()
        try await host.run("backup").succeeded()
        try await host.run("drill").succeeded()
        try await shop.work()
        try await host.run("backup").succeeded()
        let status = try await host.run("status", "--json").json()["assets"][0]
        #expect(status["proven_snapshot"] != status["newest_snapshot"])
        #expect(status["proven_snapshot"].text != nil)
        try await host.run("status").says("Next:", "reprise drill")
    }
}
