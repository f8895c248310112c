-- Who may do what: row-level security, policies, grants down to columns, default privileges, owners; and what people noted about it all.

GRANT USAGE ON SCHEMA fx TO fx_reader, fx_writer, "fx Rôle: 50 % / ""x'\";
GRANT CREATE ON SCHEMA fx TO fx_writer WITH GRANT OPTION;
GRANT ALL ON SCHEMA fx_old TO fx_owner;
GRANT USAGE ON SCHEMA fx_parts TO PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO fx_reader;

GRANT SELECT ON ALL TABLES IN SCHEMA fx TO fx_reader;
REVOKE SELECT ON fx.numbers FROM fx_reader;
GRANT SELECT (id, small), UPDATE (small), REFERENCES (id) ON fx.numbers TO fx_reader;
GRANT INSERT (id), SELECT (double) ON fx.numbers TO fx_writer WITH GRANT OPTION;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON fx.products TO fx_writer WITH GRANT OPTION;
SET ROLE fx_writer;
GRANT UPDATE, DELETE ON fx.products TO "fx Rôle: 50 % / ""x'\";
RESET ROLE;
GRANT SELECT ON fx.cheap, fx.z_base TO PUBLIC;
-- The owner's own rights, taken away and partly given back.
REVOKE ALL ON fx.one_column FROM fx_owner;
GRANT SELECT ON fx.one_column TO fx_owner;
REVOKE ALL ON fx.duplicates FROM fx_owner, fx_reader;
\if :v17
GRANT MAINTAIN ON fx.stock TO fx_archivist;
\endif
GRANT USAGE, SELECT ON SEQUENCE fx.never_called TO fx_writer;
GRANT UPDATE ON SEQUENCE fx.product_numbers TO fx_writer;
GRANT SELECT ON "Names % / \ ""q"" é"."new
line" TO fx_reader;

REVOKE EXECUTE ON FUNCTION fx.tricky() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fx.tricky() TO fx_clerk WITH GRANT OPTION;
REVOKE EXECUTE ON PROCEDURE fx.note(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fx.total(fx.price) TO fx_reader;
REVOKE USAGE ON TYPE fx.mood FROM PUBLIC;
GRANT USAGE ON TYPE fx.mood TO fx_writer;
REVOKE USAGE ON DOMAIN fx.price FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO fx_owner WITH GRANT OPTION;
-- A right on a function of the system: kept in the database, and dumped.
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) TO fx_archivist;
GRANT SELECT (rolname) ON pg_catalog.pg_authid TO fx_archivist;

ALTER DEFAULT PRIVILEGES FOR ROLE fx_owner GRANT SELECT ON TABLES TO fx_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE fx_owner IN SCHEMA fx GRANT INSERT, UPDATE ON TABLES TO fx_writer WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE fx_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE fx_owner IN SCHEMA fx GRANT USAGE ON SEQUENCES TO fx_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE fx_archivist REVOKE USAGE ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE fx_archivist GRANT USAGE ON SCHEMAS TO fx_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE fx_owner REVOKE ALL ON TABLES FROM fx_owner;
\if :v18
ALTER DEFAULT PRIVILEGES FOR ROLE fx_owner GRANT SELECT ON LARGE OBJECTS TO fx_reader;
\endif

ALTER TABLE fx.stock ENABLE ROW LEVEL SECURITY;
ALTER TABLE fx.stock FORCE ROW LEVEL SECURITY;
CREATE POLICY own_shop ON fx.stock AS PERMISSIVE FOR SELECT TO fx_reader, "fx Rôle: 50 % / ""x'\" USING (shop = ANY (ARRAY(SELECT id FROM fx.shops WHERE name <> CURRENT_USER)));
CREATE POLICY "Only % small" ON fx.stock AS RESTRICTIVE FOR UPDATE TO fx_writer USING (quantity < 10) WITH CHECK (quantity < 12);
CREATE POLICY insert_any ON fx.stock FOR INSERT WITH CHECK (true);
CREATE POLICY delete_none ON fx.stock FOR DELETE TO CURRENT_USER USING (false);
CREATE POLICY everything ON fx.stock FOR ALL TO fx_clerk USING (true) WITH CHECK (quantity IS NOT NULL);
COMMENT ON POLICY own_shop ON fx.stock IS 'each sees its own';
-- Closed to all but those who pass by: no policy at all, and forced upon the owner too.
ALTER TABLE fx.places ENABLE ROW LEVEL SECURITY;
ALTER TABLE fx.places FORCE ROW LEVEL SECURITY;
-- A policy that waits: row-level security is not on.
CREATE POLICY asleep ON fx.bytes USING (id > 1);
ALTER TABLE fx_parts.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_country ON fx_parts.orders USING (country = 'FR');

COMMENT ON SCHEMA fx IS E'the shop''s schema\nin two lines \\ "x"';
COMMENT ON SCHEMA public IS 'not the usual comment';
COMMENT ON TABLE fx.products IS 'what is sold — 50 % «é»';
COMMENT ON COLUMN fx.products.net IS 'before tax';
COMMENT ON COLUMN fx.stock."At" IS 'when counted';
COMMENT ON CONSTRAINT gross_positive ON fx.products IS 'never negative';
COMMENT ON CONSTRAINT price_not_negative ON DOMAIN fx.price IS 'no negative price';
COMMENT ON INDEX fx.products_search IS 'for the search box';
COMMENT ON TYPE fx.mood IS 'moods';
COMMENT ON TYPE fx.address IS 'an address';
COMMENT ON COLUMN fx.address."Postal Code" IS 'as written';
COMMENT ON DOMAIN fx.price IS 'two decimals';
COMMENT ON FUNCTION fx.add(integer, integer, integer[]) IS 'adds';
COMMENT ON PROCEDURE fx.note(text, integer) IS 'notes';
COMMENT ON AGGREGATE fx.total(fx.price) IS 'sums';
COMMENT ON OPERATOR fx.+|| (text, text) IS 'joins';
COMMENT ON OPERATOR fx.!! (NONE, text) IS 'shouts';
COMMENT ON OPERATOR CLASS fx.box_no_ops USING btree IS 'class';
COMMENT ON OPERATOR FAMILY fx.box_no_ops USING btree IS 'family';
COMMENT ON CAST (integer AS fx.box_no) IS 'cast';
COMMENT ON COLLATION fx.plain IS 'collation';
COMMENT ON CONVERSION fx.to_latin IS 'conversion';
COMMENT ON ACCESS METHOD fx_heap IS 'like heap';
COMMENT ON LANGUAGE plpgsql IS 'our comment';
COMMENT ON STATISTICS fx.products_shape IS 'statistics';
COMMENT ON VIEW "Names % / \ ""q"" é"."View ""q""" IS 'quoted';

ALTER FUNCTION fx.add(text, text) OWNER TO fx_owner;
ALTER OPERATOR fx.+|| (text, text) OWNER TO fx_owner;
ALTER COLLATION fx.plain OWNER TO fx_owner;
ALTER OPERATOR CLASS fx.box_no_hash_ops USING hash OWNER TO fx_owner;
ALTER OPERATOR FAMILY fx.box_no_ops USING btree OWNER TO fx_owner;
ALTER CONVERSION fx.to_latin OWNER TO fx_archivist;
ALTER TABLE fx.wide OWNER TO "fx Rôle: 50 % / ""x'\";
