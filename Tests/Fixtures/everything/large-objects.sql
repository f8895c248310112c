-- Large objects: owners, rights, comments, holes, one longer than a page of them, one empty, numbers beyond 2^31.

SELECT lo_from_bytea(700001, '\x5c2e0a00ff'), lo_from_bytea(700002, ''), lo_from_bytea(4294967000, convert_to('été \N', 'UTF8')),
       lo_from_bytea(700003, (SELECT decode(string_agg(md5(i::text), '' ORDER BY i), 'hex') FROM generate_series(1, 200000) i)), lo_create(700004) \g /dev/null
-- Written past its end: what lies between was never stored, and reads as zeros.
SELECT lo_put(700004, 3000000, '\x656e64') \g /dev/null
ALTER LARGE OBJECT 700001 OWNER TO fx_owner;
ALTER LARGE OBJECT 700003 OWNER TO "fx Rôle: 50 % / ""x'\";
GRANT SELECT ON LARGE OBJECT 700001 TO PUBLIC;
GRANT SELECT, UPDATE ON LARGE OBJECT 700001 TO fx_writer WITH GRANT OPTION;
GRANT SELECT ON LARGE OBJECT 4294967000 TO fx_reader;
REVOKE ALL ON LARGE OBJECT 700003 FROM "fx Rôle: 50 % / ""x'\";
COMMENT ON LARGE OBJECT 700001 IS 'a picture, they said — it''s é';
CREATE TABLE fx.pictures (id integer PRIMARY KEY, picture oid);
INSERT INTO fx.pictures VALUES (1, 700001), (2, 700003), (3, 4294967000), (4, NULL);
