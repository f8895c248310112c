#!/usr/bin/env python3
"""Reads a Reprise vault without Reprise: lists its snapshots, unpacks them into plain files, verifies every byte.

    read_vault.py --key FILE VAULT list
    read_vault.py --key FILE VAULT ls SNAPSHOT
    read_vault.py --key FILE VAULT unpack SNAPSHOT FOLDER [--path GLOB]
    read_vault.py --key FILE VAULT verify

VAULT is the vault's directory, SNAPSHOT an id that `list` shows, or `latest`. Instead of a key file, the recovery key of the kit opens
the vault, or shares of it, each behind an empty line: in the environment variable REPRISE_RECOVERY_KEY or in a file
(--recovery-key-file), never as an argument. A locked key file asks for its passphrase, or takes it from REPRISE_PASSPHRASE or the file
that REPRISE_PASSPHRASE_FILE names.

Needs Python 3.8 or later with the packages `cryptography` and `zstandard`, for shares also `shamir-mnemonic`. Written from docs/FORMAT.md alone, whose sections and invariants
(I1 ...) the comments name. Nothing is believed before it is verified, and memory holds the index and a chunk or two, whatever the size of an entry.

Exit status: 0 done, 64 usage, 65 damaged data, 69 no vault there, 73 cannot write, 77 the key does not fit, 1 anything else.
"""

import argparse
import datetime
import fnmatch
import hashlib
import json
import os
import re
import struct
import sys

from reprise_vault import files
from reprise_vault.keys import Keys
from reprise_vault.keyring import granted
from reprise_vault.problem import Damage, Problem
from reprise_vault.sealing import box_open, read_whole
from reprise_vault.snapshot import Snapshot
from reprise_vault.vault import DATA, LARGEST_CHUNK, REACH, RECORD, Index, Vault


def snapshots(vault):
    """Every snapshot, oldest first, and what is wrong with those that cannot be read."""
    found, problems = [], list(vault.keyring.problems)
    for name in vault.names("snapshots"):
        try:
            if name[len("snapshots/"):] in vault.forgotten():
                continue
            if vault.get(name).startswith(b"RPRSTMB1"):  # a session that ended without a snapshot
                vault.note(name, b"RPRSTMB1", b"reprise/tombstone/1")
                continue
            snapshot = Snapshot(vault, name)
            if snapshot.counts and snapshot.id not in vault.forgotten() and all(snapshot.id != other.id for other in found):
                found.append(snapshot)
        except Problem as problem:
            problems.append(problem)
    return sorted(found, key=lambda snapshot: snapshot.id), problems


def choose(vault, wanted):
    found, problems = snapshots(vault)
    if wanted == "latest":
        if problems:
            raise problems[0]
        if found:
            return found[-1]
        raise Problem(64, "The vault has no snapshot.")
    for snapshot in found:
        if snapshot.id == wanted:
            return snapshot
    for problem in problems:
        if wanted in str(problem):
            raise problem
    raise Problem(64, f"The vault has no snapshot {wanted}.")


def shown(text):
    """Text from the vault as it may be printed on one line."""
    return "".join(character if character.isprintable() else f"\\x{ord(character):02x}" for character in str(text))


def command_list(vault, options):
    found, problems = snapshots(vault)
    for snapshot in found:
        if options.json:
            print(json.dumps(snapshot.summary, sort_keys=True))
            continue
        fields = snapshot.summary
        try:
            instant = datetime.datetime.fromtimestamp(fields["instant"] / 1000, datetime.timezone.utc)
            tags = " ".join(f"#{shown(tag)}" for tag in fields["tags"])
            print(f"{snapshot.id}  {instant:%Y-%m-%d %H:%M:%S} UTC  {shown(fields['asset'])} ({shown(fields['kind'])})  "
                  f"{fields['sourceBytes']} bytes in {fields['entryCount']} entries  from {shown(fields['host'])}  {tags}".rstrip())
        except (KeyError, TypeError, ValueError, OverflowError, OSError):
            problems.append(Damage(snapshot.name, "its summary lacks a part."))
    return problems


