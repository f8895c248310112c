import Foundation
import Postgres
import TestServers
import Testing

@Suite("A Supabase project", .endToEnd)
struct SupabaseTests {
    private static let fixtures =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        + "/Fixtures"

    @Test(
        "It is backed up by its own login, drilled on plain PostgreSQL, and brought back into a new project",
        arguments: TestServers.majors)
    func wholeRound(major: Int) async throws {
        // Its roles belong to a whole server.
        let server = try await Sandbox.startOwn(major, settings: ["wal_level": "logical"])
        let (source, target) = (try await Database.empty(on: server), try await Database.empty(on: server))
        try await source.psql("-f", Self.fixtures + "/supabase.sql")
        try await target.psql("-f", Self.fixtures + "/supabase-target.sql")
        let secret = UUID().uuidString
        try await source.execute("ALTER ROLE hosted_postgres LOGIN PASSWORD '\(secret)'")
        func url(_ database: Database) -> String { database.url.replacing(/\/\/[^@]*@/, with: "//hosted_postgres:\(secret)@") }
        // Into the new project a superuser restores: what its own login may do there with rows of cron is another matter.
        let host = try Host(databaseURL: url(source), environment: ["TARGET": target.url])
        try await host.run("init").succeeded()
        try await host.run("backup").succeeded()
        let drill = try await host.run("drill").succeeded()
        drill.says("PASSED")

        try await host.run("restore", "db", "--to", "env:TARGET").succeeded().says("every row as it was recorded")
        for table in ["auth.users", "storage.objects", "storage.buckets"] {
            let rows = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)), count(*) FROM \(table) t"
            let found = try await target.rows(rows)
            #expect(try await source.rows(rows) == found, "\(table)")
            #expect(found[0][1] != "0", "\(table)")
        }
        let triggers = """
            SELECT tgname || ' on ' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal
                AND tgrelid::regclass::text ~ '^(auth|storage)[.]' ORDER BY 1
            """
        #expect(try await source.rows(triggers) == target.rows(triggers))
        #expect(try await !target.rows(triggers).isEmpty)
        let policies =
            "SELECT schemaname || '.' || tablename || ': ' || policyname || coalesce(qual, '') FROM pg_policies ORDER BY 1"
        #expect(try await source.rows(policies) == target.rows(policies))
        #expect(try await target.dump("--schema=public") == source.dump("--schema=public"))
        try await host.vaultIsIntact()
        await server.stop()
    }
}
