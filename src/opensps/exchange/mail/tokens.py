"""The return path of a mail: one address per delivery that nobody else can write (VERP, `exchange.md` 4.4).

bounce+<delivery>.<10 characters of HMAC>@domain
"""

import base64
import hashlib
import hmac
import re

_LENGTH = 10
_ADDRESS = re.compile(r"bounce\+([0-9a-z]{26})\.([a-z2-7]{10})")


def return_path(delivery_number: str, *, domain: str, secret: bytes) -> str:
    """Return the address that bounces of one delivery come back to."""
    delivery = delivery_number.lower()
    return f"bounce+{delivery}.{_token(delivery, secret)}@{domain}"


def delivery_of(address: str, *, domain: str, secret: bytes) -> str | None:
    """Return the delivery number (upper case) of a return path of ours; ``None`` where the token is not ours."""
    local, _sign, found = address.lower().rpartition("@")
    match = _ADDRESS.fullmatch(local)
    if match is None or found != domain.lower() or not hmac.compare_digest(match[2], _token(match[1], secret)):
        return None
    return match[1].upper()


def looks_like_return_path(address: str, *, domain: str) -> bool:
    """Return whether an address has the shape of our return paths, whatever its token."""
    local, _sign, found = address.lower().rpartition("@")
    return found == domain.lower() and _ADDRESS.fullmatch(local) is not None


def _token(delivery: str, secret: bytes) -> str:
    made = hmac.new(secret, b"opensps.mail/bounce\n" + delivery.encode("ascii"), hashlib.sha256).digest()
    return base64.b32encode(made).decode("ascii").lower()[:_LENGTH]
