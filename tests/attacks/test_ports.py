"""Attacks 3, 10 and 17 as ports and partners meet them: through pages, programs and messages, not services alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from opensps.accounts.models import Person
from opensps.border.ledger import Presentation
from opensps.certificate import CertificateKind
from opensps.certification import services as certification
from opensps.certification.models import Certificate
from opensps.exchange.contracts.certificate_service_types import CS
from opensps.lifecycle import Role
from tests.attacks.desks import DeskDoor, differing, foreign_officer
from tests.attacks.doors import Door, expect
from tests.attacks.forgeries import value_of
from tests.attacks.world import World, sealed_files
from tests.factories.certification import certificate_in
from tests.factories.rest import ApiVisitor, partner_of, waiting_envelope
from tests.factories.service_callers import KEY_FILE, Program, soap_partner
from tests.factories.web import Page, Visitor

pytestmark = pytest.mark.django_db
HERE, THERE = "XBAAA", "XBBBB"


def arrives(officer: Person, number: str, place: str, **claim: str) -> Page:
    """Check at the desk, then record that it was presented; return the page of the presentation."""
    verdict = Visitor(officer).open("/desk").send("/desk", number=number)
    return verdict.link("Record that it was presented").send(place=place, **claim)


def test_attack_03_used_up_at_one_port_it_is_red_at_the_next_and_later(world: World) -> None:
    first = arrives(foreign_officer(), world.genuine.number, HERE)
    assert "Accepted" in first.link("Accept").send().words
    for officer in (foreign_officer(), foreign_officer(role=Role.COUNTRY_ADMIN)):
        found = DeskDoor(officer).number(world.genuine.number)
        assert found is not None
        assert (found.verdict_class, found.result, found.kind) == ("red", "used_up", "invalid")
    second = arrives(foreign_officer(), world.genuine.number, THERE)
    refused = second.link("Accept").send(reason_code="explained_at_desk")
    assert "not to accept this paper" in refused.words
    assert Presentation.objects.filter(state="accepted").count() == 1


def test_attack_03_while_one_port_decides_the_other_is_told_and_gets_nothing(world: World) -> None:
    arrives(foreign_officer(), world.genuine.number, HERE)
    found = DeskDoor(foreign_officer()).number(world.genuine.number)
    assert found is not None
    assert found.verdict_class in {"amber", "red"}
    assert {"open_elsewhere", "already_presented"} & set(found.reasons), found.reasons
    stranger = Visitor(foreign_officer("XD"))
    assert stranger.file(f"/present/XA/{world.genuine.number}").status_code == 404
    assert HERE not in stranger.open("/desk").send("/desk", number=world.genuine.number).words


OTHERS = {
    "batches.1": "L-99999",
    "establishments.1": "XA-9999",
    "containers": "XXXU1111110",
    "seals": "NOT-THE-SEAL",
    "scientific_name.1": "Brassica oleracea",
    "origin.1": "CN",
}
"""What goods of another lot, plant, place or kind say, beside a genuine certificate."""


def test_attack_10_goods_of_another_plant_lot_or_seal_are_named_on_the_page(world: World) -> None:
    meat = certificate_in(world.people, kind=CertificateKind.SANITARY)
    door, named = DeskDoor(foreign_officer(str(value_of(meat).consignment.import_country.code))), {}
    first = door.number(meat.number)
    assert first is not None
    for field, text in OTHERS.items():
        found = door.paper(first, {field: text})
        if found is not None and found.fields:
            named[field] = differing(found)
            assert (found.verdict_class, found.kind) == ("red", "suspected_fraud"), (field, found.reasons)
    assert named == {field: [field] for field in OTHERS}


@contextmanager
def withdrawn(world: World, certificate: Certificate) -> Iterator[None]:
    """Withdraw by two people, five seconds ago."""
    people, at = world.people, datetime.now(UTC) - timedelta(seconds=5)
    which: dict[str, Any] = {"authority": "XA", "number": certificate.number, "at": at}
    certification.certificate_propose_withdrawal(reason_code="not_exported", actor=people.officer, **which)
    certification.certificate_confirm_withdrawal(actor=people.senior, **which)
    yield


def test_attack_17_five_seconds_after_the_withdrawal_it_is_red_on_every_channel(
    world: World, public: Door, settings: Any, tmp_path: Path
) -> None:
    """Nothing is waited for: no worker ran, no list was written, no message was sent."""
    settings.OPENSPS_EXCHANGE_KEY = tmp_path / "exchange.key"
    settings.OPENSPS_EXCHANGE_KEY.write_text(KEY_FILE)
    it = world.second
    soap_partner("XB")
    partner = partner_of("XB")
    waiting_envelope(partner, number=it.number, content=bytes(it.xml or b""))
    program, abroad = ApiVisitor.of(partner), DeskDoor(foreign_officer())
    assert program.post("/checks", {"number": it.number}).json()["verdict"] == "GREEN"
    with withdrawn(world, it):
        for answer in (
            public.number(it.number, it.code),
            public.token(it.token),
            public.files(*sealed_files(it)),
            *public.many([f"{it.number},{it.code}"]),
        ):
            expect(answer, "red", "withdrawn")
        for found in (abroad.number(it.number), abroad.files(*sealed_files(it)), *abroad.many([it.number])):
            assert found is not None
            assert (found.verdict_class, found.result, found.kind) == ("red", "withdrawn", "invalid")
        said = program.post("/checks", {"number": it.number}).json()
        assert (said["verdict"], said["result"]) == ("RED", "withdrawn"), said
        told = Program("XB").call("VerifyCertificate", f"<number>{it.number}</number>", at=datetime.now(UTC))
        assert [told.findtext(f".//{{{CS}}}{name}") for name in ("verdict", "result", "kind")] == [
            *("RED", "WITHDRAWN", "INVALID")
        ]
