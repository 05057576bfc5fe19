"""How often one caller may call: the limit of a minute is one for all processes, and each caller has its own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opensps.exchange.models import CallCounter, PartnerConnection
from opensps.web.soap import hub as hub_face
from opensps.web.soap.limits import CallLimits, Limits, TooMany
from tests.integration.web_soap.hub_messages import call, fault
from tests.integration.web_soap.participants import Caller, participant

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 7, 0, 30, tzinfo=UTC)


def passed(process: CallLimits, *, a_minute: int, at: datetime = AT, most: int = 2_000) -> int:
    """Call until refused; return how many calls passed."""
    for count in range(most):
        try:
            with process.call(authority="XA", caller="XB", limits=Limits(a_minute, 8), at=at):
                pass
        except TooMany:
            return count
    return most


def test_one_process_alone_lets_pass_exactly_what_was_agreed() -> None:
    for limit in (1, 2, 7, 600):
        CallCounter.objects.all().delete()
        process = CallLimits("soap")
        assert passed(process, a_minute=limit) == limit
        with (
            pytest.raises(TooMany) as refused,
            process.call(authority="XA", caller="XB", limits=Limits(limit, 8), at=AT),
        ):
            pass
        assert refused.value.retry_after == 30


def test_processes_share_the_limit_and_few_calls_write() -> None:
    processes = CallLimits("soap"), CallLimits("soap"), CallLimits("soap")
    for _ in range(20):
        for process in processes:
            assert passed(process, a_minute=600, most=5) == 5
    rest = [passed(process, a_minute=600) for process in processes]
    assert sum(rest) + 300 == 600, "each held a portion and used it"
    with CaptureQueriesContext(connection) as found:
        assert passed(CallLimits("soap"), a_minute=600, at=AT + timedelta(minutes=1)) == 600
    assert sum("UPDATE" in one["sql"] for one in found) < 60


def test_a_portion_of_an_earlier_minute_is_worth_nothing() -> None:
    first, second = CallLimits("soap"), CallLimits("soap")
    assert passed(first, a_minute=600, most=1) == 1, "74 more are held"
    later = AT + timedelta(minutes=1)
    assert passed(second, a_minute=600, at=later) == 600
    assert passed(first, a_minute=600, at=later) == 0


def test_calls_at_once_are_those_of_a_process_and_a_place_is_given_back() -> None:
    process, one = CallLimits("soap"), Limits(600, 1)
    given: dict[str, Any] = {"authority": "XA", "limits": one, "at": AT}
    with process.call(caller="XB", **given):
        with pytest.raises(TooMany, match="at once"), process.call(caller="XB", **given):
            pass
        with process.call(caller="XC", **given):
            pass
    with process.call(caller="XB", **given):
        pass


def test_a_participant_of_our_hub_who_calls_too_often_is_told_when_to_come_back() -> None:
    for code in ("XB", "XC"):
        participant(code)
    hub_face.LIMITS.forget()
    PartnerConnection.objects.filter(connection_code="XB").update(limits={"calls_per_minute": 2})
    asked = call("GetImportEnvelopeHeaders")
    answers = [Caller("XB")(asked) for _ in range(5)]
    statuses = [each.status_code for each in answers]
    assert statuses.count(200) in {2, 3, 4}, "the minute may have changed meanwhile"
    refused = next(each for each in answers if each.status_code != 200)
    assert refused.status_code == 503
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert fault(refused.content) == ("Server", "Too many calls.", None), "no answer of a hub: to be tried again"
    assert Caller("XC")(asked).status_code == 200, "limits are of each participant"
