"""Key files and recovery keys: sections 3.1 and 3.2 of docs/FORMAT.md."""

import getpass
import hashlib
import json
import os
import re
import sys
import unicodedata

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from .problem import Problem
from .sealing import DIGITS, ZERO_NONCE, from_base64, gcm_open, hkdf, key_id, read_whole, sha256, summed


class Keys:
    """What a key file or the recovery key lets one do."""

    def __init__(self, vault=None, index=None, dedup=None, reader=None, fingerprint=None, authority=None):
        self.vault, self.index, self.dedup, self.reader, self.fingerprint = vault, index, dedup, reader, fingerprint
        self.authority = authority

    @classmethod
    def from_file(cls, path):
        """Section 3.1."""
        return cls.from_text(path, read_whole(path, 64 << 10))

    @classmethod
    def from_text(cls, path, text, may_be_locked=True):
        def bad(what):
            return Problem(65, f"The key file {path} cannot be used: {what}")

        document = summed(text, b"sha256")
        if document is None:
            raise bad("it is not a key file, or its end is missing.")
        if document[1] != sha256(document[0]):
            raise bad("its contents do not match its checksum.")
        try:
            fields = json.loads(document[0])
            if fields["reprise_key"] == 2 and may_be_locked:
                return cls.from_text(path, unlocked(path, fields, bad), may_be_locked=False)
            if fields["reprise_key"] != 1:
                raise bad("it is of another version than this program.")
            keys = cls(vault=bytes.fromhex(fields["vault"]), index=from_base64(fields["index"], 32))
            if "dedup" in fields:
                keys.dedup = from_base64(fields["dedup"], 32)
            if "authority" in fields:
                keys.authority = key_id(from_base64(fields["authority"], 32))
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
        words = re.findall(r"[a-z]{3,}", typed.lower())
        if len(words) >= 20:
            return cls.from_shares(typed)
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

    @classmethod
    def from_shares(cls, typed):
        """Shares, each behind an empty line, in any order; numbers in front of the words do not matter."""
        try:
            import shamir_mnemonic
        except ImportError:
            raise Problem(1, "Shares need the package shamir-mnemonic: pip install shamir-mnemonic.")
        shares = [" ".join(re.findall(r"[a-z]{3,}", part)) for part in re.split(r"\n\s*\n", typed.lower())]
        shares = [share for share in shares if share.count(" ") > 18]
        try:
            seed = shamir_mnemonic.combine_mnemonics(shares)
        except shamir_mnemonic.MnemonicError as error:
            raise Problem(65, f"The shares cannot be used: {error}")
        if len(seed) != 32:
            raise Problem(65, "The shares are of something else than a recovery key.")
        return cls(reader=X25519PrivateKey.from_private_bytes(hkdf(seed, b"reprise/reader/1")))


def unlocked(path, fields, bad):
    """The key file that a passphrase locks."""
    vault, sealed, cost = bytes.fromhex(fields["vault"]), from_base64(fields["sealed"]), fields["scrypt"]
    n, r, p, salt = cost["n"], cost["r"], cost["p"], from_base64(cost["salt"], 32)
    if not all(type(number) is int for number in (n, r, p)) or not (1 < n <= 1 << 22 and 0 < r <= 32 and 0 < p <= 16 and 128 * n * r <= 512 << 20):
        raise bad("opening it would take more memory or time than any key file may ask for.")
    secret = unicodedata.normalize("NFC", passphrase(path)).encode()
    key = hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=128 * r * (n + p + 2) + (1 << 20), dklen=32)
    plain = gcm_open(key, ZERO_NONCE, sealed, b"reprise/locked-key/1" + vault)
    if plain is None:
        raise Problem(77, f"The passphrase does not open the key file {path}.")
    return plain


def passphrase(path):
    if os.environ.get("REPRISE_PASSPHRASE"):
        return os.environ["REPRISE_PASSPHRASE"]
    if os.environ.get("REPRISE_PASSPHRASE_FILE"):
        return read_whole(os.environ["REPRISE_PASSPHRASE_FILE"], 4096).decode("utf-8", "replace").rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Problem(77, f"The key file {path} is locked with a passphrase: put it into REPRISE_PASSPHRASE or a file named by REPRISE_PASSPHRASE_FILE.")
    return getpass.getpass(f"Passphrase of the key file {path}: ")
