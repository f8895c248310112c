-- Inheritance as it was before partitions: several parents, merged columns, children of children.

CREATE SCHEMA fx_tree AUTHORIZATION fx_archivist;
SET ROLE fx_archivist;
CREATE TABLE fx_tree.things (id integer NOT NULL, label text DEFAULT 'thing', CONSTRAINT label_there CHECK (label <> ''));
CREATE TABLE fx_tree.valued (amount numeric DEFAULT 1, label text);
-- Columns in another order than the parents', one merged from both, one overridden, one of its own.
CREATE TABLE fx_tree.things_with_value (extra integer, label text DEFAULT 'both', id integer) INHERITS (fx_tree.things, fx_tree.valued);
CREATE TABLE fx_tree.grandchild (amount numeric NOT NULL DEFAULT 5, PRIMARY KEY (id)) INHERITS (fx_tree.things_with_value);
CREATE TABLE fx_tree.adopted (id integer NOT NULL, label text, amount numeric, own boolean, CONSTRAINT label_there CHECK (label <> ''));
ALTER TABLE fx_tree.adopted INHERIT fx_tree.things;
\if :{?unpromised}
CREATE TABLE fx_tree.adopted_backwards (amount numeric, label text, own boolean, id integer NOT NULL, CONSTRAINT label_there CHECK (label <> ''));
ALTER TABLE fx_tree.adopted_backwards INHERIT fx_tree.things;
INSERT INTO fx_tree.adopted_backwards VALUES (0, 'adopted', true, 6);
-- Columns that are last, or in an order of their own, and are not once the children are created anew.
ALTER TABLE fx_tree.things ADD COLUMN late date DEFAULT '2020-02-02';
\endif
INSERT INTO fx_tree.things VALUES (1, 'parent only'), (1, 'parent only');
INSERT INTO fx_tree.valued VALUES (2.50, NULL);
INSERT INTO fx_tree.things_with_value (id, amount, extra) SELECT i, i / 7.0, -i FROM generate_series(10, 60) i;
INSERT INTO fx_tree.grandchild (id, label) SELECT i, 'g' || i FROM generate_series(100, 140) i;
INSERT INTO fx_tree.adopted VALUES (5, 'adopted', 0, true);
RESET ROLE;