def command_ls(vault, options):
    vault.need_reader()
    for path, parts, _ in choose(vault, options.snapshot).entries():
        size = sum(part.size for part in parts)
        if options.json:
            print(json.dumps({"path": path, "size": size, "parts": [part.size for part in parts]}))
        else:
            print(f"{size:>14}  {shown(path)}")
    return []


def command_unpack(vault, options):
    vault.need_reader()
    snapshot, problems, count = choose(vault, options.snapshot), [], 0
    try:
        os.makedirs(options.folder, exist_ok=True)
        root = os.open(options.folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise Problem(73, f"{options.folder} cannot be written: {error.strerror}")
    links, folders = [], []
    for path, parts, facts in snapshot.entries():
        if options.path and not fnmatch.fnmatchcase(path, options.path):
            continue
        try:
            if facts and facts.same is not None:
                links.append((path, facts.same))
            else:
                unpack(snapshot, path, parts, facts, root)
            if facts and facts.kind == "directory":
                folders.append((path, facts))
            count += 1
        except Damage as problem:  # the other entries may be whole
            problems.append(problem)
    for path, same in links:
        try:
            link(path, same, root)
        except Problem as problem:
            problems.append(problem)
    for path, facts in reversed(folders):  # the deepest first: what is done in a folder changes its time
        try:
            folder = step(path.split("/"), root)
            files.apply(facts, folder)
            os.close(folder)
        except OSError as error:
            problems.append(Problem(73, f"{shown(path)} cannot be written: {error.strerror}"))
    print(f"{count} entries unpacked into {options.folder}", file=sys.stderr)
    if options.path and not count and not problems:
        raise Problem(64, f"The snapshot has no entry like {options.path}.")
    return problems


def step(folders, root, make=False, named=files.raw_name):
    """The folder at a path below `root`, opened step by step, following no link; `named` gives each step's name."""
    here = os.dup(root)
    try:
        for folder in folders:
            name = named(folder)
            if make:
                try:
                    os.mkdir(name, 0o700, dir_fd=here)
                except FileExistsError:
                    pass
            below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = below
    except BaseException:
        os.close(here)
        raise
    return here


def link(path, same, root):
    """Gives the file at `same` the name `path` too."""
    (*folders, leaf), (*first_folders, first) = path.split("/"), same.split("/")
    try:
        here, there = step(folders, root, make=True), step(first_folders, root)
        try:
            os.link(files.raw_name(first), files.raw_name(leaf), src_dir_fd=there, dst_dir_fd=here, follow_symlinks=False)
        finally:
            os.close(here)
            os.close(there)
    except (OSError, ValueError) as error:
        raise Problem(73, f"{shown(path)} cannot be written: {getattr(error, 'strerror', None) or error}")


def write_with_holes(piece, output):
    """Leaves out the blocks of zeros."""
    for start in range(0, len(piece), 4096):
        block = piece[start : start + 4096]
        if block.strip(b"\0"):
            output.write(block)
        else:
            output.seek(len(block), os.SEEK_CUR)


def unpack(snapshot, path, parts, facts, root):
    """Writes a new file, folder or link below the folder `root`, following no link; leaves nothing of a file whose bytes cannot be proven."""
    # Without file facts a path is what it says; with them its names may stand for other bytes.
    *folders, leaf = path.split("/")
    here = None
    try:
        name = files.raw_name(leaf) if facts else leaf
        here = step(folders, root, make=True, named=files.raw_name if facts else str)
        if facts and facts.kind == "directory":
            try:
                os.mkdir(name, 0o700, dir_fd=here)
            except FileExistsError:
                os.close(os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here))
            return
        if facts and facts.kind != "file":
            files.make(facts, name, here)
            return
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=here)
        try:
            with os.fdopen(file, "wb") as output:
                for part in parts:
                    for piece in snapshot.bytes(part, DATA, path):
                        if facts and facts.sparse:
                            write_with_holes(piece, output)
                        else:
                            output.write(piece)
                output.truncate()
                output.flush()
                if facts:
                    files.apply(facts, output.fileno())
        except BaseException:
            os.unlink(name, dir_fd=here)
            raise
    except (OSError, ValueError) as error:
        raise Problem(73, f"{shown(path)} cannot be written: {getattr(error, 'strerror', None) or error}")
    finally:
        if here is not None:
            os.close(here)


