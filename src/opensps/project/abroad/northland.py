"""Northland (XB): takes part in our hub like any national system, and sends some certificates of its own.

Every two seconds it asks what waits, pulls each envelope, reads it, and acknowledges it as its mood says. What it sent
once it never sends again: a file remembers. It has no database.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from opensps.certificate import Certificate, CertificateNumber, Text, TradeLineItem
from opensps.exchange.contracts.content import content_bytes
from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.golden import Papers, Side
from opensps.exchange.golden.papers import instead_of, with_line, with_status, without_species
from opensps.exchange.transports.http_client import HttpClient, Limits
from opensps.exchange.transports.http_tls import TlsSettings
from opensps.exchange.transports.hub_client import HubClient, Pulled
from opensps.formats import write_certificate
from opensps.project.abroad.judging import judged
from opensps.project.abroad.keys import NORTHLAND, client_identity
from opensps.project.abroad.moods import Mood, mood_of

log = structlog.get_logger("opensps.demo.northland")

EVERY_SECONDS = 2.0
OURS, THEIRS = "XB", "XA"
SENT_FILE = "sent"
_OPERATIONS = {
    Mood.REMARK: ("AdvancedAcknowledgeEnvelopeReceipt", "warningMessage"),
    Mood.UNREADABLE: ("AcknowledgeFailedEnvelopeReceipt", "message"),
    Mood.REFUSE: ("AcknowledgeFailedEnvelopeReceipt", "message"),
}
_WORDS = {
    Mood.REMARK: "WARNING Mapping: port of entry not in our list",
    Mood.UNREADABLE: "SEVERE Schema: we could not read the document",
    Mood.REFUSE: "SEVERE Mapping: invalid HS code 0703.2",
}
"""What is said when it was told to misbehave."""

_GOODS = (
    ("Fresh apples", "Malus domestica", "080810", "18500"),
    ("Cranberries", "Vaccinium macrocarpon", "081040", "4200"),
    ("Seed potatoes", "Solanum tuberosum", "070110", "24000"),
    ("Spring wheat", "Triticum aestivum", "100199", "52000"),
    ("Cut tulips", "Tulipa gesneriana", "060319", "860"),
    ("Blueberry plants", "Vaccinium corymbosum", "060220", "1300"),
)


@dataclass(frozen=True, slots=True)
class Northland:
    """The program of a national plant protection organization behind a hub."""

    directory: Path
    client: HubClient
    clock: Callable[[], datetime]

    def step(self) -> int:
        """Take and acknowledge what waits; return how many envelopes."""
        mood = mood_of(self.directory.parent, NORTHLAND)
        if mood in {Mood.SILENT, Mood.AWAY}:
            return 0
        waiting = self.client.waiting()
        if not isinstance(waiting, tuple):
            log.info("hub_not_reached", answer=type(waiting).__name__)
            return 0
        return sum(self._taken(header, mood) for header in waiting)

    def _taken(self, header: EnvelopeHeader, mood: Mood) -> bool:
        pulled = self.client.pull(header.delivery_number)
        if not isinstance(pulled, Pulled):
            return False
        number, text = {"hubTrackingNumber": header.delivery_number}, _WORDS.get(mood, "")
        if mood is Mood.WELL:
            mood, text = judged(content_bytes(pulled.content), country=OURS, at=self.clock())
        if mood is Mood.WELL:
            answer = self.client.acknowledge("AcknowledgeEnvelopeReceipt", number)
        else:
            operation, child = _OPERATIONS[mood]
            answer = self.client.acknowledge(operation, {**number, child: text})
        return answer is None

    def send_own(self) -> bool:
        """Send Northland's own certificates that have not left yet; return whether all have."""
        memory = self.directory / SENT_FILE
        known = set(memory.read_text(encoding="utf-8").split("\n")) if memory.exists() else set[str]()
        for paper in papers(self.clock()):
            name = f"{paper.exchanged_document.number} {paper.exchanged_document.status_code}"
            if name in known:
                continue
            if not self._sent(paper):
                return False
            with memory.open("a", encoding="utf-8") as file:
                file.write(f"{name}\n")
        return True

    def _sent(self, paper: Certificate) -> bool:
        document = paper.exchanged_document
        header = EnvelopeHeader(
            from_code=OURS,
            to_code=THEIRS,
            type_code=int(document.type_code),
            status_code=int(document.status_code),
            number=str(document.number),
        )
        answer = self.client.send(header, write_certificate(paper), operation="DeliverEnvelope")
        return isinstance(answer, EnvelopeHeader) and bool(answer.delivery_number)


def papers(at: datetime) -> Iterator[Certificate]:
    """Yield what Northland certified for Examplia; one is withdrawn, one replaced, one not complete."""
    made = Papers(
        sender=Side(code=OURS, country=OURS, authority="Northland Plant Protection Organization"),
        receiver=Side(code=THEIRS, country=THEIRS, authority="Plant and Animal Health Service of Examplia"),
        run=1,
        at=at.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1),
        remark="Made up for the demonstration",
    )
    several = [_about(made.paper(place + 1, weight=goods[3]), place, goods) for place, goods in enumerate(_GOODS)]
    yield from several[:4]
    yield without_species(several[5])
    yield with_status(several[1], "40")
    later = replace(made, at=made.at + timedelta(hours=2)).paper(9, weight="23800")
    yield instead_of(_about(later, 8, _GOODS[2]), several[2], reason="The weight was corrected")


def _about(paper: Certificate, place: int, goods: tuple[str, str, str, str]) -> Certificate:
    name, species, customs, _weight = goods
    line: TradeLineItem = paper.lines[0]
    classification = replace(line.classifications[0], class_code=customs)
    changed = replace(
        line,
        descriptions=(Text(name, "en"),),
        scientific_names=(Text(species),),
        classifications=(classification,),
    )
    document = replace(paper.exchanged_document, number=CertificateNumber(f"XB/PC/2026/{place + 401:05}"))
    return with_line(replace(paper, exchanged_document=document), changed)


def run(directory: Path, *, hub: str, authority: Path) -> None:
    """Work until stopped."""
    tls = TlsSettings(authority.read_bytes(), client=client_identity(directory))
    http = HttpClient(tls, Limits(10, 60, 120, 150_000_000))
    northland = Northland(directory, HubClient(hub, http, http), lambda: datetime.now(UTC))
    has_sent = False
    while True:
        try:
            has_sent = has_sent or northland.send_own()
            northland.step()
        except OSError as exc:
            log.warning("northland_step_failed", kind=type(exc).__name__)
        time.sleep(EVERY_SECONDS)
