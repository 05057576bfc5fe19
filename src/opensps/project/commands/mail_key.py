"""``opensps mail key``: the exchange key of the authority, with a certificate partners pin."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from opensps.exchange.mail.certificates import read_pinned
from opensps.project.commands.manners import verbose_option
from opensps.project.exits import Exit, Stopped
from opensps.project.mail import own_address
from opensps.project.mail_files import CERTIFICATE_FILE, KEY_FILE
from opensps.project.words import gettext_noop
from opensps.signing.errors import KeyFileError
from opensps.signing.key_files import write_private

BITS = 3072
"""RSA, because partners that want sealed mail can seal for RSA keys only."""


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--years", type=click.IntRange(1, 5), default=2, show_default=True, help="How long it is good for.")
@verbose_option
def key(*, directory: Path, years: int) -> None:
    """Make the exchange key in DIRECTORY, and print the fingerprint partners confirm by a second way.

    \b
    Example:
      opensps mail key /etc/opensps/mail-2026
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    certificate = _certificate(private, own_address(), datetime.now(UTC), years)
    try:
        write_private(
            directory / KEY_FILE,
            private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            is_new=True,
        )
    except (KeyFileError, OSError) as exc:
        raise Stopped(
            Exit.NOT_ALLOWED, gettext_noop("No key is written into %(path)s: %(why)s"), path=directory, why=exc
        ) from exc
    (directory / CERTIFICATE_FILE).write_bytes(certificate)
    pinned = read_pinned(certificate)
    click.echo(f"SHA-256 {pinned.fingerprint if pinned else ''}")


def _certificate(private: rsa.RSAPrivateKey, address: str, at: datetime, years: int) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"SPS exchange {address}"[:64])])
    usage = x509.KeyUsage(
        digital_signature=True,
        key_encipherment=True,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=5))
        .not_valid_after(at + timedelta(days=365 * years))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    return made.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
