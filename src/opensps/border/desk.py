"""Who checks at the desk, under which terms, and what a record says to them. Nothing here writes.

Source: `fraud.md` 2 and 6, `trust.md` 7. A certificate of ours is judged by its stored bytes and seal, one of a partner
by what was received and by everything said about it since. Officials are also told whether it is meant for them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from opensps.accounts.queries import Actor
from opensps.border.models import Door
from opensps.border.queries.listings import was_listed_late
from opensps.border.records import CertificateRecord, received
from opensps.certification.queries.templates import templates_of
from opensps.rules.templates import certificate_is_on_wrong_template
from opensps.signing import TrustList
from opensps.verification import NOTHING, AtHand, FieldAnswer, Record, Verdict, check_delivery, check_entry, gather
from opensps.verification.aspects import Aspect, Fragment, Outcome, failed, passed
from opensps.verification.verdict import decide

Proofs = Callable[[str], bytes | None]
"""Number -> proof bundle, where the log has one."""

_STATES: Mapping[str, Fragment] = MappingProxyType(
    {
        "in_force": passed(Aspect.STATUS),
        "held": passed(Aspect.STATUS),
        "conflict": failed(Aspect.CONSISTENCY, "equivocation"),
        "unknown": Fragment(Aspect.STATUS, Outcome.ERROR, "not_covered"),
    }
)
"""State of a partner's certificate to what it answers; every other state is a result of its own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One check at a desk."""

    authority: str
    actor: Actor
    at: datetime
    trust: TrustList
    network: str = ""
    """IP address of the caller, of which only a keyed digest is kept."""

    accepts_training: bool = False
    proofs: Proofs | None = None
    at_hand: AtHand = NOTHING
    reference: str = ""
    """The checker's own."""

    batch: str = ""
    own_countries: frozenset[str] = frozenset()

    @property
    def destination(self) -> str:
        """The country for which it must be meant: the official's, else ours."""
        return self.actor.country or self.authority[:2]

    def proven(self, record: Record | None) -> Record | None:
        """Return a record of ours with its proof, where the log has one."""
        if record is None or self.proofs is None:
            return record
        return replace(record, bundle=self.proofs(record.number))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a check came to, before it is kept."""

    verdict: Verdict
    door: Door
    record: CertificateRecord | None = None
    """What this person may see of it; None where there is nothing, or nothing for them."""

    number: str = ""
    """As it was given, where no record says it."""

    points: tuple[str, ...] = ()
    fields: tuple[FieldAnswer, ...] = ()
    previous: str = ""
    wait_until: datetime | None = None
    is_full: bool = False
    """Whether all of the certificate may be shown though it is not for this country: they gave its code."""

    extra: Mapping[str, str] = field(default_factory=dict)


def judge(desk: Desk, record: CertificateRecord) -> Verdict:
    """Return the verdict on a certificate this person may see."""
    if record.is_own:
        return check_entry(
            desk.proven(record.sealed),
            trust=desk.trust,
            now=desk.at,
            accepts_training=desk.accepts_training,
            destination=desk.actor.country,
        )
    return replace(_judged(desk, record), number=record.number, checked_at=desk.at)


def _judged(desk: Desk, record: CertificateRecord) -> Verdict:
    if record.xml is None:
        return decide((_standing(record),), required=frozenset({Aspect.INPUT, Aspect.CONTENT, Aspect.STATUS}))
    found = check_delivery(
        gather((("certificate.xml", record.xml),)),
        sender=record.issuer,
        trust=desk.trust,
        now=desk.at,
        accepts_training=desk.accepts_training,
        at_hand=desk.at_hand,
    )
    if found.result == "offline_unknown" and record.value is not None:
        found = _by_channel(desk, record)
    return _with(desk, record, found)


def _by_channel(desk: Desk, record: CertificateRecord) -> Verdict:
    """Return the verdict on what an authority sent that seals nothing, or whose keys nobody lists."""
    fragments = (passed(Aspect.INPUT), failed(Aspect.SEAL_SHAPE, "not_sealed"), passed(Aspect.CONTENT))
    source = received()
    name = source.name(authority=desk.authority, issuer=record.issuer, language="en") if source is not None else ""
    verdict = decide(fragments, required=frozenset())
    return replace(verdict, certificate=record.value, signer=name or record.issuer, as_of=desk.at)


def _with(desk: Desk, record: CertificateRecord, found: Verdict) -> Verdict:
    """Return the verdict with where it stands by its issuer's messages, and whether it is meant for us."""
    said = (_standing(record), passed(Aspect.FRESHNESS), *_purpose(desk, record))
    named = {each.aspect for each in said}
    kept = (each for each in found.fragments if each.aspect not in named)
    whole = decide((*kept, *said, *_form(desk, record)), required=frozenset())
    also = tuple(each for each in whole.also if each != whole.result)
    changed = replace(found.circumstances, changed_at=record.changed_at, successor=record.replaced_by or None)
    return replace(
        found, result=whole.result, fragments=whole.fragments, also=also, circumstances=changed, as_of=desk.at
    )


def _standing(record: CertificateRecord) -> Fragment:
    if record.has_conflict:
        return _STATES["conflict"]
    return _STATES.get(record.state) or failed(Aspect.STATUS, record.state)


def _form(desk: Desk, record: CertificateRecord) -> tuple[Fragment, ...]:
    """Ask whether the form of a partner's certificate was valid on the day of issue, as far as it was agreed."""
    if record.value is None:
        return ()
    agreed = templates_of(authority=desk.authority, issuer=record.issuer, kind=record.value.kind.value)
    is_wrong = certificate_is_on_wrong_template(agreed, record.value)
    return (failed(Aspect.CONSISTENCY, "template"),) if is_wrong else ()


def points_of(record: CertificateRecord) -> tuple[str, ...]:
    """Return what speaks against a record beside its check: a fault found on delivery, a listing that came late."""
    is_held = not record.is_own and (record.is_held or record.state == "held")
    found = {"requirement_open": is_held, "list_lag": was_listed_late(record)}
    return tuple(point for point, is_so in found.items() if is_so)


def _purpose(desk: Desk, record: CertificateRecord) -> tuple[Fragment, ...]:
    ours = desk.own_countries or {desk.destination}
    meant = {record.import_country, *record.transit_countries}
    return (passed(Aspect.PURPOSE) if ours & meant else failed(Aspect.PURPOSE, "other_destination"),)
