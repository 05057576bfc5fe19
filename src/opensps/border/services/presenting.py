"""A paper is presented: its claim is held against what is left, what looks like a second use is named, a row is kept.

Source: `lifecycles.md` 5.1, `fraud.md` 2 and 3. By an official at the desk, ours or of another country, or by a
partner's machine. Every presentation is kept, also of numbers that do not exist and of goods without a paper. One file
for the whole of it, since claim, second use and reservation are judged from the same rows under one lock.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.border.errors import PresentationRefused
from opensps.border.ledger import Presentation, PresentationLine
from opensps.border.papers_again import CLAIMED
from opensps.border.presenting_parties import acting, desk_country
from opensps.border.records import CertificateRecord, record_of
from opensps.border.services.balances import Entry, Quantities, balances_of, entry_write, lock_use
from opensps.border.services.rechecking import recheck_wait
from opensps.events.services import lock
from opensps.lifecycle.balance import Earlier, LineUse, Replay, replays, reservation, whole
from opensps.lifecycle.presentation import (
    OVERDUE_AFTER,
    REMIND_AFTER,
    PresentationAct,
    PresentationFacts,
    PresentationParty,
    PresentationState,
    next_presentation_state,
)
from opensps.verification.classes import VerdictClass, judgement

POINTS: Mapping[Replay, str] = {
    Replay.USED_UP: "used_up",
    Replay.BALANCE_EXCEEDED: "balance_exceeded",
    Replay.OPEN_ELSEWHERE: "open_elsewhere",
    Replay.SAME_COPY: "already_presented",
    Replay.OTHER_COUNTRY: "already_presented",
}
"""Why it looks like a second use -> reason of the verdict (`fraud.md` 2)."""

WITHOUT = "certificate_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The answer of the check that was made of the paper."""

    reasons: tuple[str, ...]
    """Codes of results and points; empty: nothing speaks against it."""

    verdict: Mapping[str, Any] = field(default_factory=dict)
    """The answer, ``en`` and ``zh``."""

    check_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is presented, where."""

    location: str
    """UN/LOCODE."""

    quantities: Quantities | None = None
    """Line -> quantity in the unit of the certificate; None: whatever has not been used."""

    copy: str = ""
    goods: str = ""
    """Of goods without a certificate: what they are, under which requirement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presenter:
    """Who presents."""

    party: PresentationParty
    code: str
    """Of the partner; the country of a desk."""

    country: str
    actor: str
    role: str
    person: str = ""

    @property
    def channel(self) -> str:
        """``partner`` for a machine, ``desk`` for a person."""
        return "partner" if self.party is PresentationParty.PARTNER else "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Everything a presentation is made from."""

    authority: str
    presenter: Presenter
    claim: Claim
    checked: Checked
    issuer: str = ""
    number: str = ""
    record: CertificateRecord | None = None
    """None where there is none, or the presenter may not see it: nothing is reserved then."""

    exists: bool = False
    """Whether there is such a certificate, though the presenter may not see it."""

    request_id: str
    at: datetime


def presentation_make(
    *,
    authority: str,
    actor: Actor,
    record: CertificateRecord | None,
    checked: Checked,
    claim: Claim,
    request_id: str,
    issuer: str = "",
    number: str = "",
    at: datetime,
) -> Presentation:
    """Present a certificate at a desk; a repeat of the same request returns what it made.

    ``record`` is what `records.record_for` gave this person, None for a number without one. Raises `ActNotAllowed`,
    `PresentationNotFound` for somebody who presents nothing, `PresentationRefused` request_reused, place, quantity.
    """
    country, party, role = acting(authority=authority, actor=actor)
    return _made(
        Opening(
            authority=authority,
            presenter=Presenter(party=party, code=country, country=country, actor=actor.id, role=role, person=actor.id),
            claim=claim,
            checked=checked,
            issuer=record.issuer if record is not None else issuer or authority,
            number=record.number if record is not None else number,
            record=record,
            exists=record is None and _is_held_back(authority, issuer or authority, number),
            request_id=request_id,
            at=at,
        )
    )


def _is_held_back(authority: str, issuer: str, number: str) -> bool:
    """Whether there is such a certificate though this person may not see it."""
    return bool(number) and record_of(authority=authority, issuer=issuer, number=number) is not None


def presentation_without(*, authority: str, actor: Actor, claim: Claim, request_id: str, at: datetime) -> Presentation:
    """Record goods that need a certificate and came without one: red. Raises as `presentation_make`."""
    return presentation_make(
        authority=authority,
        actor=actor,
        record=None,
        checked=Checked(reasons=(WITHOUT,)),
        claim=claim,
        request_id=request_id,
        at=at,
    )


