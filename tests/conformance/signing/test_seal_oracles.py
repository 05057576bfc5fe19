"""Independent tools accept our seals, and we accept the seal of the reference."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.verifier import SignatureConfiguration, XMLVerifier

from opensps.certificate import Certificate, CertificateKind
from opensps.formats import dialect_of, write_certificate
from opensps.formats.digest import content_digest
from opensps.formats.xml_input import parse
from opensps.signing import (
    EnvelopedVariant,
    FileSigner,
    TrustList,
    Variant,
    check_integrity,
    document_digest,
    read_enveloped,
    read_seal,
    seal,
    seal_enveloped,
    signer_from,
    verify_seal,
)
from opensps.signing.ceremony import DemoKeys, make_demo_keys
from opensps.signing.trust_entries import TrustedAuthority, TrustedKey
from tests.factories import kinds
from tests.factories.certificates import phytosanitary, reexport
from tests.factories.signing import certificate, document

AT = datetime.now(UTC).replace(microsecond=0)
"""The tools judge X.509 dates by the machine's clock."""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> DemoKeys:
    return make_demo_keys(tmp_path_factory.mktemp("keys"), authority="XA", at=AT)


@pytest.fixture(scope="module")
def sealed(keys: DemoKeys) -> tuple[bytes, bytes]:
    xml = document()
    return xml, seal(xml, signer=signer_from(keys.key_uri), at=AT)


