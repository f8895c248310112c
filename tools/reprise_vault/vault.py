"""The vault and its objects: sections 2, 4 to 7, 8.1 and 10 of docs/FORMAT.md."""

import heapq
import hmac
import json
import os
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
import zstandard

from .keyring import Keyring, granted
from .problem import Damage, Problem
from .sealing import Bytes, Cut, Slot, box_open, from_base64, gcm_open, hkdf, hpke_open, key_id, mac, raw, read_whole, sha256, summed, ulid_bytes

FORMAT = 1
LARGEST_CHUNK = 16 << 20
DATA, TREE, REACH = 1, 2, 3
RECORD = struct.Struct("<32sIIII")  # of an index table: chunk, pack, offset, size sealed, size plain


class Vault:
    """An opened vault: sections 2 and 4."""

    def __init__(self, folder, keys):
        self.folder, self.keys = folder, keys
        if not os.path.isdir(folder):
            raise Problem(69, f"The directory {folder} is not there.")
        if not os.path.exists(self.path("config")):
            raise Problem(69, f"There is no vault at {folder}.")
        self.read_config()
        self.keyring = Keyring(self, self.authority)
        self._granted = None
        self.slots = {}
        self._index = None
        self._forgotten = None

    def path(self, name):
        return os.path.join(self.folder, *name.split("/"))

    def names(self, prefix):
        """The names of the objects of a family, in order."""
        try:
            with os.scandir(self.path(prefix)) as entries:
                return sorted(f"{prefix}/{entry.name}" for entry in entries)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise Problem(1, f"{prefix} cannot be listed: {error.strerror}")

    def get(self, name):
        if not os.path.isfile(self.path(name)):
            raise Damage(name, "it is not there.")
        return read_whole(self.path(name))

    def read_config(self):
        data = read_whole(self.path("config"), 1 << 20)
        outer = summed(data, b"hmac")
        if outer is None:
            raise Damage("config", "it does not end with its authentication code.")
        inner = summed(outer[0], b"sha256")
        if inner is None or sha256(inner[0]) != inner[1]:
            raise Damage("config", "its contents do not match its checksum.")
        try:
            fields = json.loads(inner[0])
            version = fields["format"]
            if type(version) is int and version > FORMAT:
                raise Problem(1, f"The vault has format {version}; this program reads formats up to {FORMAT}.")
            if version != FORMAT:
                raise ValueError
            self.id = bytes.fromhex(fields["vault"])
            self.copy = fields.get("copy")  # section 10.7
            if len(self.id) != 16:
                raise ValueError
            self.signers = {}
            for signer in fields["signers"]:
                public = from_base64(signer["publicKey"], 32)
                self.authority = key_id(public)  # the last one
                self.signers[self.authority] = (Ed25519PublicKey.from_public_bytes(public), set(signer["roles"]))
            if not self.signers:
                raise ValueError
            shared = [(bytes.fromhex(s["reader"]), from_base64(s["encapsulated"], 32), from_base64(s["sealed"])) for s in fields["shared"]]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Damage("config", "its contents are not those of a config.")
        if self.keys.vault not in (None, self.id):
            raise Problem(77, f"The key file is for the vault {self.keys.vault.hex()}; the one at {self.folder} is {self.id.hex()}.")
        if self.keys.index is None:
            self.open_shared(shared)
        if self.keys.authority not in (None, self.authority):
            raise Damage("config", "it names another recovery key than this key file does.")
        if not hmac.compare_digest(mac(hkdf(self.keys.index, b"reprise/config/1"), outer[0]), outer[1]):  # I11
            raise Damage("config", "its authentication code does not fit its contents and this key.")

    def open_shared(self, shared):
        own = key_id(raw(self.keys.reader.public_key()))
        for reader, enc, sealed in shared:
            if reader == own:
                secrets = hpke_open(self.keys.reader, sealed, enc, b"reprise/shared/1", self.id, b"")
                if secrets and len(secrets) == 64 and self.keys.fingerprint in (None, sha256(b"reprise/fingerprint/1", self.id, secrets)[:8]):
                    self.keys.dedup, self.keys.index = secrets[:32], secrets[32:]
                    return
        raise Problem(77, f"The recovery key does not open the vault at {self.folder}.")

    def need_reader(self):
        if self.keys.reader is None:
            raise Problem(77, "This needs a key file with the reader role, or the recovery key of the kit.")

    # Section 8.1

    def signed(self, name, magic, role=None):
        """Header, previous ones, payload and digest of a signed object, verified."""
        identity = ulid_bytes(name.rpartition("/")[2])
        if identity is None:
            raise Damage(name, "its name is not that of an object.")
        return self.signed_bytes(name, self.get(name), identity, magic, role)

    def signed_bytes(self, name, data, identity, magic, role=None):
        reader = Bytes(data[:-64])
        try:
            if reader.take(8) != magic:
                raise Damage(name, "it does not begin as it must.")
            if reader.take(16) != self.id:
                raise Damage(name, "it names another vault.")
            if reader.take(16) != identity:  # I3
                raise Damage(name, "it names another object.")
            signer = reader.take(8)
            previous = [reader.take(32) for _ in range(reader.number(1))]
        except Cut:
            raise Damage(name, "it is cut short.")
        public, roles = self.signers.get(signer, (None, ()))
        if public is None or (role and role not in roles):  # I7
            raise Damage(name, f"it is signed by the key {signer.hex()}, which may not write such objects.")
        try:
            public.verify(data[-64:], data[:-64])
        except InvalidSignature:
            raise Damage(name, "its signature does not fit its contents.")
        return data[:reader.at], previous, data[reader.at:-64], sha256(data)

    def record(self, name):
        """Section 10: kind and body of a record, its digest, its previous ones, and whether it counts."""
        header, previous, payload, digest = self.signed(name, b"RPRSREC1")
        plain = box_open(self.keys.index, payload, b"reprise/record/1", header)
        if not plain or len(plain) <= plain[0]:
            raise Damage(name, "its contents are not what was written.")
        return plain[1:plain[0] + 1], plain[plain[0] + 1:], digest, previous, self.keyring.counts(header, digest, "records")

    def note(self, name, magic, context):
        """The plain bytes of a session, a tombstone, a condemnation or what it waits for (sections 8.6 and 10.2)."""
        header, _, payload, _ = self.signed(name, magic)
        plain = box_open(self.keys.index, payload, context, header)
        if plain is None:
            raise Damage(name, "its contents are not what was written.")
        return plain

    def left(self):
        """SHA-256 (hex) of the snapshots that this copy was not given (section 10.7)."""
        found = set()
        for name in self.names("records"):
            try:
                kind, body, _, _, counts = self.record(name)
                fields = json.loads(body) if kind == b"left" and counts else {"copy": None}
                if kind == b"left" and counts and fields.get("copy") == self.copy:
                    digests = from_base64(fields["snapshots"])
                    found.update(digests[at:at + 32].hex() for at in range(0, len(digests), 32))
            except Problem:  # said by `verify`
                continue
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                continue
        return found

    def forgotten(self):
        """Names and SHA-256 (hex) of the snapshots that a keeper has let go in this copy (sections 10.1 and 10.7)."""
        if self._forgotten is None:
            found = {}
            for name in self.names("records"):
                try:
                    kind, body, _, _, counts = self.record(name)
                    if kind == b"forgotten" and counts:
                        self.signed(name, b"RPRSREC1", role="keeper")
                        fields = json.loads(body)
                        if fields.get("copy") != self.copy:
                            continue
                        found.update({one["id"]: one.get("digest") for one in fields["snapshots"]})
                        found.update({one["object"]: one.get("digest") for one in fields["snapshots"] if one.get("object")})
                except Problem:  # what is wrong with a record is said by `verify`; this one lets nothing go
                    continue
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                    continue
            self._forgotten = found
        return self._forgotten

    def vanished(self):
        """SHA-256 (hex) of what is gone, as a keeper has noted (section 10.5)."""
        found = set()
        for name in self.names("records"):
            try:
                kind, body, _, _, counts = self.record(name)
                if kind == b"vanished" and counts:
                    self.signed(name, b"RPRSREC1", role="keeper")
                    found.update(json.loads(body)["digests"])
            except (Problem, ValueError, KeyError, TypeError, RecursionError):  # as of what was let go
                continue
        return found

    # Section 7

    @property
    def index(self):
        if self._index is None:
            self._index = Index([self.segment(name) for name in self.names("index")])
        return self._index

    def segment(self, name):
        """Name, packs and records of an index segment."""
        identity = ulid_bytes(name[len("index/"):])
        if identity is None:
            raise Damage(name, "its name is not that of an index segment.")
        data = self.get(name)
        header = b"RPRSIDX1" + self.id + identity
        table = box_open(self.keys.index, data[len(header):], b"reprise/index/1", header) if data.startswith(header) else None
        if table is None or len(table) < 8:
            raise Damage(name, "its contents are not what was written.")
        packs, records = struct.unpack_from("<II", table)
        if len(table) != 8 + packs * 40 + records * RECORD.size:
            raise Damage(name, "its table is cut short.")
        found = [struct.unpack_from("<32sIB", table, 8 + number * 40) for number in range(packs)]
        return name, found, memoryview(table)[8 + packs * 40:]

    # Sections 5 and 6

    def pack_name(self, pack):
        return f"packs/{pack.hex()[:2]}/{pack.hex()}"

    def pack_slots(self, file, name):
        """Kind, slots and length of a pack's header."""
        file.seek(0)
        reader = Bytes(file.read(64))
        try:
            if reader.take(8) != b"RPRSPAK1" or reader.take(16) != self.id:
                raise Damage(name, "it does not begin as a pack of this vault.")
            kind, count, zero = reader.number(1), reader.number(1), reader.number(2)
            if kind not in (DATA, TREE, REACH) or zero != 0:
                raise Damage(name, "it does not begin as a pack of this vault.")
            reader.data += file.read(count * (33 + 255 * 88))
            return kind, [Slot(reader) for _ in range(count)], reader.at
        except Cut:
            raise Damage(name, "its header is cut short.")

    def open_slot(self, slot, name):
        """The content key of a slot: granted (4.2), or sealed to the reader."""
        if self._granted is None:
            self._granted = {}
            for grant in self.names("grants"):
                try:
                    self._granted.update(granted(self, grant))
                except Problem:  # `verify` says so
                    pass
        return self._granted.get(slot.commitment) or slot.open(self.keys.reader, self.id, name)

    def content_key(self, pack, ordinal, file, name):
        if pack not in self.slots:
            if len(self.slots) > 10_000:
                self.slots.clear()
            kind, slots, _ = self.pack_slots(file, name)
            # The lists for keepers: every key file opens them (section 6).
            self.slots[pack] = [slot.reach_key(self.keys.index) if kind == REACH else slot for slot in slots]
        slots = self.slots[pack]
        if ordinal >= len(slots):
            raise Damage(name, "a chunk names a key that it does not have.")
        if isinstance(slots[ordinal], Slot):
            slots[ordinal] = self.open_slot(slots[ordinal], name)
        return slots[ordinal]

    def open_chunk(self, sealed, chunk, kind, size, pack, file, name):
        """The plain bytes of a sealed chunk, proven (I4)."""
        bad = Damage(name, f"the chunk {chunk.hex()} is not what was written.")
        if len(sealed) < 28 or sealed[0] > 1 or sealed[2:4] != b"\0\0":
            raise bad
        key = self.content_key(pack, sealed[1], file, name)
        binding = b"reprise/chunk/1" + self.id + bytes([kind, sealed[0]]) + chunk
        plain = gcm_open(key, bytes(4) + sealed[4:12], sealed[12:], binding)
        if plain is not None and sealed[0] == 1:
            try:
                if zstandard.frame_content_size(plain) not in (-1, size):
                    raise bad
                plain = zstandard.ZstdDecompressor().decompress(plain, max_output_size=size)
            except zstandard.ZstdError:
                raise bad
        if plain is None or len(plain) != size or (self.keys.dedup and mac(self.keys.dedup, bytes([kind]), plain) != chunk):
            raise bad
        return plain

    def chunk(self, chunk, size, kind, wanted_by):
        """The plain bytes of a chunk, from the first of its places that holds it (I13)."""
        problem = Damage(wanted_by, f"the chunk {chunk.hex()} is in no pack that the index names.")
        for pack, pack_kind, _, offset, sealed_size, plain_size in self.index.places(chunk):
            name = self.pack_name(pack)
            try:
                if pack_kind != kind or plain_size != size:
                    raise Damage(name, f"the chunk {chunk.hex()} is listed with other sizes than it has.")
                if not os.path.isfile(self.path(name)):
                    raise Damage(name, "it is not there.")
                with open(self.path(name), "rb") as file:
                    file.seek(offset)
                    sealed = file.read(sealed_size)
                    if len(sealed) != sealed_size:
                        raise Damage(name, "it is cut short.")
                    return self.open_chunk(sealed, chunk, kind, size, pack, file, name)
            except Problem as found:
                problem = found
            except OSError as error:
                problem = Problem(1, f"{name} cannot be read: {error.strerror}")
        raise problem


