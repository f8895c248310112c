#!/usr/bin/env python3
"""Reckons what a vault in a bucket takes: requests, bytes, memory and money. docs/scale.md explains the formulas.

    tools/scale.py            prints the tables
    tools/scale.py --write    writes them into docs/scale.md, between its marks
    tools/scale.py --check    exit status 1 where docs/scale.md has others

The inputs are in docs/scale.json: change prices and assumptions there. What it says of the format and of the program is held to the
code by a test (ScaleTests).
"""

import json
import math
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/scale.md"
INPUT = json.loads((ROOT / "docs/scale.json").read_text())
F, P, M, A = (INPUT[part] for part in ("format", "program", "measured", "assumptions"))

CASES = [
    ("1 TB", 1e12, 1e12 / A["large_file"]),
    ("10 TB", 10e12, 10e12 / A["large_file"]),
    ("100 TB", 100e12, 100e12 / A["large_file"]),
    ("100 million files", 100e6 * A["small_file"], 100e6),
]


class Vault:
    """What one full backup of `source` bytes in `files` files leaves in the store."""

    def __init__(self, source, files):
        self.source, self.files = source, files
        size = source / files
        self.chunks = files if size <= F["file_chunk_least"] else source / F["file_chunk_usual"] + files / 2
        self.data = source * A["stored_share"] + self.chunks * (F["chunk_overhead"] + F["footer_record"])
        self.tree = files * M["entry_stored"]
        self.reach = self.chunks * F["chunk_id"]
        self.packs = packs(self.data) + packs(self.tree) + packs(self.reach)
        self.segments = math.ceil(self.chunks / F["segment_records"])
        self.index = self.chunks * F["index_record"] + self.packs * F["index_pack"]
        self.stored = self.data + self.tree + self.reach + self.index
        self.pages = pages(self.packs)


def packs(size):
    return math.ceil(size / F["pack_bytes"])


def pages(objects):
    return max(1, math.ceil(objects / F["list_page"]))


def confirmed(new, before, segments):
    """LISTs and HEADs that look whether packs are there, before each segment names its share of them."""
    lists = heads = 0
    each = new / segments
    for number in range(segments):
        need = pages(before + each * (number + 1))
        if each > 1 and each > 4 * (need - 1):
            lists += need
        else:
            heads += each
    return lists, math.ceil(heads)


class Cost:
    def __init__(self, put=0, lists=0, get=0, head=0, delete=0, sent=0.0, received=0.0):
        self.put, self.lists, self.get, self.head, self.delete = put, lists, get, head, delete
        self.sent, self.received = sent, received

    def money(self):
        return (
            (self.put + self.lists) * A["put_or_list_per_1000"] / 1000
            + (self.get + self.head) * A["get_or_head_per_1000"] / 1000
            + self.received / 1e9 * A["egress_gb"]
        )


#: Lists of a page that each backup asks for: keys, condemned, index, keys, snapshots, records; the packs come on top.
BACKUP_LISTS = 6


def backup(vault, new_data, before_packs, before_chunks, new_chunks, tree, reach):
    new_packs = packs(new_data) + packs(tree) + packs(reach)
    segments = math.ceil(new_chunks / F["segment_records"]) if new_packs else 0
    lists, heads = confirmed(new_packs, before_packs, segments) if segments else (0, 0)
    return Cost(
        put=new_packs + segments + 2,
        lists=BACKUP_LISTS + pages(before_packs) + pages(before_chunks / F["segment_records"]) - 1 + lists,
        get=1,
        head=segments + 2 + heads,
        sent=new_data + tree + reach + new_chunks * F["index_record"] + M["snapshot_object"],
    )


def listing(snapshots):
    """A bundle for each so many; some of the newest are in none yet."""
    bundles = math.ceil(snapshots / P["bundle_objects"])
    return Cost(
        lists=3 + pages(snapshots),
        get=1 + bundles + min(snapshots, P["bundle_least"] - 1),
        received=snapshots * M["snapshot_object"],
    )


def costs(vault):
    changed = A["changed_share"]
    kept = A["snapshots"]
    index_cold = Cost(get=vault.segments, received=vault.index)
    yield "first backup", backup(vault, vault.data, 0, 0, vault.chunks, vault.tree, vault.reach)
    yield "unchanged backup", backup(vault, 0, vault.packs, vault.chunks, 0, 0, 0)
    yield "1 % of the files changed", backup(
        vault, vault.data * changed, vault.packs, vault.chunks, vault.chunks * changed, vault.tree, vault.reach
    )
    # config, keys, snapshots, records, grants, index; a few chunks of the entry list by halving, and the file's own.
    seek = 2 + math.ceil(math.log2(max(2, vault.tree * 6 / F["rows_chunk_usual"])))
    one = Cost(lists=6, get=2 + seek + 2, received=seek * F["rows_chunk_usual"] / 3 + vault.source / vault.files)
    yield "restore of one file", one
    yield "… nothing cached", Cost(lists=one.lists, get=one.get + index_cold.get, received=one.received + index_cold.received)
    # A pack in one request, if it is not longer than a stretch, and sometimes its header in another.
    spans = 1.5 * math.ceil((vault.data + vault.tree) / min(F["pack_bytes"], F["span_bytes"]))
    yield "restore of everything, nothing cached", Cost(
        lists=one.lists, get=2 + vault.segments + spans, received=vault.data + vault.tree + vault.index
    )
    for some in (kept, 10_000):
        yield f"list of {some:,} snapshots, nothing cached", listing(some)
    rewritten = math.ceil(vault.packs * A["rewritten_share"])
    bytes_rewritten = rewritten * F["pack_bytes"]
    # Each snapshot's lists for keepers are its own where a hundredth of the files, anywhere, changed before it.
    lists_read = packs(vault.reach) * kept
    yield f"prune to {kept} snapshots", Cost(
        put=rewritten + 11,
        lists=34 + 3 * vault.pages,
        get=lists_read + 2 * rewritten + 11 + P["bundle_least"],
        head=rewritten + 5,
        delete=rewritten,
        sent=bytes_rewritten,
        received=vault.reach * kept + 2 * bytes_rewritten,
    )
    yield f"check of {kept} snapshots", Cost(
        lists=24 + 2 * vault.pages,
        get=2 * kept + vault.segments + lists_read + packs(vault.tree) * kept * 4,
        received=vault.index + vault.reach * kept + vault.tree * kept,
    )
    yield "check --read-data all, on top", Cost(get=vault.packs, received=vault.stored - vault.index)


