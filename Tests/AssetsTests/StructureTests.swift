import Foundation
import Postgres
import TestServers
import Testing
import Vault

@testable import Assets

/// What a drill sees of definitions: everything that is another one, and nothing that `pg_dump` does not promise to keep.
@Suite("Definitions of a restored database are compared")
struct StructureTests {
    struct Sabotage: Sendable {
        let statement: String
        let object: String
        let kind: StructureDifference.Kind

        init(_ statement: String, _ object: String, _ kind: StructureDifference.Kind = .different) {
            (self.statement, self.object, self.kind) = (statement, object, kind)
        }
    }

    /// One for each kind of definition.
    static let sabotages = [
        Sabotage("ALTER POLICY own_shop ON fx.stock TO fx_reader", "policy fx.stock own_shop"),
        Sabotage("ALTER POLICY \"Only % small\" ON fx.stock USING (quantity < 11)", "policy fx.stock Only % small"),
        Sabotage("DROP POLICY everything ON fx.stock", "policy fx.stock everything", .missing),
        Sabotage("ALTER TABLE fx.places DISABLE ROW LEVEL SECURITY", "row security fx.places", .missing),
        Sabotage("GRANT DELETE ON fx.cheap TO fx_reader", "acl fx.TABLE cheap"),
        Sabotage("REVOKE UPDATE (small) ON fx.numbers FROM fx_reader", "acl fx.COLUMN numbers.small"),
        Sabotage(
            "REVOKE GRANT OPTION FOR EXECUTE ON FUNCTION fx.tricky() FROM fx_clerk", "acl fx.FUNCTION tricky()"),
        Sabotage(
            "ALTER DEFAULT PRIVILEGES FOR ROLE fx_owner REVOKE SELECT ON TABLES FROM fx_reader",
            "default acl DEFAULT PRIVILEGES FOR TABLES"),
        Sabotage("ALTER TABLE fx.bytes OWNER TO fx_archivist", "table fx.bytes"),
        Sabotage("ALTER TABLE fx_tree.valued ADD COLUMN more integer", "table fx_tree.valued"),
        Sabotage("ALTER TABLE fx_tree.things_with_value ALTER extra TYPE bigint", "table fx_tree.things_with_value"),
        Sabotage("ALTER TABLE fx.watched ALTER t SET DEFAULT 'x'", "table fx.watched"),
        Sabotage("ALTER TABLE fx.with_serial ALTER id DROP DEFAULT", "default fx.with_serial id", .missing),
        Sabotage(
            "ALTER TABLE fx.products DROP CONSTRAINT products_parent", "fk constraint fx.products products_parent", .missing),
        Sabotage("ALTER TABLE fx.watched ADD CHECK (n < 100)", "table fx.watched"),
        Sabotage("DROP INDEX fx.products_search", "index fx.products_search", .missing),
        Sabotage("CREATE INDEX extra_index ON fx.watched (n)", "index fx.extra_index", .unexpected),
        Sabotage("ALTER TABLE fx.watched DISABLE TRIGGER before_truncate", "trigger fx.watched before_truncate"),
        Sabotage("DROP TRIGGER touch ON fx.texts", "trigger fx.texts touch", .missing),
        Sabotage("DROP RULE log_insert ON fx.ruled", "rule fx.ruled log_insert", .missing),
        Sabotage(
            "CREATE OR REPLACE VIEW fx.as_caller WITH (security_invoker = true) AS SELECT count(*) FROM fx.products WHERE id > 1",
            "view fx.as_caller"),
        Sabotage("ALTER MATERIALIZED VIEW fx.z_base OWNER TO fx_archivist", "materialized view fx.z_base"),
        Sabotage(
            "CREATE OR REPLACE FUNCTION fx.add(a text, b text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT b || a $$",
            "function fx.add(text, text)"),
        Sabotage("ALTER SEQUENCE fx.never_called INCREMENT 7", "sequence fx.never_called"),
        Sabotage("ALTER TYPE fx.mood ADD VALUE 'sabotaged'", "type fx.mood"),
        Sabotage("ALTER DOMAIN fx.price SET DEFAULT 5", "domain fx.price"),
        Sabotage("COMMENT ON TABLE fx.products IS 'sabotaged'", "comment fx.TABLE products"),
        Sabotage("ALTER PUBLICATION fx_some SET (publish = 'insert')", "publication fx_some"),
    ]

