"""Every state and act of access requests and official accounts, for every role (`lifecycles.md` 6; I01, I04, I50)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest

from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.access import (
    ACCESS_ENDS,
    ACCESS_GUARDS,
    ACCESS_REQUEST,
    ACCOUNT_ENDS,
    OFFICIAL_ACCOUNT,
    AccessAct,
    AccessFacts,
    AccessScope,
    AccessState,
    AccountAct,
    AccountState,
    next_access_state,
    next_account_state,
)

NOW = datetime(2026, 7, 1, tzinfo=UTC)
GOOD = AccessFacts(
    at=NOW,
    actor="c",
    actor_country="XB",
    country="XB",
    mail="wei@port.gov.example",
    mail_domains=frozenset({"gov.example"}),
    missing=(),
    embassy_country="XB",
    has_second_factor=True,
    note_reference="Note 12/2026",
    reason="because",
    scopes=frozenset({AccessScope.VIEW}),
    agreed_scopes=frozenset({AccessScope.VIEW, AccessScope.VERIFY}),
    has_agreement=True,
    allows_inheritance=True,
    reviewer="b",
    endorser="a",
    approver="b",
    link_until=NOW + timedelta(days=1),
    accepts_terms=True,
    due_at=NOW,
    person="p",
    is_machine=True,
    has_partner=True,
)
REQUEST_ROWS = """
- apply foreign_officer draft
draft change foreign_officer draft
draft send foreign_officer with_embassy
draft changes_clock_ends clock lapsed
returned change foreign_officer returned
returned send foreign_officer with_embassy
returned changes_clock_ends clock lapsed
with_embassy endorse embassy endorsed
with_embassy return embassy returned
with_embassy refuse embassy refused
with_embassy remind clock with_embassy
with_embassy stall clock with_embassy
endorsed review access_reviewer in_review
endorsed remind clock endorsed
endorsed stall clock endorsed
in_review approve access_approver approved
in_review return access_reviewer returned
in_review refuse access_approver refused
in_review remind clock in_review
in_review stall clock in_review
approved hand_over embassy approved
approved enrol foreign_officer completed
approved link_ends clock lapsed
"""
ACCOUNT_ROWS = """
- open system active
- open_inherited country_admin active
active reconfirm embassy,country_admin active
active reconfirm_clock_ends clock suspended
active unused_clock_ends clock suspended
active suspend access_approver suspended
active revoke access_approver revoked
suspended restore access_approver active
suspended revoke access_approver revoked
active renew_key country_admin,access_approver active
active end_key country_admin,access_approver active
"""


def _rows(text: str) -> Mapping[tuple[str, str], tuple[set[str], str]]:
    lines = [line.split() for line in text.strip().splitlines()]
    return {(state, act): (set(roles.split(",")), target) for state, act, roles, target in lines}


@pytest.mark.parametrize(
    ("rows", "states", "acts", "ask"),
    [
        (_rows(REQUEST_ROWS), AccessState, AccessAct, next_access_state),
        (_rows(ACCOUNT_ROWS), AccountState, AccountAct, next_account_state),
    ],
    ids=["request", "account"],
)
def test_every_cell_of_the_tables(rows: Any, states: type[StrEnum], acts: type[StrEnum], ask: Any) -> None:
    for state in (None, *states):
        for act in acts:
            wanted_roles, target = rows.get((state or "-", act), (set(), ""))
            for role in Role:
                if role in wanted_roles:
                    assert ask(state, act, roles=frozenset({role}), facts=GOOD) == target
                else:
                    with pytest.raises(ActNotAllowed):
                        ask(state, act, roles=frozenset({role}), facts=GOOD)


@pytest.mark.parametrize("table", [ACCESS_REQUEST, OFFICIAL_ACCOUNT])
def test_every_guard_of_the_tables_exists_and_fails_on_what_nobody_said(table: Any) -> None:
    for row in table.values():
        for name in row.guards:
            assert ACCESS_GUARDS[name](AccessFacts()) is not None, name
            assert ACCESS_GUARDS[name](GOOD) is None, name


def test_no_state_is_without_a_way_out_but_the_last_ones() -> None:
    for table, states, ends in (
        (ACCESS_REQUEST, AccessState, ACCESS_ENDS),
        (OFFICIAL_ACCOUNT, AccountState, ACCOUNT_ENDS),
    ):
        moving: dict[Any, set[Any]] = {}
        for (state, _act), row in table.items():
            moving.setdefault(state, set()).add(row.target)
        for state in states:
            assert (moving.get(state, set()) - {state} == set()) == (state in ends)


@pytest.mark.parametrize(
    ("guard", "changes", "reason"),
    [
        ("other_person", {"actor": "b"}, "reviewed_by_you"),
        ("other_person", {"actor": "a"}, "reviewed_by_you"),
        ("own_country", {"actor_country": "XC"}, "other_country"),
        ("embassy_of_own_country", {"embassy_country": "XC"}, "other_embassy"),
        ("official_mail_domain", {"mail": "wei@mail.example"}, "other_domain"),
        ("official_mail_domain", {"mail": "wei@evilgov.example"}, "other_domain"),
        ("official_mail_domain", {"has_agreement": False}, "no_agreement"),
        ("scope_within_agreement", {"scopes": frozenset({AccessScope.COUNTRY_ADMIN})}, "beyond_agreement"),
        ("scope_within_agreement", {"scopes": frozenset()}, "beyond_agreement"),
        ("complete", {"missing": ("post",)}, "incomplete"),
        ("link_valid", {"link_until": NOW}, "link_over"),
        ("is_late", {"due_at": NOW + timedelta(seconds=1)}, "not_late"),
        ("endorsed_and_approved", {"approver": "a"}, "not_approved"),
        ("not_own_account", {"person": "c"}, "own_account"),
        ("agreement_allows_inheritance", {"allows_inheritance": False}, "no_inheritance"),
    ],
)
def test_a_guard_names_what_is_wrong(guard: str, changes: dict[str, Any], reason: str) -> None:
    assert ACCESS_GUARDS[guard](replace(GOOD, **changes)) == reason
