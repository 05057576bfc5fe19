"""Participants of our hub, written down once for a whole module: their records cost more than a call does."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.databases import Blocker
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
