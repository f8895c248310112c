-- Foreign tables: definitions only. No row of theirs is ours to keep, and their servers may not be there.

CREATE FOREIGN DATA WRAPPER fx_dummy OPTIONS (debug 'true', "odd name" 'it''s');
CREATE SERVER fx_files FOREIGN DATA WRAPPER file_fdw;
CREATE SERVER "fx Far" TYPE 'pg' VERSION '9.6 "x"' FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'db.invalid', port '5433', dbname 'far', use_remote_estimate 'false');
CREATE SERVER fx_dummy_server FOREIGN DATA WRAPPER fx_dummy OPTIONS (a 'b');
-- A password in a definition: it must be found nowhere but inside the vault.
CREATE USER MAPPING FOR fx_clerk SERVER "fx Far" OPTIONS (user 'far_user', password 'fixture-Secret-1');
CREATE USER MAPPING FOR PUBLIC SERVER "fx Far" OPTIONS (user 'anyone');
CREATE FOREIGN TABLE fx.far_table (id integer OPTIONS (column_name 'ID') NOT NULL, t text COLLATE "C" DEFAULT 'x', CHECK (id > 0)) SERVER "fx Far" OPTIONS (schema_name 'public', table_name 'far "t"');
CREATE FOREIGN TABLE fx.nothing_file (line text) SERVER fx_files OPTIONS (filename '/dev/null', format 'text');
CREATE FOREIGN TABLE fx.dummy (a integer) SERVER fx_dummy_server OPTIONS (x 'y');
ALTER FOREIGN TABLE fx.far_table ADD COLUMN doubled integer GENERATED ALWAYS AS (id * 2) STORED;
-- One among the partitions of a table that has rows of its own.
CREATE TABLE fx_parts.half_far (kind text, n integer) PARTITION BY LIST (kind);
CREATE TABLE fx_parts.half_far_here PARTITION OF fx_parts.half_far FOR VALUES IN ('here');
CREATE FOREIGN TABLE fx_parts.half_far_there PARTITION OF fx_parts.half_far FOR VALUES IN ('there') SERVER fx_files OPTIONS (filename '/dev/null');
INSERT INTO fx_parts.half_far SELECT 'here', i FROM generate_series(1, 10) i;
CREATE FOREIGN TABLE fx_tree.far_child () INHERITS (fx_tree.valued) SERVER fx_files OPTIONS (filename '/dev/null');
CREATE VIEW fx.view_of_far AS SELECT id FROM fx.far_table;
COMMENT ON FOREIGN TABLE fx.far_table IS 'elsewhere';
COMMENT ON COLUMN fx.far_table.id IS 'their key';
COMMENT ON SERVER "fx Far" IS 'far away';
COMMENT ON FOREIGN DATA WRAPPER fx_dummy IS 'does nothing';
GRANT USAGE ON FOREIGN DATA WRAPPER fx_dummy TO fx_owner WITH GRANT OPTION;
GRANT USAGE ON FOREIGN SERVER "fx Far" TO fx_reader;
ALTER SERVER fx_dummy_server OWNER TO fx_owner;
ALTER FOREIGN TABLE fx.far_table OWNER TO fx_owner;
