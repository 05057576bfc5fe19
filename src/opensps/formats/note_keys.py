"""Keys of signed notes: their strings, and signing and verifying with them.

Source: C2SP signed-note and tlog-cosignature, text of July 2026 (`trust.md` 6.7). A public key is written
``name+hex(id)+base64(type || public)``, a private one ``PRIVATE+KEY+name+hex(id)+base64(type || seed)`` as the note
programs of Go write it. Which key may speak for whom is not decided here.
"""

import hashlib
import re
from dataclasses import dataclass, field
from enum import IntEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa

from opensps.formats.base64_text import read_base64, write_base64
from opensps.formats.checkpoint import MAX_SIZE, read_checkpoint
from opensps.formats.errors import NoteError

ID_BYTES, SEED_BYTES, TIME_BYTES = 4, 32, 8
MAX_NAME = 255
"""Bytes of a name or an origin in a cosigned message; their length is one byte."""

_KEY_PARTS = 3
_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)
_PRIVATE = "PRIVATE+KEY+"


class KeyType(IntEnum):
    """The first byte of a key."""

    ED25519 = 0x01
    ECDSA = 0x02
    """Legacy: verified, never written."""

    COSIGNATURE = 0x04
    """Ed25519 over the time and the text of a checkpoint."""

    MLDSA_COSIGNATURE = 0x06
    """ML-DSA-44 over name, time and tree of a checkpoint."""


_PUBLIC_BYTES = {KeyType.ED25519: 32, KeyType.COSIGNATURE: 32, KeyType.MLDSA_COSIGNATURE: 1312}
COSIGNING = frozenset({KeyType.COSIGNATURE, KeyType.MLDSA_COSIGNATURE})
"""These signatures carry a time."""


