"""Fill an empty demonstration: people first, then half a year of certificates, then what waits on each desk today.

Deterministic for a seed and a day, but for keys and passwords; dated relative to the day it is loaded.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from django.conf import settings

from opensps.accounts.queries import Actor
from opensps.certificate import Certificate, CertificateKind
from opensps.certification.queries import certificate_by_number
from opensps.certification.services import (
    application_cancel,
    application_refuse,
    application_return_for_changes,
    certificate_confirm_withdrawal,
    certificate_hold,
    certificate_propose_withdrawal,
    hold_decide_by,
)
from opensps.project.demo.agreed import agreements_told
from opensps.project.demo.animal_drafts import SEEDS, draft_of, kind_of
from opensps.project.demo.cases import cases_told
from opensps.project.demo.consignments import export_draft, reexport_draft
from opensps.project.demo.inquiries import inquiries_told
from opensps.project.demo.officials import officials_signed_in, requests_waiting
from opensps.project.demo.people import cast_create
from opensps.project.demo.presentations import presentations_told
from opensps.project.demo.story import Clock, Storyteller
from opensps.project.demo.world import EXPORTERS, TraderSeed
from opensps.project.keys import own_signer, own_trust

SEED = 7
CERTIFICATES = 205
"""Issued over the demonstration's past."""

PAST = timedelta(days=165)
_REEXPORT_EVERY = 20
_ANIMALS_AND_FOOD_EVERY = 5
"""Every fifth certificate is one of animals, animal products, fish or other food."""

_MAIN = EXPORTERS[0]
"""The firm of the exporter with the first button."""


def load(*, at: datetime, seed: int = SEED, certificates: int = CERTIFICATES) -> None:
    """Load the demonstration into an empty, migrated database, as of `at`."""
    authority, random = settings.OPENSPS_AUTHORITY, Random(seed)  # noqa: S311 made-up data, not secrets
    begin = at - PAST - timedelta(days=10)
    teller = Storyteller(
        authority=authority,
        cast=cast_create(authority=authority, check_host=settings.OPENSPS_CHECK_HOST, at=begin),
        signer=own_signer(),
        trust=own_trust(),
        random=random,
    )
    numbers = _past(teller, at=at, certificates=certificates)
    _decided(teller, numbers, at=at)
    _waiting(teller, at=at)
    officials_signed_in(authority=authority, mailboxes=("official", "official2"), at=at - timedelta(hours=20))
    requests_waiting(authority=authority, actors=teller.cast.actors, at=at)
    agreements_told(authority=authority, actors=teller.cast.actors, at=at)
    cases_told(authority=authority, actors=teller.cast.actors, at=at)
    presentations_told(authority=authority, cast=teller.cast, at=at)
    inquiries_told(authority=authority, cast=teller.cast, signer=teller.signer, trust=teller.trust, at=at)


def _firm(random: Random, place: int) -> TraderSeed:
    """Return whose turn it is; the first firm gets every sixth."""
    return _MAIN if place % 6 == 0 else random.choice(EXPORTERS)


def _drawn(random: Random, place: int, on: datetime) -> tuple[Certificate, TraderSeed]:
    """Return the draft whose turn it is, and whose it is."""
    turn, rest = divmod(place, _ANIMALS_AND_FOOD_EVERY)
    if rest == _ANIMALS_AND_FOOD_EVERY - 2:
        return draft_of(random, SEEDS[turn % len(SEEDS)], on=on.date())
    firm = _firm(random, place)
    make = reexport_draft if place % _REEXPORT_EVERY == _REEXPORT_EVERY - 1 else export_draft
    return make(random, firm, on=on.date()), firm


def _past(teller: Storyteller, *, at: datetime, certificates: int) -> list[str]:
    """Issue the certificates of the past, oldest first; return their numbers."""
    step = PAST / max(certificates, 1)
    numbers = []
    for place in range(certificates):
        begun = (at - PAST + step * place - timedelta(days=3)).replace(hour=8, minute=place % 50, second=0)
        officer = "officer" if place % 3 else "officer2"
        value, firm = _drawn(teller.random, place, begun)
        numbers.append(teller.issued(value, teller.cast.exporters[firm.name], Clock(begun), officer=officer))
    return numbers


