"""Participants of our hub, written down once for a whole module: their records cost more than a call does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction

from opensps.web.soap.callers import LIMITS
from tests.databases import Blocker
from tests.factories.certification import keys
from tests.factories.service_callers import KEY_FILE, Served, soap_partner
from tests.integration.web_soap.participants import Caller, participant


@pytest.fixture(scope="module")
def written_down(django_db_setup: None, django_db_blocker: Blocker) -> Iterator[None]:
    """XB and XC take part; what a module did is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        participant("XB")
        participant("XC")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def hub(written_down: None, django_db_blocker: Blocker) -> Iterator[Caller]:
    """XB's program at our hub; what a test did is rolled back. Not together with ``db``."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Caller("XB")
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def issued(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Blocker) -> Iterator[Served]:
    """Certificates on offer by our own service, made once; what the module did is rolled back.

    A module that says ``ONE_IS_ENOUGH`` gets only the one in force.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        soap_partner("XB")
        soap_partner("XC")
        yield Served.one() if hasattr(request.module, "ONE_IS_ENOUGH") else Served.made()
        transaction.set_rollback(True)


@pytest.fixture
def served(
    issued: Served,
    django_db_blocker: Blocker,
    settings: LazySettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Served]:
    """What is on offer; what a test did is rolled back. Not together with ``db``."""
    settings.OPENSPS_EXCHANGE_KEY = tmp_path / "exchange.key"
    settings.OPENSPS_EXCHANGE_KEY.write_text(KEY_FILE)
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: keys().trust)
    LIMITS.forget()
    with django_db_blocker.unblock(), transaction.atomic():
        yield issued
        transaction.set_rollback(True)
