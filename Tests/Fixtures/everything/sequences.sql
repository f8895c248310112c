-- Sequences of every kind, each with a state of its own.

SET ROLE fx_owner;
CREATE SEQUENCE fx.never_called;
CREATE SEQUENCE fx.started_elsewhere START WITH 77 MINVALUE -5 MAXVALUE 1000;
CREATE SEQUENCE fx.downwards INCREMENT -3 START WITH -1 MINVALUE -100 MAXVALUE -1 CYCLE;
CREATE SEQUENCE fx.small AS smallint CACHE 10;
CREATE SEQUENCE fx.at_its_end AS integer MAXVALUE 3;
CREATE SEQUENCE fx.biggest AS bigint;
CREATE SEQUENCE fx.set_not_called;
SELECT nextval('fx.downwards'), nextval('fx.downwards'), nextval('fx.small'), nextval('fx.at_its_end'), nextval('fx.at_its_end'), nextval('fx.at_its_end'),
       setval('fx.biggest', 9223372036854775807), setval('fx.set_not_called', 50, false) \g /dev/null
CREATE TABLE fx.with_serial (id smallserial, big bigserial, taken integer DEFAULT nextval('fx.started_elsewhere'), t text);
ALTER SEQUENCE fx.with_serial_big_seq OWNED BY NONE;
INSERT INTO fx.with_serial (t) SELECT 't' || i FROM generate_series(1, 12) i;
ALTER SEQUENCE fx.set_not_called OWNED BY fx.with_serial.t;
\if :v15
CREATE UNLOGGED SEQUENCE fx.unlogged_sequence;
SELECT nextval('fx.unlogged_sequence') \g /dev/null
\endif
COMMENT ON SEQUENCE fx.downwards IS 'counts down';
RESET ROLE;
ALTER SEQUENCE fx.biggest OWNER TO fx_archivist;
