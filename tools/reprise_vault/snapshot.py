"""Snapshots, contents and entries: sections 8.2 to 8.4 of docs/FORMAT.md."""

import json
import struct

from .files import file_facts
from .problem import Damage
from .sealing import ZERO_NONCE, Bytes, Cut, Slot, box_open, from_base64, gcm_open, ulid_bytes
from .vault import DATA, LARGEST_CHUNK, REACH, TREE

DEEPEST = 8
REFERENCE = struct.Struct("<32sI")


class Content:
    """Section 8.3."""

    def __init__(self, fields):
        """Raises ValueError, KeyError or TypeError where `fields` are no content."""
        self.size, self.depth = fields["size"], fields["depth"]
        if type(self.size) is not int or type(self.depth) is not int or self.size < 0 or not 0 <= self.depth <= DEEPEST:
            raise ValueError
        self.references = references(from_base64(fields["chunks"]))


def references(data):
    """Raises ValueError where `data` are no whole number of references, or one names an impossible chunk (I9)."""
    if len(data) % REFERENCE.size:
        raise ValueError
    found = list(REFERENCE.iter_unpack(data))
    if any(not 1 <= size <= LARGEST_CHUNK for _, size in found):
        raise ValueError
    return found


class Snapshot:
    """Section 8.2."""

    def __init__(self, vault, name):
        self.vault, self.name = vault, name
        data, identity = vault.get(name), ulid_bytes(name[len("snapshots/"):])
        if data.startswith(b"RPRSCPY1"):  # section 8.8
            _, _, data, _ = vault.signed(name, b"RPRSCPY1")
            identity = data[24:40]
        self.header, self.previous, payload, self.digest = vault.signed_bytes(name, data, identity, b"RPRSSNP1", role="writer")
        reader = Bytes(payload)
        try:
            summary, self.slot, self.body = reader.block(), Slot(reader), reader.block()
        except Cut:
            raise Damage(name, "it is cut short.")
        plain = box_open(vault.keys.index, summary, b"reprise/snapshot/1", self.header)
        try:
            if plain is None or reader.at != len(payload):
                raise ValueError
            self.summary = json.loads(plain)
            self.id = self.summary["id"]
            if ulid_bytes(self.id) != identity:
                raise ValueError
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Damage(name, "its summary is not what was written.")

    @property
    def counts(self):
        """Not where its signer had been revoked before it was written."""
        return self.vault.keyring.counts(self.header, self.digest, "snapshots")

    def reach(self):
        """The ids of the chunks it uses, as keepers see them (section 8.5); None in a snapshot from before those lists."""
        if "reach" not in self.summary:
            return None
        name = f"the list for keepers of {self.name}"
        try:
            content = Content(self.summary["reach"])
        except (ValueError, KeyError, TypeError):
            raise Damage(self.name, "its summary is not what was written.")
        found = set()
        level = content.references
        for _ in range(content.depth):
            below = []
            for chunk, size in level:
                try:
                    below += references(self.vault.chunk(chunk, size, REACH, name))
                except ValueError:
                    raise Damage(name, "a list of its chunks names an impossible chunk.")
            level = below
        for chunk, size in level:
            data = self.vault.chunk(chunk, size, REACH, name)
            if len(data) % 32:
                raise Damage(name, "it is cut short.")
            found.update(data[at:at + 32] for at in range(0, len(data), 32))
        return found

    def list_content(self):
        self.vault.need_reader()
        key = self.vault.open_slot(self.slot, self.name)
        plain = gcm_open(key, ZERO_NONCE, self.body, self.header)
        try:
            if plain is None:
                raise ValueError
            return Content(json.loads(plain)["entries"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Damage(self.name, "its body is not what was written.")

    def references(self, content, kind, name, visit=None):
        """The references of depth 0, in order; `visit` sees those of the depths above too, with their kind."""
        def walk(depth):
            if depth == content.depth:
                yield from content.references
                return
            carry = b""
            for chunk, size in walk(depth + 1):
                if visit:
                    visit(chunk, size, TREE)
                carry += self.vault.chunk(chunk, size, TREE, name)
                whole = len(carry) // REFERENCE.size * REFERENCE.size
                try:
                    found = references(carry[:whole])
                except ValueError:
                    raise Damage(name, "a list of its chunks names an impossible chunk.")
                carry = carry[whole:]
                yield from found
            if carry:
                raise Damage(name, "a list of its chunks is cut short.")

        rest = content.size
        for chunk, size in walk(0):
            rest -= size
            if visit:
                visit(chunk, size, kind)
            yield chunk, size
        if rest != 0:  # I9
            raise Damage(name, "its chunks do not add up to its size.")

    def bytes(self, content, kind, name):
        for chunk, size in self.references(content, kind, name):
            yield self.vault.chunk(chunk, size, kind, name)

    def entries(self):
        """Path, contents and file facts (or None) of every entry (sections 8.4 and 8.7)."""
        name = f"the entry list of {self.name}"
        pending, last = b"", None
        for piece in self.bytes(self.list_content(), TREE, name):
            *lines, pending = (pending + piece).split(b"\n")
            for line in lines:
                try:
                    fields = json.loads(line)
                    path, parts = fields["path"], [Content(part) for part in fields["parts"]]
                    key = path.encode()
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                    raise Damage(name, "one of its lines is no entry.")
                if not parts or "\0" in path or any(part in ("", ".", "..") for part in path.split("/")):  # I10
                    raise Damage(name, "one of its lines is no entry.")
                if last is not None and key <= last:
                    raise Damage(name, "it is not in order.")
                last = key
                yield path, parts, file_facts(fields, parts, name)
        if pending:
            raise Damage(name, "its last line is cut short.")
