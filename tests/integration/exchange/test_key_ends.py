"""Keys that end: partners' programs are told beforehand, and a connection without its key stands still."""

from datetime import timedelta
from typing import Any

import pytest

from opensps.accounts.queries import CLOCK
from opensps.events.models import Event
from opensps.events.queries import events_for
from opensps.exchange import services
from opensps.exchange.errors import RecordRefused
from opensps.exchange.models import CredentialUse, PartnerConnection, Side, WebhookMessage
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services.key_ends import keys_end
from opensps.exchange.services.key_warnings import keys_warn
from opensps.exchange.services.webhook_endpoints import EndpointSettings, endpoint_create
from opensps.exchange.transports import Channel
from opensps.exchange.webhook_consumer import WEBHOOK_CONSUMER
from tests.factories.partners import MANAGER, START, confirmed_key, live_partner

pytestmark = pytest.mark.django_db
ENDS = START + timedelta(days=100)
LATER = ENDS + timedelta(minutes=1)


def hub_partner(**columns: Any) -> PartnerConnection:
    partner = live_partner("XB", channel=Channel.HUB, side=Side.HOST, **columns)
    confirmed_key(partner, fingerprint="ab" * 32, valid_to=ENDS)
    return PartnerConnection.objects.get(partner=partner)


def test_a_connection_whose_key_has_ended_stands_still_until_a_new_key_is_confirmed() -> None:
    connection = hub_partner()
    assert [keys_end(authority="XA", at=at) for at in (ENDS - timedelta(minutes=1), LATER, LATER)] == [0, 1, 0]
    connection.refresh_from_db()
    assert (connection.paused_reason, connection.paused_text) == ("key_ended", "client_tls")
    assert Event.objects.get(act="partner.connection_paused").actor == CLOCK.id
    who: dict[str, Any] = {"authority": "XA", "connection_id": connection.pk, "actor": MANAGER, "at": LATER}
    with pytest.raises(RecordRefused, match="key_ended"):
        services.connection_resume(reason="try", **who)
    confirmed_key(connection.partner, fingerprint="cd" * 32, at=LATER)
    services.connection_resume(reason="new key", **who)
    assert keys_end(authority="XA", at=LATER) == 0, "the earlier key is still on record, and another one runs"


def test_a_second_key_in_time_keeps_the_connection_going() -> None:
    connection = hub_partner()
    confirmed_key(connection.partner, fingerprint="cd" * 32)
    assert keys_end(authority="XA", at=LATER) == 0


def test_a_key_the_connection_does_not_live_by_stops_nothing() -> None:
    partner = live_partner("XB", channel=Channel.HUB, side=Side.HOST)
    confirmed_key(partner, use=CredentialUse.SMIME_SIGN, fingerprint="ab" * 32, valid_to=ENDS)
    assert keys_end(authority="XA", at=LATER) == 0


def test_a_key_that_is_over_is_not_confirmed() -> None:
    connection = hub_partner()
    with pytest.raises(RecordRefused, match="key_over"):
        confirmed_key(connection.partner, fingerprint="ef" * 32, valid_to=START)


def test_programs_that_listen_are_told_which_key_ends_and_whose() -> None:
    connection = hub_partner()
    settings = EndpointSettings(url="https://xb.example/hook", events=("partner.key_expiring",))
    endpoint_create(partner=connection.partner, asked=settings, created_by="x", box=SecretBox(b"k" * 32), at=START)
    keys_warn(authority="XA", at=ENDS - timedelta(days=6))
    for event in events_for(authority="XA", object_kind="partner", object_id="XB"):
        WEBHOOK_CONSUMER.handle(event)
    body = bytes(WebhookMessage.objects.get().body).decode()
    assert '"type":"partner.key_expiring"' in body
    assert '"whose":"partner"' in body
    assert "ab" * 32 in body
