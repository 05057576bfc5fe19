"""Exchange keys and mails between two made-up authorities, XA (we, most of the time) and XB."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from opensps.exchange.mail import building
from opensps.exchange.mail.building import Built, Files, Letter, Protection
from opensps.exchange.mail.certificates import ExchangeCertificate, read_pinned
from opensps.exchange.mail.fields import SpsFields, sha256_hex
from opensps.exchange.mail.reading import MailPartner, Reading, read_mail
from opensps.exchange.mail.smime import ExchangeKey

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DELIVERY = "01JD0000000000000000000001"
XA, XB = "exchange@ecert.xa.example", "exchange@ecert.xb.example"
SECRET = b"a secret of this installation, 32+ bytes"


@cache
def exchange_key(address: str = XA, kind: str = "ec", *, first: int = -1, last: int = 3650) -> ExchangeKey:
    """Return a key (ec or rsa) with a self-signed certificate for an address, its dates in days from NOW."""
    key = ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"SPS exchange {address}")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=first))
        .not_valid_after(NOW + timedelta(days=last))
    )
    if address:
        made = made.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False)
    return ExchangeKey(key, made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))


def pinned(key: ExchangeKey) -> ExchangeCertificate:
    """Return the certificate of a key as a partner's record has it."""
    found = read_pinned(key.certificate_der)
    assert found is not None
    return found


def certificate_pem(key: ExchangeKey) -> bytes:
    """Return the certificate of a key as PEM."""
    return x509.load_der_x509_certificate(key.certificate_der).public_bytes(Encoding.PEM)


def letter(**changes: object) -> Letter:
    """Return a letter from XA to XB about DELIVERY."""
    given: dict[str, object] = {
        "sender": XA,
        "sender_name": "SPS exchange XA",
        "recipient": XB,
        "message_id": building.message_id(DELIVERY, domain="ecert.xa.example"),
        "subject": "SPS certificate XA-2026-014-0000318-4 issued",
        "dated_at": NOW,
    }
    return Letter(**(given | changes))  # type: ignore[arg-type]  # a test names what it changes


def fields(content: bytes, **changes: str) -> SpsFields:
    """Return the fields of a message of XA to XB with this content."""
    given = {
        "action": "issue",
        "delivery": DELIVERY,
        "sender": "XA",
        "recipient": "XB",
        "certificate": "XA-2026-014-0000318-4",
        "type_code": "851",
        "status_code": "70",
        "version": "1",
        "content_digest": sha256_hex(content),
    }
    return SpsFields(**(given | changes))


def certificate_mail(content: bytes, *, key: ExchangeKey | None = None, **protection: object) -> Built:
    """Return the mail with which XA sends a certificate to XB."""
    held = Protection(key=key or exchange_key(), **protection)  # type: ignore[arg-type]  # as in `letter`
    return building.certificate_mail(
        letter(), fields(content), Files(content=content), text="A certificate.", protection=held
    )


def partner(*keys: ExchangeKey, must_sign: bool = True) -> MailPartner:
    """Return XA as XB knows it."""
    return MailPartner(
        code="XA", addresses=(XA,), pinned=tuple(map(pinned, keys or (exchange_key(),))), must_sign=must_sign
    )


def read(
    raw: bytes, *, by: MailPartner | None = None, keys: tuple[ExchangeKey, ...] = (), at: datetime = NOW
) -> Reading:
    """Return what XB reads in a mail."""
    known = by or partner()
    return read_mail(
        raw,
        mail_from="bounce@ecert.xa.example",
        partner_of=lambda address: known if address in known.addresses else None,
        keys=keys,
        at=at,
    )


def plain_mail(*lines: str, body: str = "Hello.", sender: str = XA) -> bytes:
    """Return a mail as a person's program writes it, with these header lines added."""
    head = (f"From: {sender}", f"To: {XB}", "Message-ID: <m1@xa.example>", "MIME-Version: 1.0", *lines)
    return ("\r\n".join((*head, "", body)) + "\r\n").encode()
