-- Extensions, one of them with configuration tables: its own rows come back with it, the user's must be carried.

CREATE SCHEMA fx_ext;
GRANT USAGE ON SCHEMA fx_ext TO PUBLIC;
CREATE EXTENSION hstore SCHEMA fx_ext;
CREATE EXTENSION citext SCHEMA fx_ext;
CREATE EXTENSION ltree SCHEMA fx_ext;
CREATE EXTENSION btree_gist SCHEMA fx_ext;
CREATE EXTENSION pg_trgm SCHEMA fx_ext;
CREATE EXTENSION unaccent SCHEMA fx_ext;
CREATE EXTENSION postgres_fdw SCHEMA fx_ext;
CREATE EXTENSION file_fdw SCHEMA fx_ext;
COMMENT ON EXTENSION citext IS 'text without case, with our own comment';
-- Rights on a member of an extension that differ from those it came with.
REVOKE EXECUTE ON FUNCTION fx_ext.hstore(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fx_ext.hstore(text, text) TO fx_reader;

\if :has_fixture_extension
CREATE SCHEMA fx_config;
CREATE EXTENSION reprise_fixture SCHEMA fx_config;
INSERT INTO fx_config.fixture_settings (name, value) VALUES ('language', 'français'), ('newline', E'a\nb');
INSERT INTO fx_config.fixture_notes (setting, note) VALUES ('language', 'ours'), ('currency', 'on a built-in row'), (NULL, NULL);
SELECT pg_catalog.setval('fx_config.fixture_notes_id_seq', 41) \g /dev/null
\endif
