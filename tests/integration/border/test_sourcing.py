"""What is re-exported is drawn from the certificate it came in with, and never twice (attack 11, P06)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F

from opensps.border.ledger import LineBalance, SourceDraw
from opensps.border.queries.ledger_audit import ledger_problems
from opensps.border.queries.presentations import use_points
from opensps.border.records import record_of
from opensps.border.services.sourcing import LedgerSources
from opensps.certificate import CertificateKind, CertificateNumber, Measure
from opensps.certification.queries.judging import Asked
from opensps.certification.queries.rows import application_value
from opensps.exchange.models import IncomingCertificate, Partner
from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.balance import LineUse
from opensps.lifecycle.drawing import DrawLine
from opensps.lifecycle.presentation import PresentationAct
from tests.factories.certificates import ORIGINAL_NUMBER, changed, hs, kilograms, reexport
from tests.factories.certification import Cast, Story, cast
from tests.factories.desk import arrived
from tests.factories.partners import live_partner
from tests.factories.presenting import OURS, act_on, actor, presented

pytestmark = pytest.mark.django_db
LINE = "consignment__items__0__trade_line_items__0__"
HOLDER = "GREEN VALLEY EXPORT CO"
"""The applicant's own name, as Northland writes it."""

NUMBERS = f"{LINE}re_export__original_numbers"
WEIGHT = "consignment__items__0__trade_line_items__0__net_weight"


@pytest.fixture
def people(db: None) -> Cast:
    """Northland sent 8 t of soybeans, as line 1 of two."""
    here = cast()
    came()
    return here


def came(number: str = str(ORIGINAL_NUMBER), weight: str = "8000", consignee: str = HOLDER) -> None:
    """A certificate of Northland's soybeans arrives, for somebody of ours."""
    goods = {f"{LINE}net_weight": kilograms(weight), f"{LINE}classifications": (hs("120190"),)}
    partner = Partner.objects.filter(code="XB").first()
    arrived(number, partner=partner, consignment__consignee__name=consignee, **goods)


def story(people: Cast, weight: str = "5000", unit: str = "KGM", **changes: Any) -> Story:
    value = reexport(**{WEIGHT: Measure(Decimal(weight), unit), **changes})
    document = replace(value.exchanged_document, number=None, issued=None, issuer=None, references=())
    return Story(people, value=replace(value, exchanged_document=document), kind=CertificateKind.PHYTOSANITARY_REEXPORT)


def refusal(act: Any, *given: Any) -> tuple[str, str]:
    with pytest.raises(ActNotAllowed) as refused:
        act(*given)
    return refused.value.guard, refused.value.detail


def reasons(asking: Story) -> list[str]:
    answers = Asked(asking.application, asking.at).sources
    assert answers is not None
    return [each.reason for each in answers]


def balance(line: int = 1) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    row = LineBalance.objects.get(number=str(ORIGINAL_NUMBER), line=line)
    return row.issued, row.accepted, row.reserved, row.moved


def test_what_is_asked_for_is_held_from_the_submission_on_and_drawn_at_the_issue(people: Cast) -> None:
    first = story(people)
    first("submit")
    assert balance() == (8000, 0, 5000, 0)
    assert ledger_problems("XA") == (), "what is held for a re-export belongs to the balance"
    first("open", "order", "inspect", "mark_ready", "issue")
    assert balance() == (8000, 0, 0, 5000)
    (draw,) = SourceDraw.objects.exclude(state=SourceDraw.FREED)
    assert (draw.state, draw.drawn_by, draw.quantity) == ("moved", first.application.number, 5000)
    for change in ({"from_left": 1}, {"state": "freed"}, {"number": "another"}):
        with pytest.raises(DatabaseError, match="is kept"), transaction.atomic():
            SourceDraw.objects.filter(pk=draw.pk).update(**change)


def test_attack_11_the_second_application_gets_only_what_the_first_left(people: Cast) -> None:
    story(people)("submit")
    second = story(people, "3000.001")
    assert refusal(second, "submit") == ("sources_cover_lines", "1 (3000 KGM)")
    assert second.application.state == "draft"
    assert balance() == (8000, 0, 5000, 0)
    story(people, "3", "TNE")("submit")
    assert balance() == (8000, 0, 8000, 0)


def test_what_an_application_held_is_free_again_when_it_ends(people: Cast) -> None:
    for steps in (("submit", "cancel"), ("submit", "open", "refuse")):
        story(people, "8000")(*steps)
        assert balance() == (8000, 0, 0, 0)
    story(people, "8000")("submit")


def test_other_goods_other_measures_and_ended_certificates_cover_nothing(people: Cast) -> None:
    other = story(people, **{f"{LINE}classifications": (hs("100119"),)})
    assert refusal(other, "submit") == ("sources_cover_lines", "1 (0 KGM)")
    cubic = story(people, **{f"{LINE}net_weight": None, f"{LINE}net_volume": Measure(Decimal(5), "MTQ")})
    assert reasons(cubic) == ["other_unit"]
    IncomingCertificate.objects.update(state="withdrawn")
    assert reasons(story(people)) == ["source_not_in_force"]


