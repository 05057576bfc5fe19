"""An installation with certificates in three states, its signed trust list in a file, and people who look at it."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from opensps.lifecycle import CertificateState
from tests.attacks.doors import Door
from tests.attacks.world import World, entries
from tests.databases import Blocker
from tests.factories import certification, signing
from tests.factories.certification import certificate_in


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Blocker) -> Iterator[World]:
    """Made once for a module, and rolled back with it."""
    with django_db_blocker.unblock(), transaction.atomic():
        people = certification.cast()
        states = (CertificateState.IN_FORCE,) * 2 + (CertificateState.WITHDRAWN, CertificateState.ON_HOLD)
        yield World(people, *(certificate_in(people, state) for state in states))
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _trust_in_a_file(tmp_path: Path, settings: Any) -> None:
    """Two roots signed it today, as a real installation has it."""
    note = signing.signed_list(entries(), issued_at=datetime.now(UTC).replace(microsecond=0))
    (tmp_path / "trust.note").write_bytes(note)
    (tmp_path / "roots.txt").write_text("\n".join(str(each) for each in signing.root_keys().keys))
    settings.OPENSPS_TRUST_FILE, settings.OPENSPS_TRUST_ROOTS = tmp_path / "trust.note", tmp_path / "roots.txt"


@pytest.fixture
def public(world: World, db: None) -> Door:
    """Somebody without an account."""
    return Door()


@pytest.fixture
def official(world: World, db: None) -> Door:
    """An officer of the issuing authority, to whom differences are named."""
    return Door(world.person(world.people.officer))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Whoever opens a connection fails, and is listed."""
    tried: list[object] = []

    def connect(_socket: socket.socket, address: object) -> None:
        tried.append(address)
        raise OSError("no request may be sent")

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried
