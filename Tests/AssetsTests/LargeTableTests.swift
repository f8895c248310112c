import Postgres
import TestServers
import Testing
import Vault

@testable import Assets

@Suite("A large table is made whole and read back while others are loaded")
struct LargeTableTests {
    private static let definitions = """
        CREATE SCHEMA app;
        CREATE TABLE app.items (id int PRIMARY KEY, what text NOT NULL); CREATE INDEX items_what ON app.items (what);
        CREATE TABLE app.parts (id int PRIMARY KEY, item int REFERENCES app.items, what text);
        INSERT INTO app.items SELECT n, 'item ' || n FROM generate_series(1, 5000) n;
        INSERT INTO app.parts SELECT n, n, 'part ' || n FROM generate_series(1, 5000) n;
        """

    /// What the target does by itself, and what a restore of these tables, taken for large, finds then.
    private func restore(_ major: Int, hook: String = "SELECT") async throws -> (RestoreReport, ConnectionString) {
        let (source, target) = (try await TestServers.freshDatabase(major), try await TestServers.freshDatabase(major))
        try await Fixture.run(Self.definitions, on: source)
        let vault = try await TestVault()
        let (record, _) = try await PostgresCapture(source).run(into: { try await vault.start() })
        try await Fixture.run(hook, on: target)
        var options = RestoreOptions(jobs: 3, comparesRows: true)
        options.largeTableBytes = 0
        let restore = PostgresRestore(try await vault.vault.read(record), into: target, options: options)
        return (try await restore.run(try await restore.plan()), target)
    }

    @Test("With its keys, indexes and statistics", arguments: TestServers.majors)
    func whole(_ major: Int) async throws {
        let (report, target) = try await restore(major)
        #expect(report.comparison?.isEqual == true && report.comparison?.rows == 10_000)
        let made = try await Fixture.rows(
            """
            SELECT (SELECT count(*) FROM pg_index WHERE indrelid IN ('app.items'::regclass, 'app.parts'::regclass) AND indisvalid),
                   (SELECT count(*) FROM pg_constraint WHERE conrelid = 'app.parts'::regclass AND contype = 'f'),
                   (SELECT count(DISTINCT tablename) FROM pg_stats WHERE schemaname = 'app')
            """, on: target)
        #expect(made == [["3", "1", "2"]])
    }

    /// The target changes one row when the key is added: after the load, before the table is read back.
    @Test("A row that is not as it was recorded is found, whoever changed it after it was loaded", arguments: TestServers.majors)
    func changed(_ major: Int) async throws {
        let (report, _) = try await restore(
            major,
            hook: """
                CREATE FUNCTION pg_catalog.meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$
                BEGIN IF to_regclass('app.items_pkey') IS NOT NULL THEN UPDATE app.items SET what = 'other' WHERE id = 4711 AND what <> 'other'; END IF; END $$;
                CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION pg_catalog.meddle();
                """)
        #expect(
            report.comparison?.differences == [
                .init(subject: "app.items", kind: .contents, expectedRows: 5000, foundRows: 5000, found: nil)
            ])
    }
}
