"""Writing key files: readable by their owner alone from their first moment on."""

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from opensps.signing.errors import KeyFileError

_PRIVATE = 0o600


def private_pem(key: ec.EllipticCurvePrivateKey, *, password: bytes | None = None) -> bytes:
    """Return the key as PKCS#8 in PEM, encrypted where a password is given."""
    how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


def write_private(path: Path, data: bytes, *, is_new: bool = False) -> None:
    """Write a file that only its owner can read; with `is_new` raise `KeyFileError` (exists) over an old one."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if is_new else os.O_TRUNC)
    try:
        opened = os.open(path, flags, _PRIVATE)
    except FileExistsError:
        raise KeyFileError("exists", path.name) from None
    with os.fdopen(opened, "wb") as file:
        file.write(data)
