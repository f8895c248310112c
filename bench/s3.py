"""A vault in a bucket: backups and restores over a slow line, many snapshots far away, and restic at the same store.

The store is `rclone serve s3` over a folder in memory. Between it and the programs lies a line (`line.c`, one thread that takes little
of the processor): a request and its answer take so many milliseconds on the way, and so does the opening of a connection; each
direction passes so many bytes a second and no more, all connections together. The line counts the requests and their bytes.

What a directory would give behind the same line is reckoned and not measured: the greater of what the same command takes with a
directory in memory and what the bytes that it stores (of a restore: that the line passed) take at the line's rate. No disk of that
rate could be faster, so the ratio is rather too low than too high.
"""

import contextlib
import json
import os
import pathlib
import random
import shutil
import socket
import statistics
import subprocess
import sys
import time

import data
import files
import measure

ROOT = pathlib.Path(__file__).resolve().parent.parent
ACCESS, SECRET = "bench", "a-secret-of-the-bench"
LATENCY = 50  # milliseconds
RATE = 50_000_000  # bytes a second, each way
VERBS = ("GET", "LIST", "HEAD", "PUT", "POST", "DELETE", "other")
PLAN = """version: 1
project: {{ name: bench, timezone: UTC, language: en }}
vaults:
  store: {{ url: "{url}"{credentials} }}
assets:
  tree: {{ kind: files, path: "{tree}" }}
"""


