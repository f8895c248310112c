import Foundation
import Language
import Postgres
import Synchronization
import TestServers
import Testing
import Vault

@testable import Assets

@Suite("A network that falls silent")
struct SilentNetworkTests {
    private static let heartbeat = Heartbeat(interval: .milliseconds(300), patience: .seconds(2))

    private func prepare() async throws -> (near: ConnectionString, far: ConnectionString, SilentNetwork) {
        let server = try await TestServers.server()
        let database = try await TestServers.freshDatabase()
        try await Fixture.run(
            """
            CREATE TABLE public.long (id int, text text);
            INSERT INTO public.long SELECT i, repeat(md5(i::text), 30) FROM generate_series(1, 60000) i;
            """, on: database)
        let network = try SilentNetwork(to: server.port)
        let name = try #require(database.database)
        let loopback = try #require(server.loopbackConnection(database: name))
        let url = TestServers.url(loopback).replacingOccurrences(of: ":\(server.port)/", with: ":\(network.port)/")
        return (database, try ConnectionString(url + "?sslmode=disable"), network)
    }

    /// Runs `body`, which must end with an error of a lost connection within the time that is stated.
    private func ends(_ body: () async throws -> Void) async throws {
        let start = ContinuousClock.now
        do {
            try await body()
            Issue.record("it ended well")
        } catch let error as PostgresError {
            #expect(error.code == .connectionLost, "\(error)")
            #expect(error.description.contains("has not answered for 2 seconds"), "\(error)")
        }
        // The question's patience, then at most twice what a connection is given to end; far more on a machine that is busy.
        #expect(ContinuousClock.now - start < .seconds(120))
    }

    @Test("In the middle of a backup it ends the backup, in time and with a reason")
    func backup() async throws {
        let (_, far, network) = try await prepare()
        defer { network.end() }
        let vault = try await TestVault()
        var options = CaptureOptions(jobs: 1)
        options.heartbeat = Self.heartbeat
        options.hooks.beforeCopy = { _ in network.fallSilent() }
        try await ends { [options] in
            _ = try await PostgresCapture(far, options: options).run(into: { try await vault.start() })
        }
        #expect(try await vault.vault.snapshots().isEmpty)
    }

    @Test("In the middle of a restore it ends the restore")
    func restore() async throws {
        let (near, _, network) = try await prepare()
        defer { network.end() }
        let vault = try await TestVault()
        let (record, _) = try await PostgresCapture(near).run(into: { try await vault.start() })
        let server = try await TestServers.server()
        let empty = try #require(try await TestServers.freshDatabase().database)
        let loopback = try #require(server.loopbackConnection(database: empty))
        let url = TestServers.url(loopback).replacingOccurrences(of: ":\(server.port)/", with: ":\(network.port)/")
        var options = RestoreOptions(jobs: 1)
        options.heartbeat = Self.heartbeat
        let restore = PostgresRestore(
            try await vault.vault.read(record), into: try ConnectionString(url + "?sslmode=disable"), options: options)
        let plan = try await restore.plan()
        try await ends {
            _ = try await restore.run(plan) { if $0.phase == .rows, $0.bytes > 0 { network.fallSilent() } }
        }
    }

    @Test("A silent network shows within two minutes")
    func statedTime() {
        let usual = Heartbeat()
        // Each of a connection's statement and the connection itself is given five seconds to end, twice.
        #expect(usual.interval + usual.patience + .seconds(20) <= .seconds(120))
    }
}