def is_key_name(name: str) -> bool:
    """Return whether a key may be called so: not empty, no white space, no plus."""
    return bool(name) and "+" not in name and not any(sign.isspace() or sign < " " for sign in name)


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key with its name."""

    name: str
    type: KeyType
    public: bytes
    """Raw bytes; for ECDSA the SubjectPublicKeyInfo."""

    @property
    def id(self) -> bytes:
        """Four bytes that stand before a signature; they may collide."""
        if self.type is KeyType.ECDSA:
            return hashlib.sha256(self.public).digest()[:ID_BYTES]
        return _key_id(self.name, self.type, self.public)

    def __str__(self) -> str:
        """Return the key string."""
        return f"{self.name}+{self.id.hex()}+{write_base64(bytes([self.type]) + self.public)}"

    def verify(self, text: str, signature: bytes) -> int | None:
        """Return the time of a cosignature in seconds, ``None`` for a plain signature; raise `NoteError` ``signature``.

        `signature` is what follows the key id. A time at or above 2**63 and a text that is no checkpoint under a
        cosignature are bad signatures too.
        """
        try:
            return _verify(self, text, signature)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError) as exc:
            raise NoteError("signature", self.name) from exc


def _key_id(name: str, kind: KeyType, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:ID_BYTES]


def read_key(text: str) -> NoteKey:
    """Return the public key of a key string; raise `NoteError` ``key`` or ``base64``."""
    name, key_id, kind, public = _key_parts(text)
    key = NoteKey(name, kind, public)
    if key.id != key_id:
        raise NoteError("key", detail="the id does not fit")
    _check_public(key)
    return key


def _key_parts(text: str) -> tuple[str, bytes, KeyType, bytes]:
    parts = text.split("+", _KEY_PARTS - 1)  # base64 may hold a plus
    if len(parts) != _KEY_PARTS or not is_key_name(parts[0]) or _ID.fullmatch(parts[1]) is None:
        raise NoteError("key", detail="not name+id+key")
    raw = read_base64(parts[2])
    try:
        return parts[0], bytes.fromhex(parts[1]), KeyType(raw[0]), raw[1:]
    except (ValueError, IndexError) as exc:
        raise NoteError("key", detail="unknown type") from exc


def _check_public(key: NoteKey) -> None:
    if key.type is KeyType.ECDSA:
        _ecdsa(key.public)
    elif len(key.public) != _PUBLIC_BYTES[key.type]:
        raise NoteError("key", detail="length")


def _ecdsa(spki: bytes) -> ec.EllipticCurvePublicKey:
    try:
        key = serialization.load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as exc:
        raise NoteError("key", detail="not a public key") from exc
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise NoteError("key", detail="not an elliptic curve key")
    return key


def _verify(key: NoteKey, text: str, signature: bytes) -> int | None:
    if key.type is KeyType.ECDSA:
        _ecdsa(key.public).verify(signature, text.encode(), ec.ECDSA(hashes.SHA256()))
        return None
    if key.type is KeyType.ED25519:
        ed25519.Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
        return None
    at = _read_time(signature)
    body = cosigned_message(key, text, at=at)
    if key.type is KeyType.COSIGNATURE:
        ed25519.Ed25519PublicKey.from_public_bytes(key.public).verify(signature[TIME_BYTES:], body)
    else:
        mldsa.MLDSA44PublicKey.from_public_bytes(key.public).verify(signature[TIME_BYTES:], body)
    return at


def _read_time(signature: bytes) -> int:
    at = int.from_bytes(signature[:TIME_BYTES], "big")
    if len(signature) <= TIME_BYTES or at >= MAX_SIZE:
        raise InvalidSignature
    return at


def cosigned_message(key: NoteKey, text: str, *, at: int) -> bytes:
    """Return what a cosigning key signs for the text of a checkpoint at a time in seconds.

    Raises `InvalidSignature` when there is nothing to cosign: no checkpoint, a name or an origin over 255 bytes.
    """
    try:
        checkpoint = read_checkpoint(text)
    except NoteError as exc:
        raise InvalidSignature from exc
    if key.type is KeyType.COSIGNATURE:
        return f"cosignature/v1\ntime {at}\n{text}".encode()
    name, origin = key.name.encode(), checkpoint.origin.encode()
    if len(name) > MAX_NAME or len(origin) > MAX_NAME:
        raise InvalidSignature
    tree = (0).to_bytes(8, "big") + checkpoint.size.to_bytes(8, "big") + checkpoint.root
    times = at.to_bytes(TIME_BYTES, "big")
    return b"subtree/v1\n\0" + bytes([len(name)]) + name + times + bytes([len(origin)]) + origin + tree


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """Somebody who signs notes with one key."""

    name: str
    type: KeyType
    """Any but ECDSA."""

    seed: bytes = field(repr=False)
    """32 bytes, secret."""

    @property
    def key(self) -> NoteKey:
        """The public key."""
        if self.type is KeyType.MLDSA_COSIGNATURE:
            public = mldsa.MLDSA44PrivateKey.from_seed_bytes(self.seed).public_key().public_bytes_raw()
        else:
            public = ed25519.Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return NoteKey(self.name, self.type, public)

    @property
    def private_text(self) -> str:
        """The key string to keep in a private file."""
        return f"{_PRIVATE}{self.name}+{self.key.id.hex()}+{write_base64(bytes([self.type]) + self.seed)}"

    def sign(self, text: str, *, at: int = 0) -> bytes:
        """Return the signature over a note's text, as it stands behind the key id.

        `at`: seconds since 1970, for a cosignature. Raises `NoteError` ``checkpoint`` when a cosigning key is given
        something else.
        """
        if self.type is KeyType.ED25519:
            return ed25519.Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        try:
            body = cosigned_message(self.key, text, at=at)
        except InvalidSignature as exc:
            raise NoteError("checkpoint", detail="nothing to cosign") from exc
        if self.type is KeyType.COSIGNATURE:
            signature = ed25519.Ed25519PrivateKey.from_private_bytes(self.seed).sign(body)
        else:
            signature = mldsa.MLDSA44PrivateKey.from_seed_bytes(self.seed).sign(body)
        return at.to_bytes(TIME_BYTES, "big") + signature


def read_signer(text: str) -> NoteSigner:
    """Return the signer of a private key string, one line; raise `NoteError` ``key`` or ``base64``."""
    line = text.removesuffix("\n")
    if not line.startswith(_PRIVATE):
        raise NoteError("key", detail="not a private key")
    name, key_id, kind, seed = _key_parts(line.removeprefix(_PRIVATE))
    if kind is KeyType.ECDSA or len(seed) != SEED_BYTES:
        raise NoteError("key", detail="type or length")
    signer = NoteSigner(name, kind, seed)
    if signer.key.id != key_id:
        raise NoteError("key", detail="the id does not fit")
    return signer
