-- Domains, enums, ranges, composite and base types, collations, conversions, an access method.

CREATE SCHEMA fx AUTHORIZATION fx_owner;

CREATE TYPE fx.mood AS ENUM ('sad', 'ok', 'happy');
ALTER TYPE fx.mood ADD VALUE 'it''s "fine", \ % é' BEFORE 'happy';
ALTER TYPE fx.mood ADD VALUE 'first' BEFORE 'sad';
CREATE TYPE fx.empty_enum AS ENUM ();

CREATE DOMAIN fx.price AS numeric(10, 2) DEFAULT 0.00 CONSTRAINT price_not_negative CHECK (VALUE >= 0);
CREATE DOMAIN fx.email AS fx_ext.citext NOT NULL CHECK (VALUE ~ '^[^@]+@[^@]+$'::fx_ext.citext);
CREATE DOMAIN fx.discounted AS fx.price CHECK (VALUE < 1000);
ALTER DOMAIN fx.discounted ADD CONSTRAINT not_checked CHECK (VALUE <> 13) NOT VALID;
CREATE DOMAIN fx.codes AS text[] CHECK (cardinality(VALUE) < 4);
CREATE DOMAIN fx.name AS text COLLATE "C";

CREATE TYPE fx.address AS (street text, "Postal Code" varchar(10), country char(2));
CREATE TYPE fx.contact AS (who text COLLATE "C", home fx.address, moods fx.mood[], asked fx.price);
CREATE TYPE fx.nothing AS ();
ALTER TYPE fx.address ADD ATTRIBUTE floor smallint;
ALTER TYPE fx.address DROP ATTRIBUTE country;

CREATE FUNCTION fx.time_diff(x time, y time) RETURNS double precision LANGUAGE sql STRICT IMMUTABLE
    AS $$ SELECT EXTRACT(EPOCH FROM (x - y))::double precision $$;
\if :v14
CREATE TYPE fx.opening AS RANGE (SUBTYPE = time, SUBTYPE_DIFF = fx.time_diff, MULTIRANGE_TYPE_NAME = fx.openings);
\else
CREATE TYPE fx.opening AS RANGE (SUBTYPE = time, SUBTYPE_DIFF = fx.time_diff);
\endif
CREATE TYPE fx.text_range AS RANGE (SUBTYPE = text, COLLATION = "C");

-- A base type on the functions of int4: enough to be dumped as one, with operators, a class and casts.
CREATE TYPE fx.box_no;
CREATE FUNCTION fx.box_no_in(cstring) RETURNS fx.box_no LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION fx.box_no_out(fx.box_no) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE fx.box_no (INPUT = fx.box_no_in, OUTPUT = fx.box_no_out, LIKE = int4, DELIMITER = ';');
CREATE FUNCTION fx.box_no_lt(fx.box_no, fx.box_no) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
CREATE FUNCTION fx.box_no_le(fx.box_no, fx.box_no) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4le';
CREATE FUNCTION fx.box_no_eq(fx.box_no, fx.box_no) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4eq';
CREATE FUNCTION fx.box_no_ge(fx.box_no, fx.box_no) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4ge';
CREATE FUNCTION fx.box_no_gt(fx.box_no, fx.box_no) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4gt';
CREATE FUNCTION fx.box_no_cmp(fx.box_no, fx.box_no) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE FUNCTION fx.box_no_hash(fx.box_no) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'hashint4';
CREATE OPERATOR fx.< (LEFTARG = fx.box_no, RIGHTARG = fx.box_no, FUNCTION = fx.box_no_lt, COMMUTATOR = OPERATOR(fx.>), NEGATOR = OPERATOR(fx.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR fx.<= (LEFTARG = fx.box_no, RIGHTARG = fx.box_no, FUNCTION = fx.box_no_le, COMMUTATOR = OPERATOR(fx.>=), NEGATOR = OPERATOR(fx.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
CREATE OPERATOR fx.= (LEFTARG = fx.box_no, RIGHTARG = fx.box_no, FUNCTION = fx.box_no_eq, COMMUTATOR = OPERATOR(fx.=), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR fx.>= (LEFTARG = fx.box_no, RIGHTARG = fx.box_no, FUNCTION = fx.box_no_ge, COMMUTATOR = OPERATOR(fx.<=), NEGATOR = OPERATOR(fx.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
CREATE OPERATOR fx.> (LEFTARG = fx.box_no, RIGHTARG = fx.box_no, FUNCTION = fx.box_no_gt, COMMUTATOR = OPERATOR(fx.<), NEGATOR = OPERATOR(fx.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
CREATE OPERATOR FAMILY fx.box_no_ops USING btree;
CREATE OPERATOR CLASS fx.box_no_ops DEFAULT FOR TYPE fx.box_no USING btree FAMILY fx.box_no_ops AS
    OPERATOR 1 fx.<, OPERATOR 2 fx.<=, OPERATOR 3 fx.=, OPERATOR 4 fx.>=, OPERATOR 5 fx.>, FUNCTION 1 fx.box_no_cmp(fx.box_no, fx.box_no);
CREATE OPERATOR CLASS fx.box_no_hash_ops DEFAULT FOR TYPE fx.box_no USING hash AS OPERATOR 1 fx.=, FUNCTION 1 fx.box_no_hash(fx.box_no);

CREATE FUNCTION fx.box_no_of(integer) RETURNS fx.box_no LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT $1::text::fx.box_no $$;
CREATE CAST (integer AS fx.box_no) WITH FUNCTION fx.box_no_of(integer) AS ASSIGNMENT;
CREATE CAST (fx.box_no AS integer) WITHOUT FUNCTION;
CREATE CAST (fx.address AS json) WITH INOUT AS IMPLICIT;

CREATE COLLATION fx.plain FROM "C";
CREATE COLLATION fx."Éé" (LOCALE = 'C');
\if :has_icu
CREATE COLLATION fx.no_accents (PROVIDER = icu, LOCALE = 'und-u-ks-level1', DETERMINISTIC = false);
\endif
\if :v17
CREATE COLLATION fx.builtin_utf8 (PROVIDER = builtin, LOCALE = 'C.UTF-8');
\endif
CREATE CONVERSION fx.to_latin FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
CREATE ACCESS METHOD fx_heap TYPE TABLE HANDLER pg_catalog.heap_tableam_handler;
CREATE ACCESS METHOD fx_btree TYPE INDEX HANDLER pg_catalog.bthandler;

ALTER TYPE fx.mood OWNER TO fx_owner;
ALTER DOMAIN fx.price OWNER TO fx_archivist;
