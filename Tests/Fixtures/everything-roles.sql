-- The roles of everything.sql. Cluster-wide, so created only where missing: a second database of the cluster may be filled too.

SELECT 'CREATE ROLE fx_owner NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'fx_owner') \gexec
SELECT 'CREATE ROLE fx_archivist NOLOGIN CREATEROLE' WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'fx_archivist') \gexec
SELECT 'CREATE ROLE fx_reader NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'fx_reader') \gexec
SELECT 'CREATE ROLE fx_writer NOLOGIN NOINHERIT' WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'fx_writer') \gexec
SELECT 'CREATE ROLE fx_replica NOLOGIN REPLICATION BYPASSRLS CREATEDB' WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'fx_replica') \gexec
SELECT $$CREATE ROLE "fx Rôle: 50 % / ""x'\" NOLOGIN$$ WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname LIKE 'fx Rôle%') \gexec
-- The verifier of the password "fixture"; a fixed one, since a new one would differ at every load.
SELECT $$CREATE ROLE fx_clerk LOGIN CONNECTION LIMIT 7 VALID UNTIL '2031-01-01 00:00:00+00' PASSWORD
    'SCRAM-SHA-256$4096:Zml4dHVyZS1zYWx0LTE2Yg==$lWIKmXNwhm2vCMI1SbIJCs+yh3R5HlTrMgJl0XN1wlM=:XQQwWJ5VE4d4E1NYcMDZ4dOvVQpI1JUYUgzJT4J3yTM='$$
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'fx_clerk') \gexec

GRANT fx_reader TO fx_writer WITH ADMIN OPTION;
GRANT fx_writer TO fx_clerk;
GRANT pg_read_all_stats TO fx_archivist;
\if :v16
GRANT fx_owner TO fx_clerk WITH INHERIT FALSE, SET TRUE;
\endif
ALTER ROLE fx_clerk SET search_path = fx, public;
ALTER ROLE fx_clerk SET work_mem = '12MB';
ALTER ROLE fx_writer SET application_name = 'it''s a "writer"';
COMMENT ON ROLE fx_clerk IS 'Clerk: may sell, may not refund — « l''employé »';
