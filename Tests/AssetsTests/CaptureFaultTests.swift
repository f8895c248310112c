import Foundation
import Language
import Postgres
import Synchronization
import TestServers
import Testing
import Vault

@testable import Assets

/// What others do to a database while it is backed up: a correct snapshot or a clear error, never a silent hole.
@Suite("A backup of a database that others work on")
struct CaptureFaultTests {
    private func prepare(_ major: Int = TestServers.newest) async throws -> (ConnectionString, TestVault) {
        let source = try await TestServers.freshDatabase(major)
        try await Fixture.run(
            """
            CREATE TABLE public.first (id int PRIMARY KEY, t text);
            INSERT INTO public.first SELECT g, 'row ' || g FROM generate_series(1, 1000) g;
            CREATE TABLE public.second (id int PRIMARY KEY, t text);
            INSERT INTO public.second SELECT g, 'row ' || g FROM generate_series(1, 500) g;
            CREATE TABLE public.third (id int PRIMARY KEY);
            """, on: source)
        return (source, try await TestVault())
    }

    /// Runs a capture during which `statement` is run once by somebody else, just before table `second` is copied.
    private func capture(
        whileRunning statement: String, attempts: Int = 3, every: Bool = false
    ) async throws -> (Result<PostgresManifest, any Error>, TestVault, attempts: Int) {
        let (source, vault) = try await prepare()
        var options = CaptureOptions(lockTimeout: .milliseconds(300), jobs: 1, attempts: attempts)
        let ran = Mutex(0)
        options.hooks.beforeTable = { table in
            guard table.name == "second" else { return }
            let isFirst = ran.withLock { count in
                count += 1
                return count == 1
            }
            if isFirst || every { try await Fixture.run(statement, on: source) }
        }
        do {
            let (_, manifest) = try await PostgresCapture(source, options: options).run(into: { try await vault.start() })
            return (.success(manifest), vault, ran.withLock { $0 })
        } catch {
            return (.failure(error), vault, ran.withLock { $0 })
        }
    }

    @Test("A table truncated meanwhile: the capture starts anew and is right")
    func truncated() async throws {
        let (result, vault, attempts) = try await capture(whileRunning: "TRUNCATE public.second")
        let manifest = try result.get()
        #expect(attempts == 2)
        #expect(manifest.tables.map(\.rows) == [1000, 0, 0])
        #expect(try await vault.vault.snapshots().count == 1)
    }

    @Test(
        "Other changes of a table meanwhile",
        arguments: [
            "ALTER TABLE public.second ALTER COLUMN id TYPE bigint", "ALTER TABLE public.second DROP COLUMN t",
            "ALTER TABLE public.second RENAME COLUMN t TO u", "ALTER TABLE public.second RENAME TO other",
            "DROP TABLE public.second", "DROP TABLE public.second; CREATE TABLE public.second (id int PRIMARY KEY, t text)",
            "ALTER TABLE public.second RENAME TO old; ALTER TABLE public.third RENAME TO second",
            "ALTER TABLE public.second DROP COLUMN t; ALTER TABLE public.second RENAME COLUMN id TO t",
            "VACUUM FULL public.second",
        ])
    func changed(_ statement: String) async throws {
        let (result, _, attempts) = try await capture(whileRunning: statement)
        _ = try result.get()
        // A change that the table being copied does not show may still be found by who reads the definitions.
        #expect(attempts >= 1 && attempts <= 3)
        let unchanged = try await capture(whileRunning: "SELECT 1").0.get()
        #expect(unchanged.tables.count == 3)
    }

    @Test("A table that never rests ends in an error that names it, and nothing is kept")
    func restless() async throws {
        let (result, vault, attempts) = try await capture(whileRunning: "TRUNCATE public.second", attempts: 2, every: true)
        let error = try #require(throws: AssetError.self) { try result.get() }
        #expect(error.code == .changedDuringBackup)
        #expect(error.message.description.contains("public.second was truncated or rewritten"))
        #expect(error.exitStatus == .busy)
        #expect(attempts == 2)
        #expect(try await vault.vault.snapshots().isEmpty)
    }

    @Test("Rows written meanwhile are not in the snapshot, and the writer does not wait")
    func written() async throws {
        let (result, _, attempts) = try await capture(
            whileRunning:
                "SET lock_timeout = '1s'; INSERT INTO public.second SELECT g FROM generate_series(1001, 2000) g; DELETE FROM public.second WHERE id < 100"
        )
        #expect(try result.get().tables[1].rows == 500)
        #expect(attempts == 1)
    }

