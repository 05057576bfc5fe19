"""Signing keys: there is one, or nothing is signed (`trust.md` 9)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from opensps.signing import FileSigner, KeyFileError, NoSigningKey, TrustList, signer_from
from opensps.signing.ceremony import make_demo_keys
from opensps.signing.keys import CERTIFICATE_FILE, CHAIN_FILE, KEY_FILE
from tests.factories.signing import certificate

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    make_demo_keys(tmp_path, authority="XA", at=AT, hosts=("localhost:8443",))
    return tmp_path


@pytest.mark.parametrize("address", [None, ""])
def test_without_a_key_there_is_no_signer(address: str | None) -> None:
    with pytest.raises(NoSigningKey):
        signer_from(address)


@pytest.mark.parametrize("address", ["https://keys.example/", "pkcs11:token=seal", "/etc/opensps/keys"])
def test_an_address_of_another_form_is_refused(address: str) -> None:
    with pytest.raises(KeyFileError, match="uri"):
        signer_from(address)


@pytest.mark.parametrize("form", ["file:{}", "file://{}"])
def test_the_demo_key_signs_and_its_chain_comes_along(keys: Path, form: str) -> None:
    signer = signer_from(form.format(keys))
    signature = signer.sign(b"bytes")
    public = FileSigner.load(key_path=keys / KEY_FILE, certificate_path=keys / CERTIFICATE_FILE).key.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public.verify(encode_dss_signature(r, s), b"bytes", ec.ECDSA(hashes.SHA256()))
    assert len(signer.chain_der) == 1
    assert len(signer.kid) == 8


def test_a_key_without_a_chain_is_a_signer_too(keys: Path) -> None:
    (keys / CHAIN_FILE).unlink()
    assert signer_from(f"file:{keys}").chain_der == ()


def test_the_trust_file_of_a_ceremony_lists_the_key_for_training_and_names_the_host(keys: Path) -> None:
    trust = TrustList.load((keys / "trust.txt").read_text())
    (key,) = trust.keys
    assert key.kid == signer_from(f"file:{keys}").kid
    assert key.is_training
    assert key.from_at == AT
    authority = trust.authority("XA")
    assert authority is not None
    assert authority.hosts == ("localhost:8443",)
    assert "DEMO" in authority.name


def test_every_file_of_a_ceremony_is_its_owners_alone(keys: Path) -> None:
    assert {path.stat().st_mode & 0o777 for path in keys.iterdir()} == {0o600}


def test_a_ceremony_never_overwrites_a_key(keys: Path) -> None:
    before = (keys / KEY_FILE).read_bytes()
    with pytest.raises(KeyFileError, match="exists"):
        make_demo_keys(keys, authority="XA", at=AT)
    assert (keys / KEY_FILE).read_bytes() == before


def test_a_key_that_others_may_read_is_refused(keys: Path) -> None:
    (keys / KEY_FILE).chmod(0o640)
    with pytest.raises(KeyFileError, match="permissions"):
        signer_from(f"file:{keys}")


@pytest.mark.parametrize("name", [KEY_FILE, CERTIFICATE_FILE])
def test_a_missing_file_is_named(keys: Path, name: str) -> None:
    (keys / name).unlink()
    with pytest.raises(KeyFileError, match=name):
        signer_from(f"file:{keys}")


def test_a_certificate_of_another_key_is_refused(keys: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    make_demo_keys(other, authority="XA", at=AT)
    (keys / CERTIFICATE_FILE).write_bytes((other / CERTIFICATE_FILE).read_bytes())
    with pytest.raises(KeyFileError, match="mismatch"):
        signer_from(f"file:{keys}")


def test_a_file_that_is_no_certificate_is_refused(keys: Path) -> None:
    (keys / CERTIFICATE_FILE).write_bytes(b"none")
    with pytest.raises(KeyFileError, match="certificate"):
        signer_from(f"file:{keys}")


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, password: bytes | None = None) -> bytes:
    how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


@pytest.mark.parametrize(
    "pem",
    [
        b"nothing",
        _pem(rsa.generate_private_key(65537, 2048)),
        _pem(ec.generate_private_key(ec.SECP384R1())),
        _pem(ec.generate_private_key(ec.SECP256R1()), b"secret"),
    ],
    ids=["nothing", "rsa", "p384", "encrypted"],
)
def test_only_an_open_p256_or_large_rsa_key_is_taken(keys: Path, pem: bytes) -> None:
    (keys / KEY_FILE).write_bytes(pem)
    with pytest.raises(KeyFileError, match="key"):
        signer_from(f"file:{keys}")


def test_a_large_rsa_key_signs_for_partners_that_need_one(keys: Path) -> None:
    key = rsa.generate_private_key(65537, 3072)
    (keys / KEY_FILE).write_bytes(_pem(key))
    pem = x509.load_der_x509_certificate(certificate(key)).public_bytes(serialization.Encoding.PEM)
    (keys / CERTIFICATE_FILE).write_bytes(pem)
    key.public_key().verify(signer_from(f"file:{keys}").sign(b"bytes"), b"bytes", padding.PKCS1v15(), hashes.SHA256())