class Index:
    """Every place of every chunk, in one sorted run of records."""

    def __init__(self, segments):
        self.packs, ordinals, runs = [], {}, []
        for name, packs, records in segments:
            mapping = []
            for pack in packs:
                if pack not in ordinals:
                    ordinals[pack] = len(self.packs)
                    self.packs.append(pack)
                mapping.append(ordinals[pack])
            runs.append(self.renumbered(name, records, mapping))
        self.records = bytearray()
        for record in heapq.merge(*runs):
            self.records += record

    @staticmethod
    def renumbered(name, records, mapping):
        last = b""
        for chunk, ordinal, offset, sealed, plain in RECORD.iter_unpack(records):
            if chunk < last or ordinal >= len(mapping):
                raise Damage(name, "its records are not in order, or name no pack.")
            last = chunk
            yield RECORD.pack(chunk, mapping[ordinal], offset, sealed, plain)

    def places(self, chunk):
        """Pack, its kind and size, offset, size sealed and size plain of each place of `chunk`."""
        low, high = 0, len(self.records) // RECORD.size
        while low < high:
            middle = (low + high) // 2
            if self.records[middle * RECORD.size:middle * RECORD.size + 32] < chunk:
                low = middle + 1
            else:
                high = middle
        for start in range(low * RECORD.size, len(self.records), RECORD.size):
            found, ordinal, offset, sealed, plain = RECORD.unpack_from(self.records, start)
            if found != chunk:
                return
            pack, size, kind = self.packs[ordinal]
            if offset + sealed <= size:  # I13
                yield pack, kind, size, offset, sealed, plain
