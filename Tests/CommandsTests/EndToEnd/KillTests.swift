import Foundation
import TestServers
import Testing

@Suite("kill -9 at any moment loses nothing", .endToEnd)
struct KillTests {
    /// The same moments in every run: a failure can be looked for again.
    private struct Moments {
        private var state: UInt64
        init(seed: UInt64) { state = seed }

        mutating func next(below limit: Duration) -> Duration {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            mixed ^= mixed >> 31
            return limit * (Double(mixed >> 11) / Double(UInt64(1) << 53))
        }
    }

    private static func kill(_ child: ChildProcess, after moment: Duration) async throws -> Bool {
        try await Task.sleep(for: moment)
        child.send(SIGKILL)
        return await child.end().status == 137
    }

    @Test func thirtyBackups() async throws {
        let (host, shop) = try await Host.withShop(rows: 100)
        let start = ContinuousClock.now
        try await host.run("backup").succeeded()
        var whole = ContinuousClock.now - start
        var moments = Moments(seed: 20_261_122)
        var (killed, listed) = (0, 1)
        for round in 1...30 {
            try await shop.work()
            let backup = try host.start(["backup", "--tag", "round-\(round)"])
            let wasKilled = try await Self.kill(backup, after: moments.next(below: whole * 1.1))
            killed += wasKilled ? 1 : 0
            // The machine may have been busier when the first one ran.
            if !wasKilled { whole = whole * 0.8 }
            try await host.run("check").succeeded()
            let count = try await host.snapshots().count
            #expect(count == listed || count == listed + 1)
            #expect(wasKilled || count == listed + 1, "a backup that ended by itself is listed")
            listed = count
        }
        #expect(killed >= 5, "\(killed) of 30 were killed in time")
        try await host.vaultIsIntact()
        try await eventually("what the killed ones had started ends") { host.processes().isEmpty }
        try await host.run("backup").succeeded()
        #expect(try await host.restored(major: TestServers.newest) == shop.database.dump())
        for snapshot in try await host.snapshots().suffix(4) {
            _ = try await host.restored(try #require(snapshot["id"].text), major: TestServers.newest)
        }
    }

    @Test func twentyRestores() async throws {
        let (host, shop) = try await Host.withShop(rows: 100)
        try await host.run("backup").succeeded()
        let newest = try #require(try await host.snapshots()[0]["id"].text)
        let before = try await shop.database.dump()
        let target = try await Database.empty()
        let arguments = ["restore", "db", "--to", "env:TARGET", "--overwrite", "--confirm", target.name]
        let variables = ["TARGET": target.url]
        let start = ContinuousClock.now
        try await host.outcome(of: host.start(arguments, environment: variables), arguments).succeeded()
        var whole = ContinuousClock.now - start
        var moments = Moments(seed: 50)
        var killed = 0
        for _ in 1...20 {
            let restore = try host.start(arguments, environment: variables)
            // With the safety snapshot a restore over something takes about twice as long as the first.
            let wasKilled = try await Self.kill(restore, after: moments.next(below: whole * 1.8))
            killed += wasKilled ? 1 : 0
            if !wasKilled { whole = whole * 0.8 }
            try await host.run("check").succeeded()
        }
        #expect(killed >= 4, "\(killed) of 20 were killed in time")
        try await eventually("what the killed ones had started ends") { host.processes().isEmpty }
        try await host.outcome(of: host.start(arguments, environment: variables), arguments).succeeded()
        #expect(try await target.dump() == before)
        #expect(try await host.restored(newest, major: TestServers.newest) == before)
        try await host.vaultIsIntact()
    }
}
