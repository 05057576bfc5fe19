"""Key drills (T20): a stolen key, a retired one, one name for two keys; xmlsec1 and openssl are asked too."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from opensps.signing import FileSigner, SealError, TrustedKey, TrustList, seal, spki_of, verify_seal
from opensps.signing.certifying import Holder, Root, certify, make_root
from opensps.signing.key_changes import key_distrusted, key_retired, key_rotated
from opensps.signing.trust_entries import TrustedAuthority
from tests.factories.signing import document

AT = datetime.now(UTC).replace(microsecond=0)
"""The tools judge X.509 dates by the machine's clock."""

HOLDER = Holder("XA", "Plant Health Service of Examplia")
XML = document()
EARLIER, LATER = AT + timedelta(days=1), AT + timedelta(days=40)


@pytest.fixture(scope="module")
def root() -> Root:
    return make_root(HOLDER, at=AT)


def key_of(root: Root) -> FileSigner:
    key = ec.generate_private_key(ec.SECP256R1())
    made = certify(spki_of(key.public_key()), root=root, holder=HOLDER, at=AT)
    chain = (root.certificate.public_bytes(Encoding.DER),)
    return FileSigner(key, made.public_bytes(Encoding.DER), chain)


def entry(who: FileSigner, *, since: datetime = AT) -> TrustedKey:
    return TrustedKey("XA", who.public_der(), frozenset({"xml"}), frozenset({"851"}), since)


def listing(*keys: TrustedKey) -> TrustList:
    return TrustList((TrustedAuthority("XA", "Authority XA"),), keys)


def refusal(who: FileSigner, trust: TrustList, *, sealed_at: datetime) -> str:
    with pytest.raises(SealError) as caught:
        verify_seal(XML, seal(XML, signer=who, at=sealed_at), trust=trust, sealed_at=sealed_at)
    return caught.value.reason


def test_K2_a_stolen_key_counts_for_what_came_before_and_no_longer(root: Root) -> None:
    who = key_of(root)
    before = listing(entry(who)).entries
    trust = TrustList.of(
        key_distrusted(before, who.kid, authority="XA", since=AT + timedelta(days=2), event=AT + timedelta(days=9))
    )
    verify_seal(XML, seal(XML, signer=who, at=EARLIER), trust=trust, sealed_at=EARLIER)
    assert refusal(who, trust, sealed_at=LATER) == "distrusted"


def test_K6_a_retired_key_keeps_what_it_sealed_and_its_successor_goes_on(root: Root) -> None:
    former, new = key_of(root), key_of(root)
    rotated = key_rotated(listing(entry(former)).entries, entry(new, since=EARLIER), former=former.kid, at=EARLIER)
    trust = TrustList.of(rotated)
    verify_seal(XML, seal(XML, signer=former, at=AT), trust=trust, sealed_at=AT)
    overlap = EARLIER + timedelta(days=29)
    for who in (former, new):
        verify_seal(XML, seal(XML, signer=who, at=overlap), trust=trust, sealed_at=overlap)
    assert refusal(former, trust, sealed_at=LATER) == "retired"
    verify_seal(XML, seal(XML, signer=new, at=LATER), trust=trust, sealed_at=LATER)
    assert refusal(new, trust, sealed_at=AT) == "retired"


def test_a_retirement_is_no_distrust(root: Root) -> None:
    who = key_of(root)
    trust = TrustList.of(key_retired(listing(entry(who)).entries, who.kid, authority="XA", at=EARLIER))
    verify_seal(XML, seal(XML, signer=who, at=AT), trust=trust, sealed_at=AT)


@pytest.mark.needs("xmlsec1", "openssl")
def test_other_tools_follow_the_chain_of_every_key_of_a_rotation(tmp_path: Path, root: Root) -> None:
    (tmp_path / "root.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "certificate.xml").write_bytes(XML)
    for who in (key_of(root), key_of(root)):
        (tmp_path / "certificate.xades").write_bytes(seal(XML, signer=who, at=AT))
        own = x509.load_der_x509_certificate(who.certificate_der).public_bytes(Encoding.PEM)
        (tmp_path / "own.pem").write_bytes(own)
        verify = ["xmlsec1", "--verify", "--trusted-pem", "root.pem", "--url-map:urn:ecert:document"]
        for command in (
            [*verify, "certificate.xml", "certificate.xades"],
            ["openssl", "verify", "-CAfile", "root.pem", "-x509_strict", "own.pem"],
        ):
            subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=60)
