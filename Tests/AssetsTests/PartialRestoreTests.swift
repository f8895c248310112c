import Foundation
import Language
import Postgres
import TestServers
import Testing
import Vault

@testable import Assets

/// Tables that come back into a database that went on living.
@Suite("Some tables brought back")
struct PartialRestoreTests {
    private struct Bench {
        let vault: TestVault
        let record: SnapshotRecord
        let source: ConnectionString

        init(_ major: Int, script: String? = nil) async throws {
            source = try await TestServers.freshDatabase(major)
            if let script {
                try await Fixture.run(script, on: source)
            } else {
                try await Fixture.load("everything.sql", into: source)
            }
            let vault = try await TestVault()
            self.vault = vault
            record = try await PostgresCapture(source).run(into: { try await vault.start() }).0
        }

        func restore(_ only: [TableName], overwrite: Bool = false) async throws -> PostgresRestore {
            PostgresRestore(
                try await vault.vault.read(record), into: source, options: RestoreOptions(only: only, overwrite: overwrite))
        }
    }

    @Test("What a table's loss took along comes back with it", arguments: TestServers.majors)
    func cascade(_ major: Int) async throws {
        let bench = try await Bench(major)
        let before = DefinitionTexts(try await Fixture.dump(bench.source, with: major, arguments: ["-s"]))
        let rows = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM fx.m_on_a_and_view t"
        let computed = try await Fixture.rows(rows, on: bench.source)
        try await Fixture.run("DROP TABLE fx.shops CASCADE", on: bench.source)
        let lost = DefinitionTexts(try await Fixture.dump(bench.source, with: major, arguments: ["-s"]))
        #expect(DefinitionsDiff.differences(expected: before, found: lost, form: .init(acrossMajors: false)).count > 5)

        let restore = try await bench.restore([TableName(schema: "fx", name: "shops")])
        let plan = try await restore.plan()
        #expect(plan.leftOut.isEmpty, "\(plan.leftOut)")
        #expect(plan.putBack.contains { $0.hasPrefix("view fx per_shop ") }, "\(plan.putBack)")
        #expect(plan.putBack.contains { $0.hasPrefix("materialized view fx m_on_a_and_view ") })
        #expect(plan.lines.contains { $0.description.hasPrefix("Put back what was lost with them: ") })
        let report = try await restore.run(plan)
        #expect(report.leftOut.isEmpty, "\(report.leftOut)")
        let after = DefinitionTexts(try await Fixture.dump(bench.source, with: major, arguments: ["-s"]))
        let differences = DefinitionsDiff.differences(expected: before, found: after, form: .init(acrossMajors: false))
        #expect(differences.isEmpty, "\(differences)")
        #expect(try await Fixture.rows(rows, on: bench.source) == computed)
    }

    private static let shop = """
        CREATE SCHEMA shop;
        CREATE TABLE shop.customers (id int PRIMARY KEY, name text);
        CREATE TABLE shop.orders (id int PRIMARY KEY, customer int REFERENCES shop.customers, total int);
        CREATE TABLE shop.items (order_id int CONSTRAINT of_order REFERENCES shop.orders, title text);
        CREATE TABLE shop.notes (about shop.orders, text text);
        CREATE VIEW shop.totals AS SELECT customer, sum(total) AS total FROM shop.orders GROUP BY 1;
        CREATE VIEW shop.spending AS SELECT c.name, t.total FROM shop.customers c JOIN shop.totals t ON t.customer = c.id;
        CREATE MATERIALIZED VIEW shop.best AS SELECT name FROM shop.spending ORDER BY total DESC LIMIT 3;
        CREATE FUNCTION shop.newest() RETURNS shop.orders LANGUAGE sql AS 'SELECT * FROM shop.orders ORDER BY id DESC LIMIT 1';
        INSERT INTO shop.customers VALUES (1, 'Ann'), (2, 'Bob');
        INSERT INTO shop.orders VALUES (1, 1, 10), (2, 2, 20);
        INSERT INTO shop.items VALUES (1, 'tea'), (2, 'cup');
        REFRESH MATERIALIZED VIEW shop.best;
        """