def _decided(teller: Storyteller, numbers: list[str], *, at: datetime) -> None:
    """Withdraw four certificates, put two on hold, and leave one withdrawal to confirm."""
    officer, senior = teller.cast["officer"], teller.cast["senior"]
    recent = numbers[::-1]
    for number in recent[3:35:8]:
        when = certificate_by_number(authority=teller.authority, number=number).issued_at + timedelta(hours=20)
        certificate_propose_withdrawal(
            authority=teller.authority, number=number, reason_code="not_exported", actor=officer, at=min(when, at)
        )
        certificate_confirm_withdrawal(
            authority=teller.authority, number=number, actor=senior, at=min(when + timedelta(hours=2), at)
        )
    for number in recent[1:3]:
        certificate_hold(
            authority=teller.authority,
            number=number,
            reason_code="partner_question",
            decide_by=hold_decide_by(at - timedelta(hours=5)),
            actor=officer,
            at=at - timedelta(hours=5),
        )
    certificate_propose_withdrawal(
        authority=teller.authority,
        number=recent[5],
        reason_code="information_wrong",
        text="The exporter reports that the container number is wrong.",
        actor=officer,
        at=at - timedelta(hours=2),
    )


def _waiting(teller: Storyteller, *, at: datetime) -> None:
    """Put work on every desk: what each role sees on arrival (`ux.md` 12.2)."""
    for days in (9, 9, 1, 1, 1, 0.4, 0.4, 0.3, 0.3):
        teller.submitted(*_fresh(teller, at - timedelta(days=days)))
    for _ in range(5):
        teller.inspection_ordered(*_fresh(teller, at - timedelta(hours=30)))
    teller.inspection_ordered(*_of_kind(teller, at - timedelta(hours=30), CertificateKind.SANITARY))
    for _ in range(3):
        teller.inspection_booked(*_fresh(teller, at - timedelta(hours=30)), days=1)
    teller.inspection_booked(*_of_kind(teller, at - timedelta(hours=30), CertificateKind.ANIMAL_HEALTH), days=1)
    for _ in range(4):
        teller.inspected(*_fresh(teller, at - timedelta(days=3)))
    teller.inspected(*_of_kind(teller, at - timedelta(days=3), CertificateKind.VETERINARY_HEALTH))
    teller.inspected(*_fresh(teller, at - timedelta(days=3)), result="not_satisfactory")
    for days in (9, 8, *(3,) * 7):
        teller.ready(*_fresh(teller, at - timedelta(days=days)))
    for kind in (CertificateKind.VETERINARY_HEALTH, CertificateKind.ANIMAL_HEALTH, CertificateKind.HEALTH):
        teller.ready(*_of_kind(teller, at - timedelta(days=3), kind))
    _own(teller, at=at)
    _ended(teller, at=at)


def _fresh(teller: Storyteller, begun: datetime, firm: TraderSeed | None = None) -> tuple[Certificate, Actor, Clock]:
    """Return a new draft, its exporter and the moment it began."""
    firm = firm or teller.random.choice(EXPORTERS)
    value = export_draft(teller.random, firm, on=begun.date())
    return value, teller.cast.exporters[firm.name], Clock(begun)


def _of_kind(teller: Storyteller, begun: datetime, kind: CertificateKind) -> tuple[Certificate, Actor, Clock]:
    """Return a new draft of a kind, its exporter and the moment it began."""
    seed = next(seed for seed in SEEDS if kind_of(seed) is kind)
    value, firm = draft_of(teller.random, seed, on=begun.date())
    return value, teller.cast.exporters[firm.name], Clock(begun)


def _own(teller: Storyteller, *, at: datetime) -> None:
    """Leave the first exporter a draft that lacks its point of entry, and one application to correct in 3 days."""
    value, exporter, clock = _fresh(teller, at - timedelta(hours=4), _MAIN)
    lacking = replace(value, consignment=replace(value.consignment, point_of_entry=None))
    teller.drafted(lacking, exporter, clock)
    value, exporter, clock = _fresh(teller, at - timedelta(days=27, hours=6), _MAIN)
    reference = teller.opened(value, exporter, clock)
    application_return_for_changes(
        authority=teller.authority,
        reference=reference,
        reason_text="Two things are needed before we can continue.",
        fields={
            "/consignment/consignee/name": "Give the importer's full registered name.",
            "/consignment/main_carriages/0/means_name": "The ship has changed according to the port. Give the new one.",
        },
        actor=teller.cast["examiner"],
        at=clock.tick(),
    )


def _ended(teller: Storyteller, *, at: datetime) -> None:
    """Refuse one application and let an exporter give up another."""
    value, exporter, clock = _fresh(teller, at - timedelta(days=12))
    application_refuse(
        authority=teller.authority,
        reference=teller.opened(value, exporter, clock),
        reason_code="documents_missing",
        legal_ground="Plant Health Act of Examplia, section 14",
        text="The fumigation record was not handed in.",
        actor=teller.cast["examiner"],
        at=clock.tick(timedelta(days=1)),
    )
    value, exporter, clock = _fresh(teller, at - timedelta(days=6))
    reference = teller.submitted(value, exporter, clock)
    application_cancel(
        authority=teller.authority,
        reference=reference,
        reason="The buyer withdrew the order.",
        actor=exporter,
        at=clock.tick(),
    )
