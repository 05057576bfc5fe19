"""People at their browsers, an installation with a key, and a complete draft to begin with."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from opensps.accounts.queries import SYSTEM, Actor, person_by_id
from opensps.accounts.services import password_set
from tests.factories import certification, signing
from tests.factories.certification import Cast
from tests.factories.web import Visitor

PASSWORD = "four quiet words suffice"
SINCE = datetime.now(UTC) - timedelta(days=2)
"""Roles, offices and keys of these tests exist since then: the pages read the real clock."""

Enter = Callable[..., Visitor]


@pytest.fixture
def people(db: None) -> Cast:
    """Everybody who plays a part."""
    return certification.cast(at=SINCE)


@pytest.fixture
def enter(people: Cast) -> Enter:
    """Return a browser in which this person is signed in."""

    def opened(actor: Actor, *, prefix: str = "") -> Visitor:
        return Visitor(person_by_id(authority=actor.authority, person_id=actor.id), prefix=prefix)

    return opened


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> certification.Keys:
    """The installation seals with a test key it believes."""
    signer = signing.UntrustedTestSigner.make(at=SINCE)
    found = certification.Keys(signer, signing.trust_list(signing.trusted(signer, from_at=SINCE)))
    monkeypatch.setattr("opensps.web.html.keys.signer", lambda: found.signer)
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: found.trust)
    return found


@pytest.fixture(autouse=True)
def no_language_left() -> Iterator[None]:
    """No test reads the language the last visitor of another one chose."""
    yield
    translation.deactivate()


@pytest.fixture
def officer(people: Cast) -> Actor:
    """The certifying officer, who knows a password."""
    password_set(
        authority=people.authority, person_id=people.officer.id, password=PASSWORD, actor=SYSTEM, at=datetime.now(UTC)
    )
    return people.officer
