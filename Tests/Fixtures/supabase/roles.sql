-- The platform's roles, and the login that a customer gets. Cluster-wide: created only where missing.

SELECT format('CREATE ROLE %I %s', name, options)
FROM (VALUES
    ('supabase_admin', 'SUPERUSER LOGIN CREATEDB CREATEROLE REPLICATION BYPASSRLS'),
    ('hosted_postgres', 'NOSUPERUSER LOGIN CREATEDB CREATEROLE REPLICATION BYPASSRLS'),
    ('anon', 'NOLOGIN NOINHERIT'),
    ('authenticated', 'NOLOGIN NOINHERIT'),
    ('service_role', 'NOLOGIN NOINHERIT BYPASSRLS'),
    ('authenticator', 'LOGIN NOINHERIT'),
    ('supabase_auth_admin', 'LOGIN NOINHERIT CREATEROLE'),
    ('supabase_storage_admin', 'LOGIN NOINHERIT CREATEROLE'),
    ('supabase_realtime_admin', 'NOLOGIN NOINHERIT'),
    ('supabase_functions_admin', 'LOGIN NOINHERIT CREATEROLE'),
    ('supabase_replication_admin', 'LOGIN REPLICATION'),
    ('supabase_read_only_user', 'LOGIN BYPASSRLS'),
    ('dashboard_user', 'NOLOGIN CREATEDB CREATEROLE REPLICATION'),
    ('pgbouncer', 'LOGIN'),
    -- The application's own: a role of the customer's.
    ('shop_reporting', 'NOLOGIN')
) AS roles (name, options)
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) \gexec

GRANT anon, authenticated, service_role TO authenticator;
GRANT anon, authenticated, service_role, shop_reporting TO hosted_postgres WITH ADMIN OPTION;
GRANT authenticator TO supabase_storage_admin;
GRANT pg_monitor, pg_signal_backend TO hosted_postgres;
SELECT 'GRANT pg_read_all_data TO hosted_postgres, supabase_read_only_user' WHERE EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'pg_read_all_data') \gexec

ALTER ROLE anon SET statement_timeout = '3s';
ALTER ROLE authenticated SET statement_timeout = '8s';
ALTER ROLE authenticator SET statement_timeout = '8s';
ALTER ROLE authenticator SET lock_timeout = '8s';
ALTER ROLE supabase_auth_admin SET search_path = 'auth';
ALTER ROLE supabase_auth_admin SET idle_in_transaction_session_timeout = '60000';
ALTER ROLE supabase_storage_admin SET search_path = 'storage';
ALTER ROLE hosted_postgres SET search_path = '$user', 'public', 'extensions';
ALTER ROLE shop_reporting SET statement_timeout = '5min';
