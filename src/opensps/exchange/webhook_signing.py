"""Signatures of webhooks: Standard Webhooks 1.0.0, ``v1`` (HMAC-SHA-256) and ``v1a`` (Ed25519), written and checked.

Source: `exchange.md` 5.3; Standard Webhooks, "Signature scheme". Signed is ``id.timestamp.body`` as sent. Pure.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SYMMETRIC, ASYMMETRIC = "v1", "v1a"
TOLERANCE: Final = timedelta(minutes=5)
SEED_BYTES: Final = 32
_SECRET, _PRIVATE, _PUBLIC = "whsec_", "whsk_", "whpk_"


class WebhookKeyFault(ValueError):
    """A key is none, or of another kind than its prefix says."""


class WebhookNotProven(Exception):
    """A message is not from who holds the key, or not of this time; the text says which."""


@dataclass(frozen=True, slots=True)
class WebhookKey:
    """A key that signs: a shared secret or an Ed25519 seed."""

    scheme: str
    secret: bytes = field(repr=False)
    """32 random bytes."""

    @classmethod
    def read(cls, text: str) -> "WebhookKey":
        """Return the key of a text ``whsec_...`` or ``whsk_...``. Raises `WebhookKeyFault`."""
        for prefix, scheme in ((_SECRET, SYMMETRIC), (_PRIVATE, ASYMMETRIC)):
            if text.startswith(prefix):
                return cls(scheme, _decoded(text.removeprefix(prefix)))
        raise WebhookKeyFault("no such kind of key")

    @property
    def text(self) -> str:
        """Return the key as receivers (``whsec_``) and backups know it."""
        prefix = _SECRET if self.scheme == SYMMETRIC else _PRIVATE
        return prefix + base64.b64encode(self.secret).decode()

    @property
    def public(self) -> str:
        """Return ``whpk_...`` for an Ed25519 key, empty for a shared secret."""
        if self.scheme == SYMMETRIC:
            return ""
        raw = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return _PUBLIC + base64.b64encode(raw).decode()

    @property
    def _private(self) -> ed25519.Ed25519PrivateKey:
        return ed25519.Ed25519PrivateKey.from_private_bytes(self.secret)

    def sign(self, message: bytes) -> str:
        """Return one signature as it stands in the header."""
        if self.scheme == SYMMETRIC:
            signature = hmac.digest(self.secret, message, "sha256")
        else:
            signature = self._private.sign(message)
        return f"{self.scheme},{base64.b64encode(signature).decode()}"


def _decoded(text: str) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise WebhookKeyFault("not base64") from exc
    if len(secret) != SEED_BYTES:
        raise WebhookKeyFault("a key has 32 bytes")
    return secret


def signed_headers(*, message_id: str, at: datetime, body: bytes, keys: Iterable[WebhookKey]) -> Mapping[str, str]:
    """Return the three header fields; several keys sign side by side while they roll."""
    stamp = str(int(at.timestamp()))
    message = _signed(message_id, stamp, body)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(key.sign(message) for key in keys),
    }


def _signed(message_id: str, stamp: str, body: bytes) -> bytes:
    return f"{message_id}.{stamp}.".encode() + body


def prove(*, headers: Mapping[str, str], body: bytes, keys: Iterable[str], at: datetime) -> str:
    """Return the id of a message that one of the keys (``whsec_`` or ``whpk_``) proves. Raises `WebhookNotProven`."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not stamp.isascii() or not stamp.isdecimal():
        raise WebhookNotProven("headers")
    if abs(at - datetime.fromtimestamp(min(int(stamp), 2**33), UTC)) > TOLERANCE:
        raise WebhookNotProven("time")
    message, signatures = _signed(message_id, stamp, body), headers.get("webhook-signature", "").split(" ")
    if not any(_is_of(key, message, each) for key in keys for each in signatures):
        raise WebhookNotProven("signature")
    return message_id


def _is_of(key: str, message: bytes, signature: str) -> bool:
    scheme, _, value = signature.partition(",")
    if key.startswith(_SECRET):
        return scheme == SYMMETRIC and hmac.compare_digest(WebhookKey.read(key).sign(message), signature)
    if not key.startswith(_PUBLIC) or scheme != ASYMMETRIC:
        return False
    try:
        public = ed25519.Ed25519PublicKey.from_public_bytes(_decoded(key.removeprefix(_PUBLIC)))
        public.verify(base64.b64decode(value, validate=True), message)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
