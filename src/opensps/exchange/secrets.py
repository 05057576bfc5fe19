"""Secrets of conversations with partners, encrypted where they lie (`exchange.md` 3.6). Pure.

AES-256-GCM under a key of the installation that never lies in the database; the place of the secret is authenticated
with it, so that one row's secret cannot be moved into another. What a key is for the digest of UsernameToken forces us
to keep it recoverable; it is never a password of a person.
"""

import binascii
import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from opensps.exchange.errors import SecretsLocked

KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = b"\x01"
_KEY_ID_BYTES = 4


@dataclass(frozen=True, slots=True)
class SecretBox:
    """Encrypts and decrypts with the key of this installation; earlier keys only decrypt."""

    key: bytes = field(repr=False)
    earlier: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if any(len(key) != KEY_BYTES for key in (self.key, *self.earlier)):
            raise SecretsLocked("key", "a key has 32 bytes")

    @classmethod
    def read(cls, text: str) -> "SecretBox":
        """Return the box of a key file: one key in base64 a line, the newest first. Raises `SecretsLocked`."""
        try:
            keys = tuple(b64decode(line, validate=True) for line in text.split())
        except (binascii.Error, ValueError):
            raise SecretsLocked("key", "not base64") from None
        if not keys:
            raise SecretsLocked("key", "no key in the file")
        return cls(keys[0], keys[1:])

    def seal(self, secret: bytes, *, place: str, nonce: bytes) -> bytes:
        """Return the secret encrypted for a place (``wsse_key XB name``); the nonce has 12 fresh random bytes."""
        if len(nonce) != _NONCE_BYTES:
            raise SecretsLocked("nonce", "12 bytes")
        sealed = AESGCM(self.key).encrypt(nonce, secret, place.encode())
        return _VERSION + _key_id(self.key) + nonce + sealed

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """Return the secret. Raises `SecretsLocked` when no key fits, or it was moved or changed."""
        body = sealed[1 + _KEY_ID_BYTES :]
        for key in (self.key, *self.earlier):
            if sealed[:1] == _VERSION and sealed[1 : 1 + _KEY_ID_BYTES] == _key_id(key):
                try:
                    return AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], place.encode())
                except (InvalidTag, ValueError):
                    raise SecretsLocked("changed", place) from None
        raise SecretsLocked("key", "kept under another key")


def new_key_text(random: bytes) -> str:
    """Return the text of a key file for 32 fresh random bytes."""
    return f"{b64encode(random).decode()}\n"


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"opensps.exchange.key\n" + key).digest()[:_KEY_ID_BYTES]
