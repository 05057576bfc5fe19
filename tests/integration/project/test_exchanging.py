"""The exchange of a worker on the real clock: from the commit of an issue to the partner's folder, and a clean end."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from opensps.events.services import worker_run_until_idle
from opensps.exchange.models import Envelope
from opensps.project.exchanging import Exchanging, exchange_once
from tests.factories.certification import cast, certificate_in
from tests.factories.partners import live_partner

pytestmark = pytest.mark.usefixtures("fresh_database")
PATIENCE_SECONDS = 90.0


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.OPENSPS_DEMO = True
    settings.OPENSPS_LOG_DIR = None
    (tmp_path / "XB").mkdir()
    live_partner("XB", address=f"file:{tmp_path / 'XB'}")
    return tmp_path / "XB"


def test_a_worker_hands_an_issue_over_within_seconds_and_ends_when_told(folder: Path) -> None:
    people = cast(at=datetime.now(UTC) - timedelta(hours=12))
    exchanging = Exchanging()
    exchanging.start()
    try:
        certificate = certificate_in(people, at=datetime.now(UTC) - timedelta(hours=2))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not list(folder.glob("*.json")) and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        exchanging.end()
    (handed_over,) = folder.glob("*.json")
    row = Envelope.objects.get(number=certificate.number)
    assert (row.delivery_number, row.state) == (handed_over.stem, "sent")


def test_what_nobody_expected_is_logged_by_kind_and_place_without_what_was_sent() -> None:
    exchanging = Exchanging()

    def work() -> None:
        exchanging.stop.set()
        raise ValueError("Wilma Oak, 3 Mill Lane")

    with capture_logs() as lines:
        exchanging._kept_going(work)
    (line,) = [each for each in lines if each["event"] == "exchange_failed"]
    assert (line["kind"], line["where"].partition(":")[0]) == ("ValueError", "test_exchanging.py")
    assert not {"exc_info", "exception"} & set(line)
    assert "Wilma" not in str(line)


def test_once_does_what_is_due_and_stops(folder: Path) -> None:
    certificate_in(cast(at=datetime.now(UTC) - timedelta(hours=12)), at=datetime.now(UTC) - timedelta(hours=2))
    worker_run_until_idle(at=datetime.now(UTC))
    exchange_once(datetime.now(UTC))
    assert len(list(folder.glob("*.json"))) == 1
