-- Functions, procedures, aggregates, operators.

CREATE FUNCTION fx.add(a integer, b integer DEFAULT 1, VARIADIC rest integer[] DEFAULT '{}') RETURNS integer
    LANGUAGE sql IMMUTABLE LEAKPROOF PARALLEL SAFE COST 3
    AS $$ SELECT a + b + coalesce((SELECT sum(r)::int FROM unnest(rest) r), 0) $$;
CREATE FUNCTION fx.add(a text, b text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT a || b $$;
\if :v14
CREATE FUNCTION fx.returned(a integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN a * 2;
CREATE FUNCTION fx.standard_body(n integer) RETURNS TABLE (k integer, word text) LANGUAGE sql STABLE ROWS 7
BEGIN ATOMIC
    SELECT i, 'w' || i AS word FROM generate_series(1, n) AS i;
    SELECT i * 2, 'x' AS word FROM generate_series(1, n) AS i;
END;
CREATE PROCEDURE fx.swap(INOUT a anyelement, INOUT b anyelement, OUT changed boolean) LANGUAGE plpgsql AS $$
DECLARE c a%TYPE;
BEGIN c := a; a := b; b := c; changed := true; END $$;
\endif
CREATE FUNCTION fx.tricky() RETURNS text LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO fx, pg_temp SET datestyle TO 'SQL, DMY' SET "fx.custom" TO 'it''s; \ "x"' AS $body$
BEGIN
    -- Lines that look like the statements of a dump, inside a literal:
    RETURN $text$
CREATE EVENT TRIGGER not_one ON ddl_command_start EXECUTE FUNCTION nothing();
COPY fx.nothing FROM stdin;
1	2
\.
\restrict abc
SELECT '$$';
$text$;
END $body$;
CREATE FUNCTION fx."Ünder Score%/"("In Put" text, OUT "Out Put" text, OUT n int) LANGUAGE sql AS $$ SELECT "In Put", 1 $$;
CREATE FUNCTION fx.any_range(anyrange) RETURNS anyelement LANGUAGE sql AS $$ SELECT lower($1) $$;
CREATE FUNCTION fx.rank_twice() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE STRICT AS 'window_row_number';

CREATE FUNCTION fx.sum_state(state numeric, value fx.price) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT coalesce(state, 0) + coalesce(value, 0) $$;
CREATE FUNCTION fx.sum_undo(state numeric, value fx.price) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT state - coalesce(value, 0) $$;
CREATE FUNCTION fx.sum_join(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT coalesce(a, 0) + coalesce(b, 0) $$;
CREATE AGGREGATE fx.total(fx.price) (SFUNC = fx.sum_state, STYPE = numeric, INITCOND = '0', COMBINEFUNC = fx.sum_join, PARALLEL = SAFE,
    MSFUNC = fx.sum_state, MSTYPE = numeric, MINVFUNC = fx.sum_undo, MINITCOND = '0');
CREATE AGGREGATE fx.every_number(integer) (SFUNC = array_append, STYPE = integer[], INITCOND = '{}');
CREATE AGGREGATE fx.middle(double precision ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal,
    FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE FUNCTION fx.bigger(fx.box_no, fx.box_no) RETURNS fx.box_no LANGUAGE internal IMMUTABLE STRICT AS 'int4larger';
CREATE AGGREGATE fx.biggest(fx.box_no) (SFUNC = fx.bigger, STYPE = fx.box_no, SORTOP = OPERATOR(fx.>));

CREATE OPERATOR fx.+|| (LEFTARG = text, RIGHTARG = text, FUNCTION = fx.add);
CREATE FUNCTION fx.shout(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT upper($1) $$;
CREATE OPERATOR fx.!! (RIGHTARG = text, FUNCTION = fx.shout);

CREATE PROCEDURE fx.note(what text, n integer DEFAULT 0) LANGUAGE plpgsql AS $$ BEGIN PERFORM what, n; END $$;

ALTER FUNCTION fx.tricky() OWNER TO fx_archivist;
ALTER PROCEDURE fx.note(text, integer) OWNER TO fx_owner;
ALTER AGGREGATE fx.total(fx.price) OWNER TO fx_owner;