def test_what_was_accepted_at_our_border_goes_on_once_and_its_certificate_is_not_used_again(people: Cast) -> None:
    """Accepted goods are re-exported beside the balance; what was re-exported first can no longer be accepted."""
    issuer = IncomingCertificate.objects.get().partner.code
    record = record_of(authority="XA", issuer=issuer, number=str(ORIGINAL_NUMBER))
    story(people, "2000")("submit")
    act_on(presented(record, by=OURS, place="XAPRT", quantities={1: Decimal(6000)}), PresentationAct.ACCEPT, by=OURS)
    assert balance() == (8000, 6000, 2000, 0)
    story(people, "6000")("submit")
    assert balance() == (8000, 6000, 2000, 0)
    assert refusal(story(people, "1"), "submit") == ("sources_cover_lines", "1 (0 KGM)")


def test_goods_that_came_in_on_paper_are_left_to_the_reviewer(db: None) -> None:
    """No channel brought their certificate: what it said is counted by no machine, and the reviewer is told so."""
    people = cast()
    live_partner("XB")
    paper = story(people)
    paper("submit")
    assert reasons(paper) == ["not_on_record"]
    assert not SourceDraw.objects.exists()


def named(*numbers: str) -> dict[str, Any]:
    return {NUMBERS: tuple(map(CertificateNumber, numbers))}


def test_attack_11_a_number_named_twice_gives_its_balance_once(people: Cast) -> None:
    twice = story(people, "12000", **named(str(ORIGINAL_NUMBER), str(ORIGINAL_NUMBER)))
    assert refusal(twice, "submit") == ("sources_cover_lines", "1 (8000 KGM)")


def test_attack_11_an_invented_number_beside_a_real_one_never_spares_the_real_one(people: Cast) -> None:
    """What came to us is drawn first; only the rest is left to the paper and the reviewer."""
    mixed = story(people, "9000", **named("XB/PC/2026/99999", str(ORIGINAL_NUMBER)))
    mixed("submit")
    assert reasons(mixed) == ["not_on_record"]
    assert balance() == (8000, 0, 8000, 0)
    assert refusal(story(people, "1"), "submit") == ("sources_cover_lines", "1 (0 KGM)")


def test_a_certificate_whose_content_is_gone_covers_nothing(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = IncomingCertificate.objects.get().partner.code
    record = record_of(authority="XA", issuer=issuer, number=str(ORIGINAL_NUMBER))
    assert record is not None
    monkeypatch.setattr("opensps.border.services.sourcing._records", lambda *_: (replace(record, value=None),))
    assert reasons(story(people)) == ["source_gone"]


def test_attack_11_goods_that_came_for_somebody_else_are_nobodys_source_but_theirs(people: Cast) -> None:
    """The reviewer goes by the paper; the balance of another firm is neither held nor told."""
    came("XB/PC/2026/00077", consignee="Red River Trading")
    foreign = story(people, "5000", **named("XB/PC/2026/00077"))
    (answer,) = Asked(foreign.application, foreign.at).sources or ()
    assert (answer.reason, answer.left) == ("other_holder", 0)
    foreign("submit")
    assert not SourceDraw.objects.exists()


def test_an_answer_with_other_originals_gives_the_first_ones_back(people: Cast) -> None:
    came("XB/PC/2026/00001", "6000")
    first = story(people, "5000", **named(str(ORIGINAL_NUMBER)))
    first("submit")
    held = LedgerSources().reserve(
        authority="XA",
        reference=first.application.reference,
        holders=(HOLDER,),
        value=changed(application_value(first.application), **named("XB/PC/2026/00001")),
        actor=people.exporter.id,
        at=first.at,
    )
    assert [each.reason for each in held] == [""]
    assert balance() == (8000, 0, 0, 0)
    assert LineBalance.objects.get(number="XB/PC/2026/00001", line=1).reserved == 5000


def test_what_was_accepted_and_went_on_cannot_be_corrected_away(people: Cast) -> None:
    issuer = IncomingCertificate.objects.get().partner.code
    record = record_of(authority="XA", issuer=issuer, number=str(ORIGINAL_NUMBER))
    row = act_on(presented(record, by=OURS, place="XAPRT"), PresentationAct.ACCEPT, by=OURS)
    story(people, "8000")("submit")
    senior = actor("7", Role.BORDER_SUPERVISOR)
    for accepted, may in ((0, False), (7999, False), (8000, True)):
        said: dict[str, Any] = {"reason": "Counted again", "accepted": {1: Decimal(accepted), 2: Decimal(0)}}
        if may:
            act_on(row, PresentationAct.CORRECT_OUTCOME, by=senior, **said)
            continue
        with pytest.raises(ActNotAllowed) as refused:
            act_on(row, PresentationAct.CORRECT_OUTCOME, by=senior, **said)
        assert refused.value.detail == "not_enough_left"
    assert DrawLine(use=LineUse(line=1, unit="", issued=Decimal(9)), drawn_accepted=Decimal(9)).available == 0


def test_a_source_withdrawn_after_the_review_stops_the_issue(people: Cast) -> None:
    ready = story(people)
    ready("submit", "open", "order", "inspect", "mark_ready")
    IncomingCertificate.objects.update(state="withdrawn")
    assert refusal(ready, "issue")[0] == "sources_cover_lines"


def test_a_certificate_that_went_on_whole_is_used_up_at_the_desk_though_nobody_presented_it(people: Cast) -> None:
    whole = story(people, "8000")
    whole("submit", "open", "order", "inspect", "mark_ready", "issue")
    LineBalance.objects.exclude(line=1).update(moved=F("issued"))
    said = use_points(authority="XA", issuer="XB", number=str(ORIGINAL_NUMBER), actor=OURS)
    assert said == ("used_up",)
