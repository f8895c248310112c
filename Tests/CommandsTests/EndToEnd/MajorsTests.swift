import Postgres
import TestServers
import Testing

@Suite("Every major goes the whole round", .endToEnd)
struct MajorsTests {
    @Test("Backup, drill and restore, into the same major and into the newest", arguments: TestServers.otherMajors)
    func round(major: Int) async throws {
        let server = try await Sandbox.startOwn(major)
        let shop = try await Shop.make(in: try await Database.empty(on: server), rows: 300)
        let (same, newest) = (try await Database.empty(on: server), try await Database.empty(TestServers.newest))
        let host = try Host(
            databaseURL: shop.database.url,
            environment: TestServers.wideEnvironment.filter { $0.key == "REPRISE_POSTGRES_BIN" }.merging([
                "SAME": same.url, "NEWEST": newest.url,
            ]) { $1 })
        try await host.run("init").succeeded()
        try await host.run("backup").succeeded()
        let evidence = try await host.run("drill", "--json").succeeded().json()["evidence"]
        #expect(evidence["outcome"].text == "passed", "\(evidence)")
        try await host.run("restore", "db", "--to", "env:SAME").succeeded().says("every row as it was recorded")
        #expect(try await same.dump() == shop.database.dump())
        try await host.run("restore", "db", "--to", "env:NEWEST").succeeded().says("every row as it was recorded")
        try await newest.drop()
        await server.stop()
        try await host.leavesNothing()
    }
}
