-- A stand-in for a hosted Supabase project, on a plain PostgreSQL 13 to 18: the roles, the managed schemas with their owners and rights,
-- and an application with users, files and rows of its own.
--
--   psql -X -d an_empty_database -f Tests/Fixtures/supabase.sql        as a superuser
--
-- Where a hosted project's login is called `postgres`, here it is `hosted_postgres`: a test server's superuser has that name already.
-- It is no superuser, passes row-level security, may replicate and create roles, reads and writes the rows of `auth` and `storage`,
-- but owns nothing there. What the real platform's extension supautils allows on top, see supabase-target.sql.

\ir supabase/start.sql
\ir supabase/roles.sql
\ir supabase/platform.sql
\ir supabase/auth.sql
\ir supabase/storage.sql
\ir supabase/protected.sql
\ir supabase/project.sql
