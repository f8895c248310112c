"""Keys that were added and revoked, and what was granted to readers: sections 4.1 and 4.2 of docs/FORMAT.md."""

import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .problem import Damage, Problem
from .sealing import ZERO_NONCE, Bytes, Cut, Slot, from_base64, gcm_open, key_id, raw, sha256


class Keyring:
    """Whose signatures count, besides what `config` says."""

    def __init__(self, vault, authority):
        self.vault, self.authority = vault, authority
        self.problems, self.objects, self.revoked = [], [], {}
        for name in vault.names("keys"):
            try:
                self.read(name)
            except Problem as problem:
                self.problems.append(problem)

    def read(self, name):
        header, previous, payload, digest = self.vault.signed(name, b"RPRSKEY1")
        if header[40:48] != self.authority:
            raise Damage(name, "it is signed by another key than the recovery key.")
        try:
            fields = json.loads(payload)
            act = fields["act"]
            if act == "add":
                public = from_base64(fields["publicKey"], 32)
                signer = (Ed25519PublicKey.from_public_bytes(public), set(fields["roles"]))
                self.vault.signers.setdefault(key_id(public), signer)
            elif act == "revoke":
                key = bytes.fromhex(fields["key"])
                if key != self.authority:
                    lists = {family: digests(fields[family]) for family in ("snapshots", "records")}
                    self.revoked.setdefault(key, []).append(lists)
            else:
                raise Problem(1, f"{name} says something of the vault's keys that this program does not know.")
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Damage(name, "its contents are not those of a key's object.")
        self.objects.append((name, digest, previous))

    def counts(self, header, digest, family):
        return all(digest in lists[family] for lists in self.revoked.get(header[40:48], []))


def digests(text):
    data = from_base64(text)
    if len(data) % 32:
        raise ValueError
    return {data[at:at + 32] for at in range(0, len(data), 32)}


def granted(vault, name):
    """The content keys of a grant, by their commitments; none where it is another reader's."""
    header, _, payload, _ = vault.signed(name, b"RPRSGRT1")
    reader = Bytes(payload)
    try:
        slot, sealed = Slot(reader), reader.block()
    except Cut:
        raise Damage(name, "it is cut short.")
    if reader.at != len(payload):
        raise Damage(name, "something stands behind its end.")
    if vault.keys.reader is None or key_id(raw(vault.keys.reader.public_key())) not in [reader for reader, _, _ in slot.readers]:
        return {}
    plain = gcm_open(slot.open(vault.keys.reader, vault.id, name), ZERO_NONCE, sealed, header)
    if plain is None or len(plain) % 32:
        raise Damage(name, "its contents are not what was written.")
    keys = [plain[at:at + 32] for at in range(0, len(plain), 32)]
    return {sha256(b"reprise/key-commitment/1", key): key for key in keys}
