\echo Use "CREATE EXTENSION reprise_fixture" to load this file. \quit

-- A user may add rows; those that came with the extension are marked, and come back with it.
CREATE TABLE fixture_settings (
    name text PRIMARY KEY,
    value text NOT NULL,
    builtin boolean NOT NULL DEFAULT false
);
INSERT INTO fixture_settings VALUES ('currency', 'EUR', true), ('rounding', 'half-even', true);
SELECT pg_catalog.pg_extension_config_dump('fixture_settings', 'WHERE NOT builtin');

-- Every row is the user's.
CREATE TABLE fixture_notes (id serial PRIMARY KEY, setting text REFERENCES fixture_settings (name), note text);
SELECT pg_catalog.pg_extension_config_dump('fixture_notes', '');
SELECT pg_catalog.pg_extension_config_dump('fixture_notes_id_seq', '');

-- No row is the user's: this one is never dumped.
CREATE TABLE fixture_words (word text PRIMARY KEY);
INSERT INTO fixture_words VALUES ('alpha'), ('beta');

CREATE FUNCTION fixture_setting(text) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT value FROM @extschema@.fixture_settings WHERE name = $1 $$;
