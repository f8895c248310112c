-- What the database itself has: comment, rights, and settings that reach into every session that does not set its own.

COMMENT ON DATABASE :"DBNAME" IS 'everything — « tout »';
REVOKE TEMPORARY ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT, CREATE ON DATABASE :"DBNAME" TO fx_clerk WITH GRANT OPTION;
ALTER ROLE fx_clerk IN DATABASE :"DBNAME" SET work_mem = '21MB';
ALTER ROLE fx_owner IN DATABASE :"DBNAME" SET search_path = 'fx', '$user', 'Names % / \ "q" é';
ALTER DATABASE :"DBNAME" SET search_path = 'fx', 'public', 'fx_ext';
ALTER DATABASE :"DBNAME" SET timezone = 'America/St_Johns';
ALTER DATABASE :"DBNAME" SET datestyle = 'SQL, DMY';
ALTER DATABASE :"DBNAME" SET intervalstyle = 'iso_8601';
ALTER DATABASE :"DBNAME" SET bytea_output = 'escape';
ALTER DATABASE :"DBNAME" SET extra_float_digits = -5;
ALTER DATABASE :"DBNAME" SET standard_conforming_strings = off;
ALTER DATABASE :"DBNAME" SET escape_string_warning = off;
ALTER DATABASE :"DBNAME" SET client_encoding = 'LATIN1';
ALTER DATABASE :"DBNAME" SET xmloption = 'document';
ALTER DATABASE :"DBNAME" SET quote_all_identifiers = on;
ALTER DATABASE :"DBNAME" SET statement_timeout = '90s';
ALTER DATABASE :"DBNAME" SET lock_timeout = '80s';
ALTER DATABASE :"DBNAME" SET idle_in_transaction_session_timeout = '70s';
ALTER DATABASE :"DBNAME" SET "fx.setting" = 'it''s; \ "x" é';
