"""Counterfeit cases: two names, every look in the log, a bundle that verifies offline, a shared list (A18, A51)."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from opensps.accounts.queries import Actor
from opensps.border.case_terms import NewPaper
from opensps.border.errors import CaseRefused
from opensps.border.models import Case, CaseEntry, CasePaper, ForgeryNotice
from opensps.border.queries.cases import case_content, cases_for, look_alikes, notices_after
from opensps.border.services.case_evidence import case_bundle
from opensps.border.services.case_parts import (
    case_conclude,
    case_file_add,
    case_file_taken,
    case_say,
    case_viewed,
)
from opensps.border.services.cases import case_act, case_open
from opensps.certification.errors import DocumentRefused
from opensps.events.queries import events_for, folded_state
from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.case import CaseAct, CaseFinding
from opensps.verification.evidence import check_bundle, is_bundle
from tests.factories import signing
from tests.factories.certification import START, cast, person

pytestmark = pytest.mark.django_db
NOW = START + timedelta(days=2)
FORGED = "XB-2026-000-0000001-0"
PDF = b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n"
TRUST = signing.trust_list(signing.trusted(uses=("xml", "status")))
PAPER = NewPaper(
    number=FORGED,
    issuer="XB",
    presented_where="Port Alma",
    paper_key="check:1",
    result="fields_differ",
    differences=(("net_weight", "90 000 kg", "24 000 kg"),),
    features={"sheet": "Q 12345"},
)


@pytest.fixture
def officers(db: None) -> tuple[Actor, Actor, Actor, Actor]:
    """Two case officers, a senior officer, a border officer."""
    cast()
    return (
        person("Cleo", Role.CASE_OFFICER, office="014"),
        person("Carl", Role.CASE_OFFICER, office="014"),
        person("Sofia", Role.SENIOR_OFFICER, office="014"),
        person("Boris", Role.BORDER_OFFICER, office="014"),
    )


def opened(actor: Actor, **changed: Any) -> Case:
    given: dict[str, Any] = {"papers": (PAPER,), "opened_from": "verdict", "origin": "1", **changed}
    return case_open(authority="XA", actor=actor, at=NOW, **given)


def who(actor: Actor, case: Case) -> dict[str, Any]:
    return {"authority": "XA", "actor": actor, "case_number": case.case_number, "at": NOW + timedelta(hours=1)}


def confirmed(officers: tuple[Actor, ...]) -> Case:
    first, second, _senior, border = officers
    case = opened(border)
    case_act(**who(first, case), act=CaseAct.TAKE)
    told = "The issuing authority did not issue it."
    case_conclude(
        **who(first, case), finding=CaseFinding.COUNTERFEIT, grounds="The form is not theirs.", issuer_answer=told
    )
    return case_act(**who(second, case), act=CaseAct.CONFIRM)


def test_a_case_goes_from_a_paper_to_the_end_and_every_act_is_an_event(officers: tuple[Actor, ...]) -> None:
    case = confirmed(officers)
    case_act(**who(officers[0], case), act=CaseAct.REFER, text="Customs fraud office")
    case = case_act(**who(officers[2], case), act=CaseAct.CLOSE, text="Goods destroyed")
    assert (case.state, case.owner, case.second_reader) == ("closed", officers[0].id, officers[1].id)
    assert (case.competent_body, case.measure) == ("Customs fraud office", "Goods destroyed")
    events = events_for(authority="XA", object_kind="case", object_id=case.case_number)
    assert [each.act for each in events] == [
        *("case.open", "case.take", "case.confirm", "case.refer", "case.close"),
    ]
    assert folded_state(events) == "closed"


def test_a_counterfeit_bears_two_names(officers: tuple[Actor, ...]) -> None:
    first, _second, _senior, border = officers
    case = opened(border)
    case_act(**who(first, case), act=CaseAct.TAKE)
    case_conclude(**who(first, case), finding=CaseFinding.COUNTERFEIT, grounds="Look.", issuer_answer="Not ours.")
    with pytest.raises(ActNotAllowed) as refused:
        case_act(**who(first, case), act=CaseAct.CONFIRM)
    assert refused.value.guard == "other_person"
    with pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="confirmed", confirmed_at=NOW, second_reader=first.id)


def test_nothing_is_confirmed_before_the_issuer_answered_or_its_record_proves_it(officers: tuple[Actor, ...]) -> None:
    first, second, _senior, border = officers
    case = opened(border)
    case_act(**who(first, case), act=CaseAct.TAKE)
    case_conclude(**who(first, case), finding=CaseFinding.ALTERED, grounds="The weight was raised.")
    with pytest.raises(ActNotAllowed) as refused:
        case_act(**who(second, case), act=CaseAct.CONFIRM)
    assert refused.value.guard == "issuer_answered"
    proven = opened(border, papers=(NewPaper(number="1", result="never_issued", verdict={"en": {}}),))
    case_act(**who(first, proven), act=CaseAct.TAKE)
    case_conclude(**who(first, proven), finding=CaseFinding.COUNTERFEIT, grounds="We never issued it.")
    assert case_act(**who(second, proven), act=CaseAct.CONFIRM).state == "confirmed"


def test_one_paper_belongs_to_one_case(officers: tuple[Actor, ...]) -> None:
    case = opened(officers[3])
    with pytest.raises(CaseRefused) as refused:
        opened(officers[0])
    assert (refused.value.reason, refused.value.detail) == ("paper_elsewhere", case.case_number)
    assert Case.objects.count() == 1


def test_a_case_is_not_there_for_people_without_the_role_or_of_another_authority(officers: tuple[Actor, ...]) -> None:
    case = opened(officers[3])
    strangers = (
        officers[3],
        person("Mo", Role.MANAGER, office="014"),
        person("Xu", Role.CASE_OFFICER, authority="XZ"),
    )
    for actor in strangers:
        for ask in (case_viewed, lambda **given: case_act(act=CaseAct.TAKE, **given)):
            with pytest.raises(CaseRefused) as refused:
                ask(**who(actor, case))
            assert refused.value.reason == "not_found"
        assert cases_for(authority="XA", actor=actor) == ((), 0)


def test_every_look_and_change_stands_in_a_log_that_nobody_can_change(officers: tuple[Actor, ...]) -> None:
    first, border = officers[0], officers[3]
    case = opened(border)
    file = case_file_add(**who(first, case), name="paper.pdf", data=PDF)
    case_say(**who(first, case), what="custody", said={"original": "Paper", "from": "Boris", "to": "Safe 3"})
    case_viewed(**who(officers[2], case))
    assert bytes(case_file_taken(**who(officers[2], case), file_id=file.pk).content) == PDF
    entries = CaseEntry.objects.filter(case=case).order_by("sequence")
    assert [each.act for each in entries] == ["open", "paper", "file", "custody", "view", "file_taken"]
    assert [each.previous_digest for each in entries] == ["", *(each.digest for each in entries[:5])]
    for rows in (entries, CasePaper.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        entries.update(actor="nobody")


def test_whom_the_forgery_harmed_and_who_was_told_is_kept(officers: tuple[Actor, ...]) -> None:
    case = opened(officers[3], goods={"product": "Garlic", "container": "ABCU1234560"})
    told = {"whom": "exporter", "name": "Greenfields", "told_at": "2026-11-20", "note": "By letter"}
    case_say(**who(officers[0], case), what="harm", said=told)
    for standing in ("claimed", "cleared"):
        said = {"name": "Acme Ltd", "part": "victim", "standing": standing}
        case_say(**who(officers[0], case), what="party", said=said)
    said_now = case_content(case).said
    assert (said_now.goods["product"], said_now.harm[0].whom) == ("Garlic", "exporter")
    assert [(each.name, each.standing) for each in said_now.parties] == [("Acme Ltd", "cleared")]


def test_nothing_empty_and_no_strange_file_enters_a_case(officers: tuple[Actor, ...]) -> None:
    case = opened(officers[3])
    for what in ("goods", "party", "harm", "custody", "link", "something"):
        with pytest.raises(CaseRefused) as refused:
            case_say(**who(officers[0], case), what=what, said={})
        assert refused.value.reason == "nothing_given"
    with pytest.raises(DocumentRefused):
        case_file_add(**who(officers[0], case), name="a.exe", data=b"MZ")


def test_look_alikes_are_found_by_what_they_share(officers: tuple[Actor, ...]) -> None:
    case = opened(officers[3])
    other = opened(officers[3], papers=(NewPaper(number="2", features={"sheet": "q  12345"}),))
    assert look_alikes(case) == ((other.case_number, "sheet", "q 12345"),)


def test_the_list_for_partners_names_fields_and_features_and_is_taken_back(officers: tuple[Actor, ...]) -> None:
    case = confirmed(officers)
    (listed,) = notices_after(authority="XA")
    assert (listed.status, listed.number, listed.issuer, listed.fields) == ("listed", FORGED, "XB", ["net_weight"])
    case_act(**who(officers[2], case_closed(case, officers)), act=CaseAct.REOPEN, text="Their archive was found.")
    case_act(**who(officers[1], case), act=CaseAct.DISMISS, text="It is theirs after all.")
    first, second = notices_after(authority="XA")
    assert (second.status, second.notice_number) == ("withdrawn", first.notice_number)
    with pytest.raises(DatabaseError), transaction.atomic():
        ForgeryNotice.objects.update(status="withdrawn")


def case_closed(case: Case, officers: tuple[Actor, ...]) -> Case:
    return case_act(**who(officers[2], case), act=CaseAct.CLOSE, text="Seized")


def test_the_bundle_of_a_case_verifies_offline_and_no_byte_of_it_can_be_changed(officers: tuple[Actor, ...]) -> None:
    case = opened(officers[3])
    with pytest.raises(CaseRefused):
        case_bundle(**who(officers[0], case), signer=signing.signer())
    case_file_add(**who(officers[0], case), name="paper.pdf", data=PDF)
    case_act(**who(officers[0], case), act=CaseAct.TAKE)
    case_conclude(**who(officers[0], case), finding=CaseFinding.COUNTERFEIT, grounds="No.", issuer_answer="Not ours.")
    case_act(**who(officers[1], case), act=CaseAct.CONFIRM)
    data = case_bundle(**who(officers[0], case), signer=signing.signer())
    assert is_bundle(data)
    report = check_bundle(data, trust=TRUST, now=NOW + timedelta(days=1))
    assert (report.problems, report.case_number, report.files) == ((), case.case_number, 3)
    for name, change, problem in (
        ("case.json", lambda text: text.replace(b"Port Alma", b"Port Elma"), "file_changed"),
        ("log.json", lambda text: text.replace(b'"take"', b'"took"'), "log_broken"),
        ("manifest.json", lambda text: text.replace(b"XA-CF", b"XB-CF"), "signature"),
        ("extra.txt", lambda _text: b"more", "file_added"),
        ("case.json", lambda _text: None, "file_missing"),
    ):
        assert problem in check_bundle(_with(data, name, change), trust=TRUST, now=NOW).problems
    assert check_bundle(data, trust=signing.trust_list(signing.trusted()), now=NOW).problems == ("use",)


def _with(data: bytes, name: str, change: Any) -> bytes:
    """Return the bundle with one member changed, added or left out."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w") as new:
        members = {each: old.read(each) for each in old.namelist()}
        members[name] = change(members.get(name, b""))
        for each, content in members.items():
            if content is not None:
                new.writestr(each, content)
    return packed.getvalue()


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04", b"%PDF-", json.dumps({}).encode()])
def test_what_is_no_bundle_is_called_none(data: bytes) -> None:
    assert not is_bundle(data)
    assert check_bundle(data, trust=TRUST, now=NOW).problems == ("not_evidence",)
