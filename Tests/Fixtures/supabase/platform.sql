-- What the platform makes in a new project, but for auth, storage and the protected schemas.

SELECT format('ALTER DATABASE %I OWNER TO hosted_postgres', current_database()) \gexec
ALTER DATABASE :"DBNAME" SET "app.settings.jwt_exp" = '3600';
\if :v15
\else
ALTER SCHEMA public OWNER TO hosted_postgres;
\endif
SET SESSION AUTHORIZATION supabase_admin;

GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE hosted_postgres IN SCHEMA public GRANT ALL ON TABLES TO hosted_postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE hosted_postgres IN SCHEMA public GRANT ALL ON FUNCTIONS TO hosted_postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE hosted_postgres IN SCHEMA public GRANT ALL ON SEQUENCES TO hosted_postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin IN SCHEMA public GRANT ALL ON TABLES TO hosted_postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin IN SCHEMA public GRANT ALL ON FUNCTIONS TO hosted_postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin IN SCHEMA public GRANT ALL ON SEQUENCES TO hosted_postgres, anon, authenticated, service_role;

CREATE SCHEMA extensions AUTHORIZATION hosted_postgres;
GRANT USAGE ON SCHEMA extensions TO anon, authenticated, service_role;
GRANT ALL ON SCHEMA extensions TO dashboard_user;
CREATE EXTENSION pg_stat_statements SCHEMA extensions;
\if :has_pgcrypto
CREATE EXTENSION pgcrypto SCHEMA extensions;
\endif
\if :has_uuid_ossp
CREATE EXTENSION "uuid-ossp" SCHEMA extensions;
\endif

CREATE SCHEMA graphql;
CREATE SCHEMA graphql_public;
GRANT USAGE ON SCHEMA graphql_public TO hosted_postgres, anon, authenticated, service_role;
CREATE FUNCTION graphql_public.graphql("operationName" text DEFAULT NULL, query text DEFAULT NULL, variables jsonb DEFAULT NULL, extensions jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql AS $$ SELECT '{"errors": [{"message": "pg_graphql is not installed"}]}'::jsonb $$;
GRANT EXECUTE ON FUNCTION graphql_public.graphql TO hosted_postgres, anon, authenticated, service_role;

CREATE SCHEMA realtime;
GRANT USAGE ON SCHEMA realtime TO hosted_postgres, anon, authenticated, service_role;
GRANT ALL ON SCHEMA realtime TO supabase_realtime_admin;
CREATE TYPE realtime.action AS ENUM ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'ERROR');
CREATE TABLE realtime.schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp(0));
CREATE TABLE realtime.subscription (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, subscription_id uuid NOT NULL, entity regclass NOT NULL, filters text[] NOT NULL DEFAULT '{}',
    claims jsonb NOT NULL, created_at timestamp NOT NULL DEFAULT timezone('utc', now()));
CREATE TABLE realtime.messages (topic text NOT NULL, extension text NOT NULL, payload jsonb, event text, private boolean DEFAULT false, updated_at timestamp NOT NULL DEFAULT now(),
    inserted_at timestamp NOT NULL DEFAULT now(), id uuid NOT NULL DEFAULT gen_random_uuid(), PRIMARY KEY (id, inserted_at)) PARTITION BY RANGE (inserted_at);
CREATE TABLE realtime.messages_2026_01_01 PARTITION OF realtime.messages FOR VALUES FROM ('2026-01-01') TO ('2026-01-02');
ALTER TABLE realtime.messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE realtime.messages OWNER TO supabase_realtime_admin;
GRANT SELECT, INSERT, UPDATE ON realtime.messages TO hosted_postgres, anon, authenticated, service_role;
GRANT ALL ON realtime.subscription TO hosted_postgres;
GRANT SELECT ON realtime.schema_migrations TO hosted_postgres, anon, authenticated, service_role;
INSERT INTO realtime.schema_migrations SELECT 20211116024918 + i, '2025-06-01 00:00:00' FROM generate_series(0, 20) i;
CREATE FUNCTION realtime.topic() RETURNS text LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('realtime.topic', true), '')::text $$;

CREATE SCHEMA pgbouncer AUTHORIZATION pgbouncer;
CREATE FUNCTION pgbouncer.get_auth(p_usename text) RETURNS TABLE (username text, password text) LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '' AS $$ BEGIN RETURN QUERY SELECT rolname::text, rolpassword::text FROM pg_catalog.pg_authid WHERE rolname = $1 AND rolcanlogin; END $$;
REVOKE ALL ON FUNCTION pgbouncer.get_auth(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pgbouncer.get_auth(text) TO pgbouncer;

CREATE SCHEMA supabase_functions AUTHORIZATION supabase_functions_admin;
GRANT USAGE ON SCHEMA supabase_functions TO hosted_postgres, anon, authenticated, service_role;
CREATE TABLE supabase_functions.hooks (id bigserial PRIMARY KEY, hook_table_id integer NOT NULL, hook_name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), request_id bigint);
CREATE TABLE supabase_functions.migrations (version text PRIMARY KEY, inserted_at timestamptz NOT NULL DEFAULT now());
INSERT INTO supabase_functions.migrations VALUES ('initial', '2025-06-01 00:00:00+00');
CREATE FUNCTION supabase_functions.http_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'supabase_functions' AS $$
BEGIN
    INSERT INTO supabase_functions.hooks (hook_table_id, hook_name, request_id) VALUES (TG_RELID, TG_NAME, 0);
    RETURN NEW;
END $$;
ALTER TABLE supabase_functions.hooks OWNER TO supabase_functions_admin;
ALTER TABLE supabase_functions.migrations OWNER TO supabase_functions_admin;
ALTER FUNCTION supabase_functions.http_request() OWNER TO supabase_functions_admin;
GRANT ALL ON ALL TABLES IN SCHEMA supabase_functions TO hosted_postgres, anon, authenticated, service_role;
GRANT EXECUTE ON FUNCTION supabase_functions.http_request() TO hosted_postgres, anon, authenticated, service_role;

-- The platform's event triggers: they fire on a customer's statements, and a customer can neither drop nor change them.
CREATE FUNCTION extensions.pgrst_ddl_watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NOTIFY pgrst, 'reload schema'; END $$;
CREATE FUNCTION extensions.pgrst_drop_watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NOTIFY pgrst, 'reload schema'; END $$;
CREATE EVENT TRIGGER pgrst_ddl_watch ON ddl_command_end EXECUTE FUNCTION extensions.pgrst_ddl_watch();
CREATE EVENT TRIGGER pgrst_drop_watch ON sql_drop EXECUTE FUNCTION extensions.pgrst_drop_watch();

CREATE PUBLICATION supabase_realtime_messages_publication FOR TABLE realtime.messages;
RESET SESSION AUTHORIZATION;
CREATE PUBLICATION supabase_realtime;
ALTER PUBLICATION supabase_realtime OWNER TO hosted_postgres;
