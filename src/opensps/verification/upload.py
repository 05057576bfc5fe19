"""Unpacking what was dropped: XML, its seal, its proof, a PDF with them inside, or a ZIP; by content, not by name.

Limits come before every parser (`reliability.md` 3): 10 MiB a file, packed or not, 16 members, no archive inside an
archive. Nothing is written anywhere.
"""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

from opensps.formats.errors import FormatError
from opensps.formats.pdf_input import attached_files
from opensps.signing import SealError
from opensps.signing.pdf_seals import check_pdf_seal
from opensps.transparency.bundle import HEADER

MAX_BYTES = 10 * 1024 * 1024
MAX_MEMBERS = 16

_SEAL = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?<(?:[A-Za-z_][\w.-]*:)?Signature[\s>]")
_BUNDLE = HEADER.encode()
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_DIRECTORY_ENTRY = b"PK\x01\x02"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class Upload:
    """What was found in the files somebody dropped."""

    xml: bytes | None = None
    seal: bytes | None = None
    bundle: bytes | None = None
    """Proof that it is in the log."""

    is_draft: bool = False
    """A PDF of ours that says nothing has been signed."""

    is_specimen: bool = False
    problem: str = ""
    """Reason of the aspect input why it cannot be checked; empty if it can."""

    def joined(self, other: "Upload") -> "Upload":
        """Return both as one; two different documents, or two different seals, are ambiguous."""
        conflict = any(
            _differ(mine, theirs)
            for mine, theirs in ((self.xml, other.xml), (self.seal, other.seal), (self.bundle, other.bundle))
        )
        return Upload(
            xml=self.xml or other.xml,
            seal=self.seal or other.seal,
            bundle=self.bundle or other.bundle,
            is_draft=self.is_draft or other.is_draft,
            is_specimen=self.is_specimen or other.is_specimen,
            problem=self.problem or other.problem or ("ambiguous" if conflict else ""),
        )


def unpack(name: str, data: bytes) -> Upload:  # noqa: ARG001  the name is part of what was dropped, and never believed
    """Return what is in one file. Never raises: what cannot be read is a problem of the upload."""
    if len(data) > MAX_BYTES:
        return Upload(problem="too_large")
    if data.startswith(b"PK"):
        return _zip(data)
    return _single(data)


def gather(files: Iterable[tuple[str, bytes]]) -> Upload:
    """Return what is in several files dropped together, such as an XML and its seal."""
    whole = Upload()
    for name, data in files:
        whole = whole.joined(unpack(name, data))
    return whole


def _differ(one: bytes | None, other: bytes | None) -> bool:
    return one is not None and other is not None and one != other


def _single(data: bytes) -> Upload:
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith(_BUNDLE):
        return Upload(bundle=data)
    if not _looks_like_xml(data):
        return Upload(problem="not_a_certificate")
    return Upload(seal=data) if _SEAL.match(data.removeprefix(_BOMS[0])) else Upload(xml=data)


def _is_ours(data: bytes) -> bool:
    return data.startswith(_BUNDLE) or _looks_like_xml(data)


def _looks_like_xml(data: bytes) -> bool:
    return data.startswith(_BOMS) or data.lstrip(b" \t\r\n\0").startswith(b"<")


def _pdf(data: bytes) -> Upload:
    """Return the XML and seal attached to a PDF; its own text and looks are never a source of data.

    A PDF that was signed and then changed is a problem, whatever is inside.
    """
    try:
        content = attached_files(data)
        check_pdf_seal(data)
    except FormatError:
        return Upload(problem="not_a_certificate")
    except SealError as error:
        return Upload(problem=error.reason)
    whole = Upload(is_draft=content.is_draft, is_specimen=content.is_specimen)
    for file in content.files:
        if _is_ours(file.data):
            whole = whole.joined(_single(file.data))
    if whole == Upload():
        return Upload(problem="not_a_certificate")
    return whole


def _zip(data: bytes) -> Upload:
    if data.count(_DIRECTORY_ENTRY) > MAX_MEMBERS:
        return Upload(problem="too_large")
    try:
        members = tuple(_members(data))
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError, OSError):
        return Upload(problem="not_a_certificate")
    whole = Upload()
    for member in members:
        if member.startswith(b"%PDF-") or _is_ours(member):
            whole = whole.joined(_single(member))
    return Upload(problem="not_a_certificate") if whole == Upload() else whole


def _members(data: bytes) -> Iterator[bytes]:
    """Yield the members, inflated no further than the limit over all of them."""
    left = MAX_BYTES
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.flag_bits & 1 or info.compress_type not in _METHODS:
                raise ValueError("an encrypted or oddly packed member")
            with archive.open(info) as member:
                content = member.read(left + 1)
            if len(content) > left:
                raise ValueError("too large after inflating")
            left -= len(content)
            yield content