@transaction.atomic
def _made(opening: Opening) -> Presentation:
    _placed(opening)
    lock(PRESENTATION_LOCK, opening.authority, opening.presenter.code, opening.request_id)
    digest = _digest(opening)
    kept = Presentation.objects.filter(
        authority=opening.authority, presenter=opening.presenter.code, request_id=opening.request_id
    ).first()
    if kept is not None:
        if bytes(kept.digest) != digest:
            raise PresentationRefused("request_reused")
        return kept
    return opened(opening, digest=digest)


PRESENTATION_LOCK = "presentation"


def _placed(opening: Opening) -> None:
    if opening.claim.location[:2] != desk_country(authority=opening.authority, country=opening.presenter.country):
        raise PresentationRefused("place")


def _digest(opening: Opening) -> bytes:
    claim = opening.claim
    said = [
        *(opening.issuer, opening.number, claim.location, claim.copy, claim.goods),
        *sorted(f"{line} {value}" for line, value in (claim.quantities or {}).items()),
    ]
    return hashlib.sha256(json.dumps(said).encode()).digest()


def opened(opening: Opening, *, digest: bytes) -> Presentation:
    """Write a presentation with its claim and its event, in a transaction of the caller that knows it is new."""
    lock_use(authority=opening.authority, issuer=opening.issuer, number=opening.number)
    state = next_presentation_state(None, _act(opening), party=opening.presenter.party, facts=_facts(opening))
    uses = _uses(opening)
    earlier = _earlier(opening)
    before = _sent_here(opening, earlier)
    claim = _claimed(opening, uses, before)
    alerts = _alerts(opening, uses, earlier, claim, before)
    found = judgement((*opening.checked.reasons, *(POINTS[each] for each in alerts if each in POINTS)))
    row = Presentation.objects.create(
        authority=opening.authority,
        presentation_number=f"{opening.authority}-P-{opening.at:%Y}-{secrets.token_hex(5).upper()}",
        channel=opening.presenter.channel,
        presenter=opening.presenter.code,
        country=opening.presenter.country,
        person=opening.presenter.person,
        request_id=opening.request_id,
        digest=digest,
        issuer=opening.issuer,
        number=opening.number,
        location=opening.claim.location,
        copy=opening.claim.copy,
        presented_at=opening.at,
        result=found.result,
        verdict=_said(opening, uses),
        check_number=opening.checked.check_number,
        verdict_class=found.verdict_class.value,
        verdict_kind=found.kind.value if found.kind is not None else "",
        reasons=list(found.reasons),
        alerts=[each.value for each in alerts],
        is_known=opening.record is not None or not opening.exists,
        goods=opening.claim.goods,
        continues=before,
        state=state.value,
        remind_at=opening.at + REMIND_AFTER,
        due_at=opening.at + OVERDUE_AFTER,
        changed_at=opening.at,
    )
    PresentationLine.objects.bulk_create(
        PresentationLine(
            authority=row.authority, presentation=row, line=use.line, unit=use.unit, claimed=claim[use.line]
        )
        for use in uses
        if use.line in claim
    )
    _reserve(row, opening, uses, claim, before, is_red=found.verdict_class is VerdictClass.RED)
    recheck_wait(row)
    return row


def _said(opening: Opening, uses: tuple[LineUse, ...]) -> dict[str, Any]:
    """Return the answer that was given; quantities nobody knows the lines of are kept with it for the later check."""
    given = opening.claim.quantities
    kept = {} if uses or given is None else {CLAIMED: {str(line): format(value, "f") for line, value in given.items()}}
    return {**opening.checked.verdict, **kept}


def _act(opening: Opening) -> PresentationAct:
    is_without = opening.checked.reasons == (WITHOUT,)
    return PresentationAct.PRESENT_WITHOUT if is_without else PresentationAct.PRESENT


def _facts(opening: Opening) -> PresentationFacts:
    return PresentationFacts(
        actor=opening.presenter.actor,
        office=opening.claim.location,
        needs_certificate=bool(opening.claim.goods.strip()),
    )


def _uses(opening: Opening) -> tuple[LineUse, ...]:
    if opening.record is None:
        return ()
    return balances_of(
        authority=opening.authority,
        issuer=opening.issuer,
        number=opening.number,
        certificate=opening.record.value,
    )


def _earlier(opening: Opening) -> tuple[Presentation, ...]:
    """Return every presentation of this number before, oldest first; goods without a paper have none."""
    if not opening.number:
        return ()
    rows = Presentation.objects.filter(authority=opening.authority, number=opening.number, issuer=opening.issuer)
    return tuple(rows.select_related("continued_by").order_by("id"))


