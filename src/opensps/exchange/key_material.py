"""The public part of a key as it is written down: what it is, its SHA-256, and its dates. Pure.

Source: `exchange.md` 3.6, 4.3, 5.1. A certificate (PEM) says its dates itself; a public key (JWK or PEM) has none.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

MOST_LETTERS: Final = 20_000
_PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "k"})


class NotAKey(ValueError):
    """What was given is no public key that can be read; `args[0]` is a code: material, private."""


@dataclass(frozen=True, slots=True)
class PublicPart:
    """A certificate or a public key."""

    material: str
    fingerprint: str
    """SHA-256, hexadecimal: of the certificate (DER), else of the text."""

    subject: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def read_public(text: str) -> PublicPart:
    """Return the public part of a key in a text. Raises `NotAKey` material, private (a secret has no place here)."""
    if "PRIVATE KEY" in text:
        raise NotAKey("private")
    if len(text) > MOST_LETTERS or not text.strip():
        raise NotAKey("material")
    if "BEGIN CERTIFICATE" in text:
        return _certificate(text)
    if "BEGIN PUBLIC KEY" not in text:
        _judge_jwk(text)
    return PublicPart(text, hashlib.sha256(text.encode()).hexdigest())


def _certificate(text: str) -> PublicPart:
    try:
        held = x509.load_pem_x509_certificate(text.encode())
        digest = hashlib.sha256(held.public_bytes(Encoding.DER)).hexdigest()
        subject = held.subject.rfc4514_string()
        return PublicPart(text, digest, subject, held.not_valid_before_utc, held.not_valid_after_utc)
    except (ValueError, UnsupportedAlgorithm) as exc:
        raise NotAKey("material") from exc


def _judge_jwk(text: str) -> None:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise NotAKey("material") from exc
    if not isinstance(said, dict) or "kty" not in said:
        raise NotAKey("material")
    if _PRIVATE_MEMBERS & said.keys():
        raise NotAKey("private")
