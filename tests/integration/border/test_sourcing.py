"""What is re-exported is drawn from the certificate it came in with, and never twice (attack 11, P06)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from opensps.border.ledger import LineBalance, SourceDraw
from opensps.border.records import record_of
from opensps.certificate import CertificateKind, Measure
from opensps.certification.queries.judging import Asked
from opensps.exchange.models import IncomingCertificate
from opensps.lifecycle import ActNotAllowed
from opensps.lifecycle.presentation import PresentationAct
from tests.factories.certificates import ORIGINAL_NUMBER, hs, kilograms, reexport
from tests.factories.certification import Cast, Story, cast
from tests.factories.desk import arrived
from tests.factories.partners import live_partner
from tests.factories.presenting import OURS, act_on, presented

pytestmark = pytest.mark.django_db
LINE = "consignment__items__0__trade_line_items__0__"
WEIGHT = "consignment__items__0__trade_line_items__0__net_weight"


@pytest.fixture
def people(db: None) -> Cast:
    """Northland sent 8 t of soybeans, as line 1 of two."""
    here = cast()
    arrived(str(ORIGINAL_NUMBER), **{f"{LINE}net_weight": kilograms("8000"), f"{LINE}classifications": (hs("120190"),)})
    return here


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
