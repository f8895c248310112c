-- Values that are hard to carry, of every type: as text, through COPY, and back.

SET ROLE fx_owner;

CREATE TABLE fx.numbers (id integer PRIMARY KEY, small smallint, int integer, big bigint, single real, double double precision,
    number numeric, scaled numeric(20, 5), cash money, price fx.price, cheap fx.discounted, yes boolean);
INSERT INTO fx.numbers VALUES
    (1, -32768, -2147483648, -9223372036854775808, '-infinity', '-infinity', 'NaN', 'NaN', '-92233720368547758.08', 0, 999.99, false),
    (2, 32767, 2147483647, 9223372036854775807, 'infinity', 'infinity', 1e1000::numeric, 123456789012345.12345, '92233720368547758.07', 99999999.99, NULL, true),
    (3, 0, 0, 0, 'NaN', 'NaN', -0.00000000000000000000000000000000000000001, 0, 0, 0.01, 0, NULL),
    (4, NULL, NULL, NULL, '-0', '-0', 1.10, 1.1, 1.1, NULL, NULL, NULL),
    (5, 1, 1, 1, 1.17549435e-38, 4.9406564584124654e-324, 1.1000, 0.1, 0.01, 1, 1, true),
    (6, 1, 1, 1, 3.4028235e38, 1.7976931348623157e308, 12345678901234567890123456789.123456789012345678901234567890, 1, 1, 1, 1, true),
    (7, 1, 1, 1, 0.1, 0.1, 0.1, 1, 1, 1, 1, true), (8, 1, 1, 1, 1e-45, 0.30000000000000004, 3, 1, 1, 1, 1, true);
\if :v14
INSERT INTO fx.numbers (id, number) VALUES (9, 'infinity'), (10, '-infinity');
\endif
\if :v15
CREATE TABLE fx.scales (n numeric(3, -2), m numeric(3, 6));
INSERT INTO fx.scales VALUES (12345, 0.000123), ('NaN', NULL);
\endif

