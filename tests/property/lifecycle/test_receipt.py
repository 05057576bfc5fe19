"""Whatever order the messages of a partner come in, and however often, they come to the same."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from opensps.lifecycle.receipt import FINAL, ISSUED, Decision, IncomingState, Said, decide, merged, settle

_START = datetime(2026, 11, 20, tzinfo=UTC)
_STATUSES = (ISSUED, *FINAL, "39")

said = st.builds(
    Said,
    type_code=st.sampled_from(("851", "657")),
    status_code=st.sampled_from(_STATUSES),
    digest=st.sampled_from("abc"),
    version=st.none() | st.integers(1, 3),
    issued_at=st.none() | st.integers(0, 3).map(lambda hours: _START + timedelta(hours=hours)),
    is_held=st.booleans(),
)
conversations = st.lists(said, max_size=6, unique_by=lambda one: (one.key, one.version))


def _consistent(messages: list[Said]) -> list[Said]:
    """Let equal contents say the same about themselves, as equal bytes do."""
    of_digest = {one.digest: one for one in messages}
    return [
        Said(
            type_code=one.type_code,
            status_code=one.status_code,
            digest=one.digest,
            version=one.version,
            issued_at=of_digest[one.digest].issued_at,
            is_held=of_digest[one.digest].is_held,
        )
        for one in messages
    ]


@given(conversations, st.data(), st.booleans(), st.sampled_from(("", "a", "b")))
def test_any_order_with_any_repeats_ends_in_the_same_state(
    messages: list[Said], data: st.DataObject, is_succeeded: bool, chosen: str
) -> None:
    messages = _consistent(messages)
    again = data.draw(st.lists(st.sampled_from(messages), max_size=6)) if messages else []
    shuffled = data.draw(st.permutations([*messages, *again]))
    assert settle(shuffled, is_succeeded=is_succeeded, chosen=chosen) == settle(
        messages, is_succeeded=is_succeeded, chosen=chosen
    )


@given(conversations, st.data())
def test_settling_step_by_step_is_settling_at_once(messages: list[Said], data: st.DataObject) -> None:
    messages = _consistent(messages)
    kept: tuple[Said, ...] = ()
    for one in data.draw(st.permutations([*messages, *messages])):
        kept = merged((*kept, one))
    assert settle(kept) == settle(messages)


@given(conversations, said)
def test_a_message_that_came_before_is_a_duplicate_and_changes_nothing(messages: list[Said], last: Said) -> None:
    messages = _consistent([*messages, last])
    assert decide(messages, messages[-1]) is Decision.DUPLICATE
    assert settle([*messages, messages[-1]]) == settle(messages)


@given(conversations)
def test_a_certificate_that_was_ended_is_never_in_force_again(messages: list[Said]) -> None:
    ended = any(one.status_code in FINAL for one in messages)
    state = settle(_consistent(messages)).state
    assert not ended or state not in {IncomingState.IN_FORCE, IncomingState.HELD, IncomingState.CONFLICT}


@given(conversations, said)
def test_what_is_not_applied_takes_nothing_out_of_force_but_what_it_contradicts(
    messages: list[Said], last: Said
) -> None:
    *known, new = _consistent([*messages, last])
    decision = decide(known, new)
    if decision in {Decision.OLDER, Decision.DUPLICATE, Decision.UNKNOWN_STATUS}:
        before, after = settle(known), settle([*known, new])
        assert after.state is before.state or before.state is IncomingState.CONFLICT or after.has_conflict or not known
