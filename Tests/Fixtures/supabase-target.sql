-- A new, empty project of the same kind as supabase.sql makes: the platform's own tables are there, with the platform's rows only.
--
--   psql -X -d an_empty_database -f Tests/Fixtures/supabase-target.sql        as a superuser
--
-- Plain PostgreSQL has no supautils, so two of its privileges are stood in for by grants, cluster-wide: the login may set
-- session_replication_role (15 and newer), and may create policies on the tables of `storage` and `realtime` (as a member of their
-- owners, which lets it do more there than the real one may). Triggers on `auth` need no more than the TRIGGER right that it has there too.

\ir supabase/start.sql
\ir supabase/roles.sql
\ir supabase/platform.sql
\ir supabase/auth.sql
\ir supabase/storage.sql
\ir supabase/protected.sql

\if :v15
GRANT SET ON PARAMETER session_replication_role TO hosted_postgres;
\endif
GRANT supabase_storage_admin, supabase_realtime_admin TO hosted_postgres;
