"""Every delivery state x event x role against rows written out again (`exchange.md` 8); words are compared whole."""

import pytest

from opensps.lifecycle import (
    ACKNOWLEDGEABLE,
    DELIVERY,
    DELIVERY_ENDS,
    HOLDING_BACK,
    ONBOARDING,
    SHOWN,
    TRACKING,
    WORD_EVENTS,
    WORD_OF_CODE,
    AcknowledgementCode,
    ActNotAllowed,
    DeliveryEvent,
    DeliveryState,
    OnboardingAct,
    OnboardingState,
    Role,
    TrackingInfo,
    next_state,
    tracking_word,
)

STAFF = "senior_officer,manager,administrator"
ANY_BUT_ENDS = [state for state in DeliveryState if state not in DELIVERY_ENDS]
WORDS = "acknowledged received|acknowledged_remarks received_remarks|not_readable unreadable|rejected rejected"

ROWS = f"""
- queue system queued
queued block system blocked
retrying block system blocked
blocked free {STAFF},system queued
queued offer system waiting
queued lease system sending
retrying lease system sending
sending accepted system sent
sending refused system rejected
sending not_reached system retrying
sending lost system uncertain
uncertain found system sent
uncertain not_found system retrying
uncertain refused system rejected
sent not_reached system retrying
unreadable send_again system queued
sent expire clock expired
waiting expire clock expired
retrying give_up clock dead
uncertain give_up clock dead
retrying retry_now {STAFF} retrying
dead revive {STAFF} queued
expired revive {STAFF} queued
rejected revive {STAFF} queued
unreadable revive {STAFF} queued
"""


def _expected() -> dict[tuple[str, str, str], str]:
    lines = [line.split() for line in ROWS.strip().splitlines()]
    lines += [[state, "not_needed", STAFF, "not_needed"] for state in ANY_BUT_ENDS]
    for state in ("sending", "retrying", "uncertain", "waiting", "sent", "expired", "dead"):
        lines += [[state, *word.split()[:1], "system", word.split()[1]] for word in WORDS.split("|")]
    return {(state, event, role): target for state, event, roles, target in lines for role in roles.split(",")}


@pytest.mark.parametrize("event", DeliveryEvent)
def test_an_event_leads_where_the_rows_say_and_nowhere_else(event: DeliveryEvent) -> None:
    wanted = _expected()
    for state in (None, *DeliveryState):
        for role in Role:
            target = wanted.get((state or "-", event, role))
            if target is None:
                with pytest.raises(ActNotAllowed):
                    next_state(DELIVERY, state, event, roles=frozenset({role}))
            else:
                assert next_state(DELIVERY, state, event, roles=frozenset({role})) == target


def test_a_proven_acknowledgement_is_believed_wherever_the_partner_may_have_it() -> None:
    for state in ACKNOWLEDGEABLE:
        for event in WORD_EVENTS.values():
            assert (state, event) in DELIVERY
    for state in (DeliveryState.QUEUED, DeliveryState.BLOCKED, *DELIVERY_ENDS):
        assert not [event for event in WORD_EVENTS.values() if (state, event) in DELIVERY], "the first final word stays"


def test_nothing_leads_out_of_an_end_and_everything_else_can_reach_one() -> None:
    assert not [key for key in DELIVERY if key[0] in DELIVERY_ENDS]
    for state in ANY_BUT_ENDS:
        assert (state, DeliveryEvent.NOT_NEEDED) in DELIVERY


def test_what_ended_badly_holds_back_no_later_version() -> None:
    assert {"queued", "sending", "retrying", "uncertain"} == {str(state) for state in HOLDING_BACK}


def test_a_state_shows_the_word_of_the_hub_that_it_stands_for() -> None:
    for word, event in WORD_EVENTS.items():
        assert TRACKING[next_state(DELIVERY, DeliveryState.SENT, event, roles=frozenset({Role.SYSTEM}))] is word
    assert TRACKING[DeliveryState.SENT] is TRACKING[DeliveryState.WAITING] is TrackingInfo.PENDING_DELIVERY
    assert set(SHOWN) == set(DeliveryState)
    assert {WORD_OF_CODE[code] for code in AcknowledgementCode} == set(WORD_EVENTS)


def test_sent_is_never_shown_as_received() -> None:
    shown_received = {state for state, word in SHOWN.items() if word.startswith("received")}
    assert shown_received == {DeliveryState.RECEIVED, DeliveryState.RECEIVED_REMARKS}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Delivered", TrackingInfo.DELIVERED),
        (" DeliveredNotReadable\n", TrackingInfo.DELIVERED_NOT_READABLE),
        ("delivered", None),
        ("Delivered!", None),
        ("", None),
    ],
)
def test_a_tracking_word_is_compared_whole(text: str, word: TrackingInfo | None) -> None:
    assert tracking_word(text) is word


def test_a_partner_goes_live_step_by_step_and_comes_back_where_it_was() -> None:
    manager = frozenset({Role.MANAGER})
    state: OnboardingState | None = None
    for act in list(OnboardingAct)[:6]:
        state = next_state(ONBOARDING, state, act, roles=manager)
    assert state is OnboardingState.LIVE
    suspended = next_state(ONBOARDING, state, OnboardingAct.SUSPEND, roles=manager)
    back = next_state(ONBOARDING, suspended, OnboardingAct.RESUME, roles=manager, towards=OnboardingState.PARALLEL)
    assert back is OnboardingState.PARALLEL
    with pytest.raises(ActNotAllowed):
        next_state(ONBOARDING, OnboardingState.APPLIED, OnboardingAct.GO_LIVE, roles=manager)
    with pytest.raises(ActNotAllowed):
        next_state(ONBOARDING, None, OnboardingAct.APPLY, roles=frozenset({Role.EXPORTER}))
