"""Every state x act x role of the three tables, against the rows written out a second time (I01, I04)."""

from enum import StrEnum
from typing import Any

import pytest

from opensps.lifecycle import (
    APPLICATION,
    APPLICATION_CLOCKS,
    APPLICATION_ENDS,
    CERTIFICATE,
    CERTIFICATE_CLOCKS,
    CERTIFICATE_ENDS,
    GUARDS,
    INSPECTION,
    INSPECTION_ENDS,
    OFFICERS,
    ActNotAllowed,
    ApplicationAct,
    ApplicationState,
    CertificateAct,
    CertificateState,
    InspectionAct,
    InspectionState,
    Role,
    Table,
    allowed_acts,
    next_state,
)

OFFICER = ",".join(OFFICERS)

APPLICATION_ROWS = """
- create exporter,trade_agent draft
draft edit exporter,trade_agent draft
draft submit exporter,trade_agent submitted
draft delete exporter deleted
submitted take_back exporter draft
submitted open examiner in_examination
submitted refuse examiner,reviewer refused
submitted cancel exporter cancelled
in_examination return_for_changes examiner returned
in_examination word_attestations examiner,reviewer in_examination
in_examination order_inspection examiner,system in_inspection
in_examination mark_ready reviewer ready
in_examination refuse examiner,reviewer refused
in_examination agree_to_cancel examiner in_examination
in_examination cancel exporter cancelled
returned edit exporter,trade_agent returned
returned answer exporter,trade_agent in_examination
returned answer_clock_ends clock lapsed
returned agree_to_cancel examiner returned
returned cancel exporter cancelled
in_inspection inspection_passed system in_examination
in_inspection inspection_ended system in_examination
in_inspection inspection_failed system in_examination
in_inspection agree_to_cancel examiner in_inspection
in_inspection cancel exporter cancelled
ready send_back certifying_officer,reviewer in_examination
ready prepare_issue certifying_officer ready
ready intend_issue certifying_officer ready
ready approve_second certifying_officer ready
ready issue system issued
ready refuse examiner,reviewer refused
ready agree_to_cancel examiner ready
ready cancel exporter cancelled
refused reopen_on_appeal senior_officer in_examination
"""

CERTIFICATE_ROWS = f"""
- issue system in_force
in_force print_copy {OFFICER},exporter in_force
in_force report_copy_lost {OFFICER},exporter in_force
in_force hold {OFFICER} on_hold
in_force propose_withdrawal {OFFICER} on_hold
in_force validity_ends clock expired
on_hold print_copy {OFFICER},exporter on_hold
on_hold report_copy_lost {OFFICER},exporter on_hold
on_hold extend_hold senior_officer on_hold
on_hold hold_clock_ends clock on_hold
on_hold lift senior_officer in_force
on_hold propose_withdrawal {OFFICER} on_hold
on_hold confirm_withdrawal senior_officer withdrawn
on_hold decline_withdrawal senior_officer in_force
"""

INSPECTION_ROWS = """
- request system,examiner requested
requested plan planner inspection_booked
requested waive senior_officer waived
requested cancel system,examiner cancelled
inspection_booked confirm exporter inspection_booked
inspection_booked reschedule exporter requested
inspection_booked start inspector in_progress
inspection_booked nobody_there inspector no_show
inspection_booked waive senior_officer waived
inspection_booked cancel system,examiner cancelled
in_progress record inspector in_progress
in_progress sample inspector lab_wait
in_progress conclude inspector inspected
lab_wait results_in system in_progress
inspected order_treatment inspector requested
inspected sign_report inspector report_signed
report_signed close system closed
no_show plan planner inspection_booked
no_show waive senior_officer waived
no_show cancel system,examiner cancelled
"""

Machine = tuple[Table[Any, Any], type[StrEnum], type[StrEnum], str]

MACHINES: tuple[Machine, ...] = (
    (APPLICATION, ApplicationState, ApplicationAct, APPLICATION_ROWS),
    (CERTIFICATE, CertificateState, CertificateAct, CERTIFICATE_ROWS),
    (INSPECTION, InspectionState, InspectionAct, INSPECTION_ROWS),
)


