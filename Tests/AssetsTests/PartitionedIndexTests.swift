import Postgres
import TestServers
import Testing
import Vault

@testable import Assets

@Suite("Indexes of partitions of partitions")
struct PartitionedIndexTests {
    /// A server that is slow to attach them: two attached at once would each miss that the other completes the one above.
    @Test("Are valid after a parallel restore, so that keys can refer to them", arguments: TestServers.majors)
    func valid(_ major: Int) async throws {
        let (source, target) = (try await TestServers.freshDatabase(major), try await TestServers.freshDatabase(major))
        try await Fixture.run(
            """
            CREATE SCHEMA app;
            CREATE TABLE app.whole (a int, b int, PRIMARY KEY (a, b)) PARTITION BY LIST (a);
            CREATE TABLE app.half_1 PARTITION OF app.whole FOR VALUES IN (1) PARTITION BY LIST (b);
            CREATE TABLE app.half_2 PARTITION OF app.whole FOR VALUES IN (2) PARTITION BY LIST (b);
            CREATE TABLE app.leaf_1 PARTITION OF app.half_1 FOR VALUES IN (1); CREATE TABLE app.leaf_2 PARTITION OF app.half_2 FOR VALUES IN (1);
            INSERT INTO app.whole VALUES (1, 1), (2, 1);
            CREATE TABLE app.referring (a int, b int, FOREIGN KEY (a, b) REFERENCES app.whole); INSERT INTO app.referring VALUES (2, 1);
            """, on: source)
        let vault = try await TestVault()
        let (record, _) = try await PostgresCapture(source).run(into: { try await vault.start() })
        try await Fixture.run(
            """
            CREATE FUNCTION pg_catalog.linger() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.5); END';
            CREATE EVENT TRIGGER linger ON ddl_command_end WHEN TAG IN ('ALTER INDEX') EXECUTE FUNCTION pg_catalog.linger();
            """, on: target)

        let restore = PostgresRestore(try await vault.vault.read(record), into: target, options: RestoreOptions(jobs: 4))
        _ = try await restore.run(try await restore.plan())
        let invalid = "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid"
        #expect(try await Fixture.rows(invalid, on: target).isEmpty)
        #expect(
            try await Fixture.rows(
                "SELECT count(*) FROM pg_constraint WHERE conname LIKE 'referring%fkey' AND convalidated", on: target) == [["1"]])
    }
}
