import Foundation
import Postgres
import TestServers
import Testing

@Suite("What is exported loads without Reprise", .endToEnd)
struct ExportTests {
    private static func program(_ name: String, _ arguments: [String], into target: Database, of host: Host) async throws
        -> ChildProcess.End
    {
        let environment = host.environment.merging(["PGDATABASE": target.name]) { $1 }.merging(target.environment) { $1 }
        let program = TestServers.installation(target.major).program(name)
        return try await ChildProcess("\(program)", arguments, environment: environment, workingFolder: host.project).end()
    }

    @Test(arguments: TestServers.majors) func anSQLScriptLoadsWithPsql(major: Int) async throws {
        let (host, shop) = try await Host.withShop(major)
        try await host.run("backup").succeeded()
        try await host.run("export", "db", "--format", "sql", "--to", "shop.sql").succeeded().says("shop.sql", "psql")
        #expect(try host.mode(of: "shop.sql") & 0o077 == 0, "it is not encrypted")
        let target = try await Database.empty(major)
        let loaded = try await Self.program(
            "psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", target.name, "-f", "shop.sql"], into: target, of: host)
        #expect(loaded.status == 0, "\(loaded)")
        #expect(try await target.dump() == shop.database.dump())
    }

    @Test(arguments: ["directory", "custom"]) func anArchiveLoadsWithPgRestore(format: String) async throws {
        let (host, shop) = try await Host.withShop()
        try await host.run("backup").succeeded()
        let made = try await host.run("export", "db", "--format", format, "--to", "shop.out", "--json").succeeded().json()
        #expect(made["format"].text == format && made["path"].text == host.path("shop.out"))
        #expect(try host.mode(of: "shop.out") & 0o077 == 0, "it is not encrypted")
        let target = try await Database.empty()
        let loaded = try await Self.program("pg_restore", ["-d", target.name, "shop.out"], into: target, of: host)
        #expect(loaded.status == 0, "\(loaded)")
        #expect(try await target.dump() == shop.database.dump())
        try await host.leavesNothing()
    }

    @Test func nothingIsOverwrittenOrHalfWritten() async throws {
        let (host, _) = try await Host.withShop()
        try await host.run("backup").succeeded()
        try host.write("precious", to: "there")
        for format in ["sql", "directory", "custom"] {
            try await host.run("export", "db", "--format", format, "--to", "there").ended(73).says("already")
        }
        #expect(try host.read("there") == "precious")
        try await host.run("export", "db", "--format", "sql", "--to", "no/such/folder.sql").ended(73)
        try await host.run("export", "db", "--format", "parquet", "--to", "x").ended(64).says("parquet")
        try await host.run("export", "nosuch", "--to", "x").ended(64).says("It has: db.")
        let pack = try #require(host.files(below: "vault/packs").max { Host.size(of: $0) < Host.size(of: $1) })
        try Host.flip(pack, at: Host.size(of: pack) / 2)
        try await host.run("export", "db", "--format", "sql", "--to", "damaged.sql").ended(65)
        #expect(!host.exists("damaged.sql"), "half a script would load half a database")
    }
}
