"""Attacks 11, 12, 15 and 16 on quantities, routes and keys: tables come by command, alerts by the worker's chore."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from opensps.accounts.queries import Actor
from opensps.border.desk import Desk
from opensps.border.models import Alert, LineBalance
from opensps.border.services.desk import desk_number
from opensps.border.services.watching_goods import watch_goods_run
from opensps.certificate import CertificateKind, OfficialTime
from opensps.certification.models import Application, Certificate, IssueApproval, IssueIntention
from opensps.exchange.models import Partner
from opensps.project import command
from opensps.signing import ServiceRefused
from tests.attacks.world import World, trust
from tests.factories.certificates import ORIGINAL_NUMBER, hs, kilograms, reexport
from tests.factories.certification import Story
from tests.factories.desk import arrived, border_officer
from tests.factories.partners import live_partner
from tests.factories.presenting import AT, OFFICER
from tests.factories.web import Visitor
from tests.unit.signing import test_signing_service as service

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=20)
LINE = "consignment__items__0__trade_line_items__0__"
Load = Callable[[str, str], None]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Bring a table in by the command, as an operator does."""

    def loading(name: str, text: str) -> None:
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        given = ["--as-of", "2026-11-01", "--source", "Ministry of Agriculture"]
        assert command.run(["limits", "load", name, str(path), *given]) == 0

    return loading


def came(number: str, mass: str, **changes: Any) -> str:
    """Take a certificate of Northland's garlic."""
    partner = Partner.objects.filter(code="XB").first() or live_partner("XB")
    line = {
        f"{LINE}net_weight": kilograms(mass),
        f"{LINE}gross_weight": None,
        f"{LINE}classifications": (hs("070320"),),
    }
    return arrived(number, partner=partner, **line, **changes)


def watched(rule: str) -> int:
    """Let the worker's chore look, and return how often a rule fired; certificates of the world share their seals."""
    watch_goods_run(authority="XA", at=LATER)
    return Alert.objects.filter(rule=rule).count()


def at_desk(number: str, actor: Actor | None = None) -> tuple[str, list[str]]:
    desk = Desk(authority="XA", actor=actor or border_officer(), at=LATER, trust=trust(), network="192.0.2.9")
    found = desk_number(desk, number=number)
    return found.verdict_class, found.reasons


def re_export(world: World, weight: str) -> Story:
    """Begin an application for re-export of goods Northland sent."""
    value = reexport(**{f"{LINE}net_weight": kilograms(weight)})
    document = replace(value.exchanged_document, number=None, issued=None, issuer=None, references=())
    draft = replace(value, exchanged_document=document)
    return Story(world.people, value=draft, kind=CertificateKind.PHYTOSANITARY_REEXPORT)


def test_attack_11_an_application_for_more_than_came_in_is_refused_on_the_page_with_what_is_left(world: World) -> None:
    changes: dict[str, Any] = {f"{LINE}classifications": (hs("120190"),), f"{LINE}net_weight": kilograms("8000")}
    arrived(str(ORIGINAL_NUMBER), consignment__consignee__name="Green Valley Export Co., Ltd", **changes)
    exporter = Visitor(world.person(world.people.exporter))
    first, second = re_export(world, "5000"), re_export(world, "3001")
    for story in (first, second):
        page = exporter.open(f"/applications/{story.reference}/check").send(is_declared=True)
    assert first.application.state == "submitted"
    assert second.application.state == "draft"
    assert "does not cover these lines (what is left): 1 (3000 KGM)" in page.words
    chinese = Visitor(world.person(world.people.exporter), prefix="/zh-hans")
    again = chinese.open(f"/applications/{second.reference}/check").send(is_declared=True)
    assert "1 (3000 KGM)" in again.words
    examiner = Visitor(world.person(world.people.examiner))
    seen = examiner.open(f"/examine/{first.reference}").words
    assert all(each in seen for each in ("Where the goods came in", str(ORIGINAL_NUMBER), "8000 KGM", "Covered"))
    assert LineBalance.objects.get(number=str(ORIGINAL_NUMBER), line=1).reserved == 5000


