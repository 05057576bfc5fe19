"""How a partner abroad that means well judges what it gets: size, readability, destination, its own rules."""

from datetime import datetime

from opensps.codes import DEMO_COUNTRIES
from opensps.formats import validate
from opensps.project.abroad.moods import Mood
from opensps.rules import PROFILES, Level, Policy

MOST_BYTES = 1_000_000
"""What both partners agreed to take."""

_LONGEST = 400


def judged(content: bytes, *, country: str, at: datetime) -> tuple[Mood, str]:
    """Return what is answered to a certificate, with words where there is something to say."""
    if len(content) > MOST_BYTES:
        return Mood.UNREADABLE, f"SEVERE Schema: larger than {MOST_BYTES} bytes"
    policy = Policy(now=at, extra_countries=DEMO_COUNTRIES)
    found = validate(content, profile=PROFILES["hub"], policy=policy)
    value = found.reading.certificate
    if value is None:
        return Mood.UNREADABLE, "SEVERE Schema: we could not read the document"
    if value.consignment.import_country.code != country:
        return Mood.REFUSE, "SEVERE Mapping consignment.import_country: it is not made out for us"
    said = [f"{each.level} {each.area} {each.field}: {each.message}" for each in found.findings]
    worth = [text for text, each in zip(said, found.findings, strict=True) if each.level is not Level.INFO]
    return (Mood.REMARK, "; ".join(worth)[:_LONGEST]) if worth else (Mood.WELL, "")
