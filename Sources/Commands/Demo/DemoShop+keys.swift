extension DemoShop {
    /// Keys, indexes, views, triggers and rights: after the rows, since that is faster.
    static let keys = #"""
        SET ROLE shop_owner;
        SET search_path = shop;

        ALTER TABLE products ADD UNIQUE (sku), ADD FOREIGN KEY (category_id) REFERENCES categories,
            ADD FOREIGN KEY (supplier_id) REFERENCES suppliers;
        ALTER TABLE product_photos ADD PRIMARY KEY (product_id, position),
            ADD FOREIGN KEY (product_id) REFERENCES products ON DELETE CASCADE;
        ALTER TABLE customers ADD UNIQUE (email);
        ALTER TABLE addresses ADD FOREIGN KEY (customer_id) REFERENCES customers ON DELETE CASCADE;
        ALTER TABLE orders ADD PRIMARY KEY (id, placed), ADD FOREIGN KEY (customer_id) REFERENCES customers,
            ADD FOREIGN KEY (promotion) REFERENCES promotions;
        ALTER TABLE order_lines ADD PRIMARY KEY (order_id, line), ADD FOREIGN KEY (order_id,
            placed) REFERENCES orders ON DELETE CASCADE, ADD FOREIGN KEY (product_id) REFERENCES products,
            ADD CONSTRAINT at_least_one CHECK (quantity > 0);
        ALTER TABLE payments ADD UNIQUE (reference), ADD FOREIGN KEY (order_id, placed) REFERENCES orders;
        ALTER TABLE stock_movements ADD FOREIGN KEY (product_id) REFERENCES products;
        ALTER TABLE reviews ADD FOREIGN KEY (product_id) REFERENCES products,
            ADD FOREIGN KEY (customer_id) REFERENCES customers DEFERRABLE INITIALLY DEFERRED;
        CREATE INDEX ON products USING gin (search);
        CREATE INDEX ON products (category_id) WHERE NOT withdrawn;
        CREATE INDEX ON customers (lower(last_name), first_name);
        CREATE INDEX ON addresses (customer_id);
        CREATE INDEX ON orders (customer_id);
        CREATE INDEX ON orders USING brin (placed);
        CREATE INDEX ON order_lines (product_id);
        CREATE INDEX ON reviews (product_id, stars);
        CREATE STATISTICS orders_shape (dependencies, mcv) ON state, shipping FROM orders;

        CREATE VIEW order_totals AS
            SELECT o.id, o.placed, o.customer_id, o.state, sum(l.amount) + o.shipping AS total
            FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.id, o.placed, o.customer_id, o.state, o.shipping;
        CREATE MATERIALIZED VIEW monthly_revenue AS
            SELECT date_trunc('month', placed AT TIME ZONE 'UTC')::date AS month, count(DISTINCT order_id) AS orders,
                sum(amount) AS revenue FROM order_lines GROUP BY 1;
        CREATE MATERIALIZED VIEW best_months AS SELECT month, revenue, rank() OVER (ORDER BY revenue DESC)
            FROM monthly_revenue;
        CREATE UNIQUE INDEX ON monthly_revenue (month);
        COMMENT ON MATERIALIZED VIEW monthly_revenue IS 'For the morning meeting';

        CREATE FUNCTION keep_price_change() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        BEGIN
            INSERT INTO audit.price_changes (product_id, was, became) VALUES (NEW.id, OLD.net, NEW.net);
            RETURN NULL;
        END $$;
        CREATE TRIGGER price_changed AFTER UPDATE OF net ON products FOR EACH ROW WHEN (OLD.net IS DISTINCT
            FROM NEW.net) EXECUTE FUNCTION keep_price_change();
        CREATE FUNCTION round_points() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.points := greatest(NEW.points,
            0); RETURN NEW; END $$;
        CREATE TRIGGER points_stay_positive BEFORE INSERT OR UPDATE OF points ON customers FOR EACH ROW
            EXECUTE FUNCTION round_points();

        GRANT USAGE ON SCHEMA shop TO shop_app, shop_reporting;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop TO shop_app;
        GRANT SELECT ON monthly_revenue, best_months, order_totals, categories, products TO shop_reporting;
        GRANT SELECT (id, speaks, joined, points) ON customers TO shop_reporting;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA shop TO shop_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO shop_reporting;
        ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
        ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own_account ON customers FOR SELECT TO shop_app USING (id = current_setting('shop.customer',
            true)::bigint);
        CREATE POLICY own_orders ON orders TO shop_app USING (customer_id = current_setting('shop.customer', true)::bigint);
        CREATE POLICY statistics ON customers FOR SELECT TO shop_reporting USING (true);

        UPDATE product_photos SET original = lo_from_bytea(0, thumbnail || thumbnail || thumbnail || thumbnail)
            WHERE product_id % 30 = 0 AND position = 1;
        RESET ROLE;
        RESET search_path;
        """#
}
