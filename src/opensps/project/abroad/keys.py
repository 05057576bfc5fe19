"""Keys of the demo's partners, and our own for mail: self-signed, made once, in the directory of the demo."""

import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from opensps.exchange.mail.smime import ExchangeKey
from opensps.exchange.transports.http_tls import ClientIdentity
from opensps.project.mail_files import CERTIFICATE_FILE, KEY_FILE
from opensps.signing.key_files import write_private
from opensps.signing.keys import FileSigner

LIFE = timedelta(days=730)
NORTHLAND, WESTMARK, OURS = "northland", "westmark", "mail-key"
OUR_ADDRESS, THEIR_ADDRESS = "exchange@ecert.xa.example", "exchange@ecert.xc.example"


@dataclass(frozen=True, slots=True)
class AbroadKeys:
    """The keys in the directory of a demo."""

    directory: Path

    @property
    def exchange_key(self) -> Path:
        """For OPENSPS_EXCHANGE_KEY."""
        return self.directory / "exchange.key"

    @property
    def ours(self) -> Path:
        """For OPENSPS_MAIL_KEYS."""
        return self.directory / OURS

    def of(self, partner: str) -> Path:
        """Return the directory of a partner: its key, and what it remembers."""
        return self.directory / partner

    def prepare(self, *, at: datetime) -> None:
        """Make the keys that are missing."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.exchange_key.exists():
            write_private(self.exchange_key, b64encode(secrets.token_bytes(32)), is_new=True)
        for place, name, address in (
            (self.ours, "SPS exchange XA", OUR_ADDRESS),
            (self.of(WESTMARK), "SPS exchange XC", THEIR_ADDRESS),
            (self.of(NORTHLAND), "Northland ePhyto client", ""),
        ):
            if not (place / CERTIFICATE_FILE).exists():
                _make(place, name=name, address=address, at=at)

    def certificate_pem(self, partner: str) -> str:
        """Return the certificate of a partner, PEM."""
        return (self.of(partner) / CERTIFICATE_FILE).read_text(encoding="ascii")

    def fingerprint(self, partner: str) -> str:
        """Return the SHA-256 of a partner's certificate (DER), hexadecimal."""
        held = x509.load_pem_x509_certificate(self.certificate_pem(partner).encode("ascii"))
        return sha256(held.public_bytes(Encoding.DER)).hexdigest()


def client_identity(directory: Path) -> ClientIdentity:
    """Return a partner's certificate and key for TLS."""
    return ClientIdentity((directory / CERTIFICATE_FILE).read_bytes(), (directory / KEY_FILE).read_bytes())


def exchange_key(directory: Path) -> ExchangeKey:
    """Return a partner's key for mail. Raises `KeyFileError`."""
    held = FileSigner.load(key_path=directory / KEY_FILE, certificate_path=directory / CERTIFICATE_FILE)
    return ExchangeKey(held.key, held.certificate_der)


def _make(directory: Path, *, name: str, address: str, at: datetime) -> None:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    usage = {"key_encipherment": False, "data_encipherment": False, "key_agreement": False, "key_cert_sign": False}
    further = {"crl_sign": False, "encipher_only": False, "decipher_only": False, "content_commitment": False}
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=5))
        .not_valid_after(at + LIFE)
        .add_extension(x509.KeyUsage(digital_signature=True, **usage, **further), critical=True)
    )
    if address:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (directory / KEY_FILE).unlink(missing_ok=True)
    write_private(directory / KEY_FILE, pem, is_new=True)
    made = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    (directory / CERTIFICATE_FILE).write_bytes(made)
