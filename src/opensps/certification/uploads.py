"""What an upload is, decided from its bytes, and whether we keep it. Pure.

Source: issue A (bad input), `domain.md` 4.1 (attachments: pdf, jpg, png, gif), `reliability.md` 3.4. Nothing is
rendered or decompressed here.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from opensps.certification.errors import DocumentRefused

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_FILES = 20
"""Per application."""

MAX_TOTAL_BYTES = 50 * 1024 * 1024
"""Per application."""

_MAX_NAME = 120
_TAIL = 2048
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"

SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}
"""Media types we keep, with the ending their files get."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that may be kept."""

    filename: str
    """Cleaned, with the ending of its real type."""

    media_type: str
    data: bytes
    sha256: bytes


def media_type(data: bytes) -> str:
    """Return the media type of the bytes.

    Raises `DocumentRefused`: media_type when it is none we keep, unreadable when it begins like one but is cut off.
    """
    if data.startswith(b"%PDF-"):
        return _whole("application/pdf", b"%%EOF" in data[-_TAIL:] and b"obj" in data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _whole("image/png", data.rstrip(b"\x00").endswith(_PNG_END.strip(b"\x00")))
    if data.startswith(b"\xff\xd8\xff"):
        return _whole("image/jpeg", b"\xff\xd9" in data[-_TAIL:])
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        return _whole("image/gif", data.rstrip(b"\x00").endswith(b";"))
    raise DocumentRefused("media_type")


def _whole(found: str, is_whole: bool) -> str:
    if not is_whole:
        raise DocumentRefused("unreadable")
    return found


def clean_filename(name: str, *, suffix: str) -> str:
    """Return the last part of a name without control and reserved signs, with the given ending.

    Raises `DocumentRefused` with reason ``filename`` when nothing is left.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(sign for sign in last if unicodedata.category(sign)[0] not in "CZ" or sign == " ")
    kept = re.sub(r"[<>:\"|?*]", "", kept)
    stem = (kept.rpartition(".")[0] or kept).strip(" .")[:_MAX_NAME]
    if not stem:
        raise DocumentRefused("filename")
    return f"{stem}.{suffix}"


def judged(name: str, data: bytes, *, sizes_bytes: tuple[int, ...]) -> Upload:
    """Return the upload, or raise `DocumentRefused` with the first reason against it.

    `sizes_bytes`: sizes of the files the application has already.
    """
    if not data:
        raise DocumentRefused("empty")
    if len(data) > MAX_FILE_BYTES:
        raise DocumentRefused("too_large")
    if len(sizes_bytes) >= MAX_FILES:
        raise DocumentRefused("too_many")
    if sum(sizes_bytes) + len(data) > MAX_TOTAL_BYTES:
        raise DocumentRefused("total_too_large")
    found = media_type(data)
    filename = clean_filename(name, suffix=SUFFIXES[found])
    return Upload(filename, found, data, hashlib.sha256(data).digest())
