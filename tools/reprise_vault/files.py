"""What an entry says of a file besides its bytes: section 8.7 of docs/FORMAT.md."""

import os
import re

from .problem import Damage
from .sealing import from_base64

KINDS = ("file", "directory", "symlink", "fifo", "socket", "character", "block")
MARK = "\ufffd"


def raw_name(text):
    """The bytes of a name. Raises ValueError where no name has that text."""
    name, at = bytearray(), 0
    while at < len(text):
        if text[at] != MARK:
            name += text[at].encode()
            at += 1
        elif text[at + 1:at + 2] == MARK:
            name += MARK.encode()
            at += 2
        elif re.fullmatch("[0-9a-f]{2}", text[at + 1:at + 3]):
            name.append(int(text[at + 1:at + 3], 16))
            at += 3
        else:
            raise ValueError
    if escaped(bytes(name)) != text or 0 in name:  # one name has one text
        raise ValueError
    return bytes(name)


def escaped(name):
    """The text of a name of any bytes."""
    text = name.decode("utf-8", "surrogateescape").replace(MARK, MARK + MARK)
    return re.sub("[\udc80-\udcff]", lambda match: MARK + format(ord(match.group()) - 0xDC00, "02x"), text)


def is_path(path):
    return isinstance(path, str) and "\0" not in path and all(part not in ("", ".", "..") for part in path.split("/"))


def whole(number, most):
    if type(number) is not int or not 0 <= number <= most:
        raise ValueError
    return number


class Facts:
    def __init__(self, fields):
        """Raises ValueError, KeyError, TypeError or AttributeError where `fields` are no facts."""
        self.kind = fields["kind"]
        if self.kind not in KINDS or not re.fullmatch("[0-7]{1,4}", fields["mode"]):
            raise ValueError
        self.mode = int(fields["mode"], 8)
        self.uid, self.gid = whole(fields["uid"], 2 ** 32 - 1), whole(fields["gid"], 2 ** 32 - 1)
        self.user, self.group = fields.get("user"), fields.get("group")
        seconds, nanoseconds = fields["modified"]
        whole(nanoseconds, 999_999_999)
        if type(seconds) is not int or not -2 ** 63 <= seconds < 2 ** 63:
            raise ValueError
        self.modified = seconds * 1_000_000_000 + nanoseconds
        self.target = raw_name(fields["target"]) if "target" in fields else None
        if self.kind == "symlink" and not self.target:
            raise ValueError
        self.same = fields.get("same")
        if self.same is not None and not is_path(self.same):
            raise ValueError
        self.sparse = fields.get("sparse") is True
        self.device = None
        if "device" in fields:
            major, minor = fields["device"]
            self.device = whole(major, 2 ** 32 - 1), whole(minor, 2 ** 32 - 1)
        self.attributes = [(raw_name(name), from_base64(value)) for name, value in fields.get("attributes", {}).items()]


def file_facts(fields, parts, name):
    if "file" not in fields:
        return None
    try:
        facts = Facts(fields["file"])
        [raw_name(part) for part in fields["path"].split("/")]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Damage(name, "one of its lines is no entry.")
    if sum(part.size for part in parts) and (facts.kind != "file" or facts.same is not None):
        raise Damage(name, "one of its lines is no entry.")
    return facts


def account(kind, name, number):
    """The number that a user's or group's name has here, else the one it had."""
    try:
        if kind == "user":
            import pwd
            return pwd.getpwnam(name).pw_uid
        import grp
        return grp.getgrnam(name).gr_gid
    except (ImportError, KeyError, TypeError, ValueError):
        return number


def apply(facts, file):
    """Gives an open file or folder what it had besides its bytes. What this user may not set stays as it is."""
    mode = facts.mode
    if os.geteuid() == 0:
        os.fchown(file, account("user", facts.user, facts.uid), account("group", facts.group, facts.gid))
    elif facts.uid != os.geteuid():
        mode &= 0o1777
    for name, value in facts.attributes:
        try:
            os.setxattr(file, name, value)
        except OSError:
            pass
    os.fchmod(file, mode)
    os.utime(file, ns=(facts.modified, facts.modified))


def make(facts, leaf, folder):
    """Makes what has no bytes and is no folder."""
    if facts.kind == "symlink":
        os.symlink(facts.target, leaf, dir_fd=folder)
    elif facts.kind == "fifo":
        os.mkfifo(leaf, 0o600, dir_fd=folder)
    else:
        import stat
        bits = {"socket": stat.S_IFSOCK, "character": stat.S_IFCHR, "block": stat.S_IFBLK}[facts.kind]
        os.mknod(leaf, bits | 0o600, os.makedev(*facts.device) if facts.device else 0, dir_fd=folder)
    if os.geteuid() == 0:
        os.chown(leaf, account("user", facts.user, facts.uid), account("group", facts.group, facts.gid), dir_fd=folder, follow_symlinks=False)
    if facts.kind != "symlink":
        os.chmod(leaf, facts.mode, dir_fd=folder)
    for name, value in facts.attributes:
        try:
            os.setxattr(f"/proc/self/fd/{folder}/".encode() + os.fsencode(leaf), name, value, follow_symlinks=False)
        except OSError:
            pass
    os.utime(leaf, ns=(facts.modified, facts.modified), dir_fd=folder, follow_symlinks=False)