def expected(rows: str) -> dict[tuple[str, str, str], str]:
    """Return (state, act, role) -> target of every cell that fires."""
    lines = [line.split() for line in rows.strip().splitlines()]
    return {(state, act, role): target for state, act, roles, target in lines for role in roles.split(",")}


@pytest.mark.parametrize(("table", "states", "acts", "rows"), MACHINES)
def test_I01_a_cell_fires_exactly_where_the_rows_say_so(
    table: Table[Any, Any], states: type[StrEnum], acts: type[StrEnum], rows: str
) -> None:
    wanted = expected(rows)
    for state in (None, *states):
        for act in acts:
            for role in Role:
                target = wanted.get((state or "-", act, role))
                if target is None:
                    with pytest.raises(ActNotAllowed) as refused:
                        next_state(table, state, act, roles=frozenset({role}))
                    knows_act = any((state or "-", act, other) in wanted for other in Role)
                    assert refused.value.reason == ("role" if knows_act else "no_such_act")
                else:
                    assert next_state(table, state, act, roles=frozenset({role})) == target


@pytest.mark.parametrize("table", [machine[0] for machine in MACHINES])
def test_I01_every_guard_of_a_row_stops_its_act_by_name(table: Table[Any, Any]) -> None:
    for (state, act), row in table.items():
        for guard in row.guards:
            with pytest.raises(ActNotAllowed) as refused:
                next_state(table, state, act, roles=row.roles, failed_guards={guard: "because"})
            assert (refused.value.reason, refused.value.guard, refused.value.detail) == ("guard", guard, "because")
            assert str(refused.value) == f"{act}: guard: {guard}: because"


def test_every_guard_of_a_table_exists_and_none_is_idle() -> None:
    named = {guard for table, *_ in MACHINES for row in table.values() for guard in row.guards}
    assert named == set(GUARDS)


@pytest.mark.parametrize(
    ("table", "states", "ends"),
    [
        (APPLICATION, ApplicationState, APPLICATION_ENDS),
        (CERTIFICATE, CertificateState, CERTIFICATE_ENDS),
        (INSPECTION, InspectionState, INSPECTION_ENDS),
    ],
)
def test_I04_every_state_that_is_not_an_end_can_reach_one(
    table: Table[Any, Any], states: type[StrEnum], ends: frozenset[StrEnum]
) -> None:
    for start in states:
        reached, grown = {start}, True
        while grown:
            more = {
                target
                for (state, _), row in table.items()
                if state in reached
                for target in (row.target, *row.alternatives)
            }
            grown = not more <= reached
            reached |= more
        assert start in ends or reached & ends, start


@pytest.mark.parametrize(("table", "clocks"), [(APPLICATION, APPLICATION_CLOCKS), (CERTIFICATE, CERTIFICATE_CLOCKS)])
def test_I04_every_state_with_a_deadline_has_an_expiry_row(table: Table[Any, Any], clocks: dict[Any, Any]) -> None:
    for state, act in clocks.items():
        assert table[state, act].roles == {Role.CLOCK}


def test_I21_no_act_leaves_a_dead_certificate() -> None:
    assert not [act for state in CERTIFICATE_ENDS for act in CertificateAct if (state, act) in CERTIFICATE]


def test_an_act_that_leads_back_takes_one_of_its_targets_only() -> None:
    senior = frozenset({Role.SENIOR_OFFICER})
    state, act = CertificateState.ON_HOLD, CertificateAct.LIFT
    assert next_state(CERTIFICATE, state, act, roles=senior, towards=CertificateState.EXPIRED) == "expired"
    with pytest.raises(ActNotAllowed) as refused:
        next_state(CERTIFICATE, state, act, roles=senior, towards=CertificateState.WITHDRAWN)
    assert refused.value.reason == "no_such_act"


def test_the_acts_on_offer_come_from_the_table() -> None:
    offered = allowed_acts(APPLICATION, ApplicationState.DRAFT, frozenset({Role.EXPORTER}))
    assert offered == (ApplicationAct.EDIT, ApplicationAct.SUBMIT, ApplicationAct.DELETE)
    assert allowed_acts(APPLICATION, ApplicationState.DRAFT, frozenset({Role.EXAMINER})) == ()
