"""What we keep of what is uploaded, by its bytes; each refusal has its reason code."""

import hashlib

import pytest

from opensps.certification.errors import DocumentRefused
from opensps.certification.uploads import MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES, judged

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 17 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 9 + b"\xff\xd9"
GIF = b"GIF89a" + b"\x00" * 20 + b";"


def reason(name: str, data: bytes, sizes_bytes: tuple[int, ...] = ()) -> str:
    """Return why an upload is refused."""
    with pytest.raises(DocumentRefused) as refused:
        judged(name, data, sizes_bytes=sizes_bytes)
    return refused.value.reason


@pytest.mark.parametrize(
    ("data", "media_type", "filename"),
    [
        (PDF, "application/pdf", "permit.pdf"),
        (PNG, "image/png", "permit.png"),
        (JPEG, "image/jpeg", "permit.jpg"),
        (GIF, "image/gif", "permit.gif"),
    ],
)
def test_the_media_type_comes_from_the_bytes_not_from_the_name(data: bytes, media_type: str, filename: str) -> None:
    upload = judged("permit.exe", data, sizes_bytes=())
    assert (upload.media_type, upload.filename) == (media_type, filename)
    assert upload.sha256 == hashlib.sha256(data).digest()


@pytest.mark.parametrize("data", [b"hello", b"PK\x03\x04", b"<html>", b"MZ" + PDF])
def test_other_files_are_refused(data: bytes) -> None:
    assert reason("a.pdf", data) == "media_type"


@pytest.mark.parametrize("data", [PDF[:-8], PNG[:-6], JPEG[:-1], GIF[:-1], b"%PDF-1.7 %%EOF"])
def test_a_file_that_is_cut_off_is_unreadable(data: bytes) -> None:
    assert reason("a.pdf", data) == "unreadable"


def test_sizes_and_numbers_have_limits() -> None:
    assert reason("a.pdf", b"") == "empty"
    assert reason("a.pdf", b"x" * (MAX_FILE_BYTES + 1)) == "too_large"
    assert reason("a.pdf", PDF, (1,) * MAX_FILES) == "too_many"
    assert reason("a.pdf", PDF, (MAX_TOTAL_BYTES,)) == "total_too_large"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\permit.final.pdf", "permit.final.pdf"),
        ("per\x00mit\u202e.pdf", "permit.pdf"),
        ("进口许可证.pdf", "进口许可证.pdf"),
        ("x" * 300 + ".pdf", "x" * 120 + ".pdf"),
    ],
)
def test_a_name_is_kept_without_path_and_control_signs(name: str, kept: str) -> None:
    assert judged(name, PDF, sizes_bytes=()).filename == kept


@pytest.mark.parametrize("name", ["", "...", "///", "\x00\x01", "?"])
def test_a_name_of_nothing_is_refused(name: str) -> None:
    assert reason(name, PDF) == "filename"
