import Foundation
import Postgres
import TestServers
import Testing
import Vault

@testable import Assets

/// Who may do what, on a server that does not know everybody, or that gives rights by itself.
@Suite("Rights on the restored copy")
struct RightsTests {
    private func snapshot(_ script: String, on server: Sandbox) async throws -> (SnapshotRecord, TestVault, ConnectionString) {
        let source = try await server.createDatabase(options: "TEMPLATE template0")
        try await Fixture.run(script, on: source)
        let vault = try await TestVault()
        return (try await PostgresCapture(source).run(into: { try await vault.start() }).0, vault, source)
    }

    @Test("A role that somebody makes after the look at the server is taken as it is", arguments: TestServers.majors)
    func madeMeanwhile(_ major: Int) async throws {
        let own = try await TestServers.start(TestServers.installation(major))
        let (record, vault, _) = try await snapshot(
            "CREATE ROLE late CREATEDB; CREATE TABLE public.t (id int); ALTER TABLE public.t OWNER TO late", on: own)
        let other = try await TestServers.start(TestServers.installation(major))
        let target = try await other.createDatabase(options: "TEMPLATE template0")
        let restore = PostgresRestore(try await vault.vault.read(record), into: target)
        let plan = try await restore.plan()
        #expect(plan.roles.contains { $0.name == "late" && $0.action == .create })
        try await Fixture.run("CREATE ROLE late", on: target)
        _ = try await restore.run(plan)
        #expect(
            try await Fixture.rows(
                "SELECT tableowner, rolcreatedb FROM pg_tables JOIN pg_roles ON rolname = tableowner WHERE tablename = 't'",
                on: target) == [["late", "f"]])
        await other.stop()
        await own.stop()
    }

    @Test("One missing role loses its own rights and nobody else's", arguments: TestServers.majors)
    func missingRole(_ major: Int) async throws {
        let own = try await TestServers.start(TestServers.installation(major))
        let (record, vault, _) = try await snapshot(
            """
            CREATE ROLE stays; CREATE ROLE "goes; away"; CREATE ROLE owner_gone;
            CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO stays, "goes; away", owner_gone;
            CREATE TABLE app.t (id int PRIMARY KEY, word text);
            GRANT SELECT ON app.t TO "goes; away"; GRANT SELECT, UPDATE ON app.t TO stays WITH GRANT OPTION;
            GRANT INSERT (word) ON app.t TO "goes; away", stays;
            ALTER TABLE app.t OWNER TO owner_gone;
            SET ROLE owner_gone; GRANT DELETE ON app.t TO stays; RESET ROLE;
            ALTER TABLE app.t ENABLE ROW LEVEL SECURITY;
            CREATE POLICY of_two ON app.t TO "goes; away", stays USING (id > 1);
            COMMENT ON POLICY of_two ON app.t IS 'for two';
            CREATE POLICY one ON app.t TO "goes; away" USING (true);
            COMMENT ON POLICY one ON app.t IS 'for one';
            ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO stays, "goes; away";
            SELECT lo_create(7001); GRANT SELECT ON LARGE OBJECT 7001 TO stays, "goes; away";
            """, on: own)
        let other = try await TestServers.start(TestServers.installation(major))
        let target = try await other.createDatabase(options: "TEMPLATE template0")
        try await Fixture.run("CREATE ROLE stays", on: target)
        let restore = PostgresRestore(
            try await vault.vault.read(record), into: target, options: RestoreOptions(withoutOwners: true))
        let report = try await restore.run(try await restore.plan())

        func value(_ sql: String) async throws -> String? { try await Fixture.rows(sql, on: target).first?.first ?? nil }
        for right in ["SELECT WITH GRANT OPTION", "UPDATE WITH GRANT OPTION", "DELETE"] {
            #expect(try await value("SELECT has_table_privilege('stays', 'app.t', '\(right)')") == "t", "\(right)")
        }
        #expect(try await value("SELECT has_column_privilege('stays', 'app.t', 'word', 'INSERT')") == "t")
        #expect(try await value("SELECT has_schema_privilege('stays', 'app', 'USAGE')") == "t")
        #expect(try await value("SELECT string_agg(policyname || roles::text, ' ') FROM pg_policies") == "of_two{stays}")
        #expect(try await value("SELECT obj_description(oid, 'pg_policy') FROM pg_policy") == "for two")
        #expect(try await value("SELECT relrowsecurity FROM pg_class WHERE oid = 'app.t'::regclass") == "t")
        #expect(try await value("SELECT defaclacl::text LIKE '%stays=r%' FROM pg_default_acl") == "t")
        #expect(try await value("SELECT lomacl::text LIKE '%stays=r%' FROM pg_largeobject_metadata") == "t")
        let missing = report.leftOut.filter { $0.reason == .missingRole }.map(\.subject)
        #expect(missing.contains("goes; away"), "\(report.leftOut)")
        #expect(report.leftOut.contains { $0.reason == .needsRole && $0.subject.contains("CREATE POLICY \"one\"") })
        #expect(!report.leftOut.contains { $0.reason == .refused }, "\(report.leftOut)")
        await own.stop()
        await other.stop()
    }

    /// A server that is slow to give rights to schemas: of what is given at once, a right to a table would come before.
    @Test("Who passes on a right has his own by then", arguments: TestServers.majors)
    func passedOn(_ major: Int) async throws {
        let server = try await TestServers.start(TestServers.installation(major))
        let (record, vault, _) = try await snapshot(
            """
            CREATE ROLE giver; CREATE ROLE taker; CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO giver;
            CREATE TABLE app.t (id int); GRANT SELECT ON app.t TO giver WITH GRANT OPTION;
            SET ROLE giver; GRANT SELECT ON app.t TO taker; RESET ROLE;
            """, on: server)
        let target = try await server.createDatabase(options: "TEMPLATE template0")
        try await Fixture.run(
            """
            CREATE FUNCTION pg_catalog.linger() RETURNS event_trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_type = 'SCHEMA') THEN PERFORM pg_sleep(0.5); END IF;
            END $$;
            CREATE EVENT TRIGGER linger ON ddl_command_end WHEN TAG IN ('GRANT') EXECUTE FUNCTION pg_catalog.linger();
            """, on: target)
        let restore = PostgresRestore(try await vault.vault.read(record), into: target, options: RestoreOptions(jobs: 4))
        let report = try await restore.run(try await restore.plan())

        #expect(report.leftOut.isEmpty)
        #expect(
            try await Fixture.rows(
                "SELECT grantor::regrole, grantee::regrole FROM pg_class, aclexplode(relacl) WHERE oid = 'app.t'::regclass AND grantee = 'taker'::regrole",
                on: target) == [["giver", "taker"]])
        await server.stop()
    }

    @Test("Rights that a target gives by itself do not open what was shut", arguments: TestServers.majors)
    func defaultRights(_ major: Int) async throws {
        let server = try await TestServers.start(TestServers.installation(major))
        let platform = """
            ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO visitor;
            ALTER DEFAULT PRIVILEGES GRANT SELECT ON SEQUENCES TO visitor WITH GRANT OPTION;
            ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
            """
        let (record, vault, source) = try await snapshot(
            """
            CREATE ROLE visitor; \(platform)
            CREATE TABLE public.open (id serial); CREATE TABLE public.shut (id int);
            CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
            REVOKE ALL ON public.shut FROM visitor; GRANT EXECUTE ON FUNCTION public.f() TO PUBLIC;
            """, on: server)
        let target = try await server.createDatabase(options: "TEMPLATE template0")
        try await Fixture.run(platform, on: target)
        let restore = PostgresRestore(try await vault.vault.read(record), into: target)
        let report = try await restore.run(try await restore.plan())
        let rights = """
            SELECT name, array_agg(a::text ORDER BY a::text)::text FROM (
              SELECT relname::text AS name, coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, relowner)) AS acl
              FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
              UNION ALL SELECT proname, coalesce(proacl, acldefault('f', proowner)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
              UNION ALL SELECT 'default ' || defaclobjtype::text || defaclnamespace, defaclacl FROM pg_default_acl
            ) x, unnest(acl) a GROUP BY 1 ORDER BY 1
            """
        #expect(try await Fixture.rows("SELECT has_table_privilege('visitor', 'public.shut', 'SELECT')", on: target) == [["f"]])
        let differences = try await restore.compareStructure(report)
        #expect(differences.isEmpty, "\(differences)")

        // A table that comes back into the living database: what that gives by itself stays, and is not given to the table.
        let before = try await Fixture.rows(rights, on: source)
        try await Fixture.run("DROP TABLE public.shut", on: source)
        let again = PostgresRestore(
            try await vault.vault.read(record), into: source,
            options: RestoreOptions(only: [TableName(schema: "public", name: "shut")]))
        _ = try await again.run(try await again.plan())
        #expect(try await Fixture.rows(rights, on: source) == before)
        await server.stop()
    }
}
