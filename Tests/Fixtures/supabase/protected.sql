-- What a customer's login may look into, but never write back: secrets under the project's root key, and the scheduler's jobs.

SET SESSION AUTHORIZATION supabase_admin;
CREATE SCHEMA vault;
CREATE TABLE vault.secrets (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text, description text NOT NULL DEFAULT '', secret text NOT NULL, key_id uuid, nonce bytea,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE UNIQUE INDEX secrets_name_idx ON vault.secrets (name) WHERE name IS NOT NULL;
-- The real one decrypts by the root key, which no dump has; here the letters stand in reverse.
CREATE VIEW vault.decrypted_secrets AS SELECT id, name, description, secret, reverse(secret) AS decrypted_secret, key_id, nonce, created_at, updated_at FROM vault.secrets;
CREATE FUNCTION vault.create_secret(new_secret text, new_name text DEFAULT NULL, new_description text DEFAULT '', new_key_id uuid DEFAULT NULL) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path TO '' AS $$
DECLARE made uuid;
BEGIN
    INSERT INTO vault.secrets (secret, name, description) VALUES (pg_catalog.reverse(new_secret), new_name, new_description) RETURNING id INTO made;
    RETURN made;
END $$;
CREATE FUNCTION vault.update_secret(secret_id uuid, new_secret text DEFAULT NULL, new_name text DEFAULT NULL, new_description text DEFAULT NULL, new_key_id uuid DEFAULT NULL) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path TO '' AS $$
    UPDATE vault.secrets SET secret = coalesce(pg_catalog.reverse(new_secret), secret), name = coalesce(new_name, name), description = coalesce(new_description, description) WHERE id = secret_id $$;
GRANT USAGE ON SCHEMA vault TO hosted_postgres WITH GRANT OPTION;
GRANT USAGE ON SCHEMA vault TO service_role;
GRANT SELECT, DELETE ON vault.secrets, vault.decrypted_secrets TO hosted_postgres WITH GRANT OPTION;
GRANT SELECT, DELETE ON vault.secrets, vault.decrypted_secrets TO service_role;
REVOKE ALL ON FUNCTION vault.create_secret, vault.update_secret FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault.create_secret, vault.update_secret TO hosted_postgres WITH GRANT OPTION;

CREATE SCHEMA cron;
CREATE SEQUENCE cron.jobid_seq;
CREATE TABLE cron.job (jobid bigint PRIMARY KEY DEFAULT nextval('cron.jobid_seq'), schedule text NOT NULL, command text NOT NULL, nodename text NOT NULL DEFAULT 'localhost', nodeport integer NOT NULL DEFAULT 5432,
    database text NOT NULL DEFAULT current_database(), username text NOT NULL DEFAULT CURRENT_USER, active boolean NOT NULL DEFAULT true, jobname name);
CREATE TABLE cron.job_run_details (jobid bigint, runid bigserial PRIMARY KEY, job_pid integer, database text, username text, command text, status text, return_message text, start_time timestamptz, end_time timestamptz);
CREATE FUNCTION cron.schedule(job_name name, schedule text, command text) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path TO '' AS $$
    INSERT INTO cron.job (schedule, command, username, jobname) VALUES ($2, $3, session_user, $1) RETURNING jobid $$;
ALTER TABLE cron.job ENABLE ROW LEVEL SECURITY;
CREATE POLICY cron_job_policy ON cron.job USING (username = CURRENT_USER);
GRANT USAGE ON SCHEMA cron TO hosted_postgres WITH GRANT OPTION;
GRANT SELECT ON cron.job TO hosted_postgres;
GRANT ALL ON cron.job_run_details TO hosted_postgres;
GRANT EXECUTE ON FUNCTION cron.schedule(name, text, text) TO hosted_postgres;
RESET SESSION AUTHORIZATION;
