"""Outside a demo: a key that two of three roots have signed for seals, and nothing else does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from opensps.certification.models import Certificate
from opensps.certification.services import certificate_issue
from opensps.signing import SealError, TrustList
from opensps.signing.trust_lines import Entries
from tests.factories import signing
from tests.factories.certification import AUTHORITY, START, Cast, Story
from tests.factories.signing import root_keys, signed_list, trusted

pytestmark = pytest.mark.django_db


def listed(*, days_old: int = 1, **changes: object) -> TrustList:
    key = replace(trusted(uses=("xml", "qr", "status", "pdf")), **changes)  # type: ignore[arg-type]  # fields of a key
    whole = signing.trust_list(key)
    entries = Entries(whole.authorities, whole.keys)
    return TrustList.load_signed(signed_list(entries, issued_at=START - timedelta(days_old)), roots=root_keys())


def issue(people: Cast, trust: TrustList) -> Certificate:
    story = Story(people)
    story("submit", "open", "order", "inspect", "mark_ready")
    story.intend()
    return certificate_issue(
        authority=AUTHORITY,
        reference=story.reference,
        signer=signing.signer(),
        trust=trust,
        at=story.at + timedelta(minutes=1),
    )


def test_with_a_signed_list_a_real_installation_issues(people: Cast) -> None:
    assert issue(people, listed()).state == "in_force"


@pytest.mark.parametrize(
    ("trust", "reason"),
    [
        (listed(days_old=40), "list_expired"),
        (listed(uses=frozenset({"qr"})), "use"),
        (listed(types=frozenset({"852"})), "type"),
        (listed(uses=frozenset({"training"})), "training"),
    ],
)
def test_nothing_is_issued_by_a_list_that_does_not_say_so(people: Cast, trust: TrustList, reason: str) -> None:
    with pytest.raises(SealError) as caught:
        issue(people, trust)
    assert caught.value.reason == reason
    assert not Certificate.objects.exists()
