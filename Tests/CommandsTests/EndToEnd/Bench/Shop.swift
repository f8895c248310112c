import Foundation
import Postgres
import TestServers

/// A small shop: foreign keys both ways, a check, an index, a partitioned table, identity and serial columns, a view, a trigger
/// and a large object.
struct Shop: Sendable {
    let database: Database

    static func make(_ major: Int = TestServers.newest, rows: Int = 300) async throws -> Shop {
        try await make(in: try await Database.empty(major), rows: rows)
    }

    static func make(in database: Database, rows: Int) async throws -> Shop {
        try await database.execute(definitions)
        try await database.execute(Self.rows(rows))
        return Shop(database: database)
    }

    static let tables = 5

    private static let definitions = """
        CREATE SCHEMA shop;
        CREATE TABLE shop.customers (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL);
        CREATE TABLE shop.orders (
            id bigserial PRIMARY KEY, customer bigint NOT NULL REFERENCES shop.customers, total numeric(10, 2) NOT NULL,
            note text, CONSTRAINT no_negative_total CHECK (total >= 0));
        CREATE INDEX orders_customer ON shop.orders (customer);
        CREATE TABLE shop.items (
            order_id bigint NOT NULL REFERENCES shop.orders ON DELETE CASCADE, line int NOT NULL, title text NOT NULL,
            PRIMARY KEY (order_id, line));
        CREATE TABLE shop.events (at date NOT NULL, what jsonb NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE shop.events_old PARTITION OF shop.events FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
        CREATE TABLE shop.events_new PARTITION OF shop.events FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
        CREATE VIEW shop.spending AS
            SELECT c.id, c.name, sum(o.total) AS total FROM shop.customers c JOIN shop.orders o ON o.customer = c.id GROUP BY c.id;
        CREATE MATERIALIZED VIEW shop.best AS SELECT name, total FROM shop.spending ORDER BY total DESC, id LIMIT 10;
        CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := coalesce(NEW.note, ''none''); RETURN NEW; END';
        CREATE TRIGGER stamp BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.stamp();
        """

    private static func rows(_ count: Int) -> String {
        """
        INSERT INTO shop.customers (email, name) SELECT 'c' || i || '@example.com', 'Customer ' || i FROM generate_series(1, \(count)) i;
        INSERT INTO shop.orders (customer, total, note) SELECT 1 + i % \(count), i % 97, md5(i::text) FROM generate_series(1, \(count * 4)) i;
        INSERT INTO shop.items SELECT 1 + i % \(count * 4), i / \(count * 4), 'Thing ' || i FROM generate_series(0, \(count * 8 - 1)) i;
        INSERT INTO shop.events SELECT date '2025-07-01' + i % 365, jsonb_build_object('n', i) FROM generate_series(1, \(count)) i;
        SELECT lo_from_bytea(0, 'an invoice, scanned');
        REFRESH MATERIALIZED VIEW shop.best;
        """
    }

    /// A little work in the shop, so that the next snapshot differs.
    func work() async throws {
        try await database.execute(
            """
            INSERT INTO shop.orders (customer, total, note) SELECT min(id), 12, 'worked ' || now() FROM shop.customers;
            UPDATE shop.customers SET name = name || '!' WHERE id % 50 = 0;
            """)
    }
}
