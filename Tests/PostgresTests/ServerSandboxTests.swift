import Foundation
import Postgres
import TestServers
import Testing

struct ServerSandboxTests {
    private func names(_ server: ConnectionString) async throws -> Set<String> {
        let connection = try await Connection.open(server)
        let rows = try await connection.rows("SELECT datname FROM pg_database WHERE datname LIKE 'reprise\\_sandbox\\_%'")
        return Set(rows.compactMap { $0[0] })
    }

    /// A server of one's own: what other tests make and drop on the shared ones would be in the way.
    private func withServer(_ major: Int, _ body: (Sandbox) async throws -> Void) async throws {
        let server = try await TestServers.start(TestServers.installation(major))
        try await body(server)
        await server.stop()
    }

    @Test(arguments: TestServers.majors)
    func databasesAreMadeAndDropped(major: Int) async throws {
        try await withServer(major) { server in
            let host = try await ServerSandbox.open(on: server.connection())
            #expect(host.serverVersion.major == major)
            let first = try await host.createDatabase()
            let second = try await host.createDatabase(options: "TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
            #expect(first != second)
            try await Connection.open(first).execute("CREATE TABLE public.t ()")
            #expect(try await Connection.open(second).dataEncoding == "LATIN1")
            // A sweep by anybody else, who came in by another database, leaves them alone.
            try await ServerSandbox.sweep(on: server.connection(database: "template1"))
            #expect(try await names(server.connection()) == [first.database, second.database])
            // Somebody who is still connected does not keep a database.
            let straggler = try await Connection.open(first)
            await host.stop()
            #expect(try await names(server.connection()).isEmpty)
            #expect(await postgresError { _ = try await straggler.rows("SELECT 1") }?.code == .connectionLost)
        }
    }

    @Test func whatADeadOwnerLeavesIsDroppedByTheNext() async throws {
        try await withServer(TestServers.newest) { server in
            let url = TestServers.url(server.connection())
            let other = try await ServerSandbox.open(on: server.connection(database: "template1"))
            let kept = try await other.createDatabase()
            await #expect(processExitsWith: .signal(SIGKILL)) { [url = url as String] in
                let host = try await ServerSandbox.open(on: try ConnectionString(url))
                let database = try await host.createDatabase()
                let connection = try await Connection.open(database)
                // A subscription keeps a database from being dropped.
                try await connection.execute(
                    """
                    CREATE SUBSCRIPTION "the sub" CONNECTION 'host=/nowhere dbname=none' PUBLICATION p
                    WITH (connect = false, slot_name = 'somebodys', enabled = false, create_slot = false)
                    """)
                _ = try await host.createDatabase()
                kill(getpid(), SIGKILL)
            }
            try await Connection.open(server.connection()).execute("CREATE DATABASE reprise_sandbox_of_mine TEMPLATE template0")
            #expect(try await names(server.connection()).count == 4)
            let watcher = try await Connection.open(server.connection())
            try await watcher.waitUntil(
                "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'reprise sandbox'")
            let next = try await ServerSandbox.open(on: server.connection())
            #expect(try await names(server.connection()) == [kept.database, "reprise_sandbox_of_mine"])
            await next.stop()
            await other.stop()
            #expect(try await names(server.connection()) == ["reprise_sandbox_of_mine"])
        }
    }

    @Test func aCancelledTaskStillDropsWhatItMade() async throws {
        try await withServer(TestServers.newest) { server in
            let host = try await ServerSandbox.open(on: server.connection())
            _ = try await host.createDatabase()
            let task = Task {
                try? await Task.sleep(for: .seconds(600))
                await host.stop()
            }
            task.cancel()
            await task.value
            #expect(try await names(server.connection()).isEmpty)
        }
    }

    @Test func databasesOfOthersAreNotTouched() async throws {
        try await withServer(TestServers.oldest) { server in
            let admin = try await Connection.open(server.connection())
            try await admin.execute("CREATE ROLE guest LOGIN CREATEDB PASSWORD 'guest'")
            try await admin.execute("CREATE DATABASE reprise_sandbox_0123456789abcdef")
            let guest = try server.loopback("postgres").with(user: "guest", password: "guest")
            let host = try await ServerSandbox.open(on: guest)
            let made = try await host.createDatabase()
            #expect(try await Connection.open(made).rows("SELECT current_user") == [["guest"]])
            await host.stop()
            #expect(try await names(server.connection()) == ["reprise_sandbox_0123456789abcdef"])
        }
    }

    @Test func aDatabaseThatCannotBeMadeIsTold() async throws {
        let host = try await ServerSandbox.open(on: try await TestServers.server().connection())
        #expect(
            await postgresError { _ = try await host.createDatabase(options: "TEMPLATE no_such_template") }?.code == .sqlError)
        await host.stop()
    }

    @Test func bothKindsOfHostsDoTheSame() async throws {
        let server = try await TestServers.server()
        let hosts: [any DatabaseHost] = [server, try await ServerSandbox.open(on: server.connection())]
        for host in hosts {
            let database = try await host.createDatabase()
            let connection = try await Connection.open(database)
            #expect(
                try await connection.rows("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == [["0"]])
            #expect(host.connection(database: "postgres").database == "postgres")
        }
        await hosts[1].stop()
    }
}
