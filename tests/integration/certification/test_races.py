"""Several people at once: one certificate, no number twice, one act per form."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections, transaction

from opensps.certificate import parse_number
from opensps.certification import services
from opensps.certification.errors import CertificationError
from opensps.certification.models import Application, Certificate, NumberSeries
from opensps.certification.queries import audit, form_answer
from opensps.certification.services.numbering import number_take
from opensps.lifecycle import ActNotAllowed
from tests.databases import Fresh
from tests.factories.certification import PASSWORD_SHOWN, START, Story, cast, keys


def together(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run the calls at the same moment, each with connections of its own; return answers and refusals in order."""
    barrier = Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except (ActNotAllowed, CertificationError) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def test_two_officers_sign_the_same_application_at_once_and_one_certificate_exists(fresh_database: Fresh) -> None:
    people, found = cast(), keys()
    for round_number in range(3):
        story = Story(people)
        story("submit", "open", "order", "inspect", "mark_ready")
        at = story.at

        def sign(officer: Any, *, reference: str = story.reference, when: Any = at) -> Certificate:
            given = {"authority": "XA", "reference": reference, "at": when}
            prepared = services.issue_prepare(actor=officer, **given)
            services.issue_intend(actor=officer, digest=prepared.digest, evidence=PASSWORD_SHOWN, **given)
            return services.certificate_issue(signer=found.signer, trust=found.trust, **given)

        answers = together([lambda: sign(people.officer), lambda: sign(people.officer2)])
        issued = [answer for answer in answers if isinstance(answer, Certificate)]
        assert len(issued) >= 1, answers
        assert len({certificate.pk for certificate in issued}) == 1
        assert Certificate.objects.filter(application__reference=story.reference).count() == 1
        assert Certificate.objects.count() == round_number + 1
    serials = [parse_number(number).serial for number in Certificate.objects.values_list("number", flat=True)]
    assert sorted(serials) == [1, 2, 3]
    assert audit("XA") == ()


def test_two_workers_that_complete_the_same_intention_make_one_certificate(fresh_database: Fresh) -> None:
    story, found = Story(cast()), keys()
    story("submit", "open", "order", "inspect", "mark_ready", "intend")

    def resume() -> Any:
        return services.issue_resume(authority="XA", signer=found.signer, trust=found.trust, at=story.at)

    together([resume, resume, resume])
    assert Certificate.objects.count() == 1
    assert audit("XA") == ()


def test_I20_many_takers_never_get_the_same_number(fresh_database: Fresh) -> None:
    def take() -> str:
        with transaction.atomic():
            return number_take(authority="XA", office="014", year=2026)

    numbers = [number for _ in range(3) for number in together([take] * 6)]
    assert len(set(numbers)) == len(numbers) == 18
    assert NumberSeries.objects.get().last == 18


def test_an_examiner_opens_what_the_applicant_takes_back_and_one_of_them_is_refused(fresh_database: Fresh) -> None:
    people = cast()
    story = Story(people)
    story("submit")
    given: dict[str, Any] = {"authority": "XA", "reference": story.reference, "at": story.at}
    answers = together(
        [
            lambda: services.application_open(actor=people.examiner, **given),
            lambda: services.application_take_back(actor=people.exporter, **given),
        ]
    )
    assert sorted(type(answer) is Application for answer in answers) == [False, True]
    assert audit("XA") == ()


def test_a_form_posted_twice_is_one_act(fresh_database: Fresh) -> None:
    people = cast()
    key = {"authority": "XA", "operation": "application_submit", "key": "k1"}

    def post() -> bool:
        with transaction.atomic():
            return services.form_token_use(actor=people.exporter, at=START, **key)

    assert sorted(together([post] * 4)) == [False, False, False, True]
    services.form_token_answer(answer="/applications/A-2026-0000001", **key)
    assert form_answer(**key) == "/applications/A-2026-0000001"
    assert form_answer(authority="XA", operation="application_submit", key="k2") == ""