    @Test("What stays lost is foreseen and named, with what it needs")
    func staysLost() async throws {
        let bench = try await Bench(TestServers.newest, script: Self.shop)
        try await Fixture.run("DROP TABLE shop.orders, shop.customers CASCADE", on: bench.source)
        let restore = try await bench.restore([TableName(schema: "shop", name: "orders")])
        let plan = try await restore.plan()
        func named(_ items: [RestorePlan.LeftOut]) -> [String] {
            items.filter { $0.reason == .lost }.map {
                $0.subject.split(separator: " ").dropLast($0.subject.hasPrefix("column") ? 0 : 1).joined(separator: " ")
            }.sorted()
        }
        #expect(
            plan.putBack.map { $0.split(separator: " ").prefix(3).joined(separator: " ") } == [
                "function shop newest()", "view shop totals",
            ])
        #expect(
            named(plan.leftOut) == [
                "column about of shop.notes", "fk constraint shop orders orders_customer_fkey",
                "materialized view shop best", "view shop spending",
            ], "\(plan.leftOut)")
        let report = try await restore.run(plan)
        #expect(named(report.leftOut) == named(plan.leftOut), "\(report.leftOut)")
        #expect(try await Fixture.rows("SELECT total FROM shop.totals ORDER BY 1", on: bench.source) == [["10"], ["20"]])
        // With both nothing that hangs on tables stays lost, but for the column.
        try await Fixture.run("DROP TABLE shop.orders CASCADE", on: bench.source)
        let both = try await bench.restore([
            TableName(schema: "shop", name: "orders"), TableName(schema: "shop", name: "customers"),
        ])
        let second = try await both.run(try await both.plan())
        #expect(named(second.leftOut) == ["column about of shop.notes"], "\(second.leftOut)")
        #expect(try await Fixture.rows("SELECT name FROM shop.best", on: bench.source) == [["Bob"], ["Ann"]])
    }

    @Test("A key that the rows of today break is named, and the rest is there")
    func brokenKey() async throws {
        let bench = try await Bench(TestServers.newest, script: Self.shop)
        try await Fixture.run(
            "DROP TABLE shop.orders CASCADE; INSERT INTO shop.items VALUES (77, 'of an order of today')", on: bench.source)
        let restore = try await bench.restore([TableName(schema: "shop", name: "orders")])
        let report = try await restore.run(try await restore.plan())
        let refused = report.leftOut.filter { $0.reason == .refused }
        #expect(refused.count == 1)
        #expect(refused.first?.because?.contains("of_order") == true, "\(report.leftOut)")
        #expect(try await Fixture.rows("SELECT count(*) FROM shop.orders", on: bench.source) == [["2"]])
        #expect(try await Fixture.rows("SELECT count(*) FROM shop.best", on: bench.source) == [["2"]])
    }

    @Test("Rows replaced in a table that is there leave what hangs on it alone")
    func replaced() async throws {
        let bench = try await Bench(TestServers.newest, script: Self.shop)
        try await Fixture.run(
            """
            DROP VIEW shop.spending CASCADE; ALTER TABLE shop.items DROP CONSTRAINT of_order;
            DELETE FROM shop.items; DELETE FROM shop.orders WHERE id = 1; UPDATE shop.orders SET total = 99
            """, on: bench.source)
        let restore = try await bench.restore([TableName(schema: "shop", name: "orders")], overwrite: true)
        let plan = try await restore.plan()
        // A migration has taken these away, perhaps: who asks for rows gets rows.
        #expect(plan.putBack.isEmpty && plan.leftOut.isEmpty)
        #expect(plan.replaced == [TableName(schema: "shop", name: "orders")])
        _ = try await restore.run(plan)
        #expect(try await Fixture.rows("SELECT total FROM shop.totals ORDER BY 1", on: bench.source) == [["10"], ["20"]])
        #expect(try await Fixture.rows("SELECT count(*) FROM pg_class WHERE relname = 'spending'", on: bench.source) == [["0"]])
    }
}
