"""The records of the demo's partners, made through the services like any partner's."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from opensps.accounts.queries import SYSTEM
from opensps.exchange import services
from opensps.exchange.golden import Golden
from opensps.exchange.queries.rows import CredentialUse, Delivery, Direction, Mode, Side, Stage
from opensps.exchange.services import Contact
from opensps.exchange.services.golden_results import GoldenResult, golden_results_keep
from opensps.exchange.transports import Channel
from opensps.lifecycle import OnboardingAct
from opensps.project.abroad.keys import NORTHLAND, THEIR_ADDRESS, WESTMARK, AbroadKeys

OWN = "XA"
TYPES = ("851", "657", "853", "852", "636")
STATUSES = ("70", "40", "44", "68", "74")
EXCHANGED_FOR = timedelta(days=14)
"""What was issued in this time is sent; before it there was paper only."""

_STEPS = (OnboardingAct.FILL_PROFILE, OnboardingAct.OPEN_SANDBOX)
_LATER = (OnboardingAct.CERTIFY, OnboardingAct.START_PARALLEL, OnboardingAct.GO_LIVE)


@transaction.atomic
def partners_create(keys: AbroadKeys, *, at: datetime) -> None:
    """Write down Northland and Westmark with their keys, and take them through their onboarding."""
    begun = at - EXCHANGED_FOR
    _profile("XB", "Northland", "北境国", "Northland Plant Protection Organization", "Europe/Oslo", begun)
    services.connection_set(
        **_who(begun, "XB"),
        channel=Channel.HUB,
        connection_code="XB",
        own_code=OWN,
        side=Side.HOST,
        delivery=Delivery.PULL,
        direction=Direction.BOTH,
    )
    _key("XB", CredentialUse.CLIENT_TLS, fingerprint=keys.fingerprint(NORTHLAND), at=begun)
    _onboarded("XB", Channel.HUB, Mode.PARALLEL, begun)
    _profile("XC", "Westmark", "西境国", "Westmark Food and Plant Inspection", "America/Halifax", begun)
    services.connection_set(
        **_who(begun, "XC"),
        channel=Channel.SMTP,
        connection_code="XC",
        own_code=OWN,
        address=THEIR_ADDRESS,
        side=Side.CLIENT,
        delivery=Delivery.PUSH,
        direction=Direction.BOTH,
    )
    pinned = keys.certificate_pem(WESTMARK)
    _key("XC", CredentialUse.SMIME_SIGN, fingerprint=keys.fingerprint(WESTMARK), material=pinned, at=begun)
    _onboarded("XC", Channel.SMTP, Mode.HYBRID, begun)


def _who(at: datetime, partner: str) -> dict[str, Any]:
    return {"authority": OWN, "actor": SYSTEM, "at": at, "partner": partner}


def _profile(code: str, english: str, chinese: str, authority_name: str, zone: str, at: datetime) -> None:
    who: dict[str, Any] = {"authority": OWN, "actor": SYSTEM, "at": at}
    services.partner_create(**who, code=code, name_en=english, name_zh=chinese, countries=(code,))
    services.partner_profile_set(**who, code=code, authority_name=authority_name, languages=["en"], time_zone=zone)
    services.partner_stage_set(**who, code=code, stage=Stage.AGREED, on=at.date() - timedelta(days=90))
    services.partner_stage_set(**who, code=code, stage=Stage.SIGNED, on=at.date() - timedelta(days=30))
    contacts = (
        Contact(role="policy", name="Runa Holm", address=f"policy@{code.lower()}.example"),
        Contact(role="technical", name="Ivo Lind", address=f"exchange@{code.lower()}.example", phone="+00 555 0101"),
        Contact(role="duty_desk", name="Duty desk", phone="+00 555 0102", hours="00:00 to 24:00 UTC"),
    )
    services.contacts_set(**who, code=code, contacts=contacts)


def _key(code: str, use: CredentialUse, *, fingerprint: str, at: datetime, material: str = "") -> None:
    added = services.credential_add(**_who(at, code), use=use, fingerprint=fingerprint, material=material)
    services.credential_confirm(
        authority=OWN, credential_id=added.pk, fingerprint=fingerprint, how="letter", actor=SYSTEM, at=at
    )


def _onboarded(code: str, channel: Channel, mode: Mode, at: datetime) -> None:
    """Agree on documents and modes; the golden messages of a made-up partner were made up too, and say so."""
    pairs = tuple((type_code, status) for type_code in TYPES for status in STATUSES)
    for direction in (Direction.OUT, Direction.IN):
        services.allowed_set(**_who(at, code), direction=direction, pairs=pairs)
        services.mode_set(**_who(at, code), direction=direction, mode=mode)
    for step in _STEPS:
        services.partner_advance(authority=OWN, code=code, act=step, actor=SYSTEM, at=at)
    for direction in (Direction.OUT, Direction.IN):
        results = [GoldenResult(message=each, result="passed", evidence={"made_up": True}) for each in Golden]
        run = f"demo-{code.lower()}-{direction}"
        golden_results_keep(**_who(at, code), run=run, direction=direction, channel=channel, results=results)
    for step in _LATER:
        reason = "A smaller number was agreed for the demonstration." if step is OnboardingAct.GO_LIVE else ""
        services.partner_advance(authority=OWN, code=code, act=step, actor=SYSTEM, at=at, reason=reason)