def run_xmlsec1(folder: Path, keys: DemoKeys, xml: bytes, xades: bytes) -> subprocess.CompletedProcess[str]:
    (folder / "certificate.xml").write_bytes(xml)
    (folder / "certificate.xades").write_bytes(xades)
    command = ["xmlsec1", "--verify", "--trusted-pem", str(keys.root_path)]
    detached = ["--url-map:urn:ecert:document", "certificate.xml", "certificate.xades"]
    command += detached if xades else ["certificate.xml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.needs("xmlsec1")
def test_xmlsec1_verifies_our_seal(tmp_path: Path, keys: DemoKeys, sealed: tuple[bytes, bytes]) -> None:
    done = run_xmlsec1(tmp_path, keys, *sealed)
    assert done.returncode == 0, done.stderr
    assert "SignedInfo References (ok/all): 2/2" in done.stderr


@pytest.mark.needs("xmlsec1")
def test_xmlsec1_refuses_our_seal_over_another_document(
    tmp_path: Path, keys: DemoKeys, sealed: tuple[bytes, bytes]
) -> None:
    assert run_xmlsec1(tmp_path, keys, document(goods="Ginger"), sealed[1]).returncode != 0


INSIDE: tuple[EnvelopedVariant | None, ...] = (None, "enveloped", "enveloped-no-uri")
"""Every variant of seal; ``None`` stands for the detached one."""


EXAMPLES: dict[CertificateKind, Callable[[], Certificate]] = {
    CertificateKind.PHYTOSANITARY: phytosanitary,
    CertificateKind.PHYTOSANITARY_REEXPORT: reexport,
    CertificateKind.VETERINARY_HEALTH: kinds.veterinary,
    CertificateKind.ANIMAL_HEALTH: kinds.animals,
    CertificateKind.SANITARY: kinds.sanitary,
    CertificateKind.HEALTH: kinds.health,
}


@pytest.mark.needs("xmlsec1")
@pytest.mark.parametrize("kind", sorted(set(CertificateKind) - {CertificateKind.OTHER}))
def test_xmlsec1_agrees_on_every_variant_of_seal_of_every_kind(
    tmp_path: Path, keys: DemoKeys, kind: CertificateKind
) -> None:
    value = EXAMPLES[kind]()
    xml = write_certificate(value, dialect=dialect_of(value))
    for inside in INSIDE:
        who = signer_from(keys.key_uri)
        whole = xml if inside is None else seal_enveloped(xml, signer=who, at=AT, variant=inside)
        xades = seal(xml, signer=who, at=AT) if inside is None else b""
        root = parse(whole, sealed=True)
        read = read_seal(xades) if inside is None else read_enveloped(root, variant=Variant(inside))
        assert read is not None
        check_integrity(read, digest=document_digest(root, read.variant))
        done = run_xmlsec1(tmp_path, keys, whole, xades)
        assert done.returncode == 0, (inside, done.stderr)


def test_signxml_verifies_our_seal(keys: DemoKeys, sealed: tuple[bytes, bytes]) -> None:
    xml, xades = sealed
    root = etree.fromstring(xml)
    results = XMLVerifier().verify(
        xades,
        ca_pem_file=str(keys.root_path),
        uri_resolver=lambda uri: root if uri == "urn:ecert:document" else None,
        expect_config=SignatureConfiguration(location="./", expect_references=2),
    )
    assert isinstance(results, list)
    signed = [each.signed_xml for each in results]
    assert [element is not None and etree.QName(element).localname for element in signed] == [
        "SPSCertificate",
        "SignedProperties",
    ]


def test_the_demo_key_seals_what_we_accept_in_a_demo(keys: DemoKeys, sealed: tuple[bytes, bytes]) -> None:
    trust = TrustList.load(keys.trust_path.read_text())
    assert verify_seal(*sealed, trust=trust, sealed_at=AT, accepts_training=True).is_training


def test_we_accept_the_reference_seal(reference: Path) -> None:
    folder = reference / "trust" / "formats"
    xml, xades = (folder / "certificate.xml").read_bytes(), (folder / "certificate.xades").read_bytes()
    read = read_seal(xades)
    check_integrity(read, digest=content_digest(parse(xml, sealed=True)))
    key = TrustedKey(
        authority="AA",
        spki_der=read.signer.spki_der,
        uses=frozenset({"xml"}),
        types=frozenset({"851"}),
        from_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    trust = TrustList((TrustedAuthority("AA", "Authority AA"),), (key,))
    assert verify_seal(xml, xades, trust=trust, sealed_at=datetime(2026, 11, 20, 10, 16, tzinfo=UTC)) == key
    assert key.kid.hex() == "62c74eb33ab9dc39"


def run_on_enveloped(folder: Path, root: Path, sealed: bytes) -> int:
    (folder / "sealed.xml").write_bytes(sealed)
    command = ["xmlsec1", "--verify", "--trusted-pem", str(root), "sealed.xml"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60).returncode


@pytest.mark.needs("xmlsec1")
@pytest.mark.parametrize("variant", ["enveloped", "enveloped-no-uri"])
def test_xmlsec1_agrees_on_seals_inside_the_certificate(
    tmp_path: Path, keys: DemoKeys, variant: EnvelopedVariant
) -> None:
    sealed = seal_enveloped(document(), signer=signer_from(keys.key_uri), at=AT, variant=variant)
    assert run_on_enveloped(tmp_path, keys.root_path, sealed) == 0
    assert run_on_enveloped(tmp_path, keys.root_path, sealed.replace(b"Garlic", b"Ginger")) != 0


@pytest.mark.needs("xmlsec1")
def test_xmlsec1_agrees_on_the_rsa_form_of_the_andean_variant(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 3072)
    der = certificate(key, at=AT)
    pem = tmp_path / "self-signed.pem"
    pem.write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    sealed = seal_enveloped(document(), signer=FileSigner(key, der), at=AT, variant="enveloped-no-uri")
    assert run_on_enveloped(tmp_path, pem, sealed) == 0


def test_we_agree_on_a_signed_sample_of_the_andean_community(reference: Path) -> None:
    sample = reference / "sps" / "samples" / "intercom-templates" / "CFE_SPSCertificate-signed.xml"
    root = parse(sample.read_bytes(), sealed=True)
    read = read_enveloped(root, variant=Variant.ENVELOPED_NO_URI)
    assert read is not None
    assert read.algorithm == "RS256"
    check_integrity(read, digest=document_digest(root, read.variant))
