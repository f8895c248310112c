"""Backups of files beside restic, borg, a shell pipeline and pgBackRest: first, unchanged, a hundredth of the pages changed, restored."""

import gzip
import os
import pathlib
import random
import re
import shutil
import subprocess

import data
import measure
import servers

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = 8192
#: An object identifier, perhaps with the number of a segment.
RELATION = re.compile(r"[0-9]{1,10}(\.[0-9]{1,10})?")
SECRET = "a passphrase for the benchmark"
#: What the mixed tree holds.
MIXED = "relation files, a dump, sources, compressed files"
PLAN = """version: 1
project: {{ name: bench, timezone: UTC, language: en }}
vaults:
  local: {{ url: ./vault }}
assets:
  tree: {{ kind: files, path: "{tree}" }}
"""


class Tool:
    """One program with a repository of its own in `folder`."""

    #: What it can be measured at, in order.
    steps = ("first", "unchanged", "1 % of pages changed", "restore")
    #: Whether what comes back is compared with what went in.
    restores = True
    #: Names that may be missing in what comes back.
    leaves_out = None

    def __init__(self, folder, tree):
        self.folder, self.tree = folder, tree
        self.environment = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "LANG": "C.UTF-8"}

    def prepare(self):
        pass

    def run(self, *command, cwd=None):
        measure.run(command, log=self.folder / "log", environment=self.environment, cwd=cwd or self.folder)


class Reprise(Tool):
    name = "reprise"
    program = None

    def prepare(self):
        (self.folder / "reprise.yaml").write_text(PLAN.format(tree=self.tree))
        self.run(self.program, "init")

    def backup(self):
        return [self.program, "backup", "tree"]

    def restore(self, target):
        return [self.program, "restore", "tree", "--to", target]

    def repository(self):
        return self.folder / "vault"

    def restored(self, target):
        return target


class Restic(Tool):
    name = "restic"

    def prepare(self):
        self.environment |= {"RESTIC_REPOSITORY": str(self.repository()), "RESTIC_PASSWORD": SECRET}
        self.run(restic(), "init")

    def backup(self):
        return [restic(), "backup", "--compression=auto", self.tree]

    def restore(self, target):
        return [restic(), "restore", "latest", "--target", target]

    def repository(self):
        return self.folder / "repository"

    def restored(self, target):
        return pathlib.Path(f"{target}{self.tree}")


class Borg(Tool):
    name = "borg"

    def prepare(self):
        self.environment |= {"BORG_REPO": str(self.repository()), "BORG_PASSPHRASE": SECRET, "BORG_BASE_DIR": str(self.folder)}
        self.program = borg()
        self.run(self.program, "init", "--encryption=repokey")
        self.number = 0

    def backup(self):
        self.number += 1
        return [self.program, "create", "--compression=zstd,1", f"::a{self.number}", self.tree]

    def restore(self, target):
        # Borg restores into the folder it stands in.
        target.mkdir()
        return ["env", "-C", target, self.program, "extract", f"::a{self.number}"]

    def repository(self):
        return self.folder / "repository"

    def restored(self, target):
        return pathlib.Path(f"{target}{self.tree}")


class Pipe(Tool):
    name = "tar | zstd -1 -T0 | openssl enc"
    steps = ("first", "restore")

    def prepare(self):
        (self.folder / "key").write_text(SECRET + "\n")
        self.repository().mkdir()

    def shell(self, words):
        return ["bash", "-c", f"set -o pipefail; {words}"]

    def backup(self):
        encrypt = f"openssl enc -aes-256-ctr -pbkdf2 -pass file:{self.folder}/key >{self.folder}/repository/sealed"
        return self.shell(f"tar -C {self.tree} -cf - . | zstd -q -1 -T0 | {encrypt}")

    def restore(self, target):
        decrypt = f"openssl enc -d -aes-256-ctr -pbkdf2 -pass file:{self.folder}/key <{self.folder}/repository/sealed"
        return self.shell(f"mkdir {target} && {decrypt} | zstd -q -d | tar -C {target} -xf -")

    def repository(self):
        return self.folder / "repository"

    def restored(self, target):
        return target


