"""What ``opensps doctor`` says of exchange with partners."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from opensps.exchange.models import PartnerConnection
from opensps.exchange.secrets import new_key_text
from opensps.project.examination import EXAMINATIONS
from tests.factories.partners import START, confirmed_key, live_partner


@pytest.mark.django_db
def test_the_doctor_names_connections_and_keys_and_a_key_others_can_read(tmp_path: Path, settings: Any) -> None:
    settings.OPENSPS_EXCHANGE_KEY = tmp_path / "exchange.key"
    settings.OPENSPS_EXCHANGE_KEY.write_text(new_key_text(bytes(32)))
    settings.OPENSPS_EXCHANGE_KEY.chmod(0o644)
    partner = live_partner("XB")
    PartnerConnection.objects.update(paused_reason="address")
    confirmed_key(partner, valid_to=START + timedelta(days=20))
    found = {each.code for each in EXAMINATIONS["Exchange with partners"]("XA", START)}
    assert found == {"exchange_key_open", "connections", "partner_keys"}
