import Foundation
import Language
import Postgres
import TestServers
import Testing

struct ConnectionLostTests {
    private static let endless = "COPY (SELECT generate_series(1, 1000000000)) TO STDOUT"

    @Test(arguments: Route.allCases)
    func aTerminatedSessionTellsWhatTheServerSaid(route: Route) async throws {
        let database = try await route.freshDatabase()
        let other = try await Connection.open(database)
        for work in Work.allCases {
            let connection = try await Connection.open(database)
            let process = try await connection.rows("SELECT pg_backend_pid()")[0][0]
            let begun = Counter()
            let task = Task { await postgresError { try await work.run(connection, begun) } }
            if work == .copyOut {
                await begun.reach(1)
            } else {
                try await other.waitUntil(
                    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(process ?? "") AND state = 'active')")
            }
            let started = ContinuousClock.now
            _ = try await other.rows("SELECT pg_terminate_backend($1::int)", [process])
            let error = await task.value
            #expect(error?.code == .connectionLost)
            // In the middle of writing rows a server closes the connection without a word.
            if work != .copyOut { #expect(error?.description.contains("administrator") == true) }
            #expect(ContinuousClock.now - started < .seconds(120))
            // And it stays so, at once.
            #expect(await postgresError { _ = try await connection.rows("SELECT 1") }?.code == .connectionLost)
            #expect(await postgresError { _ = try await connection.copyOut(Self.endless) { _ in } }?.code == .connectionLost)
        }
    }

    @Test func aSessionTerminatedWhileIdleIsNoticedByTheNextStatement() async throws {
        let database = try await TestServers.freshDatabase()
        let other = try await Connection.open(database)
        for work in Work.allCases {
            let connection = try await Connection.open(database)
            let process = try await connection.rows("SELECT pg_backend_pid()")[0][0] ?? ""
            _ = try await other.rows("SELECT pg_terminate_backend(\(process))")
            try await other.waitUntil("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(process))")
            #expect(await postgresError { try await work.run(connection, Counter()) }?.code == .connectionLost)
        }
    }

    @Test func aServerThatStopsIsNoticed() async throws {
        let server = try await TestServers.start(TestServers.installation(TestServers.newest))
        let query = try await Connection.open(server.connection())
        let copy = try await Connection.open(server.connection())
        let begun = Counter()
        async let first = postgresError { _ = try await query.rows("SELECT pg_sleep(600)") }
        async let second = postgresError { _ = try await copy.copyOut(Self.endless) { _ in begun.add() } }
        await begun.reach(1)
        await server.stop()
        #expect(await first?.code == .connectionLost)
        #expect(await second?.code == .connectionLost)
        let error = await postgresError { _ = try await Connection.open(server.connection()) }
        #expect(error?.code == .connectionFailed)
    }

    @Test func aCutNetworkIsNoticedInTheMiddleOfACopy() async throws {
        let server = try await TestServers.server()
        let tunnel = try Tunnel(to: server.port)
        let right = TestServers.url(try server.loopback("postgres"))
        let url = right.replacingOccurrences(of: ":\(server.port)/", with: ":\(tunnel.port)/")
        let connection = try await Connection.open(try ConnectionString(url))
        let begun = Counter()
        let task = Task { await postgresError { _ = try await connection.copyOut(Self.endless) { _ in begun.add() } } }
        await begun.reach(1)
        tunnel.cut()
        #expect(await task.value?.code == .connectionLost)
    }

    private enum Work: CaseIterable {
        case query, execute, copyOut

        func run(_ connection: Connection, _ begun: Counter) async throws {
            switch self {
            case .query: _ = try await connection.rows("SELECT pg_sleep(600)")
            case .execute: try await connection.execute("SELECT pg_sleep(600)")
            case .copyOut: _ = try await connection.copyOut(endless) { _ in begun.add() }
            }
        }
    }
}
