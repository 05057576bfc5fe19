"""Keys of calls, limits and values that may come only once: also when they come at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from opensps.exchange.models import CallCounter, RequestKey, UsedNonce
from opensps.exchange.services.limits import call_counted, calls_purge
from opensps.exchange.services.nonces import nonce_used
from opensps.exchange.services.request_keys import (
    LEASE,
    Begun,
    NewRequest,
    OtherRequest,
    RepeatedRequest,
    RequestInFlight,
    request_abandoned,
    request_begin,
    request_done,
)
from tests.databases import Fresh

AT = datetime(2026, 11, 22, 10, 0, 30, tzinfo=UTC)


def begin(*, key: str = "key-0001", caller: str = "xb", body: str = "a", at: datetime = AT) -> Begun:
    return request_begin(
        authority="XA", caller=caller, operation="POST /envelopes", key=key, body_sha256=body * 64, at=at
    )


def at_once(work: Callable[[int], Any], *, times: int) -> list[Any]:
    def alone(number: int) -> Any:
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(alone, range(times)))


@pytest.mark.django_db
def test_the_same_key_and_body_get_the_same_answer() -> None:
    first = begin()
    assert isinstance(first, NewRequest)
    assert begin() == RequestInFlight()
    request_done(request_id=first.id, status=202, headers={"Location": "/x"}, answer=b"{}")
    assert begin() == RepeatedRequest(202, {"Location": "/x"}, b"{}")
    assert begin(body="b") == OtherRequest()


@pytest.mark.django_db
def test_a_key_belongs_to_its_caller_alone() -> None:
    assert isinstance(begin(), NewRequest)
    assert isinstance(begin(caller="xc"), NewRequest)


@pytest.mark.django_db
def test_after_a_refusal_the_key_may_be_used_again_with_a_better_body() -> None:
    first = begin()
    assert isinstance(first, NewRequest)
    request_abandoned(request_id=first.id)
    assert isinstance(begin(body="b"), NewRequest)


@pytest.mark.django_db
def test_the_work_of_a_process_that_died_is_done_by_the_next_call() -> None:
    assert isinstance(begin(), NewRequest)
    assert begin(at=AT + LEASE - timedelta(seconds=1)) == RequestInFlight()
    assert isinstance(begin(at=AT + LEASE), NewRequest)


@pytest.mark.django_db
def test_after_ninety_days_a_key_is_forgotten() -> None:
    first = begin()
    assert isinstance(first, NewRequest)
    request_done(request_id=first.id, status=202, headers={}, answer=b"{}")
    later = AT + timedelta(days=90)
    assert isinstance(begin(body="b", at=later), NewRequest)
    RequestKey.objects.update(expires_at=later)
    assert calls_purge(authority="XA", at=later) == 1


def test_of_many_calls_at_once_one_does_the_work(fresh_database: Fresh) -> None:
    answers = at_once(lambda _: begin(), times=8)
    assert sum(isinstance(each, NewRequest) for each in answers) == 1
    assert answers.count(RequestInFlight()) == 7


def test_a_value_is_used_once_however_many_come_at_the_same_moment(fresh_database: Fresh) -> None:
    def use(_: int) -> bool:
        return nonce_used(
            authority="XA", scope="oauth_assertion", name="xb", value=b"jti", at=AT, until=AT + timedelta(minutes=5)
        )

    assert sorted(at_once(use, times=8)) == [False] * 7 + [True]


@pytest.mark.django_db
def test_a_value_may_come_again_after_its_time_and_from_somebody_else_at_any_time() -> None:
    def use(name: str, at: datetime) -> bool:
        return nonce_used(
            authority="XA", scope="oauth_assertion", name=name, value=b"x", at=at, until=at + timedelta(minutes=5)
        )

    assert use("xb", AT)
    assert not use("xb", AT + timedelta(minutes=4))
    assert use("xc", AT)
    assert use("xb", AT + timedelta(minutes=5))
    assert UsedNonce.objects.count() == 2


@pytest.mark.django_db
def test_calls_above_the_limit_are_refused_until_the_minute_ends() -> None:
    def call(at: datetime = AT, caller: str = "xb") -> tuple[int, int]:
        allowance = call_counted(authority="XA", scope="reads", caller=caller, limit=3, at=at)
        assert allowance.is_used_up == (allowance.left < 0)
        return allowance.left, allowance.resets_in

    assert [call() for _ in range(5)] == [(2, 30), (1, 30), (0, 30), (-1, 30), (-1, 30)]
    assert call(caller="xc") == (2, 30)
    assert call(AT + timedelta(seconds=30)) == (2, 60)
    assert CallCounter.objects.count() == 2


def test_no_call_is_forgotten_in_a_crowd(fresh_database: Fresh) -> None:
    left = at_once(lambda _: call_counted(authority="XA", scope="reads", caller="xb", limit=5, at=AT).left, times=8)
    assert sorted(left) == [-1, -1, -1, 0, 1, 2, 3, 4]
