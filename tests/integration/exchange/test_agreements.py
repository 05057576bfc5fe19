"""The register of agreements: stages with days and types, nothing forgotten, names as data (A20, A42, A43)."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import DatabaseError, transaction

from opensps.accounts.queries import OrganisationKind, organisations
from opensps.exchange import services
from opensps.exchange.errors import NotAllowed, RecordRefused
from opensps.exchange.models import AgreementStage, Partner, Stage
from opensps.exchange.queries.stages import agreements, reached_counts, stages_of
from opensps.exchange.services.stages import day_here, stage_live
from opensps.lifecycle import Role
from opensps.project.commands.setup import setup
from opensps.project.exits import Exit, Stopped
from opensps.project.setups import SetupUnreadable, known, setup_read
from tests.factories.accounts import grant, make_authority, make_person
from tests.factories.desk import border_officer
from tests.factories.partners import MANAGER, START, make_partner

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"authority": "XA", "actor": MANAGER, "at": START}
SIGNED = {"Australia", "Netherlands", "New Zealand"}
COMMUNICATED = SIGNED | {
    *("Belgium", "Chile", "Chinese Taiwan", "Egypt", "France", "Iran", "Singapore", "South Korea", "Thailand"),
}


def load(name: str, *, by: str = "admin@demo.example") -> Any:
    return CliRunner().invoke(setup, ["load", name, "--as", by])


@pytest.fixture
def administrator(db: None) -> None:
    make_authority(settings.OPENSPS_AUTHORITY)
    grant(make_person("admin@demo.example"), Role.ADMINISTRATOR)
    grant(make_person("manager@demo.example"), Role.MANAGER)


def test_A42_A43_three_are_signed_and_twelve_communicated_or_further(administrator: None) -> None:
    assert "china" in known()
    first = load("china")
    assert first.exit_code == 0, first.output
    rows = agreements(authority=settings.OPENSPS_AUTHORITY)
    assert {row.name_en for row in rows if row.stage is Stage.SIGNED} == SIGNED
    assert {row.name_en for row in rows} == COMMUNICATED
    counts = reached_counts(rows)
    assert (counts[Stage.SIGNED], counts[Stage.COMMUNICATED], counts[Stage.LIVE]) == (3, 12, 0)
    assert all(row.name_zh and row.on is None for row in rows), "the deck gives no days, so none stand here"
    bodies = organisations(authority=settings.OPENSPS_AUTHORITY, kind=OrganisationKind.MINISTRY)
    assert len(bodies) == 6
    assert "0 new, 0 moved on, 18 as before" in load("china").output, "again, it changes nothing"


def test_a_configuration_never_takes_a_partner_back_and_a_broken_one_writes_nothing(
    administrator: None, tmp_path: Path
) -> None:
    load("china")
    services.partner_stage_set(code="SG", stage=Stage.AGREED, on=START.date(), **WHO)
    assert load("china").exit_code == 0
    assert Partner.objects.get(code="SG").stage == "agreed"
    rows = (("XQ", "signed"), ("XR", "far"))
    text = "".join(f'[[partners]]\ncode = "{code}"\nname = "{code}"\nstage = "{stage}"\n' for code, stage in rows)
    (tmp_path / "partners.toml").write_text(text)
    refused = load(str(tmp_path)).exception
    assert isinstance(refused, Stopped)
    assert refused.exit is Exit.USAGE
    assert not Partner.objects.filter(code="XQ").exists()
    not_theirs = load("china", by="manager@demo.example")
    assert not_theirs.exit_code == 0, "every body is there already, and a manager keeps partners"
    for text in ("partners = 3", "[[partners]]\ncode = 1", "no toml at all ["):
        (tmp_path / "partners.toml").write_text(text)
        with pytest.raises(SetupUnreadable):
            setup_read(str(tmp_path))
    with pytest.raises(SetupUnreadable):
        setup_read("nowhere")


def test_going_live_keeps_a_day_that_was_recorded_and_else_takes_that_of_the_office(administrator: None) -> None:
    evening = START.replace(hour=20)
    assert day_here(settings.OPENSPS_AUTHORITY, evening) == START.date() + timedelta(days=1), "eight hours east"
    partner = make_partner()
    services.partner_stage_set(code="XB", stage=Stage.LIVE, on=date(2020, 5, 4), **WHO)
    stage_live(partner, actor=MANAGER, at=START)
    assert (stages_of(partner)[0].stage, stages_of(partner)[0].since) == ("live", date(2020, 5, 4))
    assert len(stages_of(partner)) == 2, "in contact, then live"


def test_a_partner_has_a_name_and_a_code_that_fits() -> None:
    for code, name, reason in (("XB", "  ", "name_missing"), ("X" * 17, "Name", "code"), ("", "Name", "code")):
        with pytest.raises(RecordRefused) as refused:
            services.partner_create(code=code, name_en=name, countries=(), **WHO)
        assert refused.value.reason == reason


def test_A20_every_stage_is_kept_with_its_day_and_types() -> None:
    partner = make_partner()
    day = date(2007, 12, 1)
    services.partner_stage_set(code="XB", stage=Stage.AGREED, on=None, **WHO)
    services.partner_stage_set(code="XB", stage=Stage.SIGNED, on=day, types=("853", "851", "851"), note="MoU", **WHO)
    services.partner_stage_set(code="XB", stage=Stage.SIGNED, on=day, types=("851", "853"), note="MoU", **WHO)
    rows = stages_of(partner)
    assert [(row.stage, row.since, row.types) for row in rows[:2]] == [
        ("signed", day, ["851", "853"]),
        ("agreed", None, []),
    ], "the same again is no new row"
    (row,) = agreements(authority="XA")
    assert (row.stage, row.on, row.types) == (Stage.SIGNED, day, ("851", "853"))
    back = {**WHO, "at": START + timedelta(days=1)}
    services.partner_stage_set(code="XB", stage=Stage.COMMUNICATED, on=None, note="Recorded by mistake", **back)
    assert (Partner.objects.get().stage, stages_of(partner)[1].stage) == ("communicated", "signed")
    with pytest.raises(RecordRefused):
        services.partner_stage_set(code="XB", stage=Stage.LIVE, on=day, types=("8x",), **WHO)
    with pytest.raises(NotAllowed):
        services.partner_stage_set(code="XB", stage=Stage.LIVE, on=day, **{**WHO, "actor": border_officer()})
    for change in ({"stage": "live"}, {"since": None}, {"types": []}):
        with pytest.raises(DatabaseError), transaction.atomic():
            AgreementStage.objects.update(**change)
