import Foundation
import Postgres
import TestServers
import Testing

@Suite("A drill notices sabotage and leaves nothing behind", .endToEnd)
struct DrillTests {
    @Test func aQuestionOfThePlanThatIsAnsweredWronglyFailsIt() async throws {
        let (host, _) = try await Host.withShop()
        try host.changePlan(
            """
            checks:
              - { name: some-orders, sql: "select count(*) from shop.orders", expect: "= 1200" }
              - { name: no-orders, sql: "select count(*) from shop.orders", expect: "= 0" }
              - { name: nonsense, sql: "select nonsense", expect: "> 0" }
            """)
        try await host.run("backup").succeeded()
        let evidence = try await host.run("drill", "--json").ended(2).json()["evidence"]
        #expect(evidence["outcome"].text == "failed")
        func check(_ name: String) -> JSON { evidence["checks"].list.first { $0["name"].text == name } ?? .null }
        #expect(check("rows")["outcome"].text == "passed")
        #expect(check("some-orders")["outcome"].text == "passed")
        #expect(check("no-orders")["outcome"].text == "failed")
        #expect(check("no-orders")["found"].text == "1200")
        #expect(check("nonsense")["found"].text?.contains("nonsense") == true)
        try await host.run("drill").ended(2).says("✗ no-orders", "FAILED")
    }

    @Test func anObjectiveThatRecoveryMissesIsToldThoughEverythingHolds() async throws {
        let (host, _) = try await Host.withShop()
        try host.changePlan("objectives: { rto: 1s }")
        try await host.run("backup").succeeded()
        // No server starts and takes a restore within a tenth of that; with two it may.
        let drill = try await host.run("drill", "--json")
        let seconds = try drill.json()["evidence"]["phases"].list.compactMap { $0["seconds"].number }.reduce(0, +)
        let status = try await host.run("status", "--json").json()["assets"][0]
        #expect(status["rto"].text == ((status["recovery_seconds"].number ?? 0) > 1 ? "missed" : "met"))
        #expect((status["rto"].text == "missed") == (drill.status == 2), "\(seconds) s")
    }

    @Test func everyPackThatIsDamagedFailsIt() async throws {
        let (host, _) = try await Host.withShop()
        try await host.run("backup").succeeded()
        // The kind of a pack stands at byte 24; what only keepers read (3) is no part of a recovery. A small pack of data (1) may
        // hold nothing but what only people read, and chunks of that lie in others too: damaged is most of a pack, wherever rows
        // lie in it.
        let packs = try host.files(below: "vault/packs").filter {
            let kind = try Data(contentsOf: URL(fileURLWithPath: $0))[24]
            return kind != 3 && Host.size(of: $0) > (kind == 1 ? 16_384 : 4096)
        }
        #expect(!packs.isEmpty)
        for pack in packs {
            let size = Host.size(of: pack)
            let whole = try Data(contentsOf: URL(fileURLWithPath: pack))
            for offset in stride(from: size / 8, to: size * 7 / 8, by: 64) { try Host.flip(pack, at: offset) }
            let drill = try await host.run("drill", "--json")
            #expect([2, 65].contains(drill.status), "\(drill)")
            let result = try drill.json()
            if drill.status == 2 {
                #expect(result["evidence"]["outcome"].text == "failed")
                let failed = result["evidence"]["checks"].list.filter { $0["outcome"].text == "failed" }
                #expect(failed.contains { $0["found"].text?.contains("damaged") == true }, "\(drill)")
            } else {
                #expect(result["error"]["message"].text?.contains("damaged") == true, "\(drill)")
            }
            try whole.write(to: URL(fileURLWithPath: pack))
        }
        try await host.run("drill").succeeded().says("PASSED")
        try await host.leavesNothing()
    }

    @Test func aKilledDrillIsClearedAwayByTheNext() async throws {
        let (host, _) = try await Host.withShop()
        try await host.run("backup").succeeded()
        let drill = try host.start(["drill"])
        try await eventually("a sandbox runs") {
            Machine.processes(naming: host.root).contains { $0.arguments.contains("postgres") && $0.arguments.contains("-D") }
        }
        drill.send(SIGKILL)
        #expect(await drill.end().status == 137)
        let left = host.sandboxes
        #expect(!left.isEmpty, "killed too late to leave anything")
        try await host.run("drill").succeeded().says("PASSED")
        #expect(host.sandboxes == [])
        try await host.leavesNothing()
    }

    @Test func anInterruptedDrillClearsItselfAway() async throws {
        let (host, _) = try await Host.withShop()
        try await host.run("backup").succeeded()
        let drill = try host.start(["drill"])
        try await eventually("a sandbox runs") {
            !host.sandboxes.isEmpty && Machine.processes(naming: host.root).contains { $0.arguments.contains("-D") }
        }
        drill.send(SIGINT)
        let end = await drill.end()
        #expect(end.status == 130, "\(end)")
        try await host.leavesNothing()
    }

    @Test func onANamedServerOnlyItsOwnDatabasesComeAndGo() async throws {
        let (host, shop) = try await Host.withShop()
        let server = shop.database
        try host.changePlan("objectives: { rpo: 1d }", sandbox: "env:SANDBOX")
        let sandbox = ["SANDBOX": server.url]
        try await host.run("backup").succeeded()
        let others = "SELECT datname FROM pg_database WHERE datname LIKE 'reprise_sandbox_%'"

        let before = Set(try await server.rows(others).compactMap { $0[0] })
        let drill = try host.start(["drill"], environment: sandbox)
        var made: Set<String> = []
        try await eventually("a database is made for the drill") {
            made = Set(try await server.rows(others).compactMap { $0[0] }).subtracting(before)
            return !made.isEmpty
        }
        drill.send(SIGKILL)
        _ = await drill.end()
        try await host.run("drill", environment: sandbox).succeeded().says("PASSED")
        let after = Set(try await server.rows(others).compactMap { $0[0] })
        #expect(after.isDisjoint(with: made), "what the killed drill left is gone")
        #expect(try await server.value("SELECT count(*) FROM shop.orders") == "1200")
        try await host.leavesNothing()
    }
}