CREATE TABLE fx.texts (id integer PRIMARY KEY, t text, v varchar(12), padded char(5), one "char", n name, ci fx_ext.citext, who fx.name);
INSERT INTO fx.texts VALUES
    (1, '', '', '', '', '', '', ''), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (3, '\N', '\N', '\N', 'N', '\N', '\N', '\N'),
    (4, E'tab\there', E'\t', E'\t', E'\t', E'\t', E'\t', E'\t'), (5, E'line\nfeed', E'\n', E'\n', E'\n', E'\n', E'\n', E'\n'),
    (6, E'carriage\rreturn', E'\r\n', E'\r', E'\r', E'\r', E'\r', E'\r'), (7, E'back\\slash \\. \\n', '\', '\\', '\', '\', '\', '\'),
    (8, E'\x01\x02\x03\x04\x05\x06\x07\b\t\n\x0b\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f', E'\v\f\b', E'\x7f', E'\x01', E'\x1b', E'\x1b', E'\x1b'),
    (9, '''single'' "double" `back` $dollar$', '''', '"', '''', '''', '''', ''''), (10, ' leading and trailing ', '  ', '  a', ' ', '  a  ', ' A ', ' '),
    (11, 'é ü ß œ € ½', 'Ünïcödé', 'éàü', E'\x7f', 'été', 'ÉTÉ', 'é'), (12, U&'e\0301 \200B \FEFF \202E rtl \+01F600 \+10FFFF', '🐘', '🐘🐘', 'z', '🐘', 'Ǆ', '表'),
    (13, '\\x41 \101 \u00e9 %s %% ${HOME} $(id) `id` ; -- /* */', '%', '%', '%', '%', '%', '%'), (14, 'NULL', 'null', 'NULL', 'N', 'NULL', 'NULL', 'NULL'),
    (15, E'\\.\n\\.\n', '\.', '\.', '.', '\.', '\.', '\.'), (16, 'العربية עברית हिन्दी 日本語', 'a,b;c|d', 'a' || chr(160), 'x', 'y', 'z', 'w');
INSERT INTO fx.texts (id, t) SELECT 1000 + c, 'before ' || chr(c) || ' after' FROM generate_series(1, 1100) c;

CREATE TABLE fx.times (id integer PRIMARY KEY, d date, t time, tz timetz, ts timestamp, tstz timestamptz, i interval, t0 time(0), ts3 timestamptz(3), months interval year to month);
INSERT INTO fx.times VALUES
    (1, '-infinity', '00:00', '00:00+15:59', '-infinity', '-infinity', '-178000000 years', '00:00', '-infinity', '-1 year'),
    (2, 'infinity', '24:00', '24:00-15:59', 'infinity', 'infinity', '178000000 years', '23:59:59', 'infinity', '1 month'),
    (3, '4713-11-24 BC', '23:59:59.999999', '12:00:00.000001+05:30', '4713-11-24 00:00:00 BC', '4713-11-24 00:00:00+00 BC', '1 year -2 mons 3 days -04:05:06.789', '12:00', '0001-01-01 00:00:00+00 BC', '0'),
    (4, '5874897-12-31', '12:34:56.789', '12:34:56.789-03:30', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00', '0', NULL, NULL, NULL),
    (5, '0001-12-31 BC', NULL, NULL, '1900-01-01 00:00:00', '1883-11-18 12:03:57+00', '-00:00:00.000001', NULL, '2024-03-31 01:59:59.9995+00', NULL),
    (6, '2024-02-29', '01:02:03', '01:02:03+00', '2024-10-27 02:30:00', '2024-10-27 00:30:00+00', '1 day 24:00', NULL, '2024-10-27 01:30:00+00', NULL),
    (7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (8, '1582-10-10', '00:00:00.5', '00:00:00.5+14', '1969-12-31 23:59:59.999999', '1969-12-31 23:59:59.999999+00', '999999:59:59.999999', NULL, NULL, NULL);
\if :v17
INSERT INTO fx.times (id, i) VALUES (9, 'infinity'), (10, '-infinity');
\endif

CREATE TABLE fx.bytes (id integer PRIMARY KEY, b bytea, fixed bit(9), bits varbit, flags bit varying(3)[]);
INSERT INTO fx.bytes VALUES (1, '', B'000000000', B'', '{}'), (2, NULL, NULL, NULL, NULL), (3, '\x00', B'111111111', B'1', ARRAY[B'101', NULL, B'']),
    (4, '\x5c785c30300a090d5c2e', B'101010101', repeat('10', 500)::varbit, NULL);
INSERT INTO fx.bytes (id, b) SELECT 10, string_agg(decode(lpad(to_hex(i), 2, '0'), 'hex'), '' ORDER BY i) FROM generate_series(0, 255) i;

CREATE TABLE fx.documents (id integer PRIMARY KEY, j json, jb jsonb, x xml, jp jsonpath, h fx_ext.hstore, tree fx_ext.ltree, query fx_ext.lquery, words tsvector, asked tsquery);
INSERT INTO fx.documents (id, j, jb, jp, h, tree, query, words, asked) VALUES
    (1, '{"b" : 1,  "a":[1.0, 1.00, 1e2], "b":2, "é\u00e9\ud83d\ude00": "\n\\\"" }', '{"b": 1, "a": [1.0, 1.00, 1e2], "b": 2, "é": "\n\\\"\u001f"}', '$.a[*] ? (@ > 1 && exists(@."b \" c"))',
     'a=>1, "b c"=>NULL, "q\"\\"=>"\\", ""=>""', 'Top.Science.e_1', '*.e{1,}.!a|b', '''a'':1A,3B ''it''''s'' ''b\\c'':2', '''fat'' & ( ''rat'':AB | !''it''''s'' ) <-> ''x'':*'),
    (2, 'null', 'null', '$', '', '', '*', '', ''), (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, '[]', '{}', 'strict $.**{2 to last}', NULL, NULL, NULL, NULL, NULL), (5, '"text"', '12345678901234567890.123456789', NULL, NULL, NULL, NULL, NULL, NULL),
    (6, E'{\n\t"pretty": true\r\n}', '[[[[[]]]]]', NULL, NULL, NULL, NULL, NULL, NULL);
\if :has_xml
UPDATE fx.documents SET x = XMLPARSE(DOCUMENT '<?xml version="1.0" encoding="UTF-8"?><a b="é">&lt;<![CDATA[\N]]><!-- c --></a>') WHERE id = 1;
UPDATE fx.documents SET x = XMLPARSE(CONTENT 'just <b>content</b>' || chr(10)) WHERE id = 2;
\endif

CREATE TABLE fx.places (id integer PRIMARY KEY, net inet, block cidr, mac macaddr, mac8 macaddr8, u uuid, p point, l line, s lseg, b box, w path, poly polygon, c circle);
INSERT INTO fx.places VALUES
    (1, '10.1.2.3', '10.0.0.0/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', '00000000-0000-0000-0000-000000000000', '(1,2)', '{1,-1,0.1}', '[(0,0),(1e300,1)]', '(2,2),(1,1)', '[(0,0),(1,1)]', '((0,0),(0,1),(1,0))', '<(0,0),1.5>'),
    (2, '::ffff:1.2.3.4/128', '2001:db8::/32', 'ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff:ff:ff', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '(NaN,Infinity)', '{0,1,-0}', '[(0.1,0.2),(0.3,0.30000000000000004)]', '(0,0),(0,0)', '((0,0),(1,1),(2,0))', '((0,0))', '<(0.1,-0),0>'),
    (3, '10.1.2.3/24', '0.0.0.0/0', NULL, NULL, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO fx.places (id) VALUES (4);

CREATE TABLE fx.system_types (id integer PRIMARY KEY, o oid, cls regclass, typ regtype, proc regprocedure, oper regoperator, role regrole, ns regnamespace, conf regconfig,
    lsn pg_lsn, snap pg_snapshot, old_snap txid_snapshot, x xid, x8 xid8, c cid, ct tid, vec oidvector, ivec int2vector, acl aclitem, cursor refcursor);
INSERT INTO fx.system_types VALUES
    (1, 4294967295, 'fx.shops', 'fx.mood', 'fx.add(integer,integer,integer[])', 'fx.+||(text,text)', 'fx_owner', 'fx', 'pg_catalog.french', '16/B374D848', '10:20:10,14,15', '10:20:', '4294967295', '18446744073709551615', '7',
     '(4294967295,65535)', '1 2 3', '1 -2', 'fx_reader=r*w/fx_owner', 'cur "x"'),
    (2, 0, '-', '-', '-', '0', '-', '-', NULL, '0/0', '1:1:', NULL, '0', '0', '0', '(0,0)', '', '', '=U/fx_owner', '');
INSERT INTO fx.system_types (id) VALUES (3);

CREATE TABLE fx.containers (id integer PRIMARY KEY, ints integer[], words text[], grid numeric[][], contact fx.contact, contacts fx.contact[], nothing fx.nothing, codes fx.codes,
    moods fx.mood[], prices fx.price[], days daterange, numbers numrange, spans tstzrange, stretch fx.text_range, hours fx.opening, ranges int4range[], boxes fx.box_no[], docs jsonb[], nets inet[]);
INSERT INTO fx.containers (id, ints, words, grid, contact, contacts, nothing, codes, moods, prices, days, numbers, spans, stretch, hours, ranges, boxes, docs, nets) VALUES
    (1, '{1,NULL,3}', ARRAY['', NULL, 'NULL', 'a,b', '{}', '"', '\', E'\n', ' ', 'é'], '{{1.0,2.00},{NaN,NULL}}', ROW('Zoë "Z" O''Neil, \', ROW('rue (1), "A"', '75001', 3), ARRAY['sad', NULL]::fx.mood[], 1.50),
     ARRAY[ROW(NULL, NULL, NULL, NULL)::fx.contact, NULL, ROW('', ROW('', '', 0), '{}', 0)::fx.contact], ROW()::fx.nothing, '{a,b}', '{first,"it''s \"fine\", \\ % é"}', '{1.10,0}', '[2024-01-01,2024-02-01)', '(,)', '[2024-03-31 00:59:59.999999+00,infinity]',
     '[")a,b\\","z \"q\"")', '(07:00,19:30)', '{empty,"[1,2)",NULL,"(,5)"}', '{1;2;3}', ARRAY['{"a": [1, "}"]}', NULL]::jsonb[], '{10.0.0.1,::1/64}'),
    (2, '{}', '{}', '{}', NULL, '{}', NULL, '{}', '{}', '{}', 'empty', 'empty', '(,)', '(,)', 'empty', '{}', '{}', '{}', '{}'),
    (4, '[-2:0]={7,8,9}', '[0:1][5:5]={{x},{y}}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '(-infinity,infinity)', '[NaN,NaN]', NULL, '["",""]', NULL, NULL, NULL, NULL, NULL);
INSERT INTO fx.containers (id) VALUES (3);
\if :v14
CREATE TABLE fx.multiranges (id integer PRIMARY KEY, days datemultirange, numbers nummultirange, hours fx.openings, many int8multirange[]);
INSERT INTO fx.multiranges VALUES (1, '{[2024-01-01,2024-02-01),[2025-01-01,)}', '{}', '{(07:00,12:00),[14:00,19:00]}', ARRAY['{[1,2),[5,9)}', '{}', NULL]::int8multirange[]), (2, NULL, NULL, NULL, NULL);
\endif

-- Long values: compressed, incompressible and stored apart, many in one row, and one that no buffer of 1 MB holds.
CREATE TABLE fx.long_values (id integer PRIMARY KEY, t text, b bytea, j jsonb, a text[]);
ALTER TABLE fx.long_values ALTER COLUMN b SET STORAGE EXTERNAL;
INSERT INTO fx.long_values
    SELECT 1, repeat('été \N ' || chr(9), 120000), (SELECT decode(string_agg(md5(i::text), '' ORDER BY i), 'hex') FROM generate_series(1, 65536) i),
           (SELECT jsonb_object_agg('k' || i, md5(i::text)) FROM generate_series(1, 3000) i), (SELECT array_agg(md5(i::text)) FROM generate_series(1, 3000) i);
INSERT INTO fx.long_values SELECT 2, repeat('x', 1048576), convert_to(repeat('y', 1048577), 'UTF8'), NULL, NULL;
INSERT INTO fx.long_values SELECT 3, string_agg(chr(i), '' ORDER BY i), NULL, NULL, NULL FROM generate_series(1, 55295) i;
INSERT INTO fx.long_values SELECT 100 + i, repeat(md5(i::text), 60), decode(repeat(md5((-i)::text), 60), 'hex') FROM generate_series(1, 500) i;
RESET ROLE;
