"""Partners' records: who may change them, what an event says of it, what the database refuses (`exchange.md` 7)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from opensps.accounts.queries import Actor
from opensps.events.models import Event
from opensps.exchange import services
from opensps.exchange.errors import NotAllowed, RecordRefused, SecretsLocked
from opensps.exchange.models import (
    AllowedDocument,
    Attempt,
    CredentialUse,
    Delivery,
    Direction,
    ExchangeMode,
    GoldenRun,
    Mode,
    Partner,
    PartnerCredential,
    Side,
    Stage,
)
from opensps.exchange.queries.connections import place_of
from opensps.exchange.queries.readiness import GOLDEN_MESSAGES, Measured, onboarding_gaps
from opensps.exchange.queries.stages import stages_of
from opensps.exchange.secrets import SecretBox, new_key_text
from opensps.exchange.services.key_warnings import keys_warn
from opensps.exchange.transports import Channel
from opensps.lifecycle import ActNotAllowed, OnboardingAct, OnboardingState, Role
from tests.factories.partners import (
    MANAGER,
    SECOND_MANAGER,
    START,
    confirmed_key,
    connect,
    live_partner,
    make_partner,
)

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"authority": "XA", "actor": MANAGER, "at": START}
BOX = SecretBox(bytes(range(32)))


def test_only_managers_of_the_own_authority_change_a_partner() -> None:
    make_partner()
    for roles, authority in (({Role.EXPORTER}, "XA"), ({Role.CERTIFYING_OFFICER}, "XA"), ({Role.MANAGER}, "XZ")):
        actor = Actor(id="c" * 32, authority=authority, roles=frozenset(roles))
        with pytest.raises(NotAllowed):
            services.partner_profile_set(authority="XA", code="XB", time_zone="UTC", actor=actor, at=START)


def test_every_change_of_a_partner_is_an_event_in_its_chain() -> None:
    partner = make_partner(languages=["en", "fr"])
    connect(partner)
    services.mode_set(partner="XB", mode=Mode.HYBRID, **WHO)
    acts = Event.objects.filter(object_kind="partner", object_id="XB").order_by("seq").values_list("act", flat=True)
    assert list(acts) == [
        "partner.created",
        "partner.profile_set",
        "partner.connection_set",
        "partner.mode_changed",
    ]


def test_a_code_is_given_once() -> None:
    make_partner()
    with pytest.raises(RecordRefused, match="code_taken"):
        make_partner()


def test_a_key_counts_only_after_a_second_person_compared_it_by_a_second_way() -> None:
    partner = make_partner()
    key = services.credential_add(partner="XB", use=CredentialUse.CLIENT_TLS, fingerprint="ab" * 32, **WHO)
    confirm: dict[str, Any] = {"authority": "XA", "credential_id": key.pk, "at": START}
    for wrong, actor, how, reason in (
        ("ab" * 32, MANAGER, "telephone", "same_person"),
        ("cd" * 32, SECOND_MANAGER, "telephone", "fingerprint_differs"),
        ("ab" * 32, SECOND_MANAGER, "mail", "second_way"),
    ):
        with pytest.raises(RecordRefused, match=reason):
            services.credential_confirm(fingerprint=wrong, how=how, actor=actor, **confirm)
    spoken = ":".join(["AB"] * 32)
    services.credential_confirm(fingerprint=spoken, how="letter", actor=SECOND_MANAGER, **confirm)
    assert PartnerCredential.objects.get(partner=partner).status == "active"


def test_what_somebody_sent_us_was_not_made_here() -> None:
    """Made here needs no second person: it must not let one person put a partner's key into use alone."""
    make_partner()
    sent = services.credential_add(
        partner="XB", use=CredentialUse.CLIENT_TLS, fingerprint="ab" * 32, material="theirs", **WHO
    )
    made = services.credential_add(
        partner="XB", use=CredentialUse.WSSE_KEY, secret=b"very secret", name="xb", box=BOX, **WHO
    )
    how = {"how": services.MADE_HERE}
    with pytest.raises(RecordRefused, match="second_way"):
        services.credential_confirm(credential_id=sent.pk, fingerprint=sent.fingerprint, **how, **WHO)
    assert services.credential_confirm(credential_id=made.pk, fingerprint=made.fingerprint, **how, **WHO).status


def test_a_partner_has_no_hand_on_the_connections_of_another_one() -> None:
    make_partner("XC")
    theirs = connect(make_partner("XB"), side=Side.HOST, delivery=Delivery.PULL, direction=Direction.IN)
    named: dict[str, Any] = {"connection_id": theirs.pk, **WHO}
    changed: dict[str, Any] = {"channel": Channel.TEST, "connection_code": "XB2", "own_code": "XA"}
    with pytest.raises(RecordRefused, match="connection"):
        services.connection_set(partner="XC", address="test://xc.example", **changed, **named)
    with pytest.raises(RecordRefused, match="connection"):
        services.credential_add(partner="XC", use=CredentialUse.CLIENT_TLS, fingerprint="ab" * 32, **named)
    kept = services.connection_set(partner="XB", **changed, **named)
    assert (kept.side, kept.delivery, kept.direction) == ("host", "pull", "in"), "what is not named stays"
    assert (kept.address, kept.connection_code) == (theirs.address, "XB2")


