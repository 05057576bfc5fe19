"""What was dropped is known by its content, unpacked within limits, and never believed by its name."""

import io
import struct
import zipfile

import pytest

from opensps.verification import Upload, gather, unpack
from opensps.verification.upload import MAX_BYTES, MAX_MEMBERS
from tests.factories.records import packed, pdf, sealed
from tests.factories.signing import document
from tests.vectors.attacks.seals import enveloped

PAIR = sealed()
XML, SEAL, ENVELOPED = document(), PAIR.seal or b"", enveloped()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (XML, Upload(xml=XML)),
        (b"\xef\xbb\xbf" + XML, Upload(xml=b"\xef\xbb\xbf" + XML)),
        (XML.decode().encode("utf-16"), Upload(xml=XML.decode().encode("utf-16"))),
        (SEAL, Upload(seal=SEAL)),
        (b'<?xml version="1.0"?>\n' + SEAL, Upload(seal=b'<?xml version="1.0"?>\n' + SEAL)),
        (ENVELOPED, Upload(xml=ENVELOPED)),
        (b"<Signatures/>", Upload(xml=b"<Signatures/>")),
        (b"a scan", Upload(problem="not_a_certificate")),
        (b"", Upload(problem="not_a_certificate")),
        (b"x" * (MAX_BYTES + 1), Upload(problem="too_large")),
        (b"%PDF-1.7 garbage", Upload(problem="not_a_certificate")),
        (b"PK\x03\x04 garbage", Upload(problem="not_a_certificate")),
    ],
)
def test_a_file_is_known_by_its_content(data: bytes, expected: Upload) -> None:
    assert unpack("certificate.pdf", data) == expected


def test_xml_and_seal_are_taken_together_however_they_come() -> None:
    assert gather([("a", XML), ("b", SEAL)]) == PAIR
    assert unpack("a.zip", packed(certificate_xml=XML, certificate_xades=SEAL)) == PAIR
    assert unpack("a.pdf", pdf(certificate_xml=XML, certificate_xades=SEAL)) == PAIR
    assert unpack("a.zip", packed(paper_pdf=pdf(certificate_xml=XML), certificate_xades=SEAL, read_me=b"hello")) == PAIR


def test_the_same_document_twice_is_one_document() -> None:
    assert gather([("a", XML), ("b", pdf(certificate_xml=XML, certificate_xades=SEAL))]) == PAIR


@pytest.mark.parametrize(
    "files",
    [
        [("a", XML), ("b", document(goods="Ginger"))],
        [("a", XML), ("b", SEAL), ("c", SEAL + b"\n")],
        [("a", XML), ("b", pdf(certificate_xml=document(goods="Ginger")))],
    ],
)
def test_two_different_documents_or_seals_are_ambiguous(files: list[tuple[str, bytes]]) -> None:
    assert gather(files).problem == "ambiguous"


@pytest.mark.parametrize("other", [b"a scan", b"x" * (MAX_BYTES + 1)], ids=["unreadable", "too_large"])
def test_one_file_that_cannot_be_read_is_a_problem_of_all(other: bytes) -> None:
    assert gather([("a", XML), ("b", other)]).problem


def test_a_pdf_says_of_itself_whether_it_is_a_draft_or_a_specimen() -> None:
    assert unpack("a", pdf("DRAFT")).is_draft
    assert unpack("a", pdf("SPECIMEN", certificate_xml=XML)) == Upload(xml=XML, is_specimen=True)
    assert unpack("a", pdf("ORIGINAL", certificate_xml=XML)) == Upload(xml=XML)


@pytest.mark.parametrize("data", [pdf(), pdf(picture_png=b"\x89PNG"), packed(), packed(note_txt=b"hello")])
def test_a_container_without_a_certificate_is_not_one(data: bytes) -> None:
    assert unpack("a", data) == Upload(problem="not_a_certificate")


def test_an_archive_of_archives_is_not_opened() -> None:
    assert unpack("a.zip", packed(b_zip=packed(certificate_xml=XML))) == Upload(problem="not_a_certificate")


def test_an_archive_bomb_is_inflated_no_further_than_the_limit() -> None:
    assert unpack("a.zip", packed(a_xml=b" " * (MAX_BYTES + 1))).problem == "not_a_certificate"
    half = b" " * (MAX_BYTES // 2 + 1)
    assert unpack("a.zip", packed(a_xml=half, b_xml=half)).problem == "not_a_certificate"


def test_an_archive_has_few_members() -> None:
    members = {f"m{n}_txt": b"x" for n in range(MAX_MEMBERS + 1)}
    assert unpack("a.zip", packed(**members)).problem == "too_large"


def test_an_archive_that_lies_about_its_sizes_is_not_believed() -> None:
    data = bytearray(packed(a_xml=XML))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 5)
    assert unpack("a.zip", bytes(data)).problem == "not_a_certificate"


@pytest.mark.parametrize("place", ["flag", "method"])
def test_an_encrypted_or_oddly_packed_archive_is_not_opened(place: str) -> None:
    data = bytearray(packed(a_xml=XML))
    entry = data.index(b"PK\x01\x02")
    if place == "flag":
        data[entry + 8] |= 1
    else:
        data[entry + 10] = zipfile.ZIP_LZMA
    assert unpack("a.zip", bytes(data)).problem == "not_a_certificate"


def test_names_that_climb_out_of_an_archive_lead_nowhere() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../etc/passwd", XML)
        archive.writestr("/absolute", SEAL)
    assert unpack("a.zip", buffer.getvalue()) == PAIR
