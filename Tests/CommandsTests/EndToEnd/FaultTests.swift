import Foundation
import Postgres
import TestServers
import Testing

@Suite("A fault during a backup is told, or the snapshot is right", .endToEnd)
struct FaultTests {
    /// A host with one good snapshot of a shop with a big table, and what the shop was then.
    private struct Bench {
        let host: Host
        let database: Database
        let before: String

        init(_ major: Int = TestServers.newest, on server: Sandbox? = nil, plan: String = "jobs: 1") async throws {
            database = if let server { try await Database.empty(on: server) } else { try await Database.empty(major) }
            _ = try await Shop.withBigTable(database)
            host = try Host(databaseURL: database.url)
            try await host.run("init").succeeded()
            try host.changePlan(plan)
            try await host.run("backup").succeeded()
            before = try await database.dump()
        }

        /// Nothing that was there before has suffered.
        func holds(sourceLocation: SourceLocation = #_sourceLocation) async throws {
            try await host.vaultIsIntact(sourceLocation: sourceLocation)
            let oldest = try #require(try await host.snapshots()[0]["id"].text)
            #expect(
                try await host.restored(oldest, major: TestServers.newest, sourceLocation: sourceLocation) == before,
                sourceLocation: sourceLocation)
        }
    }

    @Test func aConnectionThatIsCutIsTold() async throws {
        let bench = try await Bench()
        let outcome = try await bench.host.backup(of: bench.database) {
            _ = try await bench.database.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_progress_copy WHERE datname = current_database()")
        }
        // Another attempt may work; then it must be a whole snapshot.
        if outcome.status != 0 {
            try outcome.ended(69).says("connection")
            #expect(try await bench.host.snapshots().count == 1)
        }
        try await bench.holds()
        try await bench.host.run("backup").succeeded()
        #expect(try await bench.host.restored(major: TestServers.newest) == bench.before)
    }

    @Test func aServerThatStopsIsTold() async throws {
        let server = try await Sandbox.startOwn()
        let bench = try await Bench(on: server)
        let outcome = try await bench.host.backup(of: bench.database) { kill(server.process, SIGQUIT) }
        try outcome.ended(69)
        #expect(try await bench.host.snapshots().count == 1)
        try await bench.holds()
        try await bench.host.run("backup").ended(69)
        try await bench.holds()
        await server.stop()
    }

    @Test(
        "A table that changes under a backup is whole or told",
        arguments: [
            "DROP TABLE shop.items", "TRUNCATE shop.items", "ALTER TABLE shop.items ADD COLUMN price int DEFAULT 7",
            "ALTER TABLE shop.items ALTER COLUMN line TYPE bigint", "ALTER TABLE shop.items DROP COLUMN title",
            "VACUUM FULL shop.items",
        ])
    func changed(statement: String) async throws {
        let bench = try await Bench()
        let outcome = try await bench.host.backup(of: bench.database) { try await bench.database.execute(statement) }
        let after = try await bench.database.dump()
        let count = try await bench.host.snapshots().count
        if outcome.status == 0 {
            #expect(count == 2)
            let restored = try await bench.host.restored(major: TestServers.newest)
            #expect(restored == bench.before || restored == after, "neither as it was before «\(statement)» nor as it is after")
        } else {
            try outcome.ended(75).says("shop.items")
            #expect(count == 1)
        }
        try await bench.holds()
        try await bench.host.run("backup").succeeded()
        #expect(try await bench.host.restored(major: TestServers.newest) == after)
    }

    @Test(arguments: TestServers.majors) func aLockHeldTooLongIsNamed(major: Int) async throws {
        let shop = try await Shop.make(major)
        let host = try Host(databaseURL: shop.database.url)
        try await host.run("init").succeeded()
        try host.changePlan("lock_timeout: 1s")
        try await host.run("backup").succeeded()
        let before = try await shop.database.dump()
        let holder = try await Connection.open(shop.database.connection, applicationName: "a long migration")
        try await holder.execute("BEGIN; LOCK TABLE shop.orders IN ACCESS EXCLUSIVE MODE")
        try await host.run("backup").ended(75).says("shop.orders")
        let error = try await host.run("backup", "--json").ended(75).json()["error"]
        #expect(error["message"].text?.contains("shop.orders") == true)
        // Nobody queues behind a backup that has given up.
        #expect(try await shop.database.waiting() == 0)
        try await holder.execute("ROLLBACK")
        await holder.close()
        #expect(try await host.snapshots().count == 1)
        try await host.vaultIsIntact()
        try await host.run("backup").succeeded()
        #expect(try await host.restored(major: major) == before)
    }

    @Test func aLockHeldForAMomentIsWaitedFor() async throws {
        let (host, shop) = try await Host.withShop()
        let holder = try await Connection.open(shop.database.connection)
        try await holder.execute("BEGIN; LOCK TABLE shop.orders IN ACCESS EXCLUSIVE MODE")
        let backup = try host.start(["backup"])
        try await eventually("the backup waits") {
            try await shop.database.value(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'shop.orders'::regclass") != "0"
        }
        try await holder.execute("COMMIT")
        await holder.close()
        try await host.outcome(of: backup, ["backup"]).succeeded()
        #expect(try await host.restored(major: TestServers.newest) == shop.database.dump())
    }

    @Test(arguments: [SIGINT, SIGTERM]) func anInterruptedBackupEndsWithItsChildrenAndSessions(signal: Int32) async throws {
        let (host, shop) = try await Host.withShop()
        let holder = try await Connection.open(shop.database.connection)
        try await holder.execute("BEGIN; LOCK TABLE shop.orders IN ACCESS EXCLUSIVE MODE")
        let backup = try host.start(["backup"])
        try await eventually("the backup waits") {
            try await shop.database.value(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'shop.orders'::regclass") != "0"
        }
        backup.send(signal)
        let outcome = await host.outcome(of: backup, ["backup"])
        try outcome.ended(128 + signal).says("Interrupted")
        try await eventually("the server has no session of it") {
            try await shop.database.value(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ) == "1"
        }
        try await holder.execute("COMMIT")
        await holder.close()
        try await host.leavesNothing()
        #expect(try await host.snapshots().isEmpty)
        try await host.vaultIsIntact()
        try await host.run("backup").succeeded()
    }
}
