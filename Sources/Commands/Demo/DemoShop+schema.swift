extension DemoShop {
    /// Types and tables, with roles that it creates only where missing.
    static let schema = #"""
        DO $roles$
        DECLARE name text;
        BEGIN
            FOREACH name IN ARRAY ARRAY['shop_owner', 'shop_app', 'shop_reporting'] LOOP
                IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN
                    EXECUTE format('CREATE ROLE %I NOLOGIN', name);
                END IF;
            END LOOP;
        END $roles$;

        CREATE SCHEMA shop AUTHORIZATION shop_owner;
        COMMENT ON SCHEMA shop IS 'Maison Valmer: tableware, kitchen and linen, sold from Nantes and Bath';
        CREATE SCHEMA audit AUTHORIZATION shop_owner;
        SET ROLE shop_owner;
        SET search_path = shop;

        CREATE TYPE order_state AS ENUM ('placed', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded');
        CREATE TYPE payment_method AS ENUM ('card', 'paypal', 'bank transfer', 'gift card');
        CREATE TYPE language AS ENUM ('fr', 'en');
        CREATE DOMAIN price AS numeric(10, 2) CONSTRAINT price_is_not_negative CHECK (VALUE >= 0);
        CREATE DOMAIN email AS text CONSTRAINT email_has_an_at CHECK (VALUE LIKE '_%@_%._%');
        COMMENT ON DOMAIN price IS 'In euros, tax included unless the column says net';
        CREATE TYPE postal_address AS (line text, postal_code text, city text, country char(2));

        CREATE TABLE categories (
            id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            parent_id integer REFERENCES categories,
            name_fr text NOT NULL,
            name_en text NOT NULL,
            vat_rate numeric(4, 3) NOT NULL DEFAULT 0.200
        );
        CREATE TABLE suppliers (
            id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text NOT NULL UNIQUE,
            address postal_address NOT NULL,
            lead_time interval NOT NULL,
            note text
        );
        CREATE TABLE products (
            id integer GENERATED ALWAYS AS IDENTITY (START WITH 1001) PRIMARY KEY,
            sku text NOT NULL,
            category_id integer NOT NULL,
            supplier_id integer NOT NULL,
            name_fr text NOT NULL,
            name_en text NOT NULL,
            net price NOT NULL,
            vat_rate numeric(4, 3) NOT NULL,
            gross price GENERATED ALWAYS AS (round(net * (1 + vat_rate), 2)) STORED,
            colours text[] NOT NULL DEFAULT '{}',
            details jsonb NOT NULL DEFAULT '{}',
            search tsvector GENERATED ALWAYS AS (to_tsvector('french', name_fr) || to_tsvector('english', name_en)) STORED,
            on_sale_since date NOT NULL,
            withdrawn boolean NOT NULL DEFAULT false
        );
        CREATE TABLE product_photos (
            product_id integer NOT NULL,
            position smallint NOT NULL,
            caption text,
            thumbnail bytea NOT NULL,
            original oid
        );
        COMMENT ON COLUMN product_photos.original IS 'The photograph itself, a large object';
        CREATE TABLE customers (
            id bigint GENERATED ALWAYS AS IDENTITY (START WITH 500001) PRIMARY KEY,
            first_name text NOT NULL,
            last_name text NOT NULL,
            email email NOT NULL,
            speaks language NOT NULL,
            born date,
            joined timestamptz NOT NULL,
            newsletter boolean NOT NULL DEFAULT false,
            points integer NOT NULL DEFAULT 0
        );
        CREATE TABLE addresses (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            customer_id bigint NOT NULL,
            label text NOT NULL,
            address postal_address NOT NULL
        );
        CREATE TABLE promotions (
            code text PRIMARY KEY,
            running daterange NOT NULL,
            percent smallint NOT NULL CHECK (percent BETWEEN 1 AND 70),
            CONSTRAINT one_promotion_at_a_time EXCLUDE USING gist (running WITH &&)
        );
        CREATE TABLE orders (
            id bigint NOT NULL,
            placed timestamptz NOT NULL,
            customer_id bigint NOT NULL,
            state order_state NOT NULL DEFAULT 'placed',
            ship_to postal_address NOT NULL,
            promotion text,
            shipping price NOT NULL DEFAULT 5.90,
            remark text
        ) PARTITION BY RANGE (placed);
        CREATE SEQUENCE order_numbers START WITH 240700001 OWNED BY orders.id;
        ALTER TABLE orders ALTER COLUMN id SET DEFAULT nextval('order_numbers');
        COMMENT ON TABLE orders IS 'One partition per month of placing';
        DO $partitions$
        BEGIN
            FOR month IN 0..23 LOOP
                EXECUTE format('CREATE TABLE shop.orders_%s PARTITION OF shop.orders FOR VALUES FROM (%L) TO (%L)',
                    to_char('2024-07-01'::date + make_interval(months => month), 'YYYY_MM'),
                    to_char('2024-07-01'::date + make_interval(months => month), 'YYYY-MM-DD') || ' 00:00+00',
                    to_char('2024-07-01'::date + make_interval(months => month + 1), 'YYYY-MM-DD') || ' 00:00+00');
            END LOOP;
        END $partitions$;
        CREATE TABLE orders_later PARTITION OF orders DEFAULT;
        CREATE TABLE order_lines (
            order_id bigint NOT NULL,
            placed timestamptz NOT NULL,
            line smallint NOT NULL,
            product_id integer NOT NULL,
            quantity smallint NOT NULL,
            unit price NOT NULL,
            amount numeric GENERATED ALWAYS AS (quantity * unit) STORED
        );
        CREATE TABLE payments (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            order_id bigint NOT NULL,
            placed timestamptz NOT NULL,
            method payment_method NOT NULL,
            amount price NOT NULL,
            paid timestamptz NOT NULL,
            reference text NOT NULL
        );
        CREATE TABLE stock_movements (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            product_id integer NOT NULL,
            moved timestamptz NOT NULL,
            quantity integer NOT NULL CHECK (quantity <> 0),
            reason text NOT NULL
        );
        CREATE TABLE reviews (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            product_id integer NOT NULL,
            customer_id bigint NOT NULL,
            stars smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
            written timestamptz NOT NULL,
            speaks language NOT NULL,
            body text NOT NULL,
            answer text
        );
        CREATE UNLOGGED TABLE carts (customer_id bigint PRIMARY KEY, content jsonb NOT NULL, touched timestamptz NOT NULL);
        CREATE TABLE audit.price_changes (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            product_id integer NOT NULL,
            was numeric(10, 2) NOT NULL,
            became numeric(10, 2) NOT NULL,
            changed timestamptz NOT NULL DEFAULT now(),
            by text NOT NULL DEFAULT CURRENT_USER
        );

        RESET ROLE;
        RESET search_path;
        """#
}
