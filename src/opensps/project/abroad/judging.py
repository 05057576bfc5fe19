"""How a partner abroad that means well judges what it gets: size, readability, destination, its own rules."""

from datetime import datetime

from lxml import etree

from opensps.codes import DEMO_COUNTRIES
from opensps.formats import FormatError, content_digest, validate
from opensps.project.abroad.moods import Mood
from opensps.rules import PROFILES, Level, Policy
from opensps.signing import SealError, check_integrity, read_seal

MOST_BYTES = 1_000_000
"""What both partners agreed to take."""

_LONGEST = 400


def judged(content: bytes, *, country: str, at: datetime, seal: bytes = b"") -> tuple[Mood, str]:
    """Return what is answered to a certificate, with words where there is something to say.

    A detached `seal` that came along must be one of this content; whose it is, a partner abroad does not ask.
    """
    if len(content) > MOST_BYTES:
        return Mood.UNREADABLE, f"SEVERE Schema: larger than {MOST_BYTES} bytes"
    policy = Policy(now=at, extra_countries=DEMO_COUNTRIES)
    found = validate(content, profile=PROFILES["hub"], policy=policy)
    value = found.reading.certificate
    if value is None and found.reading.acknowledgement is not None:
        return Mood.WELL, ""  # what somebody decided about goods of theirs: read, and that is all
    if value is None:
        return Mood.UNREADABLE, "SEVERE Schema: we could not read the document"
    if seal and not _fits(seal, found.reading.root):
        return Mood.REFUSE, "SEVERE Signature: the content was changed after it was signed"
    if value.consignment.import_country.code != country:
        return Mood.REFUSE, "SEVERE Mapping consignment.import_country: it is not made out for us"
    said = [f"{each.level} {each.area} {each.field}: {each.message}" for each in found.findings]
    worth = [text for text, each in zip(said, found.findings, strict=True) if each.level is not Level.INFO]
    return (Mood.REMARK, "; ".join(worth)[:_LONGEST]) if worth else (Mood.WELL, "")


def _fits(seal: bytes, root: etree._Element | None) -> bool:
    try:
        check_integrity(read_seal(seal), digest=content_digest(root) if root is not None else b"")
    except (FormatError, SealError):
        return False
    return True
