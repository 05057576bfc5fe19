"""The signature on the paper: two tools find it valid, and we refuse a paper that was changed after it."""

import io
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import PdfSignatureStatus, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from opensps.certificate import Certificate
from opensps.formats.layouts import LAYOUT_OF_KIND, LAYOUTS
from opensps.formats.pdf import AttachedFile, Carrier, Mark, render
from opensps.formats.pdf_input import attached_files
from opensps.signing import FileSigner, KeyFileError, SealError, Signer, seal, signer_from
from opensps.signing.ceremony import DemoKeys, make_demo_keys
from opensps.signing.pdf_seals import check_pdf_seal, seal_pdf
from opensps.signing.service_signer import ServiceSigner
from opensps.verification import unpack
from tests.factories.certificates import phytosanitary
from tests.factories.drawn import DRAWN_IN
from tests.factories.signing import certificate, document, signer

AT = datetime.now(UTC).replace(microsecond=0)
XML = document()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> DemoKeys:
    return make_demo_keys(tmp_path_factory.mktemp("keys"), authority="XA", at=AT)


def printed(value: Certificate, *, layout: str, keys: DemoKeys) -> bytes:
    """Return a certificate on paper, with sealed XML and seal inside."""
    xades = seal(XML, signer=signer_from(keys.key_uri), at=AT)
    attached = (
        AttachedFile("certificate.xml", XML, "source", "application/xml", "Sealed certificate"),
        AttachedFile("certificate.xades", xades, "supplement", "application/xml", "Seal"),
    )
    carrier = Carrier("HTTPS://V.ECERT.EXAMPLE/C/" + "0" * 20, "v.ecert.example", "XA-2026-014-0004512-0", "0" * 12)
    return render(value, layout=layout, mark=Mark.ORIGINAL, carrier=carrier, attached=attached)


@pytest.fixture(scope="module")
def unsigned(keys: DemoKeys) -> bytes:
    value = phytosanitary()
    return printed(value, layout=LAYOUT_OF_KIND[value.kind], keys=keys)


@pytest.fixture(scope="module")
def signed(keys: DemoKeys, unsigned: bytes) -> bytes:
    return seal_pdf(unsigned, signer=signer_from(keys.key_uri), at=AT)


def refusal(pdf: bytes) -> str:
    with pytest.raises(SealError) as caught:
        check_pdf_seal(pdf)
    assert caught.value.aspect == "input"
    return caught.value.reason


