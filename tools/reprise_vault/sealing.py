"""How bytes are laid out, hashed, derived and sealed: sections 1 and 3.3 to 3.5 of docs/FORMAT.md."""

import base64
import hashlib
import hmac
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .problem import Damage, Problem

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
ZERO_NONCE = bytes(12)


class Cut(Exception):
    """Bytes end before what should be in them does."""


class Bytes:
    """Reads bytes from outside front to back."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise Cut
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, width):
        return int.from_bytes(self.take(width), "little")

    def block(self):
        return self.take(self.number(4))


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def mac(key, *parts):
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()


def hkdf_expand(prk, info, length):
    output, block = b"", b""
    while len(output) < length:
        block = mac(prk, block, info, bytes([len(output) // 32 + 1]))
        output += block
    return output[:length]


def hkdf(key, info, length=32, salt=b""):
    return hkdf_expand(mac(salt, key), info, length)


def key_id(public):
    return sha256(public)[:8]


def raw(public_key):
    return public_key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def ulid_bytes(text):
    """The 16 bytes of a ULID, or None."""
    if len(text) != 26 or any(digit not in DIGITS for digit in text) or text[0] > "7":
        return None
    number = 0
    for digit in text:
        number = number << 5 | DIGITS.index(digit)
    return number.to_bytes(16, "big")


def hpke_open(private, sealed, enc, label, vault, binding):
    """Section 3.3. None where it does not open."""
    def extract(suite, salt, name, ikm):
        return mac(salt, b"HPKE-v1", suite, name, ikm)

    def expand(suite, prk, name, info, length):
        return hkdf_expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + name + info, length)

    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(enc))
    except ValueError:
        return None
    kem, suite = b"KEM\x00\x20", b"HPKE\x00\x20\x00\x01\x00\x02"
    prk = extract(kem, b"", b"eae_prk", shared)
    secret = expand(kem, prk, b"shared_secret", enc + raw(private.public_key()), 32)
    context = b"\0" + extract(suite, b"", b"psk_id_hash", b"") + extract(suite, b"", b"info_hash", label + vault)
    prk = extract(suite, secret, b"secret", b"")
    return gcm_open(expand(suite, prk, b"key", context, 32), expand(suite, prk, b"base_nonce", context, 12), sealed, binding)


def gcm_open(key, nonce, sealed, binding):
    """None where it does not open."""
    try:
        return AESGCM(key).decrypt(nonce, bytes(sealed), binding)
    except (InvalidTag, ValueError):
        return None


def box_open(index_key, sealed, context, binding):
    """Section 3.5. None where it does not open."""
    if len(sealed) < 32:
        return None
    return gcm_open(hkdf(index_key, context, salt=sealed[:16]), ZERO_NONCE, sealed[16:], binding)


def from_base64(text, width=None):
    data = base64.b64decode(text, validate=True)
    if width is not None and len(data) != width:
        raise ValueError
    return data


def summed(text, label):
    """The document and the sum of a text that ends with a line `label hex`; None where it does not."""
    found = re.fullmatch(rb"(.*\n)" + label + rb" ([0-9a-f]{64})\n", text, re.DOTALL)
    return found and (found.group(1), bytes.fromhex(found.group(2).decode()))


def read_whole(path, limit=None):
    try:
        with open(path, "rb") as file:
            data = file.read() if limit is None else file.read(limit + 1)
    except OSError as error:
        raise Problem(1, f"{path} cannot be read: {error.strerror}")
    if limit is not None and len(data) > limit:
        raise Damage(path, f"it is longer than {limit} bytes.")
    return data


class Slot:
    """Section 3.4."""

    def __init__(self, reader):
        self.commitment = reader.take(32)
        self.readers = [(reader.take(8), reader.take(32), reader.take(48)) for _ in range(reader.number(1))]

    def reach_key(self, index_key):
        """The content key of a pack of lists for keepers."""
        return hkdf(index_key, b"reprise/reach-key/1", salt=self.commitment)

    def open(self, private, vault, name):
        """The content key."""
        own = key_id(raw(private.public_key()))
        for reader, enc, sealed in sorted(self.readers, key=lambda entry: entry[0] != own):
            key = hpke_open(private, sealed, enc, b"reprise/content-key/1", vault, self.commitment)
            if key is not None and len(key) == 32 and sha256(b"reprise/key-commitment/1", key) == self.commitment:  # I6
                return key
        if own in [reader for reader, _, _ in self.readers]:
            raise Damage(name, "its key is not what was written.")
        raise Problem(77, f"{name} is not sealed to this reader key. Use the recovery key of the kit.")
