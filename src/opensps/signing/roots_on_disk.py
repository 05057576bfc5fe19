"""The authority's root on a disk that lies offline, encrypted under a passphrase that two people hold by halves."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from opensps.signing.certifying import Root
from opensps.signing.errors import KeyFileError
from opensps.signing.key_files import private_pem, write_private

ROOT_KEY_FILE, ROOT_FILE = "root.key.pem", "root.cert.pem"


def write_root(directory: Path, root: Root, *, passphrase: bytes) -> None:
    """Write a root; raise `KeyFileError` (exists) rather than overwrite one."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(directory / ROOT_KEY_FILE, private_pem(root.key, password=passphrase), is_new=True)
    write_private(directory / ROOT_FILE, root.certificate.public_bytes(serialization.Encoding.PEM))


def read_root(directory: Path, *, passphrase: bytes) -> Root:
    """Return the root of a directory; raise `KeyFileError`: missing, key (wrong passphrase), certificate."""
    try:
        key_pem, certificate_pem = (directory / name for name in (ROOT_KEY_FILE, ROOT_FILE))
        key = serialization.load_pem_private_key(key_pem.read_bytes(), password=passphrase)
        certificate = x509.load_pem_x509_certificate(certificate_pem.read_bytes())
    except OSError:
        raise KeyFileError("missing", "no root lies there") from None
    except (ValueError, TypeError):
        raise KeyFileError("key", "not a root, or another passphrase") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyFileError("key", "not a root of ours")
    return Root(key, certificate)