    @Test("A table locked by somebody else is named, and so is who holds it")
    func locked() async throws {
        let (source, vault) = try await prepare()
        let holder = try await Connection.open(source, applicationName: "migration tool")
        var options = CaptureOptions(lockTimeout: .milliseconds(300), jobs: 1)
        let isLocked = Mutex(false)
        options.hooks.beforeTable = { table in
            let isFirst = isLocked.withLock { was in
                defer { was = true }
                return !was
            }
            guard isFirst else { return }
            try await holder.execute("BEGIN; LOCK TABLE public.third IN ACCESS EXCLUSIVE MODE")
        }
        let error = try await #require(throws: AssetError.self) {
            try await PostgresCapture(source, options: options).run(into: { try await vault.start() })
        }
        await holder.close()
        #expect(error.code == .tableLocked)
        #expect(error.message.description.contains("public.third was locked for longer than 0.3 s, by process"))
        #expect(error.message.description.contains("migration tool"))
        #expect(error.exitStatus == .busy)
        #expect(try await vault.vault.snapshots().isEmpty)
    }

    @Test("Nobody waits for a table that has been read, or has not been reached")
    func unlocked() async throws {
        let (source, vault) = try await prepare()
        var options = CaptureOptions(lockTimeout: .seconds(5), jobs: 1)
        let held = Mutex<[[String?]]>([])
        options.hooks.beforeCopy = { table in
            guard table.name == "second" else { return }
            let rows = try await Fixture.rows(
                """
                SELECT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_stat_activity a ON a.pid = l.pid
                WHERE c.relname IN ('first', 'second', 'third') AND l.granted AND a.application_name = 'reprise' AND a.datname = current_database()
                  AND a.backend_type = 'client backend' AND a.query NOT LIKE '%pg_dump%' ORDER BY 1
                """, on: source)
            held.withLock { $0 += rows }
        }
        _ = try await PostgresCapture(source, options: options).run(into: { try await vault.start() })
        #expect(held.withLock { $0 }.contains([Optional("second")]))
    }

    @Test("A terminated connection is an error, and nothing is kept", arguments: ["keeper", "worker"])
    func terminated(_ which: String) async throws {
        let (source, vault) = try await prepare()
        var options = CaptureOptions(jobs: 1)
        options.hooks.beforeCopy = { table in
            guard table.name == "second" else { return }
            let condition =
                which == "keeper"
                ? "state = 'idle in transaction' AND backend_xmin IS NOT NULL AND query LIKE '%pg_export_snapshot%'"
                : "query LIKE '%bool_and%'"
            let rows = try await Fixture.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'reprise' AND \(condition)",
                on: source)
            #expect(rows.count == 1)
        }
        let error = try await #require(throws: PostgresError.self) {
            try await PostgresCapture(source, options: options).run(into: { try await vault.start() })
        }
        #expect(error.code == .connectionLost, "\(error)")
        #expect(try await vault.vault.snapshots().isEmpty)
    }

    @Test("A server that stops in the middle is an error, and the next backup of it works")
    func stopped() async throws {
        let installation = TestServers.installation(TestServers.newest)
        let server = try await Sandbox.start(installation, under: TestServers.folder)
        let source = server.connection()
        try await Fixture.run(
            "CREATE TABLE public.t (x text); INSERT INTO public.t SELECT repeat('x', 100) FROM generate_series(1, 1000)",
            on: source)
        let vault = try await TestVault()
        var options = CaptureOptions(jobs: 1)
        options.hooks.beforeCopy = { _ in await server.stop() }
        await #expect(throws: (any Error).self) {
            try await PostgresCapture(source, options: options).run(into: { try await vault.start() })
        }
        #expect(try await vault.vault.snapshots().isEmpty)
    }

    @Test("A login that may not read everything is told all of it before anything is read")
    func unreadable() async throws {
        let (source, vault) = try await prepare()
        let role = "reader_\(UUID().uuidString.prefix(8).lowercased())"
        try await Fixture.run(
            """
            CREATE ROLE \(role) LOGIN; GRANT SELECT ON public.first TO \(role);
            CREATE SEQUENCE public.numbers; ALTER TABLE public.first ENABLE ROW LEVEL SECURITY;
            SELECT lo_from_bytea(99, 'x');
            """, on: source)
        let login = source.with(user: role, password: nil)
        let error = try await #require(throws: AssetError.self) {
            try await PostgresCapture(login).run(into: { try await vault.start() })
        }
        #expect(error.code == .unreadable)
        let text = error.message.description
        for part in [
            "public.second", "public.third", "public.numbers", "row-level security hides from it: public.first",
            "large objects 99",
        ] {
            #expect(text.contains(part), "\(text)")
        }
        let survey = try await PrivilegeSurvey.of(login)
        #expect(survey.unreadableTables.map(\.name) == ["second", "third"])
        #expect(survey.tablesWithHiddenRows.map(\.name) == ["first"])
        #expect(survey.problem?.message == error.message)
        #expect(try await PrivilegeSurvey.of(source).problem == nil)
    }
}
