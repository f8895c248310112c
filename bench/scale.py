"""Large vaults: ten thousand snapshots, and the index of a hundred million chunks. Nobody compares here: these are limits."""

import json
import shutil
import statistics
import subprocess
import sys

import measure

PLAN = """version: 1
project: { name: bench, timezone: UTC, language: en }
vaults:
  local: { url: ./vault }
assets:
  notes: { kind: files, path: ./notes }
"""


def snapshots(bench):
    """A vault of invented snapshots, one an hour, and what is asked of it every day."""
    count = max(100, int(10_000 * bench.options.scale))
    group = f"A vault of {count:,} snapshots"
    print(f"{group}: writing it", file=sys.stderr)
    project = bench.folder("snapshots")
    (project / "reprise.yaml").write_text(PLAN)
    (project / "notes").mkdir()
    (project / "notes" / "note").write_text("The note of this hour.\n")
    environment = {"HOME": str(project), "XDG_CACHE_HOME": str(project / "cache"), "LANG": "C.UTF-8"}
    said = {"environment": environment, "cwd": project}
    reprise = bench.reprise
    measure.run([reprise, "init"], log=bench.work / "log", **said)
    measure.run([reprise, "debug", "snapshots", "notes", "--count", str(count)], log=bench.work / "log", **said)
    # As every vault that is looked after: with the bundles that a prune writes.
    pruning = measure.run([reprise, "prune"], log=bench.work / "log", **said)
    costs = {"`reprise prune`, the first one": [pruning]}

    def timed(name, *arguments, statuses=(0,)):
        cost = measure.run([reprise, *arguments], log=bench.work / "log", statuses=statuses, **said)
        costs.setdefault(name, []).append(cost)
        print(f"  {group}: {name}: {cost.seconds:.2f} s", file=sys.stderr)

    for _ in range(bench.options.rounds):
        shutil.rmtree(project / "cache", ignore_errors=True)
        timed("`reprise snapshots`, nothing cached", "snapshots")
        timed("`reprise snapshots`", "snapshots")
        timed("`reprise snapshots --json`", "snapshots", "--json")
        timed("`reprise status`", "status", statuses=(0, 2))
        timed("`reprise ls latest`", "ls", "latest")
        timed("`reprise backup`, unchanged", "backup", "notes")
        shutil.rmtree(project / "restored", ignore_errors=True)
        timed("`reprise restore`, one file", "restore", "notes", "--to", str(project / "restored"))
        timed("`reprise prune --dry-run`", "prune", "--dry-run")
        timed("… with 50 ms a request, nothing cached", "debug", "snapshots", "notes", "--latency", "50")
    lines = ["| | seconds | fastest–slowest | peak MB |", "|---|---|---|---|"]
    for name, all_costs in costs.items():
        seconds = [cost.seconds for cost in all_costs]
        peak = statistics.median(cost.largest_peak for cost in all_costs)
        lines.append(f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f}–{max(seconds):.2f} | {peak / 1e6:.0f} |")
    shutil.rmtree(project)
    bench.results.section(group, [f"Signed one by one, in a directory; {bench.options.rounds} rounds.", "", *lines])


def index(bench):
    """The index of a vault that is not there, by the way of any other."""
    chunks = max(1_000_000, int(100_000_000 * bench.options.scale))
    group = f"An index of {chunks // 1_000_000} million chunks"
    print(f"{group}: building it", file=sys.stderr)
    folder = bench.folder("index")
    run = subprocess.run(
        [bench.reprise, "debug", "index", folder, "--chunks", str(chunks), "--json"], capture_output=True, text=True, check=True
    )
    shutil.rmtree(folder)
    said = json.loads(run.stdout)
    build, opened = said["build"], said["open"]

    def memory(part):
        return f"{part['anonymous'] / 1e6:.0f} MB of memory, {part['mapped'] / 1e6:.0f} MB of mapped pages"

    lines = [
        f"- Built from {-(-chunks // 131_072):,} segments in {build['seconds']:.0f} s: {build['tables']} tables, {said['cache_bytes'] / 1e9:.2f} GB;"
        f" at most {memory(said['build_memory'])}.",
        f"- Opened in {opened['seconds']:.1f} s by reading {opened['opened_bytes'] / 1e6:.0f} MB, with the list of its"
        f" {-(-chunks // 64):,} packs; {memory(said['open_memory'])}.",
        f"- Looked up at random, at most {memory(said['lookup_memory'])}:",
        "",
        "| chunks | threads | look-ups a second |",
        "|---|---|---|",
        *(f"| {look['what']} | {look['threads']} | {look['per_second']:,.0f} |" for look in said["lookups"]),
    ]
    bench.results.section(group, lines)
