\set ON_ERROR_STOP on
\set QUIET on
\encoding UTF8
SET client_min_messages = warning;
SET synchronous_commit = off;
SET timezone = 'UTC';
SET search_path = '';
SELECT current_setting('server_version_num')::int >= 150000 AS v15,
       EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'pgcrypto') AS has_pgcrypto,
       EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'uuid-ossp') AS has_uuid_ossp
\gset
