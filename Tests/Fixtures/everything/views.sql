-- Views, rules, materialized views in a chain, with and without data.

SET ROLE fx_owner;
CREATE VIEW fx.cheap AS SELECT id, label, net FROM fx.products WHERE net < 50 WITH LOCAL CHECK OPTION;
CREATE VIEW fx.cheapest WITH (security_barrier) AS SELECT * FROM fx.cheap WHERE net < 10 WITH CASCADED CHECK OPTION;
ALTER VIEW fx.cheap ALTER COLUMN net SET DEFAULT 9.99;
\if :v15
CREATE VIEW fx.as_caller WITH (security_invoker = true) AS SELECT count(*) FROM fx.products;
\endif
-- Needs the primary key to be valid: the view stands after the constraint, unlike other views.
CREATE VIEW fx.per_shop AS SELECT s.id, s.name, s.city, count(p.*) AS products FROM fx.shops s LEFT JOIN fx.products p ON p.shop = s.id GROUP BY s.id;
CREATE RECURSIVE VIEW fx.ancestors (id, top) AS SELECT id, id FROM fx.products WHERE parent IS NULL UNION ALL SELECT p.id, a.top FROM fx.products p JOIN ancestors a ON p.parent = a.id;
-- A function of a view's row type that the view itself calls: each needs the other.
CREATE VIEW fx.circle AS SELECT 1 AS a, NULL::text AS b;
CREATE FUNCTION fx.circle_row() RETURNS SETOF fx.circle LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN; END $$;
CREATE OR REPLACE VIEW fx.circle AS SELECT a + 1 AS a, b FROM fx.circle_row();

CREATE TABLE fx.ruled (id integer PRIMARY KEY, t text);
CREATE TABLE fx.rule_log (what text, id integer);
INSERT INTO fx.ruled VALUES (1, 'a'), (2, 'b');
CREATE RULE log_insert AS ON INSERT TO fx.ruled DO ALSO INSERT INTO fx.rule_log VALUES ('insert', NEW.id);
CREATE RULE "never / delete" AS ON DELETE TO fx.ruled WHERE OLD.id = 1 DO INSTEAD NOTHING;
CREATE RULE disabled_rule AS ON UPDATE TO fx.ruled DO INSTEAD NOTHING;
ALTER TABLE fx.ruled DISABLE RULE disabled_rule;
ALTER TABLE fx.ruled ENABLE ALWAYS RULE log_insert;
CREATE VIEW fx.ruled_view AS SELECT id, t FROM fx.ruled;
CREATE RULE insert_through AS ON INSERT TO fx.ruled_view DO INSTEAD INSERT INTO fx.ruled VALUES (NEW.id, NEW.t) RETURNING id, t;
COMMENT ON RULE log_insert ON fx.ruled IS 'logs';

CREATE MATERIALIZED VIEW fx.z_base AS SELECT shop, count(*) AS n, sum(gross) AS gross FROM fx.products GROUP BY shop;
CREATE MATERIALIZED VIEW fx.a_on_z AS SELECT shop, n * 2 AS twice FROM fx.z_base;
CREATE MATERIALIZED VIEW fx.m_on_a_and_view AS SELECT a.shop, p.name FROM fx.a_on_z a JOIN fx.per_shop p ON p.id = a.shop;
CREATE MATERIALIZED VIEW fx.without_data AS SELECT id FROM fx.products WITH NO DATA;
CREATE MATERIALIZED VIEW fx.on_one_without_data AS SELECT id FROM fx.without_data WITH NO DATA;
CREATE MATERIALIZED VIEW fx.empty_view WITH (fillfactor = 50) AS SELECT 1 AS one WHERE false;
CREATE UNIQUE INDEX z_base_shop ON fx.z_base (shop);
CREATE INDEX without_data_id ON fx.without_data (id);
CREATE INDEX a_on_z_twice ON fx.a_on_z (twice DESC);
ALTER MATERIALIZED VIEW fx.z_base CLUSTER ON z_base_shop;
ALTER MATERIALIZED VIEW fx.z_base ALTER COLUMN gross SET STATISTICS 50;
COMMENT ON MATERIALIZED VIEW fx.z_base IS 'per shop';
COMMENT ON COLUMN fx.z_base.gross IS 'with tax';
COMMENT ON VIEW fx.cheap IS 'under fifty';
COMMENT ON COLUMN fx.cheap.net IS 'before tax';
-- Never refreshed since its rows changed: what a restore refreshes differs from what was there, and only here.
CREATE TABLE fx.moved_on (n integer);
INSERT INTO fx.moved_on VALUES (1), (2);
CREATE MATERIALIZED VIEW fx.stale AS SELECT sum(n) AS total FROM fx.moved_on;
INSERT INTO fx.moved_on VALUES (3);
RESET ROLE;
ALTER MATERIALIZED VIEW fx.m_on_a_and_view OWNER TO fx_archivist;
GRANT SELECT ON fx.a_on_z, fx.per_shop TO fx_archivist;
