import Foundation
import Postgres
import TestServers
import Testing

@Suite("A drill of everything raises no false alarm", .endToEnd)
struct DrillFixtureTests {
    private static let fixtures =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        + "/Fixtures"

    @Test(arguments: ["everything.sql", "supabase.sql"], TestServers.majors)
    func onItsOwnMajor(file: String, major: Int) async throws {
        let server = try await Sandbox.startOwn(major)
        let database = try await Database.empty(on: server)
        try await database.psql("-v", "unpromised=1", "-f", Self.fixtures + "/" + file)
        let host = try Host(databaseURL: database.url)
        try await host.run("init").succeeded()
        try await host.run("backup").succeeded()
        let evidence = try await host.run("drill", "--json").succeeded().json()["evidence"]
        try expectStructure(evidence)
        await server.stop()
    }

    @Test(arguments: ["everything.sql", "supabase.sql"])
    func onANewerMajor(file: String) async throws {
        let (server, newer) = (try await Sandbox.startOwn(TestServers.oldest), try await Sandbox.startOwn(TestServers.newest))
        let database = try await Database.empty(on: server)
        try await database.psql("-v", "unpromised=1", "-v", "portable=1", "-f", Self.fixtures + "/" + file)
        let host = try Host(databaseURL: database.url, environment: ["SANDBOX": try newer.url("postgres")])
        try await host.run("init").succeeded()
        try host.changePlan("objectives: { rpo: 1d }", sandbox: "env:SANDBOX")
        try await host.run("backup").succeeded()
        let drill = try await host.run("drill", "--json").succeeded()
        let evidence = try drill.json()["evidence"]
        try expectStructure(evidence)
        // What the newer server lacks is said to be unproven, and fails nothing.
        let used = try await database.rows("SELECT 1 FROM pg_extension WHERE extname = 'pgcrypto'")
        let offered = try await Database.empty(on: newer).rows("SELECT 1 FROM pg_available_extensions WHERE name = 'pgcrypto'")
        if !used.isEmpty, offered.isEmpty {
            #expect(evidence["unproven"].list.contains { $0.text?.contains("pgcrypto") == true }, "\(evidence["unproven"])")
        }
        await server.stop()
        await newer.stop()
    }

    private func expectStructure(_ evidence: JSON) throws {
        let failed = evidence["checks"].list.filter { $0["outcome"].text == "failed" }
        #expect(failed.isEmpty, "\(failed)")
        let structure = try #require(evidence["checks"].list.first { $0["name"].text == "structure" })
        #expect(structure["outcome"].text == "passed")
    }
}
