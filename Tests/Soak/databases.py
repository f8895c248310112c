"""A small database that changes, and what was in it at an instant."""

import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import servers  # noqa: E402

TABLES = ("customers", "orders")
DEFINITIONS = """
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint REFERENCES customers, note text);
CREATE INDEX ON orders (customer);
INSERT INTO customers SELECT i, md5(i::text) FROM generate_series(1, 2000) i;
INSERT INTO orders SELECT i, 1 + i % 2000, repeat(md5(i::text), 5) FROM generate_series(1, 20000) i
"""
CHANGE = """
UPDATE orders SET note = md5('{seed}' || id) WHERE id % 97 = {seed} % 97;
DELETE FROM orders WHERE id % 89 = {seed} % 89;
INSERT INTO orders SELECT max(id) + 1, 1 + {seed} % 2000, '{seed}' FROM orders;
"""


class Database:
    def __init__(self, folder, dice):
        self.dice = dice
        self.server = servers.Server(servers.installations()[0], folder)
        self.server.fresh_database("shop")
        for statement in DEFINITIONS.split(";"):
            self.server.psql("shop", statement)

    @property
    def url(self):
        return self.server.url("shop")

    def change(self):
        self.server.psql("shop", CHANGE.format(seed=self.dice.randrange(10_000)))

    def record(self, database="shop"):
        """By table, its rows and their sum."""
        return {
            table: {"rows": self.server.psql(database, f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY id)) FROM {table} t")}
            for table in TABLES
        }

    def empty(self, name):
        """The URL of a database with nothing in it."""
        self.server.fresh_database(name)
        return self.server.url(name)

    def stop(self):
        self.server.stop()