    private func restored(
        _ route: Route, _ file: String, variables: [String] = []
    ) async throws -> (PostgresRestore, RestoreReport, ConnectionString, TestVault) {
        let source = try await TestServers.freshDatabase(route.source)
        try await Fixture.load(file, into: source, variables: (route.source == route.target ? [] : ["portable=1"]) + variables)
        let vault = try await TestVault()
        let (record, _) = try await PostgresCapture(source).run(into: { try await vault.start() })
        let target = try await TestServers.freshDatabase(route.target)
        let restore = PostgresRestore(try await vault.vault.read(record), into: target)
        return (restore, try await restore.run(try await restore.plan()), target, vault)
    }

    @Test("Every kind of change is seen, and nothing else", arguments: Route.all)
    func sabotage(_ route: Route) async throws {
        let (restore, report, target, vault) = try await restored(route, "everything.sql", variables: ["unpromised=1"])
        defer { withExtendedLifetime(vault) {} }
        let before = try await restore.compareStructure(report)
        #expect(before.isEmpty, "\(before)")
        let publications = try await Fixture.rows("SELECT pubname FROM pg_publication ORDER BY 1", on: target).compactMap {
            $0[0]
        }
        var expected: [String: StructureDifference.Kind] = [:]
        for each in Self.sabotages {
            var each = each
            if each.object.hasPrefix("publication"), let name = publications.first {
                each = Sabotage("ALTER PUBLICATION \(SQL.identifier(name)) SET (publish = 'insert')", "publication \(name)")
            }
            if route.source < 15, each.statement.contains("security_invoker") { continue }
            try await Fixture.run(each.statement, on: target)
            expected[each.object] = each.kind
        }
        let after = try await restore.compareStructure(report)
        let found = Dictionary(after.map { ($0.object.filter { $0 != "\"" }, $0.kind) }) { first, _ in first }
        for (object, kind) in expected { #expect(found[object] == kind, "\(object)") }
        // What hangs on what was changed may differ with it: comments on what was dropped, a parent's column in its children.
        let others = Set(found.keys).subtracting(expected.keys).filter {
            !$0.hasPrefix("comment ") && !$0.hasPrefix("table fx_tree.")
        }
        #expect(others.isEmpty, "\(others.sorted())")
    }

    @Test("A server that has the roles in another order is no difference", arguments: TestServers.majors)
    func otherRoles(_ major: Int) async throws {
        let source = try await TestServers.freshDatabase(major)
        try await Fixture.load("everything.sql", into: source)
        let vault = try await TestVault()
        let (record, _) = try await PostgresCapture(source).run(into: { try await vault.start() })
        let server = try await TestServers.start(TestServers.installation(major))
        let target = try await server.createDatabase(options: "TEMPLATE template0")
        let restore = PostgresRestore(try await vault.vault.read(record), into: target, options: RestoreOptions(isSandbox: true))
        let report = try await restore.run(try await restore.plan())
        let differences = try await restore.compareStructure(report)
        #expect(differences.isEmpty, "\(differences)")
        await server.stop()
    }

    @Test("The stand-in for a platform restored onto plain PostgreSQL", arguments: Route.all)
    func platform(_ route: Route) async throws {
        let (restore, report, _, vault) = try await restored(route, "supabase.sql")
        defer { withExtendedLifetime(vault) {} }
        let differences = try await restore.compareStructure(report)
        #expect(differences.isEmpty, "\(differences)")
    }
}

@Suite("What pg_dump does not promise is written down alike")
struct DefinitionFormTests {
    private func object(_ kind: String, _ name: String = "x") -> DefinitionTexts.Object {
        .init(kind: kind, schema: "s", name: name)
    }

    @Test("The roles of a policy are a set")
    func policies() {
        func policy(_ roles: String, _ rest: String = "USING (true)") -> String {
            DefinitionForm(acrossMajors: false).of(
                "\nCREATE POLICY \"p TO \"\"x\" ON \"s\".\"t\" AS RESTRICTIVE FOR SELECT TO \(roles) \(rest);", object("POLICY"))
        }
        #expect(policy("\"b, c\", \"a\"") == policy("\"a\", \"b, c\""))
        #expect(policy("\"b\", \"c\", \"a\"") != policy("\"b, c\", \"a\""))
        #expect(policy("\"a\"") != policy("\"a\", \"b\""))
        #expect(policy("\"a\"") != policy("\"a\"", "USING (false)"))
    }