def pyhanko(signed: bytes, keys: DemoKeys) -> PdfSignatureStatus:
    """Return what pyHanko's validator says of the one signature in a PDF."""
    (found,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    root = asn1_x509.Certificate.load(pem.unarmor(keys.root_path.read_bytes())[2])
    return validate_pdf_signature(found, ValidationContext(trust_roots=[root]))


def test_the_signature_is_the_last_thing_in_the_file_and_allows_no_change(keys: DemoKeys, signed: bytes) -> None:
    (found,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    assert pyhanko(signed, keys).bottom_line
    assert found.docmdp_level is MDPPerm.NO_CHANGES
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert found.self_reported_timestamp == AT
    assert check_pdf_seal(signed)


def pdfsig(folder: Path, pdf: bytes) -> str:
    """Return what another tool says of the signatures in a PDF."""
    (folder / "signed.pdf").write_bytes(pdf)
    return subprocess.run(
        ["pdfsig", "signed.pdf"], cwd=folder, capture_output=True, text=True, timeout=60, check=True
    ).stdout


@pytest.mark.needs("pdfsig")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_two_tools_find_the_signature_of_every_layout_valid_over_the_whole_file(
    tmp_path: Path, keys: DemoKeys, layout: str
) -> None:
    paper = printed(DRAWN_IN[layout](), layout=layout, keys=keys)
    signed = seal_pdf(paper, signer=signer_from(keys.key_uri), at=AT)
    said = pdfsig(tmp_path, signed)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert pyhanko(signed, keys).bottom_line
    assert check_pdf_seal(signed)


def test_what_was_inside_is_inside_and_the_form_is_kept(unsigned: bytes, signed: bytes) -> None:
    assert signed.startswith(unsigned)
    assert attached_files(signed) == attached_files(unsigned)
    assert re.search(rb"pdfaid:part>3<", signed)
    assert unpack("paper.pdf", signed).xml == XML
    assert not unpack("paper.pdf", signed).problem


def test_a_paper_that_was_updated_after_signing_is_refused(signed: bytes) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Lang"] = writer.root.raw_get("/Lang") if "/Lang" in writer.root else writer.root["/Type"]
    writer.update_root()  # type: ignore[no-untyped-call]  # pyHanko has not typed it
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]  # as above
    assert refusal(out.getvalue()) == "pdf_updated"
    assert unpack("paper.pdf", out.getvalue()).problem == "pdf_updated"
    assert refusal(signed + b"\n") == "pdf_updated"


def test_a_paper_that_was_changed_under_its_signature_is_refused(signed: bytes) -> None:
    changed = bytearray(signed)
    changed[200] ^= 1
    assert refusal(bytes(changed)) == "pdf_signature"


def gap_of(signed: bytes) -> tuple[int, int]:
    """Return where the signature stands between the two parts it covers."""
    _, start, end, _ = map(int, re.findall(rb"/ByteRange ?\[(\d+) (\d+) (\d+) (\d+)", signed)[0])
    return start, end


@pytest.mark.parametrize("new", [b"/ByteRange [1 ", b"/ByteRange [0 1 2 3] /ByteRange [0 "])
def test_a_range_that_is_not_the_whole_file_is_refused(signed: bytes, new: bytes) -> None:
    assert refusal(re.sub(rb"/ByteRange ?\[0 ", new, signed, count=1)) == "pdf_updated"


@pytest.mark.parametrize(
    ("new", "reason"),
    [(b"<" + b"00" * 4 + b">", "pdf_signature"), (b"<zz>", "pdf_updated"), (b"(00)", "pdf_updated")],
    ids=["no_cms", "no_hexadecimal", "no_hexadecimal_string"],
)
def test_a_gap_that_holds_something_else_is_refused(signed: bytes, new: bytes, reason: str) -> None:
    start, end = gap_of(signed)
    padded = new[:-1] + b"0" * (end - start - len(new)) + new[-1:]
    assert refusal(signed[:start] + padded + signed[end:]) == reason


def test_a_paper_without_a_signature_stands_on_the_seal_inside(unsigned: bytes) -> None:
    assert not check_pdf_seal(unsigned)
    assert unpack("paper.pdf", unsigned).xml == XML


def test_an_rsa_key_signs_papers_too(unsigned: bytes) -> None:
    key = rsa.generate_private_key(65537, 3072)
    assert check_pdf_seal(seal_pdf(unsigned, signer=FileSigner(key, certificate(key)), at=AT))


def test_what_is_no_pdf_is_not_signed() -> None:
    with pytest.raises(KeyFileError, match="pdf"):
        seal_pdf(b"none", signer=signer(), at=AT)


def test_a_service_signs_the_paper_itself(unsigned: bytes) -> None:
    asked: list[bytes] = []

    class Service(ServiceSigner):
        def seal_pdf(self, pdf: bytes) -> bytes:
            asked.append(pdf)
            return b"signed"

    who: Signer = Service(lambda question: question, signer().certificate_der)
    assert seal_pdf(unsigned, signer=who, at=AT) == b"signed"
    assert asked == [unsigned]


def test_the_chain_comes_along(keys: DemoKeys, signed: bytes) -> None:
    (found,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    root = x509.load_pem_x509_certificate(keys.root_path.read_bytes())
    assert root.public_bytes(Encoding.DER) in found.pkcs7_content
