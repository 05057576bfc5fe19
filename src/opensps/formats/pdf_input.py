"""What is inside a PDF that somebody hands us: attached files and our own marks, nothing else.

Source: reliability.md 3.4. An incoming PDF is never a source of data, except the XML and seal attached to PDFs of
our own form. Errors: `FormatError` with code ``not_a_pdf`` or ``limits``.
"""

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

from opensps.formats.errors import FormatError
from opensps.formats.pdf import MARK_KEYWORD, AttachedFile, Mark
from opensps.formats.pdf_prepass import look_through

MAX_FILES = 16
MAX_FILE_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PdfContent:
    """What we read of a PDF."""

    files: tuple[AttachedFile, ...]
    mark: Mark | None
    """The mark of a PDF of ours; ``None`` for any other PDF."""

    @property
    def is_draft(self) -> bool:
        """Whether it says of itself that nothing has been signed."""
        return self.mark is Mark.DRAFT

    @property
    def is_specimen(self) -> bool:
        """Whether it says of itself that it is a sample."""
        return self.mark is Mark.SPECIMEN


def attached_files(data: bytes) -> PdfContent:
    """Return the files attached to a PDF and its mark; raise `FormatError` when it cannot be read safely."""
    if not data.startswith(b"%PDF-"):
        raise FormatError("not_a_pdf", path="", detail="does not begin like a PDF")
    look_through(data)
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            return PdfContent(tuple(_files(pdf)), _mark(pdf))
    except FormatError:
        raise
    except (
        pikepdf.PdfError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,  # pikepdf, on a damaged file specification
        RuntimeError,
        RecursionError,
        OverflowError,
        zlib.error,
    ) as error:
        raise FormatError("not_a_pdf", path="", detail=type(error).__name__) from error


def _files(pdf: pikepdf.Pdf) -> Iterator[AttachedFile]:
    """Yield the attached files, within limits."""
    if len(pdf.attachments) > MAX_FILES:
        raise FormatError("limits", path="", detail="too many attached files")
    for name, spec in pdf.attachments.items():
        content = spec.get_file()
        size = int(content.obj.get("/Params", pikepdf.Dictionary()).get("/Size", 0))
        if size > MAX_FILE_BYTES or len(content.obj.read_raw_bytes()) > MAX_FILE_BYTES:
            raise FormatError("limits", path=name, detail="an attached file is too large")
        yield AttachedFile(name, _bounded(content.obj, name), media_type=content.mime_type)


def _bounded(stream: pikepdf.Object, name: str) -> bytes:
    """Return the content of a stream, inflated no further than the limit."""
    filters = stream.get("/Filter")
    raw = stream.read_raw_bytes()
    if filters is None:
        return raw
    if filters != pikepdf.Name.FlateDecode or stream.get("/DecodeParms") is not None:
        raise FormatError("limits", path=name, detail="an attached file is packed in a way we do not read")
    return _inflated(raw, name)


def _inflated(raw: bytes, name: str) -> bytes:
    """Return inflated bytes; raise `FormatError` beyond the limit."""
    stream = zlib.decompressobj()
    data = stream.decompress(raw, MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise FormatError("limits", path=name, detail="an attached file is too large")
    return data


def _mark(pdf: pikepdf.Pdf) -> Mark | None:
    """Return the mark a PDF of ours carries among its keywords."""
    words = str(pdf.docinfo.get("/Keywords", "")).replace(",", " ").split()
    found = [word.removeprefix(MARK_KEYWORD) for word in words if word.startswith(MARK_KEYWORD)]
    return Mark(found[0]) if found and found[0] in set(Mark) else None