class PgBackRest(Tool):
    """Two processes, zstd level 1, encrypted, on a data directory whose server is stopped."""

    name = "pgBackRest"
    #: What a server makes anew when it starts.
    leaves_out = re.compile(r"pg_internal\.init|pgsql_tmp|postmaster\.opts|postmaster\.pid|.*/pg_(subtrans|notify|serial|snapshots|stat_tmp|dynshmem|replslot)(/.*)?")
    #: It refuses a backup in which nothing has changed.
    steps = ("first", "1 % of pages changed", "restore")

    def prepare(self):
        self.configuration = self.folder / "pgbackrest.conf"
        self.configuration.write_text(
            f"[global]\nrepo1-path={self.repository()}\nrepo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass={SECRET}\n"
            "repo1-retention-full=9\ncompress-type=zst\ncompress-level=1\nprocess-max=2\narchive-check=n\nlog-level-file=off\n"
            f"log-level-console=warn\nlock-path={self.folder}/lock\nspool-path={self.folder}/spool\n"
            f"[bench]\npg1-path={self.tree}\n"
        )
        self.run(*self.command("stanza-create", "--no-online"))
        self.kind = "full"

    def command(self, verb, *more):
        return ["pgbackrest", f"--config={self.configuration}", "--stanza=bench", *more, verb]

    def backup(self):
        kind, self.kind = self.kind, "incr"
        return self.command("backup", "--no-online", f"--type={kind}")

    def restore(self, target):
        target.mkdir(mode=0o700)
        return self.command("restore", f"--pg1-path={target}", "--type=none")

    def repository(self):
        return self.folder / "repository"

    def restored(self, target):
        return target


def borg():
    own = ROOT / ".tools/bench/bin/borg"
    return own if own.exists() else "borg"


def restic():
    own = ROOT / ".tools/restic/restic"
    return own if own.exists() else "restic"


def versions():
    for command in ([restic(), "version"], [borg(), "--version"], ["pgbackrest", "version"]):
        said = subprocess.run(command, capture_output=True, text=True).stdout.split()
        yield " ".join(said[:2])


def small(bench):
    """A million files of a few kilobytes in two thousand folders, of which a restore is not timed: it measures the file system."""
    with bench.memory(9e9) as memory:
        tree = small_tree(memory / "tree", round(1_000_000 * bench.options.scale))
        tools = [without_restore(Reprise), without_restore(Restic)]
        group(bench, memory, "A million small files", tree, tools, "text of 100 to 4,000 bytes each")


def without_restore(tool):
    return type(tool.__name__, (tool,), {"steps": ("first", "unchanged"), "restores": False})


def run(bench):
    """Both groups: a mixed tree, and the data directory of a stopped server."""
    with bench.memory(4.5e9) as memory:
        version, cluster, tree = sources(bench, memory)
        group(bench, memory, "A mixed tree", tree, [Reprise, Restic, Borg, Pipe], MIXED)
        shutil.rmtree(tree)
        name = f"A stopped data directory of PostgreSQL {version}"
        group(bench, memory, name, cluster, [Reprise, PgBackRest, Restic], "pgbench's tables, wide rows, images")


def sources(bench, memory):
    """A server's version, its data directory now that it is stopped, and the mixed tree."""
    installation = next((one for one in servers.installations() if one.major == 15), None) or servers.installations()[0]
    server = servers.Server(installation, bench.work / "files-server")
    data.fill(server, "source", 0.75 * bench.options.scale)
    dump = memory / "dump.sql"
    subprocess.run(
        [installation.bin / "pg_dump", "-T", "pictures", "-f", dump],
        check=True,
        env={**os.environ, **server.environment("source")},
    )
    server.stop(keep=True)
    cluster = memory / "cluster"
    shutil.move(server.folder / "data", cluster)
    shutil.rmtree(server.folder)
    tree = mixed_tree(memory / "tree", cluster, dump, bench.options.scale)
    dump.unlink()
    return installation.version, cluster, tree


def group(bench, memory, name, tree, tools, what):
    size = measure.folder_bytes(tree)
    bench.results.note(name, copied_bytes=size, what=f"{size / 1e9:.2f} GB in {sum(1 for _ in tree.rglob('*'))} files and folders: {what}")
    Reprise.program = bench.reprise
    for number in range(bench.options.rounds):
        pages = changed_pages(tree, number)
        used = []
        for kind in tools:
            if issubclass(kind, Reprise) and not bench.reprise:
                continue
            folder = memory / "tool"
            folder.mkdir()
            rounds(bench, name, kind(folder, tree), pages, verify=number == 0)
            shutil.rmtree(folder)
            used.append(kind)


def rounds(bench, name, tool, pages, verify):
    tool.prepare()
    target = tool.folder / "restored"
    before = measure.folder_bytes(tool.repository())
    for step in tool.steps:
        row = f"{tool.name}: {step}"
        if step == "1 % of pages changed":
            swap(pages)
        command = tool.restore(target) if step == "restore" else tool.backup()
        touch_memory(tool.folder)
        bench.measured(name, row, command, cwd=tool.folder, environment=tool.environment)
        if step != "restore":
            after = measure.folder_bytes(tool.repository())
            bench.results.stored(name, row, after - before)
            before = after
    if verify and tool.restores:
        compare(tool, target)
    if "1 % of pages changed" in tool.steps:
        swap(pages)


