"""Key files and recovery keys: sections 3.1 and 3.2 of docs/FORMAT.md."""

import json
import re

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from .problem import Problem
from .sealing import DIGITS, from_base64, hkdf, read_whole, sha256, summed


class Keys:
    """What a key file or the recovery key lets one do."""

    def __init__(self, vault=None, index=None, dedup=None, reader=None, fingerprint=None):
        self.vault, self.index, self.dedup, self.reader, self.fingerprint = vault, index, dedup, reader, fingerprint

    @classmethod
    def from_file(cls, path):
        """Section 3.1."""
        def bad(what):
            return Problem(65, f"The key file {path} cannot be used: {what}")

        text = read_whole(path, 64 << 10)
        document = summed(text, b"sha256")
        if document is None:
            raise bad("it is not a key file, or its end is missing.")
        if document[1] != sha256(document[0]):
            raise bad("its contents do not match its checksum.")
        try:
            fields = json.loads(document[0])
            if fields["reprise_key"] != 1:
                raise bad("it is of another version than this program.")
            keys = cls(vault=bytes.fromhex(fields["vault"]), index=from_base64(fields["index"], 32))
            if "dedup" in fields:
                keys.dedup = from_base64(fields["dedup"], 32)
            if "reader" in fields["roles"]:
                keys.reader = X25519PrivateKey.from_private_bytes(from_base64(fields["reader"], 32))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise bad("it lacks a part that every key file has.")
        if keys.reader and not keys.dedup:
            raise bad("it lacks a key that its roles need.")
        return keys

    @classmethod
    def from_recovery_key(cls, typed):
        """Section 3.2."""
        digits = re.sub(r"[\s\u2010-\u2014-]", "", typed.lower()).translate(str.maketrans("oil", "011"))
        label = "repr1se1"
        if len(digits) > 71 and digits.startswith(label):
            digits = digits[len(label):]
        if len(digits) != 71:
            raise Problem(65, f"The recovery key has {len(digits)} characters instead of 71 behind reprise-1.")
        number = 0
        for digit in digits:
            if digit not in DIGITS:
                raise Problem(65, "The recovery key has a character that none has.")
            number = number << 5 | DIGITS.index(digit)
        data = (number >> 3).to_bytes(44, "big")
        seed, fingerprint, checksum = data[:32], data[32:40], data[40:]
        if sha256(b"reprise/recovery-key/1", seed, fingerprint)[:4] != checksum:
            raise Problem(65, "The recovery key is mistyped: its checksum does not fit.")
        return cls(reader=X25519PrivateKey.from_private_bytes(hkdf(seed, b"reprise/reader/1")), fingerprint=fingerprint)
