"""What is measured: a database of several kinds of rows, and a file of several kinds of bytes. The same at every run."""

import os
import random
import subprocess

SEED = 20260101
#: The commonest words of two languages, and some of the trade: text compresses about as real text does.
WORDS = """the of and to in is that for was on are with they at be this from have or by one had not but what all were when we there can
an your which their said if do will each about how up out them then she many some so these would other into has more her two like him see
time could no make than first been its who now people my made over did down only way find use may water long little very after words called
just where most know get through back much before go good new write our used me man too any day same right look think also around another
came come work three word must because does part le la les des une dans pour que qui sur avec par plus est pas cette tout comme faire peut
entre sans sous après avant depuis pendant jour nuit table verre bois mer ville pays temps eau feu terre ciel main porte livre page lettre
voix rue pont train gare port île vent pluie neige soleil lune étoile jardin arbre fleur database server backup restore window number
question answer market price kitchen evening morning winter summer island harbour mountain river""".split()

TABLES = """
CREATE TABLE articles (
    id bigint, written timestamptz NOT NULL, author text NOT NULL, title text NOT NULL, summary text NOT NULL, body text NOT NULL, tags text[] NOT NULL,
    meta jsonb NOT NULL, views integer NOT NULL, score double precision NOT NULL, lang char(2) NOT NULL, price numeric(10, 2)
);
CREATE TABLE pictures (id integer, taken date NOT NULL, image bytea NOT NULL);
ALTER TABLE pictures ALTER COLUMN image SET STORAGE EXTERNAL;
"""
KEYS = """
ALTER TABLE articles ADD PRIMARY KEY (id);
CREATE INDEX ON articles (written);
CREATE INDEX ON articles (author);
ALTER TABLE pictures ADD PRIMARY KEY (id);
VACUUM ANALYZE
"""


def fill(server, database, scale):
    """About 1.3 GB of COPY text at scale 1, of three kinds in like parts: short rows of numbers (pgbench's tables), wide rows of text
    (some values long enough to be stored apart), and bytes that do not compress, as pictures are. Returns the database's size."""
    server.fresh_database(database)
    subprocess.run(
        [server.installation.bin / "pgbench", "-i", "-q", "-s", str(max(1, int(45 * scale)))],
        check=True,
        capture_output=True,
        env={**os.environ, **server.environment(database)},
    )
    server.psql(database, TABLES)
    _copy(server, database, "articles", _articles(int(150_000 * scale)))
    _copy(server, database, "pictures", _pictures(int(2_700 * scale)))
    for statement in filter(str.strip, KEYS.split(";")):
        server.psql(database, statement)
    return int(server.psql(database, "SELECT pg_database_size(current_database())"))


def mixed_file(path, size):
    """Rows of text, log lines and bytes that do not compress, in turns of 4 MiB: two, one and one of four."""
    block = 4 << 20
    dice = random.Random(SEED)
    sentences = _sentences(dice, 20_000)
    with open(path, "wb") as file:
        for number in range(size // block):
            kind = number % 4
            if kind == 3:
                file.write(dice.randbytes(block))
                continue
            lines, length = [], 0
            while length < block:
                if kind == 2:
                    line = "2026-01-01T00:%02d:%02d INFO worker %d finished job %d in %d ms\n" % (
                        len(lines) // 60 % 60,
                        len(lines) % 60,
                        len(lines) % 16,
                        dice.randrange(10**6),
                        dice.randrange(500),
                    )
                else:
                    line = (
                        "\t".join(
                            (
                                str(number * 100_000 + len(lines)),
                                str(dice.randrange(1000)),
                                ". ".join(dice.choices(sentences, k=4)),
                                "2026-01-01 00:00:00+00",
                            )
                        )
                        + "\n"
                    )
                lines.append(line.encode())
                length += len(lines[-1])
            file.write(b"".join(lines)[:block])


def _copy(server, database, table, rows):
    psql = subprocess.Popen(
        [server.installation.bin / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", f"COPY {table} FROM STDIN"],
        stdin=subprocess.PIPE,
        env={**os.environ, **server.environment(database), "PGCLIENTENCODING": "UTF8"},
    )
    with psql.stdin as sink:
        for row in rows:
            sink.write(row)
    if psql.wait() != 0:
        raise RuntimeError(f"COPY {table} failed")


def _sentences(dice, count):
    return [" ".join(dice.choices(WORDS, k=dice.randrange(6, 20))) for _ in range(count)]


def _articles(count):
    dice = random.Random(SEED)
    sentences = _sentences(dice, 20_000)
    for i in range(1, count + 1):
        words = dice.choices(WORDS, k=3)
        body = ". ".join(dice.choices(sentences, k=6 + i % 43))
        yield (
            f"{i}\t2020-01-{1 + i % 28:02d} {i % 24:02d}:{i % 60:02d}:00+00\tauthor {i * 7919 % 5000}\t{sentences[i % 20_000][:60].capitalize()}\t{sentences[i * 31 % 20_000]}\t{body}\t"
            f'{{{words[0]},{words[1]}}}\t{{"id": {i}, "source": "{words[2]}", "hash": "{dice.getrandbits(64):016x}"}}\t{i * 15485863 % 1_000_000}\t'
            f"{dice.random()!r}\t{'fr' if i % 3 == 0 else 'en'}\t{i % 100_000 / 100}\n"
        ).encode()


def _pictures(count):
    dice = random.Random(SEED)
    for i in range(1, count + 1):
        yield f"{i}\t2024-{1 + i % 12:02d}-{1 + i % 28:02d}\t\\\\xffd8ffe0{dice.randbytes(30_000 + i * 7919 % 90_000).hex()}\n".encode()