def command_verify(vault, options):
    """Everything there is, down to the last byte of every pack."""
    problems = []

    def attempt(work, *arguments):
        try:
            return work(*arguments)
        except Problem as problem:
            problems.append(problem)

    def chain(objects, gone=()):  # I8
        there = {digest for _, digest, _ in objects}
        for name, _, previous in objects:
            for digest in previous:
                if digest not in there and digest.hex() not in gone:
                    problems.append(Damage(name, f"it follows an object with the SHA-256 {digest.hex()}, which was removed or changed."))

    chain(vault.keyring.objects)
    for name in vault.names("grants"):
        attempt(granted, vault, name)
    segments = [attempt(vault.segment, name) for name in vault.names("index")]
    vault._index = Index([segment for segment in segments if segment])
    found, damaged = snapshots(vault)
    problems += damaged
    gone = vault.left().union(vault.forgotten().values()) | vault.vanished()
    chain([(snapshot.name, snapshot.digest, snapshot.previous) for snapshot in found], gone)
    for family, magic in (("sessions", b"RPRSSES1"), ("condemned", b"RPRSCND1"), ("awaited", b"RPRSAWT1")):
        context = {"sessions": b"reprise/session/1"}.get(family, b"reprise/" + family.encode() + b"/1")
        for name in vault.names(family):
            if not (family == "sessions" and "." in name):  # a sign of life, which holds nothing
                attempt(vault.note, name, magic, context)
    records = [(name, attempt(vault.record, name)) for name in vault.names("records")]
    chain([(name, record[2], record[3]) for name, record in records if record and record[4]], gone)

    listed = {pack: (size, kind) for pack, size, kind in vault.index.packs}
    for pack in sorted(listed):
        if not os.path.isfile(vault.path(vault.pack_name(pack))):
            problems.append(Damage(vault.pack_name(pack), "it is not there, and the index names it."))
    records_of, last, count = {}, None, 0
    for record in RECORD.iter_unpack(vault.index.records):
        if record != last:
            pack = vault.index.packs[record[1]][0]
            records_of[pack] = records_of.get(pack, 0) + 1
        last = record
    for folder in vault.names("packs"):
        if folder.startswith("packs/decoy-"):  # nothing needs it
            continue
        for name in vault.names(folder):
            count += 1
            attempt(verify_pack, vault, name, listed, records_of)
    if vault.keys.reader:
        for snapshot in found:
            attempt(verify_snapshot, vault, snapshot)
    else:
        print("no reader key: nothing was opened", file=sys.stderr)
    if not problems:
        print(f"{len(found)} snapshots, {len(records)} records, {len(segments)} index segments, {count} packs: all is as it was written")
    return problems


def verify_pack(vault, name, listed, records_of):
    digest = re.fullmatch(r"packs/([0-9a-f]{2})/(\1[0-9a-f]{62})", name)
    if not digest:
        raise Damage(name, "its name is not that of a pack.")
    pack = bytes.fromhex(digest.group(2))
    with open(vault.path(name), "rb") as file:
        size, state = 0, hashlib.sha256()
        while piece := file.read(1 << 20):
            state.update(piece)
            size += len(piece)
        if state.digest() != pack:
            raise Damage(name, "its bytes have changed since they were written.")
        kind, _, start = vault.pack_slots(file, name)
        file.seek(max(0, size - 12))
        trailer = file.read(12)
        width = int.from_bytes(trailer[:4], "little")
        end = size - 12 - width
        if trailer[4:] != b"RPRSEND1" or end < start:
            raise Damage(name, "it does not end as a pack.")
        file.seek(end)
        plain = box_open(vault.keys.index, file.read(width), b"reprise/pack-footer/1", vault.id + bytes([kind]))
        if plain is None or len(plain) < 4 or (len(plain) - 4) % 44 or int.from_bytes(plain[:4], "little") != (len(plain) - 4) // 44:
            raise Damage(name, "its list of chunks is not what was written.")
        chunks = list(struct.iter_unpack("<32sIII", plain[4:]))
        at = start
        for chunk, offset, sealed_size, plain_size in chunks:
            if offset != at or offset + sealed_size > end or plain_size > LARGEST_CHUNK:
                raise Damage(name, "its chunks do not lie one behind the other.")
            at = offset + sealed_size
            if vault.keys.reader or kind == REACH:
                file.seek(offset)
                vault.open_chunk(file.read(sealed_size), chunk, kind, plain_size, pack, file, name)
        if at != end:
            raise Damage(name, "its chunks do not lie one behind the other.")
        if pack not in listed:  # left by a writer that was cut off
            return
        for chunk, *place in chunks:
            if (pack, kind, size, *place) not in vault.index.places(chunk):
                raise Damage(name, "the index lists other chunks than it holds.")
        if listed[pack] != (size, kind) or records_of.get(pack, 0) != len(chunks):
            raise Damage(name, "the index lists other chunks than it holds.")