def _sent_here(opening: Opening, earlier: tuple[Presentation, ...]) -> Presentation | None:
    """Return the presentation that was sent on to this place and which nobody took over yet."""
    if opening.record is None and opening.exists:
        return None
    return next((row for row in earlier if _waits_for(row, opening.claim.location)), None)


def _waits_for(row: Presentation, location: str) -> bool:
    """Tell whether a presentation was sent on to this office and keeps something reserved for it.

    What could not be checked has no lines: it is known by its place alone.
    """
    is_sent_on = row.state == PresentationState.FORWARDED and row.next_location == location and row.is_known
    if not is_sent_on or hasattr(row, "continued_by"):
        return False
    lines = tuple(row.lines.all())
    return not lines or any(line.reserved for line in lines)


def _claimed(opening: Opening, uses: tuple[LineUse, ...], before: Presentation | None) -> dict[int, Decimal]:
    given = opening.claim.quantities
    if given is None:
        held = {line.line: line.reserved for line in before.lines.all()} if before is not None else {}
        return held or whole(uses)
    known = {use.line for use in uses}
    if uses and (not set(given) <= known or any(value < 0 for value in given.values())):
        raise PresentationRefused("quantity")
    return {line: value for line, value in given.items() if value > 0 and line in known}


def _alerts(
    opening: Opening,
    uses: tuple[LineUse, ...],
    earlier: tuple[Presentation, ...],
    claim: Quantities,
    before: Presentation | None,
) -> tuple[Replay, ...]:
    if opening.record is None:
        # A person is told nothing of a certificate made out for others, not even that there is one.
        is_told = opening.exists and opening.presenter.party is PresentationParty.PARTNER
        return (Replay.OTHER_COUNTRY,) if is_told else ()
    place = opening.claim.location
    others = [
        Earlier(
            state=PresentationState(row.state),
            country=row.country,
            office=row.location,
            copy=row.copy,
            is_continued=row == before or hasattr(row, "continued_by"),
        )
        for row in earlier
        if row.is_known
    ]
    here = Earlier(
        state=PresentationState.PRESENTED, country=opening.presenter.country, office=place, copy=opening.claim.copy
    )
    found = replays(claim=claim, uses=uses, earlier=others, here=here, is_transfer=before is not None)
    return (*found, Replay.OTHER_PORT) if _is_other_port(opening.record, place) else found


def _is_other_port(record: CertificateRecord, place: str) -> bool:
    entry = record.value.consignment.point_of_entry if record.value is not None else None
    named = entry.id.value if entry is not None and entry.id is not None else ""
    return bool(named) and named != place


def _reserve(
    row: Presentation,
    opening: Opening,
    uses: tuple[LineUse, ...],
    claim: Quantities,
    before: Presentation | None,
    *,
    is_red: bool,
) -> None:
    """Reserve the claim, as far as something is left, and take over what the office before had reserved."""
    if before is not None:
        uses = _taken_over(before, opening, uses)
    by = opening.presenter
    entry_write(
        row,
        Entry(
            act=_act(opening),
            state=PresentationState.PRESENTED,
            party=by.party,
            actor=by.actor,
            role=by.role,
            at=opening.at,
            reserved={} if is_red else reservation(claim, uses),
        ),
    )


def _taken_over(before: Presentation, opening: Opening, uses: tuple[LineUse, ...]) -> tuple[LineUse, ...]:
    held = {line.line: line.reserved for line in before.lines.all()}
    before.due_at, before.is_overdue, before.changed_at = None, False, opening.at
    before.save(update_fields=["due_at", "is_overdue", "changed_at"])
    if not held:
        return uses
    facts = PresentationFacts(is_addressed=True, has_reservation=any(held.values()))
    state = PresentationState(before.state)
    state = next_presentation_state(state, PresentationAct.ARRIVE, party=PresentationParty.OFFICER, facts=facts)
    by = opening.presenter
    entry_write(
        before,
        Entry(
            act=PresentationAct.ARRIVE,
            state=state,
            party=by.party,
            actor=by.actor,
            role=by.role,
            at=opening.at,
            reserved={line: -value for line, value in held.items()},
        ),
    )
    return tuple(use.shifted(reserved=-held.get(use.line, Decimal(0))) for use in uses)


def foreseen(opening: Opening) -> tuple[Replay, ...]:
    """Return why this would look like a second use, before it is written; holds `lock_use` from here on."""
    lock_use(authority=opening.authority, issuer=opening.issuer, number=opening.number)
    uses, earlier = _uses(opening), _earlier(opening)
    before = _sent_here(opening, earlier)
    return _alerts(opening, uses, earlier, _claimed(opening, uses, before), before)
