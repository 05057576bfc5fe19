"""Keys, seals and small sealed documents made on the spot; nothing here is trusted by anybody but these tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from secrets import token_bytes

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from opensps.formats.note_keys import KeyType, NoteKey, NoteSigner
from opensps.formats.signed_note import sign_note, write_note
from opensps.signing import TrustedAuthority, TrustedKey, TrustList, kid_of, spki_of
from opensps.signing.trust_entries import Bound
from opensps.signing.trust_lines import Entries
from opensps.signing.trust_note import LIFE, NO_PREVIOUS, Roots, SignedBody

SEALED_AT = datetime(2026, 11, 20, 10, 16, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FROM = datetime(2026, 1, 1, tzinfo=UTC)
NUMBER = "XA-2026-014-0004512-0"

DOCUMENT = (
    '<rsm:SPSCertificate xmlns:rsm="urn:un:unece:uncefact:data:standard:SPSCertificate:17"'
    ' xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:21"'
    ' xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:21">'
    "<rsm:SPSExchangedDocument><ram:Name/><ram:ID>{number}</ram:ID><ram:TypeCode>{type_code}</ram:TypeCode>"
    "<ram:StatusCode>70</ram:StatusCode><ram:IssueDateTime><udt:DateTimeString>{issued}</udt:DateTimeString>"
    "</ram:IssueDateTime><ram:IssuerSPSParty><ram:Name>Plant Health Service</ram:Name></ram:IssuerSPSParty>"
    "<ram:SignatorySPSAuthentication><ram:ActualDateTime><udt:DateTimeString>{signed}</udt:DateTimeString>"
    "</ram:ActualDateTime><ram:IssueSPSLocation><ram:Name>Port City</ram:Name></ram:IssueSPSLocation>"
    "<ram:ProviderSPSParty><ram:Name>Office 014</ram:Name><ram:SpecifiedSPSPerson><ram:Name>Lin Chen</ram:Name>"
    "</ram:SpecifiedSPSPerson></ram:ProviderSPSParty><ram:IncludedSPSClause><ram:ID>1</ram:ID><ram:Content/>"
    "</ram:IncludedSPSClause></ram:SignatorySPSAuthentication></rsm:SPSExchangedDocument>"
    "<rsm:SPSConsignment><ram:ConsignorSPSParty><ram:Name>Green Valley Export Co., Ltd.</ram:Name>"
    "</ram:ConsignorSPSParty><ram:ConsigneeSPSParty><ram:Name>Northland Foods</ram:Name></ram:ConsigneeSPSParty>"
    "<ram:ExportSPSCountry><ram:ID>{country}</ram:ID></ram:ExportSPSCountry><ram:ImportSPSCountry><ram:ID>XB</ram:ID>"
    "</ram:ImportSPSCountry><ram:ExaminationSPSEvent/><ram:IncludedSPSConsignmentItem>"
    "<ram:IncludedSPSTradeLineItem><ram:SequenceNumeric>1</ram:SequenceNumeric><ram:Description>{goods}"
    '</ram:Description><ram:NetWeightMeasure unitCode="KGM">{weight}</ram:NetWeightMeasure>{extra}'
    "</ram:IncludedSPSTradeLineItem></ram:IncludedSPSConsignmentItem></rsm:SPSConsignment></rsm:SPSCertificate>"
)


def document(
    *,
    number: str = NUMBER,
    type_code: str = "851",
    issued: str = "2026-11-20T10:15:00Z",
    signed: str = "2026-11-20T10:15:00Z",
    country: str = "XA",
    goods: str = "Garlic",
    weight: str = "1000",
    extra: str = "",
) -> bytes:
    """Return a small certificate as XML; values go in as they are, so that hostile ones can be written."""
    return DOCUMENT.format(
        number=number,
        type_code=type_code,
        issued=issued,
        signed=signed,
        country=country,
        goods=goods,
        weight=weight,
        extra=extra,
    ).encode()


@dataclass(frozen=True, slots=True)
class UntrustedTestSigner:
    """A signer that anybody could have made. It lives in tests and nowhere else."""

    key: ec.EllipticCurvePrivateKey
    certificate_der: bytes
    chain_der: tuple[bytes, ...] = ()

    @classmethod
    def make(
        cls, *, authority: str = "XA", at: datetime = FROM, name: str = "Untrusted test seal", may_sign: bool = True
    ) -> "UntrustedTestSigner":
        """Return a new signer with a self-signed certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(key, certificate(key, authority=authority, at=at, name=name, may_sign=may_sign))

    @property
    def kid(self) -> bytes:
        """First 8 bytes of the SHA-256 of the key."""
        return kid_of(self.spki_der)

    @property
    def spki_der(self) -> bytes:
        """The public key."""
        return spki_of(self.key.public_key())

    def sign(self, data: bytes) -> bytes:
        """Return r and s."""
        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def certificate(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    *,
    authority: str = "XA",
    at: datetime = FROM,
    name: str = "Untrusted test seal",
    may_sign: bool | None = True,
) -> bytes:
    """Return a self-signed certificate in DER; `may_sign` None leaves the key usage out."""
    subject = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, authority[:2]),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, name),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(at + timedelta(days=365))
    )
    if may_sign is not None:
        flags = dict.fromkeys(
            ("data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False
        )
        usage = x509.KeyUsage(
            digital_signature=may_sign, content_commitment=False, key_encipherment=not may_sign, **flags
        )
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@cache
def signer() -> UntrustedTestSigner:
    """Return the one signer of XA, made once a run."""
    return UntrustedTestSigner.make()


@cache
def stranger() -> UntrustedTestSigner:
    """Return a signer nobody lists, who calls himself as XA does."""
    return UntrustedTestSigner.make()


def trusted(
    who: UntrustedTestSigner | None = None,
    *,
    authority: str = "XA",
    uses: Iterable[str] = ("xml",),
    types: Iterable[str] = ("851", "657", "853", "852", "636"),
    from_at: Bound = FROM,
    to_at: Bound | None = None,
    distrusted_from: Bound | None = None,
) -> TrustedKey:
    """Return the entry of a signer in a trust list."""
    return TrustedKey(
        authority=authority,
        spki_der=(who or signer()).spki_der,
        uses=frozenset(uses),
        types=frozenset(types),
        from_at=from_at,
        to_at=to_at,
        distrusted_from=distrusted_from,
    )


def trust_list(*keys: TrustedKey, profile: int = 1) -> TrustList:
    """Return a trust list of these keys, or of the one signer of XA."""
    listed = keys or (trusted(),)
    codes = dict.fromkeys(key.authority for key in listed)
    return TrustList(tuple(TrustedAuthority(each, f"Authority {each}", (), profile) for each in codes), listed)


@cache
def roots() -> tuple[NoteSigner, ...]:
    """Return three root keys, made once a run."""
    return tuple(NoteSigner(f"root-{n}.example", KeyType.ED25519, token_bytes(32)) for n in (1, 2, 3))


def root_keys() -> Roots:
    """Return what is known of the roots beforehand."""
    return Roots(tuple(each.key for each in roots()))


def signed_list(
    entries: Entries | None = None,
    *,
    serial: int = 1,
    issued_at: datetime = NOW,
    life: timedelta = LIFE,
    previous: bytes = NO_PREVIOUS,
    by: Iterable[NoteSigner] | None = None,
) -> bytes:
    """Return a signed trust list, by the first two roots if nobody else is named."""
    held = entries if entries is not None else trust_list().entries
    body = SignedBody(serial, issued_at, issued_at + life, previous, held).text
    return write_note(body, [sign_note(body, signer=each) for each in (roots()[:2] if by is None else by)])


def log_key(name: str = "log.example/xa/2026") -> NoteKey:
    """Return the key of a log, the same for the same name."""
    return NoteSigner(name, KeyType.ED25519, sha256(name.encode()).digest()).key
