"""A request proves that whoever asks holds the key; the certificate comes from the authority's root."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from opensps.signing import FileSigner, KeyFileError
from opensps.signing.certifying import LIFE, Holder, certify, make_root
from opensps.signing.key_files import private_pem, write_private
from opensps.signing.key_request import read_request, write_request
from tests.factories.signing import SEALED_AT, certificate, signer

HOLDER = Holder("XA", "Plant Health Service of Examplia")


def held(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> FileSigner:
    return FileSigner(key, certificate(key))


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 3072)], ids=["ecdsa", "rsa"]
)
def test_a_request_carries_the_key_and_the_proof(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    who = held(key)
    assert read_request(write_request(who, authority="XA")) == who.public_der()


def test_a_key_somebody_else_holds_cannot_be_asked_for() -> None:
    who = held(ec.generate_private_key(ec.SECP256R1()))
    other = held(ec.generate_private_key(ec.SECP256R1()))

    class Thief:
        def public_der(self) -> bytes:
            return who.public_der()

        def sign(self, data: bytes) -> bytes:
            return other.sign(data)

    with pytest.raises(KeyFileError, match="mismatch"):
        read_request(write_request(Thief(), authority="XA"))


def test_keys_of_other_kinds_are_not_asked_for() -> None:
    p384 = ec.generate_private_key(ec.SECP384R1())
    with pytest.raises(KeyFileError, match="neither"):
        write_request(held(p384), authority="XA")
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "XA")])
    foreign = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(p384, hashes.SHA256())
    with pytest.raises(KeyFileError, match="neither"):
        read_request(foreign.public_bytes(Encoding.PEM))


def test_what_is_no_request_is_refused() -> None:
    with pytest.raises(KeyFileError, match="no certificate request"):
        read_request(b"none")


def test_the_root_certifies_a_key_for_a_year_and_for_seals_only() -> None:
    root = make_root(HOLDER, at=SEALED_AT)
    made = certify(signer().spki_der, root=root, holder=HOLDER, at=SEALED_AT)
    made.verify_directly_issued_by(root.certificate)
    assert made.not_valid_after_utc - made.not_valid_before_utc == LIFE
    usage = made.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert not usage.key_cert_sign


@pytest.mark.parametrize(
    "spki",
    [
        b"none",
        ed25519.Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["none", "ed25519"],
)
def test_the_root_certifies_sealing_keys_only(spki: bytes) -> None:
    with pytest.raises(KeyFileError, match="key"):
        certify(spki, root=make_root(HOLDER, at=SEALED_AT), holder=HOLDER, at=SEALED_AT)


def test_a_key_file_is_its_owners_alone_encrypted_on_wish_and_never_overwritten(tmp_path: Path) -> None:
    path, key = tmp_path / "root.key.pem", ec.generate_private_key(ec.SECP256R1())
    write_private(path, private_pem(key, password=b"two people"), is_new=True)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(TypeError):
        load_pem_private_key(path.read_bytes(), None)
    with pytest.raises(KeyFileError, match="exists"):
        write_private(path, b"", is_new=True)