def verify_snapshot(vault, snapshot):
    reach = snapshot.reach()

    def known(chunk, size, kind):
        if reach is not None and chunk not in reach:
            raise Damage(snapshot.name, f"the chunk {chunk.hex()} is not in its list for keepers.")
        for _, pack_kind, _, _, _, plain_size in vault.index.places(chunk):
            if pack_kind == kind and plain_size == size:
                return
        raise Damage(snapshot.name, f"the chunk {chunk.hex()} is in no pack that the index names.")

    count = total = 0
    for path, parts, _ in snapshot.entries():
        count += 1
        for part in parts:
            for _, size in snapshot.references(part, DATA, path, visit=known):
                total += size
    if (count, total) != (snapshot.summary.get("entryCount"), snapshot.summary.get("sourceBytes")):
        raise Damage(snapshot.name, "it does not hold what its summary says.")


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(64, f"{self.prog}: {message}\n")


def parse(arguments):
    parser = Parser(prog="read_vault.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--key", metavar="FILE", help="a key file")
    parser.add_argument("--recovery-key-file", metavar="FILE", help="a file with the recovery key's text")
    parser.add_argument("--json", action="store_true", help="one JSON object a line (list, ls)")
    parser.add_argument("vault", metavar="VAULT")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("list", help="the snapshots").set_defaults(run=command_list)
    ls = commands.add_parser("ls", help="the entries of a snapshot")
    ls.set_defaults(run=command_ls)
    unpack_parser = commands.add_parser("unpack", help="write the entries of a snapshot into a folder")
    unpack_parser.set_defaults(run=command_unpack)
    for command in (ls, unpack_parser):
        command.add_argument("snapshot", metavar="SNAPSHOT")
    unpack_parser.add_argument("folder", metavar="FOLDER")
    unpack_parser.add_argument("--path", metavar="GLOB", help="only entries whose path is like this; * also stands for /")
    commands.add_parser("verify", help="check every byte").set_defaults(run=command_verify)
    return parser.parse_args(arguments)


def keys(options):
    typed = os.environ.get("REPRISE_RECOVERY_KEY")
    if options.key:
        return Keys.from_file(options.key)
    if options.recovery_key_file:
        typed = read_whole(options.recovery_key_file, 64 << 10).decode("utf-8", "replace")
    if typed:
        return Keys.from_recovery_key(typed)
    raise Problem(64, "Which key? Name a key file with --key, or put the recovery key into REPRISE_RECOVERY_KEY or a file (--recovery-key-file).")


def main(arguments):
    options = parse(arguments)
    try:
        problems = options.run(Vault(options.vault, keys(options)), options)
    except Problem as problem:
        problems = [problem]
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        problems = [Problem(1, f"{error.filename or options.vault}: {error.strerror}")]
    for problem in problems:
        print(f"read_vault.py: {shown(problem)}", file=sys.stderr)
    statuses = [problem.status for problem in problems]
    return 65 if 65 in statuses else statuses[0] if statuses else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
