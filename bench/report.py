"""Turns costs into medians, ratios and a page."""

import collections
import os
import pathlib
import platform
import statistics
import subprocess

import files

#: What is set against what: our row, the peer's row, in each group where both are.
PAIRS = [
    ("reprise backup", "pg_dump -Fd -j2, zstd 1"),
    ("reprise backup", "pg_dump -Fd -j2, gzip 1"),
    ("reprise backup", "pg_dump -Fc, uncompressed | zstd -1 -T0"),
    ("reprise restore --no-verify", "pg_restore -j2"),
    ("reprise restore", "pg_restore -j2"),
    ("reprise", "tar | zstd -1 -T0 | openssl enc"),
]
#: Who is measured at the same steps as `reprise: STEP`.
PEERS = ["restic", "borg", "tar | zstd -1 -T0 | openssl enc", "pgBackRest"]
HEAD = """# Benchmarks

`make bench` writes this page: everything below is one run on one machine. Rounds are interleaved, the figures are medians; quote the ratios, not the seconds.

- The database holds rows of three kinds in like parts: pgbench's tables, wide rows of text, bytes that do not compress (as pictures are).
  The server is on the same machine and takes its part of the processor; its settings are the same for everyone (`bench/servers.py`).
- `pg_dump` compresses with zstd level 1 where it was built with it, else with gzip level 1; then what zstd would have given is seen in the
  row that pipes it into `zstd`. The uncompressed row shows what the server and the transfer take by themselves. `pg_dump` does not
  encrypt, deduplicate or checksum; Reprise does all three.
- `pg_restore` ends when the last index stands. `reprise restore` also gathers statistics, then reads every row again and compares it with
  what was backed up; `--no-verify` leaves the comparison out.
- *Own* is the command's own process; *with helpers* counts what it started too (`pg_dump -j2` works in helpers; Reprise starts `pg_dump`
  for the schema alone). The server's share is in neither. Peak memory is of Reprise's own process; of the others, their largest.

"""


class Results:
    def __init__(self):
        self.costs = collections.OrderedDict()
        self.bytes = collections.defaultdict(list)
        self.notes = collections.defaultdict(dict)
        self.sections = []

    def add(self, group, name, cost):
        self.costs.setdefault(group, collections.OrderedDict()).setdefault(name, []).append(cost)

    def stored(self, group, name, count):
        self.bytes[group, name].append(count)

    def section(self, title, lines):
        """A part of the page that compares nobody, as Markdown."""
        self.sections.append((title, lines))

    def note(self, group, **facts):
        self.notes[group].update(facts)


def text(results, options):
    lines = [*_machine(options), ""]
    for group, rows in results.costs.items():
        copied = results.notes[group].get("copied_bytes")
        size = results.notes[group].get("database_bytes")
        what = results.notes[group].get("what") or (
            f"{copied / 1e9:.2f} GB of rows, {size / 1e9:.2f} GB on the server's disk"
            if size
            else f"a file of {copied / 1e9:.2f} GB"
        )
        lines += [
            f"## {group}",
            "",
            f"{what}; {max(len(costs) for costs in rows.values())} rounds.",
            "",
            "| | seconds | fastest–slowest | CPU s per GB, with helpers | CPU s per GB, own | peak MB | stored MB |",
            "|---|---|---|---|---|---|---|",
        ]
        for name, costs in rows.items():
            seconds = [cost.seconds for cost in costs]
            stored = results.bytes.get((group, name))
            own = (
                f"{_median([cost.own_cpu_seconds for cost in costs]) / (copied / 1e9):.2f}" if name.startswith("reprise") else ""
            )
            peak = [cost.own_peak if name.startswith("reprise") else cost.largest_peak for cost in costs]
            lines.append(
                f"| {_cell(name)} | {_median(seconds):.2f} | {min(seconds):.2f}–{max(seconds):.2f} | {_median([cost.cpu_seconds for cost in costs]) / (copied / 1e9):.2f} "
                f"| {own} | {_median(peak) / 1e6:.0f} | {f'{_median(stored) / 1e6:.0f}' if stored else ''} |"
            )
        lines.append("")
        steps = [(name, name.replace("reprise", peer)) for name in rows if name.startswith("reprise: ") for peer in PEERS]
        lines += [line for ours, peer in PAIRS + steps if (line := _ratio(results, group, rows, ours, peer))]
        lines.append("")
    for title, section in results.sections:
        lines += [f"## {title}", "", *section, ""]
    return "\n".join(lines).rstrip() + "\n"


def _cell(name):
    return name.replace("|", "\\|")


def _ratio(results, group, rows, ours, peer):
    if ours not in rows or peer not in rows:
        return None
    # Round by round, as each pair ran side by side.
    ratios = [our.seconds / their.seconds for our, their in zip(rows[ours], rows[peer])]
    line = f"- **{ours} takes {_median(ratios):.2f}×** the time of `{peer}`"
    ours_stored, peer_stored = results.bytes.get((group, ours)), results.bytes.get((group, peer))
    # What an unchanged backup adds is next to nothing with everyone.
    if ours_stored and peer_stored and _median(peer_stored) > 1e6:
        line += f", and stores {_median(ours_stored) / _median(peer_stored):.2f}× the bytes"
    return line + "."


def write(path, body):
    path.parent.mkdir(exist_ok=True)
    path.write_text(HEAD + body, encoding="utf-8")


def _median(values):
    return statistics.median(values)


def _machine(options):
    def said(*command):
        try:
            return subprocess.run(command, capture_output=True, text=True, cwd="/").stdout.strip()
        except FileNotFoundError:
            return "not there"

    model = next(
        (
            line.partition(":")[2].strip()
            for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) / 1e6
    release = pathlib.Path("/etc/os-release")
    system = (
        next(
            (line.partition("=")[2].strip('"') for line in release.read_text().splitlines() if line.startswith("PRETTY_NAME")), ""
        )
        if release.exists()
        else ""
    )
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=pathlib.Path(__file__).parent
    ).stdout.strip()
    zstd = said("zstd", "--version").split(" v")[-1].split(",")[0]
    return [
        f"Machine: {model}, {os.cpu_count()} cores, {memory:.0f} GB; {system}, Linux {platform.release().split('-')[0]}. Reprise at {commit}"
        + (f", scale {options.scale:g}" if options.scale != 1 else "")
        + ".",
        "; ".join(files.versions()) + ".",
        f"{said('openssl', 'version').partition(' (')[0]}, zstd {zstd}, {said('tar', '--version').splitlines()[0]}.",
    ]
