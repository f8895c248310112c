/// The shop that `reprise demo` protects when it is given no database: Maison Valmer, tableware and linen, from Nantes and Bath.
///
/// SQL for a superuser of an empty PostgreSQL database, 13 or newer, without extensions. Each text runs as one simple query, as
/// one transaction, in this order: `schema`, `rows`, `keys`: three seconds in all. The same rows at every run.
enum DemoShop {
    /// The table that the demo loses: what customers have paid, and where to look it up.
    static let lostTable = "shop.payments"

    /// What a shop does between two backups: a price rise, parcels sent, 120 new orders.
    static let changes = #"""
        UPDATE shop.products SET net = net + 1 WHERE category_id = 11 AND NOT withdrawn;
        UPDATE shop.customers SET points = points + 25 WHERE id % 400 = 0;
        UPDATE shop.orders SET state = 'shipped' WHERE state = 'paid';
        WITH placed AS (
            INSERT INTO shop.orders (placed, customer_id, ship_to, remark)
            SELECT '2026-07-01 06:00+00'::timestamptz + i * interval '7 minutes', c.id, a.address, NULL
            FROM generate_series(1, 120) AS i JOIN shop.customers c ON c.id = 500001 + i * 131
                JOIN shop.addresses a ON a.customer_id = c.id AND a.label = 'home'
            RETURNING id, placed
        )
        INSERT INTO shop.order_lines (order_id, placed, line, product_id, quantity, unit)
        SELECT placed.id, placed.placed, 1, p.id, 1, p.gross FROM placed
            JOIN shop.products p ON p.id = 1001 + placed.id % 965;
        """#
}