def test_at_most_two_keys_of_a_use_are_active_at_once() -> None:
    partner = make_partner()
    for number in (1, 2):
        confirmed_key(partner, fingerprint=f"{number:064x}")
    with pytest.raises(RecordRefused, match="too_many"):
        confirmed_key(partner, fingerprint=f"{3:064x}")


def test_a_key_belongs_to_one_partner_only() -> None:
    confirmed_key(make_partner("XB"), fingerprint="ab" * 32)
    with pytest.raises(RecordRefused, match="key_taken"):
        confirmed_key(make_partner("XC"), fingerprint="ab" * 32)


def test_a_secret_lies_encrypted_and_opens_only_in_its_own_row() -> None:
    make_partner()
    with pytest.raises(SecretsLocked):
        services.credential_add(partner="XB", use=CredentialUse.WSSE_KEY, secret=b"very secret", name="xb", **WHO)
    kept = services.credential_add(
        partner="XB", use=CredentialUse.WSSE_KEY, secret=b"very secret", name="xb", box=BOX, **WHO
    )
    sealed = bytes(PartnerCredential.objects.get(pk=kept.pk).secret or b"")
    assert b"very secret" not in sealed
    assert BOX.open(sealed, place=place_of(kept)) == b"very secret"
    for place, box in (("elsewhere", BOX), (place_of(kept), SecretBox(b"o" * 32))):
        with pytest.raises(SecretsLocked):
            box.open(sealed, place=place)
    newer = SecretBox(b"n" * 32, (BOX.key,))
    assert newer.open(sealed, place=place_of(kept)) == b"very secret"
    services.credential_retire(credential_id=kept.pk, **WHO)
    assert PartnerCredential.objects.get(pk=kept.pk).secret is None


def test_a_key_file_is_read_and_refused_when_it_is_none() -> None:
    assert SecretBox.read(new_key_text(BOX.key)) == BOX
    for text in ("", "not base64!", "YWJj"):
        with pytest.raises(SecretsLocked):
            SecretBox.read(text)


def test_documents_taken_end_with_their_date_and_come_back() -> None:
    make_partner()
    for pairs in ([("851", "70"), ("851", "40")], [("851", "70")], [("851", "70"), ("851", "40")]):
        services.allowed_set(partner="XB", direction="out", pairs=pairs, **WHO)
    rows = AllowedDocument.objects.order_by("status_code").values_list("status_code", "active", "valid_to")
    assert list(rows) == [("40", True, None), ("70", True, None)]


def test_a_fallback_has_an_end_and_leads_back_by_itself() -> None:
    make_partner()
    services.mode_set(partner="XB", mode=Mode.PAPERLESS, **WHO)
    later = START + timedelta(days=3)
    fall: dict[str, Any] = {"authority": "XA", "partner": "XB", "reason": "their server is down", "actor": MANAGER}
    with pytest.raises(RecordRefused, match="fallback_needs_end"):
        services.mode_fall_back(until=later + timedelta(days=15), at=later, **fall)
    services.mode_fall_back(until=later + timedelta(days=7), at=later, **fall)
    modes = ExchangeMode.objects.order_by("valid_from").values_list("mode", "valid_to")
    ends = later + timedelta(days=7)
    assert list(modes) == [("paperless", later), ("fallback", ends), ("paperless", None)]
    services.mode_fall_back(until=ends + timedelta(days=2), at=ends - timedelta(days=1), **fall)
    assert ExchangeMode.objects.get(valid_to=None).valid_from == ends + timedelta(days=2), "a renewal moves the end"


def test_a_push_connection_has_an_address() -> None:
    partner = make_partner()
    with pytest.raises(RecordRefused, match="address"):
        connect(partner, Channel.SMTP, address="")
    assert connect(partner, Channel.SOAP, address="", delivery=Delivery.PULL).pk


def test_the_breaker_opens_at_the_fifth_failure_probes_each_minute_and_closes() -> None:
    connection = connect(make_partner())
    ask: dict[str, Any] = {"authority": "XA", "connection_id": connection.pk}
    opened = [services.connection_failed(at=START + timedelta(seconds=n), **ask) for n in range(5)]
    assert opened == [False] * 4 + [True]
    connection.refresh_from_db()
    assert connection.breaker_probe_at == START + timedelta(seconds=4, minutes=1)
    for probe in range(5):
        services.connection_failed(at=START + timedelta(minutes=probe), **ask)
    connection.refresh_from_db()
    assert connection.breaker_probe_at == START + timedelta(minutes=4 + 5), "after five probes every five minutes"
    services.connection_reached(at=START, **ask)
    connection.refresh_from_db()
    assert (connection.breaker_failures, connection.breaker_opened_at, connection.breaker_probe_at) == (0, None, None)
    acts = Event.objects.filter(object_kind="partner").values_list("act", flat=True)
    assert {"partner.breaker_opened", "partner.breaker_closed"} <= set(acts)


