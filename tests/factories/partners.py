"""Partners for tests, made through the services: a live one that takes everything over the test channel."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.events.services import event_write
from opensps.exchange import services
from opensps.exchange.models import CredentialUse, Delivery, Direction, Mode, Partner, PartnerConnection, Side
from opensps.exchange.names import PARTNER
from opensps.exchange.transports import Channel
from opensps.lifecycle import OnboardingState, Role

START = datetime(2026, 7, 1, tzinfo=UTC)
MANAGER = Actor(id="a" * 32, authority="XA", roles=frozenset({Role.MANAGER}))
SECOND_MANAGER = Actor(id="b" * 32, authority="XA", roles=frozenset({Role.MANAGER}))
TYPES = ("851", "657", "853", "852", "636")
STATUSES = ("70", "40", "44", "68", "74")
ALL_PAIRS = tuple((type_code, status) for type_code in TYPES for status in STATUSES)


def make_partner(code: str = "XB", *, countries: tuple[str, ...] = (), **profile: Any) -> Partner:
    """Write down a partner that has just applied."""
    services.partner_create(
        authority="XA",
        code=code,
        name_en=f"Service of {code}",
        countries=countries or (code[:2],),
        actor=MANAGER,
        at=START,
    )
    if profile:
        services.partner_profile_set(authority="XA", code=code, actor=MANAGER, at=START, **profile)
    return Partner.objects.get(authority="XA", code=code)


def connect(partner: Partner, channel: Channel = Channel.TEST, **columns: Any) -> PartnerConnection:
    """Give a partner one more connection."""
    values: dict[str, Any] = {
        "connection_code": partner.code,
        "own_code": "XA",
        "address": f"{channel}://{partner.code.lower()}.example",
        "side": Side.CLIENT,
        "delivery": Delivery.PUSH,
        "direction": Direction.BOTH,
    }
    return services.connection_set(
        authority="XA", partner=partner.code, channel=channel, actor=MANAGER, at=START, **{**values, **columns}
    )


def confirmed_key(partner: Partner, *, use: CredentialUse = CredentialUse.CLIENT_TLS, **columns: Any) -> Any:
    """Give a partner a key that one manager wrote down and another one confirmed by telephone."""
    values: dict[str, Any] = {"fingerprint": f"{partner.pk:064x}", "actor": MANAGER, "at": START, **columns}
    added = services.credential_add(authority="XA", partner=partner.code, use=use, **values)
    return services.credential_confirm(
        authority="XA",
        credential_id=added.pk,
        fingerprint=added.fingerprint,
        how="telephone",
        actor=SECOND_MANAGER,
        at=START,
    )


def live_partner(
    code: str = "XB",
    *,
    channel: Channel = Channel.TEST,
    mode: Mode = Mode.PARALLEL,
    pairs: tuple[tuple[str, str], ...] = ALL_PAIRS,
    countries: tuple[str, ...] = (),
    **connection: Any,
) -> Partner:
    """Return a partner in live exchange; the steps of its onboarding are tested elsewhere and left out here."""
    partner = make_partner(code, countries=countries)
    connect(partner, channel, **connection)
    for direction in ("out", "in"):
        services.allowed_set(authority="XA", partner=code, direction=direction, pairs=pairs, actor=MANAGER, at=START)
        services.mode_set(authority="XA", partner=code, direction=direction, mode=mode, actor=MANAGER, at=START)
    with transaction.atomic():
        Partner.objects.filter(pk=partner.pk).update(state=OnboardingState.LIVE.value, environment=Partner.PRODUCTION)
        event_write(
            authority="XA",
            object_kind=PARTNER,
            object_id=code,
            act="partner.tested",
            from_state=OnboardingState.APPLIED,
            to_state=OnboardingState.LIVE,
            actor=MANAGER.id,
            role=Role.MANAGER,
            at=START,
        )
    return Partner.objects.get(pk=partner.pk)