def table_vault():
    rows = [("", *(name for name, _, _ in CASES))]
    vaults = [Vault(source, files) for _, source, files in CASES]
    rows.append(("files", *(count(v.files) for v in vaults)))
    rows.append(("chunks", *(count(v.chunks) for v in vaults)))
    rows.append(("packs", *(count(v.packs) for v in vaults)))
    rows.append(("stored: data", *(size(v.data) for v in vaults)))
    rows.append(("stored: entry list", *(size(v.tree) for v in vaults)))
    rows.append(("stored: list for keepers", *(size(v.reach) for v in vaults)))
    rows.append(("stored: index, and local cache", *(size(v.index) for v in vaults)))
    rows.append(("local list of known files", *(size(v.files * M["entry_known"]) for v in vaults)))
    rows.append(("storage a month", *(money(v.stored / 1e9 * A["storage_gb_month"]) for v in vaults)))
    return table(rows)


def table_requests(source, files):
    rows = [("", "PUT", "LIST", "GET", "HEAD", "DELETE", "sent", "received", "price")]
    for name, cost in costs(Vault(source, files)):
        rows.append(
            (
                name,
                *(count(n) for n in (cost.put, cost.lists, cost.get, cost.head, cost.delete)),
                size(cost.sent),
                size(cost.received),
                money(cost.money()),
            )
        )
    return table(rows)


def hash_table(elements, width):
    """Bytes of a hash table: its room is a power of two, at most three quarters full."""
    room = 1
    while room * 3 / 4 < elements:
        room *= 2
    return room * width


def table_memory():
    vaults = [Vault(source, files) for _, source, files in CASES]

    def listing(v):
        return v.packs + hash_table(v.packs * 2 * 3 / 4, 4)

    def backup_memory(v):
        return M["backup_memory"] + listing(v) + hash_table(min(v.packs, P["remembered_packs"]), 32)

    def prune_memory(v):
        per_pack = hash_table(v.packs, 40) + hash_table(v.packs, 32) + hash_table(v.packs, 56) + hash_table(v.packs, 80)
        return M["small_memory"] + (64 << 20) + listing(v) + v.chunks / 8 + per_pack + hash_table(v.chunks / 4096 * A["snapshots"], 32)

    def check_memory(v):
        per_pack = 2 * hash_table(v.packs, 80) + hash_table(v.packs, 40)
        return M["small_memory"] + (64 << 20) + listing(v) + v.chunks / 8 + per_pack + hash_table(v.chunks / 4096 * A["snapshots"], 32)

    rows = [("", *(name for name, _, _ in CASES))]
    rows.append(("backup", *(size(backup_memory(v)) for v in vaults)))
    rows.append(("restore", *(size(M["backup_memory"]) for _ in vaults)))
    rows.append(("snapshots, 10,000", *(size(M["small_memory"] + 10_000 * 4000) for v in vaults)))
    rows.append((f"prune, {A['snapshots']} snapshots", *(size(prune_memory(v)) for v in vaults)))
    rows.append((f"check, {A['snapshots']} snapshots", *(size(check_memory(v)) for v in vaults)))
    return table(rows)


def table(rows):
    lines = ["| " + " | ".join(rows[0]) + " |", "|---" * len(rows[0]) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows[1:]])


def count(number):
    return f"{math.ceil(number):,}"


def size(number):
    for unit, width in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= width:
            return f"{number / width:.3g} {unit}" if number / width < 100 else f"{number / width:,.0f} {unit}"
    return f"{number:.0f} B"


def money(dollars):
    if dollars >= 100:
        return f"${dollars:,.0f}"
    return f"${dollars:.2f}" if dollars >= 0.1 else f"${dollars:.4f}"


def tables():
    found = {"vault": table_vault(), "memory": table_memory()}
    for name, source, files in CASES:
        found[name] = table_requests(source, files)
    return found


def main():
    page = PAGE.read_text(encoding="utf-8")
    new = page
    for name, text in tables().items():
        mark = f"<!-- {name} -->"
        if sys.argv[1:] == []:
            print(f"{name}\n\n{text}\n")
        pattern = re.compile(re.escape(mark) + r"\n.*?<!-- end -->", re.DOTALL)
        new, replaced = pattern.subn(lambda _: f"{mark}\n\n{text}\n\n<!-- end -->", new)
        if replaced != 1:
            sys.exit(f"scale: docs/scale.md has no place for {name}")
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(new, encoding="utf-8")
    if sys.argv[1:] == ["--check"] and new != page:
        sys.exit("scale: docs/scale.md is not what tools/scale.py --write makes of docs/scale.json")


main()