def test_attack_11_a_journey_that_cannot_be_is_amber_at_the_desk(world: World, load: Load) -> None:
    load("routes", "from,to,mode,least_days,ports\nXB,XA,,12,\n")
    journey = [
        {
            "consignment__export_exit": OfficialTime(date(2026, 11, 1)),
            "consignment__availability_due": OfficialTime(each),
        }
        for each in (date(2026, 11, 14), date(2026, 11, 4))
    ]
    usual, fast = came("XB/PC/1", "20000", **journey[0]), came("XB/PC/2", "20000", **journey[1])
    assert watched("P05") == 1
    assert "route" not in at_desk(usual)[1]
    colour, reasons = at_desk(fast)
    assert (colour, "route" in reasons) == ("amber", True)


def test_attack_12_three_times_the_ceiling_is_amber_at_the_desk_and_a_normal_year_is_silent(
    world: World, load: Load
) -> None:
    load("ceilings", "origin,product,month,kilograms\nXB,0703,0,60000\n")
    year = [
        came(f"XB/PC/{month}", "59000", exchanged_document__issued=OfficialTime(date(2025, month, 3)))
        for month in range(1, 13)
    ]
    assert watched("P01") == 0
    assert {"capacity" in at_desk(each)[1] for each in year[:2]} == {False}
    extra = came("XB/PC/13", "121000", exchanged_document__issued=OfficialTime(date(2025, 6, 20)))
    assert watched("P01") == 1
    colour, reasons = at_desk(extra)
    assert (colour, "capacity" in reasons) == ("amber", True)
    assert [row["volume"] for row in Alert.objects.get(rule="P01").rows] == ["180000"]


def signed_in_an_hour(certificate: Certificate, count: int) -> None:
    """Let the officer of a certificate approve as many others one by one, from that minute on."""
    model = Application.objects.get(pk=certificate.application_id)
    columns = {field.attname: getattr(model, field.attname) for field in Application._meta.concrete_fields}
    names = [f"A-2026-9{place:06}" for place in range(count)]
    rows = [Application(**{**columns, "id": None, "reference": name, "number": f"N{name}"}) for name in names]
    Application.objects.bulk_create(rows)
    first = IssueApproval.objects.get(intention__number=certificate.number)
    given = {"authority": "XA", "state": "issued", "xml": b"x", "digest": first.template_digest, "projection": {}}
    by = {"prepared_by": first.officer, "prepared_at": first.at, "office": "014"}
    approved = {"approved_at": first.at, "approval_method": "password"}
    intentions = [IssueIntention(application=row, number=row.number, **given, **by, **approved) for row in rows]
    IssueIntention.objects.bulk_create(intentions)
    IssueApproval.objects.bulk_create(
        IssueApproval(
            authority="XA",
            intention=each,
            officer=first.officer,
            method="password",
            at=first.at + timedelta(seconds=5 * place),
            digests=["00"],
            template_digest=first.template_digest,
        )
        for place, each in enumerate(intentions)
    )


def test_attack_15_five_hundred_signatures_in_an_hour_are_an_alert_and_amber_on_what_was_signed(world: World) -> None:
    assert watched("P08") == 0
    signed_in_an_hour(world.genuine, 500)
    assert watched("P08") == 1
    alert = Alert.objects.get(rule="P08")
    assert (alert.subject, alert.level) == (world.genuine.officer, "amber")
    colour, reasons = at_desk(world.genuine.number, OFFICER)
    assert (colour, "plausibility" in reasons) == ("amber", True)


def test_attack_16_one_seal_more_than_a_key_may_make_in_an_hour_is_refused(tmp_path: Path) -> None:
    """Whoever stole an account and its password still signs no more than the key's own service allows."""
    here = service.desk(tmp_path)
    papers = [service.document(number=f"XA-2026-014-000{n}") for n in range(4)]
    for xml in papers[:3]:
        service.through(here).seal(xml, (service.by_password(service.digest_of(xml), at=service.SEALED_AT),))
    approval = service.by_password(service.digest_of(papers[3]), at=service.SEALED_AT)
    with pytest.raises(ServiceRefused, match="limit"):
        service.through(here).seal(papers[3], (approval,))