class Line:
    """The way to the store, with counters."""

    def __init__(self, program, target, latency, rate=0):
        self.child = subprocess.Popen(
            [program, "0", str(target), str(latency), str(rate)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = int(self.child.stdout.readline())

    def counts(self):
        self.child.stdin.write("counts\n")
        self.child.stdin.flush()
        return json.loads(self.child.stdout.readline())

    def close(self):
        self.child.stdin.close()
        self.child.wait()


class Store:
    """`rclone serve s3` over a folder."""

    def __init__(self, folder):
        (folder / "bucket").mkdir(parents=True)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = taken.getsockname()[1]
        self.child = subprocess.Popen(
            [rclone(), "serve", "s3", "--auth-key", f"{ACCESS},{SECRET}", "--addr", f"127.0.0.1:{self.port}", folder],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(600):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.05)
        raise measure.Failed("rclone does not start")

    def close(self):
        self.child.kill()
        self.child.wait()


class Reprise:
    name = "reprise"

    def __init__(self, program, folder, tree, url):
        self.program, self.folder = program, folder
        self.environment = {
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "LANG": "C.UTF-8",
            "BENCH_ACCESS_KEY_ID": ACCESS,
            "BENCH_SECRET_ACCESS_KEY": SECRET,
        }
        folder.mkdir(exist_ok=True)
        self.tree = tree
        self.use(url)

    def use(self, url):
        (self.folder / "reprise.yaml").write_text(PLAN.format(url=url, tree=self.tree, credentials=', credentials: "env:BENCH"' if url.startswith("s3:") else ""))

    def init(self):
        return [self.program, "init"]

    def backup(self):
        return [self.program, "backup", "tree"]

    def list(self):
        return [self.program, "snapshots"]

    def restore(self, target):
        return [self.program, "restore", "tree", "--to", target]

    def forget(self):
        """As on another machine: nothing is cached."""
        shutil.rmtree(self.folder / "cache", ignore_errors=True)

    def restored(self, target):
        return target


class Restic:
    name = "restic"

    def __init__(self, folder, tree, url):
        self.folder, self.tree = folder, tree
        self.environment = {
            "HOME": str(folder),
            "RESTIC_CACHE_DIR": str(folder / "cache"),
            "RESTIC_PASSWORD": SECRET,
            "RESTIC_REPOSITORY": url,
            "AWS_ACCESS_KEY_ID": ACCESS,
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }
        folder.mkdir(exist_ok=True)

    def init(self):
        return [files.restic(), "init"]

    def backup(self):
        return [files.restic(), "backup", "--compression=auto", self.tree]

    def list(self):
        return [files.restic(), "snapshots"]

    def restore(self, target):
        return [files.restic(), "restore", "latest", "--target", target]

    def forget(self):
        shutil.rmtree(self.folder / "cache", ignore_errors=True)

    def restored(self, target):
        return pathlib.Path(f"{target}{self.tree}")


def rclone():
    own = ROOT / ".tools/venv/bin/rclone"
    return own if own.exists() else "rclone"


def vault_url(port, prefix):
    return f"s3://bucket/{prefix}?endpoint=http://127.0.0.1:{port}"


def run(bench):
    program = bench.work / "line"
    subprocess.run(["cc", "-O2", "-o", program, ROOT / "bench/line.c"], check=True)
    with bench.memory(7e9) as memory:
        tree = memory / "tree"
        fill(tree, bench.options.scale)
        ceiling(bench, program, memory)
        slow_line(bench, program, memory, tree)
        for latency in (0, LATENCY):
            beside_restic(bench, program, memory, tree, latency, "half of it does not compress")
        shutil.rmtree(tree)
        _, cluster, tree = files.sources(bench, memory)
        shutil.rmtree(cluster)
        beside_restic(bench, program, memory, tree, 0, files.MIXED)
        shutil.rmtree(tree)
        many_snapshots(bench, program, memory)


def fill(tree, scale):
    """A large file of text and bytes, large files that do not compress, and some thousand small ones: 900 MB at scale 1."""
    (tree / "large").mkdir(parents=True)
    data.mixed_file(tree / "large" / "mixed", int(400e6 * scale))
    dice = random.Random(data.SEED)
    for number in range(4):
        (tree / "large" / f"film-{number}").write_bytes(dice.randbytes(int(110e6 * scale)))
    for number in range(int(4000 * scale)):
        folder = tree / "small" / f"{number % 50:02}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.txt").write_bytes((f"note {number}\n" * 2000)[: 2000 + number % 20_000].encode())


def ceiling(bench, program, memory):
    """What the line and the store pass by themselves, so that nobody takes their limit for the program's."""
    folder = memory / "ceiling"
    store = Store(folder)
    lines = []
    blob = memory / "blob"
    blob.write_bytes(os.urandom(16 << 20))
    for latency in (0, LATENCY):
        line = Line(program, store.port, latency)
        base = f"http://127.0.0.1:{line.port}/bucket"
        curl = ["curl", "-sf", "--no-progress-meter", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user", f"{ACCESS}:{SECRET}", "--parallel", "--parallel-max", "8"]
        puts = [word for number in range(16) for word in ("-T", str(blob), f"{base}/c{latency}-{number}")]
        started = time.monotonic()
        subprocess.run([*curl, *puts], check=True, stdout=subprocess.DEVNULL)
        put = time.monotonic() - started
        gets = [word for number in range(16) for word in ("-o", "/dev/null", f"{base}/c{latency}-{number}")]
        started = time.monotonic()
        subprocess.run([*curl, *gets], check=True, stdout=subprocess.DEVNULL)
        got = time.monotonic() - started
        size = 16 * (16 << 20) / 1e6
        lines.append(f"- at {latency} ms, eight at once with curl: {size / put:.0f} MB/s in, {size / got:.0f} MB/s out")
        line.close()
    store.close()
    shutil.rmtree(folder)
    blob.unlink()
    bench.results.section("What the bench's store and line pass by themselves", lines)


def slow_line(bench, program, memory, tree):
    group = f"Through a line of {LATENCY} ms and {RATE / 1e6:.0f} MB/s"
    print(group, file=sys.stderr)
    size = measure.folder_bytes(tree)
    ratios, seconds = {"first backup": [], "restore": []}, {}
    for _ in range(bench.options.rounds):
        near = Reprise(bench.reprise, memory / "near", tree, str(memory / "vault"))
        said = {"log": bench.work / "log", "cwd": near.folder, "environment": near.environment}
        measure.run(near.init(), **said)
        backup = measure.run(near.backup(), **said)
        stored = measure.folder_bytes(memory / "vault")
        near.forget()
        restore = measure.run(near.restore(memory / "restored"), **said)
        for folder in ("near", "vault", "restored"):
            shutil.rmtree(memory / folder)

        store = Store(memory / "store")
        line = Line(program, store.port, LATENCY, RATE)
        far = Reprise(bench.reprise, memory / "far", tree, vault_url(line.port, "vault"))
        said = {"log": bench.work / "log", "cwd": far.folder, "environment": far.environment}
        measure.run(far.init(), **said)
        before = line.counts()
        far_backup = measure.run(far.backup(), **said)
        middle = line.counts()
        far.forget()
        far_restore = measure.run(far.restore(memory / "restored"), **said)
        after = line.counts()
        subprocess.run(["diff", "-rq", tree, memory / "restored"], check=True)
        line.close()
        store.close()
        for folder in ("far", "store", "restored"):
            shutil.rmtree(memory / folder)
        sent, received = middle["sent"] - before["sent"], after["received"] - middle["received"]
        for step, near_cost, far_cost, passed in (
            ("first backup", backup, far_backup, max(stored, sent)),
            ("restore", restore, far_restore, received),
        ):
            limited = max(near_cost.seconds, passed / RATE)
            ratios[step].append(limited / far_cost.seconds)
            seconds.setdefault(step, []).append((near_cost.seconds, limited, far_cost.seconds, far_cost.own_peak))
            print(f"  {step}: {limited:.2f} s → {far_cost.seconds:.2f} s", file=sys.stderr)
    lines = [
        f"{size / 1e6:.0f} MB in {sum(1 for _ in tree.rglob('*')):,} files and folders; {bench.options.rounds} rounds.",
        "The store is `rclone serve s3` in memory behind `bench/line.c`, which holds each request and its answer up for so long and passes so",
        "much in each direction. What a directory limited to the same rate would take is reckoned: the greater of the time to a directory in",
        "memory and that of the bytes at the rate; no disk of that rate is faster.",
        "",
        "| | to a directory, s | … limited to the line's rate, s (reckoned) | through the line, s | peak MB | rate against the limited directory |",
        "|---|---|---|---|---|---|",
    ]
    for step, rounds in seconds.items():
        near, limited, far, peak = (statistics.median(column) for column in zip(*rounds))
        lines.append(f"| {step} | {near:.2f} | {limited:.2f} | {far:.2f} | {peak / 1e6:.0f} | **{statistics.median(ratios[step]):.0%}** |")
    bench.results.section(group, lines)


def beside_restic(bench, program, memory, tree, latency, what):
    group = f"Beside restic, `rclone serve s3` at {latency} ms: {what}"
    print(group, file=sys.stderr)
    rows, ratios = {}, {}
    for _ in range(bench.options.rounds):
        for kind in ("reprise", "restic"):
            store = Store(memory / "store")
            line = Line(program, store.port, latency)
            tool = (
                Reprise(bench.reprise, memory / "tool", tree, vault_url(line.port, "vault"))
                if kind == "reprise"
                else Restic(memory / "tool", tree, f"s3:http://127.0.0.1:{line.port}/bucket/vault")
            )
            said = {"log": bench.work / "log", "cwd": tool.folder, "environment": tool.environment}
            measure.run(tool.init(), **said)
            before = line.counts()
            small = next(path for path in sorted(tree.rglob("*.*")) if path.is_file() and path.stat().st_size < 20_000)
            original = small.read_bytes()
            for step, command in (
                ("first backup", tool.backup()),
                # The second says that it read nothing, which the first could not.
                ("second, unchanged", tool.backup()),
                ("third, unchanged", tool.backup()),
                ("one file changed", tool.backup()),
                ("list of snapshots", tool.list()),
                ("restore, nothing cached", tool.restore(memory / "restored")),
            ):
                if step == "one file changed":
                    small.write_bytes(original + b"a line more\n")
                if step == "restore, nothing cached":
                    tool.forget()
                cost = measure.run(command, **said)
                after = line.counts()
                rows.setdefault((step, kind), []).append((cost, {key: after[key] - before[key] for key in after}))
                before = after
                print(f"  {step}: {kind}: {cost.seconds:.2f} s", file=sys.stderr)
            subprocess.run(["diff", "-rq", tree, tool.restored(memory / "restored")], check=True)
            small.write_bytes(original)
            line.close()
            store.close()
            for folder in ("tool", "store", "restored"):
                shutil.rmtree(memory / folder)
    lines = [
        f"{measure.folder_bytes(tree) / 1e6:.0f} MB, in turns; {bench.options.rounds} rounds.",
        "",
        "| | seconds | fastest–slowest | requests | " + " | ".join(VERBS) + " | sent MB | received MB | peak MB |",
        "|---" * (7 + len(VERBS)) + "|",
    ]
    for (step, kind), rounds in rows.items():
        seconds = [cost.seconds for cost, _ in rounds]
        counts = {key: statistics.median(counted[key] for _, counted in rounds) for key in rounds[0][1]}
        requests = sum(counts[verb] for verb in VERBS)
        ratios.setdefault(step, {})[kind] = (seconds, requests)
        peak = statistics.median(cost.own_peak for cost, _ in rounds)
        lines.append(
            f"| {step}: {kind} | {statistics.median(seconds):.2f} | {min(seconds):.2f}–{max(seconds):.2f} | {requests:.0f} | "
            + " | ".join(f"{counts[verb]:.0f}" for verb in VERBS)
            + f" | {counts['sent'] / 1e6:.1f} | {counts['received'] / 1e6:.1f} | {peak / 1e6:.0f} |"
        )
    lines.append("")
    for step, both in ratios.items():
        times = [their / our for our, their in zip(both["reprise"][0], both["restic"][0])]
        lines.append(
            f"- **{step}: {statistics.median(times):.1f}× as fast** as restic, with {both['reprise'][1]:.0f} requests against {both['restic'][1]:.0f}."
        )
    bench.results.section(group, lines)


def many_snapshots(bench, program, memory):
    count = max(100, int(10_000 * bench.options.scale))
    group = f"{count:,} snapshots, {LATENCY} ms away"
    print(f"{group}: writing them", file=sys.stderr)
    tree = memory / "notes"
    tree.mkdir()
    (tree / "note").write_text("The note of this hour.\n")
    store = Store(memory / "store")
    tool = Reprise(bench.reprise, memory / "tool", tree, vault_url(store.port, "vault"))
    said = {"log": bench.work / "log", "cwd": tool.folder, "environment": tool.environment}
    measure.run(tool.init(), **said)
    measure.run([bench.reprise, "debug", "snapshots", "tree", "--count", str(count)], **said)
    # As every vault that is looked after: with the bundles that a prune writes.
    measure.run([bench.reprise, "prune"], **said)
    line = Line(program, store.port, LATENCY)
    tool.use(vault_url(line.port, "vault"))
    lines = [
        "| | seconds | fastest–slowest | requests | connections | peak MB |",
        "|---|---|---|---|---|---|",
    ]
    rows = {}
    before = line.counts()
    for _ in range(bench.options.rounds):
        tool.forget()
        for name, command in (
            ("`reprise snapshots`, nothing cached", "snapshots"),
            ("`reprise snapshots`", "snapshots"),
            ("`reprise status`", "status"),
            ("`reprise backup`, unchanged", "backup"),
        ):
            cost = measure.run([bench.reprise, command], statuses=(0, 2), **said)
            after = line.counts()
            rows.setdefault(name, []).append((cost, {key: after[key] - before[key] for key in after}))
            before = after
            print(f"  {group}: {name}: {cost.seconds:.2f} s", file=sys.stderr)
    for name, rounds in rows.items():
        seconds = [cost.seconds for cost, _ in rounds]
        requests = statistics.median(sum(counted[verb] for verb in VERBS) for _, counted in rounds)
        connections = statistics.median(counted["connections"] for _, counted in rounds)
        peak = statistics.median(cost.own_peak for cost, _ in rounds)
        lines.append(
            f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f}–{max(seconds):.2f} | {requests:.0f} | {connections:.0f} | {peak / 1e6:.0f} |"
        )
    line.close()
    store.close()
    for folder in ("tool", "store", "notes"):
        shutil.rmtree(memory / folder)
    bench.results.section(group, lines)
