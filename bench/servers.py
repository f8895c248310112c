"""Throw-away PostgreSQL servers, on a private socket, with the same settings for everyone who is measured."""

import os
import pathlib
import pwd
import re
import shutil
import subprocess
import time

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "512MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Installation:
    def __init__(self, folder):
        self.bin = pathlib.Path(folder)
        said = subprocess.run([self.bin / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
        self.version = re.search(r"\d+(\.\d+|[a-z]+\d+)?", said).group(0)
        self.major = int(re.match(r"\d+", self.version).group(0))

    def dump_compression(self):
        """The fastest compression that this pg_dump has, as its argument and as a name for people."""
        if self.major >= 16:
            # Refused at once where it was built without; a connection that fails comes later, with another message.
            said = subprocess.run(
                [self.bin / "pg_dump", "--compress=zstd:1", "-d", "host=/nonexistent"], capture_output=True, text=True
            ).stderr
            if "does not support" not in said:
                return "--compress=zstd:1", "zstd 1"
        return "--compress=1", "gzip 1"


def installations():
    """One per major, newest first."""
    folders = os.environ.get("REPRISE_POSTGRES_BIN", "").split(":")
    folders += sorted(map(str, pathlib.Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    found = {}
    for folder in folders:
        if folder and os.access(f"{folder}/postgres", os.X_OK) and os.access(f"{folder}/pgbench", os.X_OK):
            installation = Installation(folder)
            found.setdefault(installation.major, installation)
    return [found[major] for major in sorted(found, reverse=True)]


class Server:
    def __init__(self, installation, folder):
        self.installation = installation
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.port = "5432"
        self.prefix = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else "nobody")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        data = self.folder / "data"
        log = open(self.folder / "log", "wb")
        subprocess.run(
            [
                *self.prefix,
                installation.bin / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
            check=True,
            stdout=log,
            stderr=log,
            cwd="/",
        )
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        self.process = subprocess.Popen(
            [*self.prefix, installation.bin / "postgres", "-D", data, "-k", self.folder, *settings],
            stdout=log,
            stderr=log,
            cwd="/",
        )
        for _ in range(300):
            if subprocess.run([installation.bin / "pg_isready", "-q", "-h", self.folder]).returncode == 0:
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL {installation.version} does not start; see {self.folder}/log")

    def environment(self, database):
        return {"PGHOST": str(self.folder), "PGPORT": self.port, "PGUSER": "postgres", "PGDATABASE": database}

    def url(self, database):
        return f"postgresql://postgres@/{database}?host={self.folder}&port={self.port}"

    def psql(self, database, sql):
        return subprocess.run(
            [self.installation.bin / "psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, **self.environment(database)},
        ).stdout.strip()

    def fresh_database(self, database):
        self.psql("postgres", f"DROP DATABASE IF EXISTS {database}")
        self.psql("postgres", f"CREATE DATABASE {database}")
        self.psql("postgres", "CHECKPOINT")

    def stop(self, keep=False):
        self.process.terminate()
        self.process.wait()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
