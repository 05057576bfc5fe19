"""A sample of seals of every variant, by two kinds of key: xmlsec1 agrees with us on each, and on each altered one."""

import random
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from opensps.formats.digest import content_digest
from opensps.formats.xml_input import parse
from opensps.signing import (
    FileSigner,
    SealError,
    Variant,
    check_integrity,
    document_digest,
    read_enveloped,
    read_seal,
    seal,
    seal_enveloped,
)
from tests.factories.signing import certificate, document

AT = datetime.now(UTC).replace(microsecond=0)
SIGNS = "abcÄéß中文 &amp; &lt;&#9;'\"–\u00a0"


def signers(folder: Path) -> list[tuple[FileSigner, Path]]:
    keys = (ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 3072))
    made = []
    for number, key in enumerate(keys):
        der, path = certificate(key, at=AT), folder / f"{number}.pem"
        path.write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
        made.append((FileSigner(key, der), path))
    return made


def sealed(xml: bytes, variant: Variant, who: FileSigner) -> tuple[bytes, bytes]:
    """Return the document as sent, and the seal beside it (none for the enveloped ones)."""
    if variant is Variant.DETACHED:
        return xml, seal(xml, signer=who, at=AT)
    return seal_enveloped(xml, signer=who, at=AT, variant=variant.value), b""


def we_accept(xml: bytes, xades: bytes, variant: Variant) -> bool:
    root = parse(xml, sealed=True)
    read = read_seal(xades) if xades else read_enveloped(root, variant=variant)
    assert read is not None
    try:
        check_integrity(read, digest=content_digest(root) if xades else document_digest(root, variant))
    except SealError:
        return False
    return True


def xmlsec1_accepts(folder: Path, xml: bytes, xades: bytes, root: Path) -> bool:
    (folder / "certificate.xml").write_bytes(xml)
    (folder / "certificate.xades").write_bytes(xades)
    command = ["xmlsec1", "--verify", "--trusted-pem", str(root)]
    files = ["--url-map:urn:ecert:document", "certificate.xml", "certificate.xades"] if xades else ["certificate.xml"]
    return subprocess.run([*command, *files], cwd=folder, capture_output=True, check=False, timeout=60).returncode == 0


@pytest.mark.needs("xmlsec1")
def test_xmlsec1_agrees_on_every_seal_of_every_variant(tmp_path: Path, heavy_count: Callable[[int], int]) -> None:
    chance, held = random.Random(7), signers(tmp_path)  # noqa: S311  a sample, the same one each night
    for number in range(heavy_count(1_000)):
        goods = "".join(chance.choices(SIGNS, k=chance.randrange(1, 40))).replace("&", "+")
        xml = document(number=f"XA-{number}", goods=goods.replace("<", "("), weight=str(chance.randrange(1, 9_999)))
        variant, (who, root) = chance.choice(list(Variant)), chance.choice(held)
        sent, xades = sealed(xml, variant, who)
        assert we_accept(sent, xades, variant), xml
        assert xmlsec1_accepts(tmp_path, sent, xades, root), xml
        altered = sent.replace(f">XA-{number}<".encode(), f">XA-{number}0<".encode())
        assert not we_accept(altered, xades, variant)
        assert not xmlsec1_accepts(tmp_path, altered, xades, root)