def _golden(partner: Partner, result: str = "passed") -> None:
    for direction in ("out", "in"):
        for message in GOLDEN_MESSAGES:
            GoldenRun.objects.create(
                authority="XA", partner=partner, run="1", direction=direction, channel="rest", message=message,
                expected="Delivered", result=result, at=START,
            )  # fmt: skip


def test_a_partner_goes_live_step_by_step_when_its_records_say_so() -> None:
    partner = make_partner()
    step: dict[str, Any] = {"code": "XB", **WHO}
    with pytest.raises(ActNotAllowed) as refused:
        services.partner_advance(act=OnboardingAct.FILL_PROFILE, **step)
    assert refused.value.guard == "documents"
    gaps = onboarding_gaps(partner, OnboardingAct.FILL_PROFILE)
    assert set(gaps) == {"documents", "channel", "contacts"}, "all at once, for the page that shows what is missing"
    connect(partner, Channel.REST)
    services.allowed_set(partner="XB", direction="out", pairs=[("851", "70")], **WHO)
    roles = [services.Contact(role=role, name="A. Body") for role in ("policy", "technical", "duty_desk")]
    services.contacts_set(code="XB", contacts=roles, **WHO)
    confirmed_key(partner)
    for act in (OnboardingAct.FILL_PROFILE, OnboardingAct.OPEN_SANDBOX):
        services.partner_advance(act=act, **step)
    with pytest.raises(ActNotAllowed):
        services.partner_advance(act=OnboardingAct.CERTIFY, **step)
    _golden(partner)
    services.partner_advance(act=OnboardingAct.CERTIFY, **step)
    services.partner_stage_set(stage=Stage.SIGNED, on=START.date(), types=("851", "657"), note="MoU", **step)
    services.partner_advance(act=OnboardingAct.START_PARALLEL, **step)
    with pytest.raises(ActNotAllowed):
        services.partner_advance(act=OnboardingAct.GO_LIVE, measured=Measured(1000, 994, 0), **step)
    services.partner_advance(act=OnboardingAct.GO_LIVE, measured=Measured(1000, 995, 0), **step)
    newest = stages_of(partner)[0]
    assert (newest.stage, newest.since, newest.types) == ("live", START.date(), ["657", "851"]), "what was agreed stays"
    assert Event.objects.filter(object_kind="partner", act="partner.stage_set").count() == 2
    services.partner_advance(act=OnboardingAct.SUSPEND, reason="their key leaked", **step)
    services.partner_advance(act=OnboardingAct.RESUME, reason="new key", **step)
    assert Partner.objects.get(code="XB").state == OnboardingState.LIVE


def test_a_golden_message_that_failed_keeps_a_partner_in_the_sandbox() -> None:
    partner = make_partner()
    connect(partner, Channel.REST)
    _golden(partner, "failed")
    Partner.objects.update(state="sandbox")
    with pytest.raises(ActNotAllowed) as refused:
        services.partner_advance(code="XB", act=OnboardingAct.CERTIFY, **WHO)
    assert refused.value.detail == "not_passed_rest_in"


def test_the_database_refuses_an_active_key_that_nobody_confirmed() -> None:
    make_partner()
    key = services.credential_add(partner="XB", use=CredentialUse.CLIENT_TLS, fingerprint="ab" * 32, **WHO)
    with pytest.raises(IntegrityError), transaction.atomic():
        PartnerCredential.objects.filter(pk=key.pk).update(status="active")
    services.credential_retire(credential_id=key.pk, **WHO)
    with pytest.raises(IntegrityError), transaction.atomic():
        PartnerCredential.objects.filter(pk=key.pk).update(status="next")


def test_what_was_attempted_cannot_be_removed() -> None:
    partner = live_partner()
    with pytest.raises(IntegrityError), transaction.atomic():
        partner.delete()
    assert Attempt.objects.count() == 0


def test_a_key_is_announced_60_30_and_7_days_before_it_ends_once_each() -> None:
    ends = START + timedelta(days=100)
    confirmed_key(make_partner(), valid_to=ends)
    told = [keys_warn(authority="XA", at=ends - timedelta(days=days)) for days in (61, 59, 45, 29, 8, 6, 1)]
    assert told == [0, 1, 0, 1, 0, 1, 0]
    assert Event.objects.filter(act="partner.key_expiring", role="clock").count() == 3
    assert keys_warn(authority="XA", at=ends + timedelta(days=1)) == 0
