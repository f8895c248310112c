-- One database with every feature that a backup must bring back, and rows that are hard to carry.
--
--   psql -X -d an_empty_database -f Tests/Fixtures/everything.sql      as a superuser, PostgreSQL 13 to 18
--
-- -v portable=1 leaves out what some builds of PostgreSQL cannot take in (values of xml, ICU collations): for restores from one
-- build into another.
-- -v unpromised=1 adds what pg_dump brings back, but not as it was: columns of inheriting tables in another order, rows in other
-- partitions of an enum's hash. Without it a dump of a restored copy is the same text as a dump of this one.
-- Deterministic: no clock, no random numbers. What a server may lack (libxml, ICU, the extension in extension/) is asked for first
-- and left out. Roles are created when the cluster does not have them; they are named fx_*.
-- The last lines give the database settings that leak into dumped text, as real ones have them: a session that does not
-- set its own reads these rows in Latin-1, in Newfoundland time, with day before month.

\set ON_ERROR_STOP on
\set QUIET on
\set VERBOSITY verbose
\encoding UTF8
SET client_min_messages = warning;
SET synchronous_commit = off;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET standard_conforming_strings = on;
SET search_path = '';
SET lock_timeout = 0;
SET statement_timeout = 0;

SELECT current_setting('server_version_num')::int >= 140000 AS v14,
       current_setting('server_version_num')::int >= 150000 AS v15,
       current_setting('server_version_num')::int >= 160000 AS v16,
       current_setting('server_version_num')::int >= 170000 AS v17,
       current_setting('server_version_num')::int >= 180000 AS v18,
       EXISTS (SELECT FROM pg_catalog.pg_config WHERE name = 'CONFIGURE' AND setting LIKE '%--with-libxml%') AS has_xml,
       EXISTS (SELECT FROM pg_catalog.pg_config WHERE name = 'CONFIGURE' AND CASE WHEN current_setting('server_version_num')::int >= 160000
               THEN setting NOT LIKE '%--without-icu%' ELSE setting LIKE '%--with-icu%' END) AS has_icu,
       EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'reprise_fixture') AS has_fixture_extension
\gset
\if :{?portable}
\set has_xml off
\set has_icu off
\endif

\ir everything-roles.sql
\ir everything/extensions.sql
\ir everything/types.sql
\ir everything/functions.sql
\ir everything/tables.sql
\ir everything/inheritance.sql
\ir everything/partitions.sql
\ir everything/names.sql
\ir everything/values.sql
\ir everything/sequences.sql
\ir everything/search.sql
\ir everything/views.sql
\ir everything/triggers.sql
\ir everything/foreign.sql
\ir everything/access.sql
\ir everything/large-objects.sql
\ir everything/publications.sql
\ir everything/settings.sql
