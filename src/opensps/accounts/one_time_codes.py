"""One-time codes by the clock (RFC 6238 over RFC 4226, SHA-1, six digits, thirty seconds) and their secret. Pure.

Authenticator programs of telephones know no other form everywhere. Codes of the step before and after are taken, for
clocks differ; `step_of` says which one it was, so that no code is taken twice.
"""

import base64
import hmac
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

SECRET_BYTES: Final = 20
"""As long as the hash, RFC 4226 4 R6."""

STEP_SECONDS: Final = 30
DIGITS: Final = 6
_TOLERATED: Final = (-1, 0, 1)


def code_at(secret: bytes, step: int) -> str:
    """Return the code of a time step (RFC 4226, 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_at(at: datetime) -> int:
    """Return the time step of a moment."""
    return int(at.timestamp()) // STEP_SECONDS


def step_of(secret: bytes, code: str, *, at: datetime) -> int | None:
    """Return the time step a code belongs to, now or one step beside it; ``None`` for a wrong one."""
    typed, now = "".join(code.split()).encode(), step_at(at)
    found = [now + shift for shift in _TOLERATED if hmac.compare_digest(code_at(secret, now + shift).encode(), typed)]
    return found[-1] if found else None


def secret_text(secret: bytes) -> str:
    """Return the secret as people type it: base32 without padding."""
    return base64.b32encode(secret).decode().rstrip("=")


def secret_of(text: str) -> bytes:
    """Return the secret of a text; raise `ValueError` when it is none."""
    bare = "".join(text.split()).upper()
    return base64.b32decode(bare + "=" * (-len(bare) % 8))


def enrolment_address(secret: bytes, *, issuer: str, account: str) -> str:
    """Return the ``otpauth`` address an authenticator program reads from a QR code."""
    label = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret_text(secret), 'issuer': issuer})}"
