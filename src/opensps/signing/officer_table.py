"""The signing service's own table of officers' passkeys: one line each, added by people who compared fingerprints.

    officer-id credential-id public-key        (both base64url)

The application cannot write it, so a passkey that only the application knows approves nothing.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from pathlib import Path

from opensps.signing.errors import KeyFileError
from opensps.signing.passkeys import Credential


def line_of(credential: Credential) -> str:
    """Return the line of a credential, without a newline."""
    octets = (credential.id, credential.public_key)
    return " ".join((credential.officer, *(urlsafe_b64encode(each).decode().rstrip("=") for each in octets)))


def read_line(line: str) -> Credential:
    """Return the credential of a line; raise `KeyFileError` (policy)."""
    try:
        officer, *coded = line.split(" ")
        identity, key = (urlsafe_b64decode(each + "=" * (-len(each) % 4)) for each in coded)
    except (ValueError, Error):
        raise KeyFileError("policy", "not a line of the officers' table") from None
    if not (officer and identity and key):
        raise KeyFileError("policy", "not a line of the officers' table")
    return Credential(identity, officer, key)


def read_table(path: Path) -> dict[bytes, Credential]:
    """Return the passkeys of a file by their ids, none where there is no file; raise `KeyFileError` (policy)."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    credentials = [read_line(line) for line in lines if line]
    return {each.id: each for each in credentials}


def fingerprint_of(credential: Credential) -> str:
    """Return what two people compare: SHA-256 over officer, id and key, first 32 digits in groups of four."""
    digits = hashlib.sha256(line_of(credential).encode()).hexdigest().upper()[:32]
    return " ".join(digits[n : n + 4] for n in range(0, len(digits), 4))