def compare(tool, target):
    """Raises Failed where a tool restored something else than there was. What it is known to leave out may be missing, nothing else."""
    only = f"Only in {tool.tree}"
    for line in subprocess.run(["diff", "-rq", tool.tree, tool.restored(target)], capture_output=True, text=True).stdout.splitlines():
        folder, _, missing = line.removeprefix(only).rpartition(": ")
        leaves_out = line.startswith(only) and tool.leaves_out
        if not leaves_out or not (leaves_out.fullmatch(missing) or leaves_out.fullmatch(f"{folder}/{missing}")):
            raise measure.Failed(f"{tool.name} did not restore what it had backed up: {line}")


def touch_memory(folder, size=4_000_000_000):
    """Lets the machine find the memory that the next step will write to: where a hypervisor gives it out page by page, whoever comes first pays."""
    blanks = folder / "blanks"
    block = bytes(8_000_000)
    with open(blanks, "wb", buffering=0) as file:
        for _ in range(size // len(block)):
            file.write(block)
    blanks.unlink()


def relation_files(tree):
    """Main forks and their segments in the folders of databases: neither a log's segments nor photos that bear numbers."""
    found = (path for path in tree.rglob("*") if RELATION.fullmatch(path.name) and "base" in path.relative_to(tree.parent).parts)
    return sorted(path for path in found if path.is_file() and path.stat().st_size >= PAGE)


def changed_pages(tree, number):
    """A hundredth of the pages of the relation files, at random, each with a few rows' worth of new bytes: [path, offset, bytes]."""
    dice = random.Random(data.SEED + number)
    pages = [(path, offset) for path in relation_files(tree) for offset in range(0, path.stat().st_size, PAGE)]
    return [[path, offset + 4096, dice.randbytes(512)] for path, offset in dice.sample(pages, max(1, len(pages) // 100))]


def swap(pages):
    """Writes the new bytes and keeps the old in their place, so that a second call puts them back."""
    for page in pages:
        path, offset, new = page
        with open(path, "r+b", buffering=0) as file:
            page[2] = os.pread(file.fileno(), len(new), offset)
            os.pwrite(file.fileno(), new, offset)


def small_tree(tree, count):
    """Names and lengths as sources have them; no file is like another."""
    dice = random.Random(data.SEED)
    words = [bytes(dice.choices(b"abcdefghijklmnopqrstuvwxyz_(); ", k=dice.randrange(3, 12))) for _ in range(4000)]
    for number in range(count):
        folder = tree / f"part{number // 500:05}"
        if number % 500 == 0:
            folder.mkdir(parents=True)
        text = b"%d\n" % number + b" ".join(dice.choices(words, k=dice.randrange(10, 500)))
        (folder / f"file{number:07}.txt").write_bytes(text)
    return tree


def mixed_tree(tree, cluster, dump, scale):
    """About 1.5 GB at scale 1: relation files, a text dump, source trees, compressed files and photos."""
    tree.mkdir()
    budget = 500e6 * scale
    for path in relation_files(cluster / "base"):
        if budget > 0:
            target = tree / "heap" / path.relative_to(cluster)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
            budget -= path.stat().st_size
    (tree / "dumps").mkdir()
    with open(dump, "rb") as source, open(tree / "dumps" / "shop.sql", "wb") as target:
        target.write(source.read(int(450e6 * scale)))
    sources = tree / "sources"
    for folder in (pathlib.Path(os.__file__).parent, ROOT / ".build/checkouts", pathlib.Path("/usr/include")):
        ignored = shutil.ignore_patterns(".git", "site-packages", "dist-packages", "__pycache__")
        shutil.copytree(folder, sources / folder.name, symlinks=True, ignore=ignored, ignore_dangling_symlinks=True)
    photos = tree / "photos"
    photos.mkdir()
    dice = random.Random(data.SEED)
    written, number = 0, 0
    while written < 350e6 * scale:
        size = dice.randrange(200_000, 4_000_000)
        (photos / f"{number:05}.jpg").write_bytes(b"\xff\xd8\xff\xe0" + dice.randbytes(size))
        number, written = number + 1, written + size
    with open(tree / "dumps" / "shop.sql", "rb") as source, gzip.open(tree / "dumps" / "old.sql.gz", "wb", compresslevel=6) as target:
        target.write(source.read(int(150e6 * scale)))
    return tree
