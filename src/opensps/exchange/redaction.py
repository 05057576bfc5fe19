"""The partner's words as they are kept: short, printable, without secrets (`ux.md`, deliveries). Pure."""

import re

LONGEST = 2000
_SECRETS = re.compile(
    r"(?i)\b(authorization|password|passwd|secret|client_secret|token|access_token|api[_-]?key)\b(\s*[=:]\s*|\s+)"
    r"(?:(?:bearer|basic)\s+)?[^\s,;<>\"']+"
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def cut(text: str) -> str:
    """Return the words without control characters and secrets, at most 2,000 characters."""
    clean = _CONTROL.sub(" ", text)
    clean = _SECRETS.sub(lambda found: f"{found[1]}{found[2]}[cut]", clean)
    return _BEARER.sub(lambda found: f"{found[1]} [cut]", clean)[:LONGEST]
