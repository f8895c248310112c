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
        let host = try Host(databaseURL: url(source), environment: ["TARGET": url(target)])
        try await host.run("init").succeeded()
        try await host.run("backup").succeeded()
        let drill = try await host.run("drill").succeeded()
        drill.says("PASSED")

        // What its own login may not write there is known beforehand, and named with the function that makes it.
        let advices = [
            "cron.job": "cron.schedule(name, schedule, command)",
            "vault.secrets": "vault.create_secret(secret, name, description)",
        ]
        func leftOut(_ document: JSON) -> [String: String] {
            Dictionary(
                (document["left_out"].list + document["leftOut"].list).map {
                    ($0["subject"].text ?? "?", $0["advice"].text ?? $0["reason"].text ?? "?")
                }
            ) { first, _ in first }
        }
        let plan = try await host.run("restore", "db", "--to", "env:TARGET", "--dry-run", "--json").succeeded().json()
        #expect(leftOut(plan) == advices)
        #expect(try await target.value("SELECT count(*) FROM auth.users") == "0")
        let done = try await host.run("restore", "db", "--to", "env:TARGET", "--json").succeeded().json()
        // Only the platform can disable a trigger on its table; made and enabled it would do harm.
        let found = advices.merging(["trigger \"on email change\" on auth.users": "refused"]) { $1 }
        #expect(leftOut(done) == found, "\(done)")
        #expect(done["compared"].bool == true)
        #expect(done["differences"].list.isEmpty)
        #expect(try await target.value("SELECT count(*) FROM cron.job") == "0")
        try await comparesEqual(source, target)

        // The sign-in service gives out new numbers, not those that are taken.
        let next = "SELECT last_value, is_called FROM auth.refresh_tokens_id_seq"
        #expect(try await source.rows(next) == target.rows(next))

        // Once more, over a project in which people have begun to work.
        try await target.execute(
            """
            DELETE FROM public.invoices; DELETE FROM public.orders; DROP POLICY "Own invoices" ON storage.objects;
            DELETE FROM public.carts; UPDATE auth.users SET email = NULL;
            """)
        try await host.run("restore", "db", "--to", "env:TARGET").ended(73).says("not empty")
        let again = try await host.run(
            "restore", "db", "--to", "env:TARGET", "--overwrite", "--confirm", target.name, "--json")
        #expect(leftOut(try again.succeeded().json()) == found)
        try await comparesEqual(source, target)
        try await host.vaultIsIntact()
        await server.stop()
    }

    private func comparesEqual(_ source: Database, _ target: Database) async throws {
        for table in ["auth.users", "auth.refresh_tokens", "storage.objects", "storage.buckets"] {
            let rows = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)), count(*) FROM \(table) t"
            let found = try await target.rows(rows)
            #expect(try await source.rows(rows) == found, "\(table)")
            #expect(found[0][1] != "0", "\(table)")
        }
        let triggers = """
            SELECT tgname || ' on ' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'
                AND tgrelid::regclass::text ~ '^(auth|storage)[.]' ORDER BY 1
            """
        #expect(try await source.rows(triggers) == target.rows(triggers))
        #expect(try await !target.rows(triggers).isEmpty)
        let policies =
            "SELECT schemaname || '.' || tablename || ': ' || policyname || coalesce(qual, '') FROM pg_policies ORDER BY 1"
        #expect(try await source.rows(policies) == target.rows(policies))
        func own(_ dump: String) -> [Substring] {
            dump.split(separator: "\n").filter { !$0.hasPrefix("ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin ") }.sorted()
        }
        let (expected, present) = (try await own(source.dump("--schema=public")), try await own(target.dump("--schema=public")))
        let difference = present.difference(from: expected)
        #expect(difference.isEmpty, "\(difference)")
    }
}
