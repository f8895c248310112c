import Foundation
import Postgres
import TestServers
import Testing

@Suite("An old dump becomes a snapshot", .endToEnd)
struct ImportTests {
    /// A host with a plan and a vault, and a shop whose owner is a role of its own.
    private struct Bench {
        let host: Host
        let shop: Shop
        let target: Database
        let role: String

        init(_ major: Int = TestServers.newest) async throws {
            shop = try await Shop.make(major)
            role = "import \(UUID().uuidString.prefix(8))"
            try await shop.database.execute(
                """
                CREATE ROLE "\(role)"; GRANT USAGE ON SCHEMA shop TO "\(role)"; GRANT SELECT ON shop.orders TO "\(role)";
                ALTER TABLE shop.items OWNER TO "\(role)";
                """)
            target = try await Database.empty(major)
            host = try Host(databaseURL: shop.database.url, environment: ["TARGET": target.url])
            try await host.run("init").succeeded()
        }

        func dump(_ arguments: String...) async throws {
            let program = TestServers.installation(shop.database.major).program("pg_dump")
            let environment = host.environment.merging(shop.database.environment) { $1 }
            let end = try await ChildProcess(
                "\(program)", arguments + ["-d", shop.database.name], environment: environment, workingFolder: host.project
            ).end()
            #expect(end.status == 0, "\(end)")
        }

        func shell(_ command: String) async throws {
            let end = try await ChildProcess(
                "/bin/sh", ["-c", command], environment: host.environment, workingFolder: host.project
            ).end()
            #expect(end.status == 0, "\(end)")
        }

        /// The newest snapshot, restored, is the shop.
        func comesBack() async throws {
            try await host.run("restore", "db", "--to", "env:TARGET").succeeded()
            #expect(try await target.dump() == shop.database.dump())
        }
    }

    @Test("Every form of pg_dump", arguments: ["plain", "custom", "tar", "directory", "gzip"], TestServers.majors)
    func everyForm(_ form: String, _ major: Int) async throws {
        let bench = try await Bench(major)
        try await bench.dump("--format", form == "gzip" ? "plain" : form, "--file", "old")
        if form == "gzip" { try await bench.shell("gzip old && mv old.gz old") }
        let made = try await bench.host.run("import", "old", "--asset", "db", "--json").succeeded().json()
        #expect(made["refused"] == .list([]))
        try await bench.host.run("drill").succeeded()
        try await bench.comesBack()
        try await bench.host.leavesNothing()
    }

    @Test func aScriptThatFirstDropsIsTaken() async throws {
        let bench = try await Bench()
        try await bench.dump("--clean", "--file", "old.sql")
        try await bench.host.run("import", "old.sql").succeeded()
        try await bench.comesBack()
    }

    @Test func anOlderDumpIsNotTheNewestPoint() async throws {
        let bench = try await Bench()
        try await bench.dump("--file", "old.sql")
        try await bench.host.run("backup").succeeded()
        try await bench.host.run("import", "old.sql", "--at", "2020-02-29T12:00:00Z").succeeded().says("2020-02-29")
        let snapshots = try await bench.host.run("snapshots", "--json").succeeded().json().list
        let backup = try #require(snapshots.first { $0["tags"].list.isEmpty }?["id"].text)
        #expect(try await bench.host.run("restore", "--to", "env:TARGET", "--json").succeeded().json()["snapshot"].text == backup)
        try await bench.host.run("import", "old.sql", "--at", "yesterday").ended(64).says("yesterday", "2025-03-01T02:00:00Z")
    }

    @Test func whatTheServerRefusesIsToldBeforeItCounts() async throws {
        let bench = try await Bench()
        try await bench.dump("--file", "old.sql")
        try await bench.shell("printf 'CREATE EXTENSION no_such_thing;\\n' >>old.sql")
        try await bench.host.run("import", "old.sql").ended(1).says("no_such_thing", "--keep-going")
        #expect(try await bench.host.run("snapshots", "--json").succeeded().json() == .list([]))
        try await bench.host.run("import", "old.sql", "--keep-going").ended(1).says("no_such_thing")
        try await bench.comesBack()
    }

    @Test func whatIsNoDumpIsRefused() async throws {
        let bench = try await Bench()
        try await bench.host.run("import", "nothing").ended(64).says("nothing")
        try bench.host.write("\u{0}\u{1}", to: "noise")
        try await bench.host.run("import", "noise").ended(65).says("noise", "pg_dump")
        try await bench.dump("--format", "custom", "--file", "cut")
        try await bench.shell("head -c 20000 cut >short; gzip -c short | head -c 5000 >short.gz; mkdir folder")
        try await bench.host.run("import", "short").ended(65).says("short", "cut short")
        try await bench.host.run("import", "short.gz").ended(65).says("short.gz")
        try await bench.host.run("import", "folder").ended(65).says("toc.dat")
        try await bench.host.leavesNothing()
    }
}
