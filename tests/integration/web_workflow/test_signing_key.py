"""A key that may not speak is found out before the officer's approval is kept: no number is lost to it."""

from datetime import timedelta
from typing import Any

import pytest

from opensps.accounts.queries import Actor
from opensps.certification.models import BurntNumber, Certificate, IssueIntention
from opensps.certification.services import issue_key_check
from opensps.signing import SealError, TrustList
from tests.factories import certification, signing
from tests.factories.certification import Cast, Story
from tests.integration.web_workflow.conftest import PASSWORD, SINCE, Enter

pytestmark = pytest.mark.django_db


def prepared(people: Cast, officer: Actor) -> Story:
    story = Story(people, at=SINCE)
    story("submit", "open", "order", "inspect", "mark_ready")
    story.prepare(officer)
    return story


@pytest.mark.parametrize("why", ["nobody listed", "another key", "retired"])
def test_a_key_that_may_not_speak_seals_nothing_and_binds_no_number(
    people: Cast, enter: Enter, officer: Actor, keys: certification.Keys, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    signer = signing.UntrustedTestSigner.make(at=SINCE)
    lists = {
        "nobody listed": TrustList(),
        "another key": signing.trust_list(signing.trusted(signer, from_at=SINCE)),
        "retired": signing.trust_list(
            signing.trusted(keys.signer, from_at=SINCE, to_at=SINCE + timedelta(hours=1))  # type: ignore[arg-type]  # the test signer
        ),
    }
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: lists[why])
    story = prepared(people, officer)
    page = enter(officer).open(f"/queue/{story.reference}/sign").send(password=PASSWORD)
    assert page.status == 409
    assert IssueIntention.objects.get().state == IssueIntention.PREPARED
    assert not Certificate.objects.exists()
    story.refuse()
    assert [burnt.reason_code for burnt in BurntNumber.objects.all()] == ["application_refused"]


def test_a_training_key_seals_in_a_demo_only(people: Cast, officer: Actor, keys: certification.Keys) -> None:
    story = prepared(people, officer)
    training = signing.trusted(keys.signer, from_at=SINCE, uses=frozenset({"training"}))  # type: ignore[arg-type]  # as above
    asked: dict[str, Any] = {"signer": keys.signer, "trust": signing.trust_list(training), "at": story.at}
    issue_key_check(authority="XA", reference=story.reference, accepts_training=True, **asked)
    with pytest.raises(SealError) as refused:
        issue_key_check(authority="XA", reference=story.reference, **asked)
    assert refused.value.reason == "training"
    issue_key_check(authority="XB", reference=story.reference, **asked)
