"""Records of issued certificates and the files people drop, for checks."""

import io
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pikepdf

from opensps.formats.digest import content_digest
from opensps.formats.pdf import MARK_KEYWORD
from opensps.formats.xml_input import parse
from opensps.signing import TrustList, seal
from opensps.verification import Record, Upload, Verdict, check_file
from tests.factories.signing import NOW, NUMBER, SEALED_AT, UntrustedTestSigner, document, signer, trust_list

DECIDE_BY = NOW + timedelta(days=5)


def sealed(xml: bytes | None = None, who: UntrustedTestSigner | None = None) -> Upload:
    """Return a document with its seal, as dropped together."""
    xml = document() if xml is None else xml
    return Upload(xml=xml, seal=seal(xml, signer=who or signer(), at=SEALED_AT))


def record(xml: bytes | None = None, *, number: str = NUMBER, **changes: Any) -> Record:
    """Return our record of a sealed document, in force."""
    upload = sealed(xml)
    assert upload.xml is not None
    assert upload.seal is not None
    whole = Record(
        number=number,
        state="in_force",
        digest=content_digest(parse(upload.xml, sealed=True)),
        xml=upload.xml,
        seal=upload.seal,
        sealed_at=SEALED_AT,
    )
    return replace(whole, **changes)


def register(*records: Record) -> dict[str, Any]:
    """Return the two ways to ask a register of these records, as `check_file` wants them."""
    by_number, by_digest = {r.number: r for r in records}, {r.digest: r for r in records}
    return {"find": by_number.get, "find_digest": by_digest.get}


def checked(
    upload: Upload, *records: Record, trust: TrustList | None = None, now: datetime = NOW, **terms: Any
) -> Verdict:
    """Return the verdict of a server that holds these records."""
    return check_file(upload, trust=trust or trust_list(), now=now, **register(*records), **terms)


def packed(**members: bytes) -> bytes:
    """Return a ZIP; names come with `_` for the dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


def pdf(mark: str = "", **members: bytes) -> bytes:
    """Return a PDF with files attached and, if given, one of our marks."""
    buffer = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        for name, data in members.items():
            made.attachments[name.replace("_", ".")] = _attachment(made, name, data)
        if mark:
            made.docinfo["/Keywords"] = MARK_KEYWORD + mark
        made.save(buffer)
    return buffer.getvalue()


def _attachment(made: pikepdf.Pdf, name: str, data: bytes) -> pikepdf.AttachedFileSpec:
    return pikepdf.AttachedFileSpec(
        made, data, description="", filename=name.replace("_", "."), mime_type="", creation_date="", mod_date=""
    )
