"""Fingerprints of keys, written so that two people can compare them aloud."""

import hashlib

_GROUP = 4


def fingerprint(spki_der: bytes) -> str:
    """Return SHA-256 of SubjectPublicKeyInfo: 64 upper-case hexadecimal digits in groups of four."""
    digits = hashlib.sha256(spki_der).hexdigest().upper()
    return " ".join(digits[n : n + _GROUP] for n in range(0, len(digits), _GROUP))


def is_same(typed: str, spki_der: bytes) -> bool:
    """Return whether a typed fingerprint is that of the key; spaces, colons and case do not count."""
    return "".join(typed.split()).replace(":", "").upper() == fingerprint(spki_der).replace(" ", "")