    @Test("Rights are a set, and keep who granted them")
    func rights() {
        func form(_ text: String) -> String { DefinitionForm(acrossMajors: false).of(text, object("ACL", "TABLE t")) }
        let (one, two) = ("GRANT SELECT ON TABLE \"s\".\"t\" TO \"a;b\";", "GRANT SELECT ON TABLE \"s\".\"t\" TO \"c\";")
        #expect(form(one + "\n" + two) == form(two + "\n" + one))
        #expect(form(one) != form(one + "\n" + two))
        let granted = "SET SESSION AUTHORIZATION \"g\";\n\(two)\nRESET SESSION AUTHORIZATION;"
        #expect(form(one + "\n" + granted) != form(one + "\n" + two))
        #expect(form("REVOKE ALL ON TABLE t FROM PUBLIC;\nGRANT ALL ON TABLE t TO PUBLIC;\n" + one) == form(one))
    }

    @Test("Columns are a set only where a table inherits")
    func columns() {
        func table(_ columns: String, _ tail: String) -> String {
            DefinitionForm(acrossMajors: false).of("\n\nCREATE TABLE \"s\".\"t\" (\n\(columns)\n)\(tail);\n", object("TABLE"))
        }
        let (one, two) = ("    a integer,\n    b text", "    b text,\n    a integer")
        #expect(table(one, "") != table(two, ""))
        #expect(table(one, "\nINHERITS (\"s\".\"p\")") == table(two, "\nINHERITS (\"s\".\"p\")"))
        #expect(table(one, "\nINHERITS (\"s\".\"p\")") != table("    a integer", "\nINHERITS (\"s\".\"p\")"))
        #expect(table(one, "\nINHERITS (\"s\".\"p\")") != table(one, "\nINHERITS (\"s\".\"q\")"))
    }

    @Test("Majors differ in quotes, brackets and qualifiers only")
    func majors() {
        func form(_ text: String, _ kind: String = "VIEW") -> String { DefinitionForm(acrossMajors: true).of(text, object(kind)) }
        #expect(form("SELECT (\"t\".\"a\" + 1) FROM \"s\".\"t\"") == form("SELECT (\"a\" + 1)\n  FROM \"s\".\"t\""))
        #expect(form("SELECT a + 1") != form("SELECT a - 1"))
        #expect(form("SELECT 'x'::\"json\"") == form("SELECT 'x'::json"))
        #expect(form("ALTER VIEW v OWNER TO \"a\";") == form("ALTER TABLE v OWNER TO \"a\";"))
        #expect(form("ALTER VIEW v OWNER TO \"a\";") != form("ALTER TABLE v OWNER TO \"b\";"))
        #expect(form("f() AS $$a b$$", "VIEW") == form("f() AS $$ab$$", "VIEW"))
        #expect(form("f()\n    AS $$a b$$", "FUNCTION") != form("f()\n    AS $$ab$$", "FUNCTION"))
    }

    @Test("Statements are told apart by what is not quoted")
    func statements() {
        let script = """
            -- a; comment
            SET x = 1;
            \\restrict ;a
            SELECT 'a;b', E'it\\';s', "c;""d", $x$ ; $y$ ; $x$; DO $$ BEGIN; END $$;
            GRANT a TO "new
            line" -- no; comment within
            ;
            """
        let all = SQLStatements(script).all
        #expect(all.count == 4)
        #expect(all.first == "SET x = 1")
        #expect(all.last?.hasPrefix("GRANT a TO \"new\nline\"") == true)
        #expect(SQLStatements("").all.isEmpty)
        #expect(SQLStatements("a$1;b").all == ["a$1", "b"])
    }

    @Test("No text whatever stops the readers of definitions")
    func fuzz() {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "\"", "\"\"", "'", "E'", "\\", "$", "$$", "$a$", ";", "--", "\n", " TO ", " FROM ", "CREATE POLICY ", " ON ", ".",
            "(", ")",
            "GRANT ", "é", "INHERITS (", "CREATE TABLE x (\n", ",", "PUBLIC", " AS ", " FOR ", "REVOKE ALL ON ",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...14, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
                .joined()
            _ = SQLStatements(text).all
            _ = RightsLoader.roles(of: text)
            _ = ManagedOwnScript.blocks(of: text)
            for kind in ["ACL", "POLICY", "TABLE", "DEFAULT ACL", "FUNCTION"] {
                for across in [false, true] { _ = DefinitionForm(acrossMajors: across).of(text, object(kind)) }
            }
        }
    }
}
