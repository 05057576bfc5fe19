"""Presentations of the demonstration: Northland accepts, holds and turns away what it was sent, and one paper twice.

Made through the services the pages use, each at its own moment, dated back from the day it is loaded.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from opensps.accounts.queries import SYSTEM, Actor
from opensps.border.ledger import Presentation
from opensps.border.records import record_for
from opensps.border.services.presentation_acts import Decision, presentation_act
from opensps.border.services.presenting import Checked, Claim, presentation_make
from opensps.certification.queries import certificates_for_actor
from opensps.lifecycle import CertificateState
from opensps.lifecycle.presentation import PresentationAct
from opensps.project.demo.people import Cast

PORT, HINTERLAND = "XBNTP", "XBFJD"
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Desk:
    authority: str
    officer: Actor

    def present(self, number: str, at: datetime, *, place: str = PORT, share: str = "1") -> Presentation:
        """Present a share of every line of a certificate."""
        record = record_for(authority=self.authority, actor=self.officer, issuer=self.authority, number=number)
        row = presentation_make(
            authority=self.authority,
            actor=self.officer,
            record=record,
            checked=Checked(reasons=()),
            claim=Claim(location=place),
            request_id=f"demo {number} {at:%Y%m%d%H%M}",
            at=at,
        )
        if share != "1":
            part = {line.line: line.claimed * Decimal(share) for line in row.lines.all()}
            self.decide(row, PresentationAct.ACCEPT_PARTLY, at + _HOUR, accepted=part)
        return row

    def decide(self, row: Presentation, act: PresentationAct, at: datetime, **said: object) -> None:
        """Do one act."""
        presentation_act(
            authority=self.authority,
            actor=self.officer,
            presentation_number=row.presentation_number,
            act=act,
            decision=Decision(**said),  # type: ignore[arg-type]  # as named below
            at=at,
        )


def presentations_told(*, authority: str, cast: Cast, at: datetime) -> None:
    """Load the presentations of the demonstration, as of ``at``; a few, for a start must be quick."""
    rows = certificates_for_actor(authority=authority, actor=SYSTEM, states=(CertificateState.IN_FORCE,), limit=120)
    theirs = [row.number for row in rows if row.import_country == "XB"]
    if len(theirs) < len(_STORY):
        return
    desk = _Desk(authority, cast["official"])
    for number, tell in zip(theirs[-len(_STORY) :], _STORY, strict=True):
        tell(desk, number, at)


def _accepted(desk: _Desk, number: str, at: datetime) -> None:
    row = desk.present(number, at - timedelta(days=6))
    desk.decide(row, PresentationAct.ACCEPT, at - timedelta(days=6) + _HOUR)


def _partly(desk: _Desk, number: str, at: datetime) -> None:
    desk.present(number, at - timedelta(days=4), share="0.5")


def _held(desk: _Desk, number: str, at: datetime) -> None:
    row = desk.present(number, at - timedelta(days=2))
    desk.decide(row, PresentationAct.HOLD, at - timedelta(days=2) + _HOUR, reason_code="sample_taken")


def _refused(desk: _Desk, number: str, at: datetime) -> None:
    row = desk.present(number, at - timedelta(days=5))
    said = {"reason_code": "pest_or_disease_found", "measure": "re_export"}
    desk.decide(row, PresentationAct.REJECT, at - timedelta(days=5) + _HOUR, **said)


def _twice(desk: _Desk, number: str, at: datetime) -> None:
    desk.present(number, at - timedelta(hours=9))
    desk.present(number, at - timedelta(hours=2), place=HINTERLAND)


_STORY = (_accepted, _partly, _held, _refused, _twice)
