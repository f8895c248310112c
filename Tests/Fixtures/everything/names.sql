-- Names that quoting, file names and terminals stumble over. Identifiers hold 63 bytes, not 63 characters.

CREATE SCHEMA "Names % / \ ""q"" é";
CREATE SCHEMA "a.b";
CREATE SCHEMA a;
CREATE SCHEMA "..";
SELECT format('CREATE TABLE %I.%I (%I integer PRIMARY KEY, %I text)', s, t, c, c || '2'),
       format('INSERT INTO %I.%I VALUES (1, %L), (2, NULL)', s, t, t),
       format('COMMENT ON TABLE %I.%I IS %L', s, t, t)
FROM (VALUES
    (E'Names % / \\ "q" é', 'select', 'from'),
    (E'Names % / \\ "q" é', 'Upper Case', 'Column With Space'),
    (E'Names % / \\ "q" é', 'upper case', 'column with space'),
    (E'Names % / \\ "q" é', 'UPPER CASE', 'COLUMN'),
    (E'Names % / \\ "q" é', E'new\nline', E'col\numn'),
    (E'Names % / \\ "q" é', E'tab\tand\rreturn', E'c\tr'),
    (E'Names % / \\ "q" é', 'per%cent', '100%'),
    (E'Names % / \\ "q" é', 'per%25cent', '%25'),
    (E'Names % / \\ "q" é', 'sla/sh', 'a/b'),
    (E'Names % / \\ "q" é', 'sla%2Fsh', 'a%2Fb'),
    (E'Names % / \\ "q" é', E'back\\slash', E'\\'),
    (E'Names % / \\ "q" é', 'double"quote', '"'),
    (E'Names % / \\ "q" é', 'single''quote', ''''),
    (E'Names % / \\ "q" é', '$dollar$', '$1'),
    (E'Names % / \\ "q" é', '-- comment', '/*'),
    (E'Names % / \\ "q" é', '''); DROP TABLE x; --', ';'),
    (E'Names % / \\ "q" é', '-rf', '--help'),
    (E'Names % / \\ "q" é', '..', '.'),
    (E'Names % / \\ "q" é', '~', '~/'),
    (E'Names % / \\ "q" é', '*', '?'),
    (E'Names % / \\ "q" é', ' leading and trailing ', ' '),
    (E'Names % / \\ "q" é', 'été composed', 'é'),
    (E'Names % / \\ "q" é', U&'e\0301te\0301 decomposed', U&'e\0301'),
    (E'Names % / \\ "q" é', '表 таблица جدول 🐘', '列'),
    (E'Names % / \\ "q" é', E'zero\u200bwidth\ufeff', E'\u202e'),
    (E'Names % / \\ "q" é', E'bell\x07escape\x1b[31m', E'\x01'),
    (E'Names % / \\ "q" é', repeat('x', 63), repeat('y', 62)),
    (E'Names % / \\ "q" é', repeat('é', 31) || 'x', repeat('é', 31)),
    (E'Names % / \\ "q" é', 'CON', 'nul.txt'),
    (E'Names % / \\ "q" é', 'manifest.json', 'schema.dump'),
    ('a', 'b.c', 'd'), ('a.b', 'c', 'd'), ('a', 'b', 'c.d'), ('..', '..', '..')
) AS names (s, t, c) \gexec
CREATE INDEX "Index % / ""q"" é" ON "Names % / \ ""q"" é"."Upper Case" ("Column With Space");
ALTER TABLE "Names % / \ ""q"" é"."Upper Case" ADD CONSTRAINT "check % / ""q""
newline" CHECK ("Column With Space" > 0);
CREATE SEQUENCE "Names % / \ ""q"" é"."Seq % / é";
SELECT pg_catalog.setval('"Names % / \ ""q"" é"."Seq % / é"', 12) \g /dev/null
CREATE VIEW "Names % / \ ""q"" é"."View ""q""" AS SELECT "Column With Space" AS "as", 'it''s \ ' AS "it's" FROM "Names % / \ ""q"" é"."Upper Case";
CREATE TYPE "Names % / \ ""q"" é"."Enum ""q""" AS ENUM ('a"b', 'a''b', 'a,b', 'a\b', '{}', ' ', '');
CREATE TABLE "Names % / \ ""q"" é".with_enum (e "Names % / \ ""q"" é"."Enum ""q""", a "Names % / \ ""q"" é"."Enum ""q"""[]);
INSERT INTO "Names % / \ ""q"" é".with_enum SELECT v, ARRAY[v, v, NULL] FROM unnest(enum_range(NULL::"Names % / \ ""q"" é"."Enum ""q""")) v;
ALTER SCHEMA "Names % / \ ""q"" é" OWNER TO "fx Rôle: 50 % / ""x'\";
