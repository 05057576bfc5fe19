"""A sample of our mail profile, built by the code that builds real mails; its key is made for it and thrown away."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from opensps.exchange.mail import building
from opensps.exchange.mail.building import Files, Letter, Protection
from opensps.exchange.mail.fields import Action, SpsFields, sha256_hex
from opensps.exchange.mail.smime import ExchangeKey

FROM, TO = "exchange@ecert.xa.example", "exchange@ecert.xb.example"
NUMBER, DELIVERY = "XA-2026-014-0000318-4", "01JD0000000000000000000001"
CONTENT = b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- here the signed bytes of the certificate stand -->\n'


@cache
def sample_mail() -> bytes:
    """Return a whole mail about a certificate that does not exist, between two countries that do not exist."""
    at = datetime.now(UTC).replace(microsecond=0)
    letter = Letter(
        sender=FROM,
        sender_name="SPS exchange XA",
        recipient=TO,
        message_id=building.message_id(DELIVERY, domain="ecert.xa.example"),
        subject=building.subject(NUMBER, "issued"),
        dated_at=at,
    )
    fields = SpsFields(
        action=Action.ISSUE,
        delivery=DELIVERY,
        sender="XA",
        recipient="XB",
        certificate=NUMBER,
        type_code="851",
        status_code="70",
        version="1",
        content_digest=sha256_hex(CONTENT),
    )
    text = f"The certificate {NUMBER} is attached. This mail is a sample."
    protection = Protection(key=_passing_key(at))
    return building.certificate_mail(letter, fields, Files(content=CONTENT), text=text, protection=protection).data


def _passing_key(at: datetime) -> ExchangeKey:
    """Return a key nobody keeps, with a certificate that says what it is and ends the next day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Sample, trust it for nothing")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(at + timedelta(days=1))
    )
    return ExchangeKey(key, made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))
