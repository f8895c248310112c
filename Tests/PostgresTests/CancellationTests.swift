import Foundation
import Postgres
import SystemPackage
import TestServers
import Testing

struct CancellationTests {
    @Test(arguments: Route.allCases)
    func aCancelledStatementStopsOnTheServer(route: Route) async throws {
        let database = try await route.freshDatabase()
        let connection = try await Connection.open(database)
        let watcher = try await Connection.open(database)
        let process = try await connection.rows("SELECT pg_backend_pid()")[0][0] ?? ""
        let active = "FROM pg_stat_activity WHERE pid = \(process) AND state = 'active'"
        for statement in ["SELECT pg_sleep(600)", "BEGIN; SELECT pg_sleep(600)"] {
            let task = Task { await postgresError { try await connection.execute(statement) } }
            try await watcher.waitUntil("SELECT EXISTS (SELECT \(active))")
            let started = ContinuousClock.now
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            #expect(ContinuousClock.now - started < .seconds(120))
            try await watcher.waitUntil("SELECT NOT EXISTS (SELECT \(active))")
            try await connection.execute("ROLLBACK")
        }
        #expect(try await connection.rows("SELECT 1") == [["1"]])
    }

    @Test(arguments: Route.allCases)
    func aCancelledCopyStopsAndTheNextStatementIsNotHit(route: Route) async throws {
        let connection = try await Connection.open(try await route.freshDatabase())
        for _ in 0..<20 {
            let pieces = Counter()
            let task = Task {
                await postgresError {
                    _ = try await connection.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT") { _ in pieces.add()
                    }
                }
            }
            await pieces.reach(1)
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            #expect(try await connection.rows("SELECT pg_sleep(0.002)") == [[""]])
        }
    }

    @Test func aCancelledTaskBeginsNothing() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        let database = connection.target
        let task = Task {
            // Waits for its own cancellation.
            try? await Task.sleep(for: .seconds(600))
            return [
                await postgresError { try await connection.execute("CREATE TABLE public.t ()") },
                await postgresError { _ = try await connection.copyOut("COPY (SELECT 1) TO STDOUT") { _ in } },
                await postgresError { _ = try await connection.copyIn("COPY public.t FROM STDIN", from: Pieces([])) },
                await postgresError { _ = try await Connection.open(database) },
                await postgresError { _ = try await Program.run("/bin/cat", arguments: []) },
            ].map { $0?.code }
        }
        task.cancel()
        #expect(await task.value == Array(repeating: .cancelled, count: 5))
        #expect(try await connection.rows("SELECT to_regclass('public.t')") == [[nil]])
    }

    @Test func openingAConnectionToASilentServerCanBeCancelled() async throws {
        let silent = try SilentServer()
        let task = Task { await postgresError { _ = try await Connection.open(try ConnectionString(silent.url)) } }
        try await silent.awaitCaller()
        let started = ContinuousClock.now
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        #expect(ContinuousClock.now - started < .seconds(120))
    }

    @Test func aStatementOnASilentServerIsGivenUpWithTheConnection() async throws {
        // A server that is stopped in the middle answers neither the statement nor the request to cancel it.
        let server = try await TestServers.start(TestServers.installation(TestServers.oldest))
        let connection = try await Connection.open(server.connection())
        let process = pid_t(try await connection.rows("SELECT pg_backend_pid()")[0][0] ?? "") ?? 0
        let started = ContinuousClock.now
        kill(process, SIGSTOP)
        defer { kill(process, SIGCONT) }
        let task = Task { await postgresError { _ = try await connection.rows("SELECT 1") } }
        // It is on its way when the connection takes nothing else.
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        #expect(ContinuousClock.now - started < .seconds(120))
        kill(process, SIGCONT)
        await server.stop()
    }
}
