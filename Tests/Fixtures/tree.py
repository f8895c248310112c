#!/usr/bin/env python3
"""What a tree of files is, by what the system says of it: every name, with everything a restore must give back.

    tree.py record FOLDER > tree.json
    tree.py compare tree.json FOLDER        says what differs; exit status 1 where something does
"""

import hashlib
import json
import os
import stat
import sys


def record(folder):
    """Everything below `folder`, and itself, by path."""
    first_names = {}
    found = {}
    for path in _walk(folder):
        place = os.path.join(folder, path)
        status = os.lstat(place)
        kind = stat.S_IFMT(status.st_mode)
        facts = {"kind": oct(kind), "owner": [status.st_uid, status.st_gid], "time": status.st_mtime_ns}
        facts["attributes"] = {name: os.getxattr(place, name, follow_symlinks=False).hex() for name in _attributes(place)}
        if kind == stat.S_IFLNK:
            facts["target"] = os.readlink(place)
        else:
            facts["mode"] = oct(stat.S_IMODE(status.st_mode))
        if kind == stat.S_IFREG:
            facts["size"] = status.st_size
            facts["holes"] = status.st_size >= 1 << 20 and status.st_blocks * 512 < status.st_size // 2
            facts["same"] = first_names.setdefault((status.st_dev, status.st_ino), path)
            with open(place, "rb") as file:
                facts["sha256"] = hashlib.sha256(file.read()).hexdigest()
        found[path] = facts
    return found


def differences(wanted, found):
    """What is not the same, in words; empty where everything is."""
    words = [f"{path!a} is missing" for path in wanted.keys() - found.keys()]
    words += [f"{path!a} is too many" for path in found.keys() - wanted.keys()]
    for path in wanted.keys() & found.keys():
        for key in wanted[path].keys() | found[path].keys():
            was, now = wanted[path].get(key), found[path].get(key)
            if was != now:
                words.append(f"{path!a}: {key} is {now!a}, was {was!a}")
    return sorted(words)


def within_reach(facts, folder):
    """Of what was recorded, what this user can give back below `folder`: only root sets owners, and not every file system has
    attributes."""
    is_root = os.geteuid() == 0
    try:
        os.setxattr(folder, "user.probe", b"")
        os.removexattr(folder, "user.probe")
        has_attributes = True
    except OSError:
        has_attributes = False
    reachable = {}
    for path, all_of_it in facts.items():
        some = dict(all_of_it)
        if not has_attributes:
            del some["attributes"]
        elif not is_root:
            some["attributes"] = {name: value for name, value in some["attributes"].items() if name.startswith("user.")}
        if not is_root:
            del some["owner"]
            if "mode" in some:
                some["mode"] = oct(int(some["mode"], 8) & 0o1777)
        reachable[path] = some
    return reachable


def _attributes(place):
    try:
        return sorted(os.listxattr(place, follow_symlinks=False))
    except OSError:
        return []


def _walk(folder):
    yield "."
    for above, folders, files in os.walk(folder):
        folders.sort()
        for name in folders + sorted(files):
            yield os.path.relpath(os.path.join(above, name), folder)


def main(act, *arguments):
    if act == "record":
        json.dump(record(arguments[0]), sys.stdout, indent=1, sort_keys=True)
        print()
        return 0
    with open(arguments[0]) as file:
        wanted = json.load(file)
    folder = arguments[1]
    words = differences(within_reach(wanted, folder), within_reach(record(folder), folder))
    for word in words:
        print(word)
    return 1 if words else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
