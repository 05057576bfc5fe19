"""Reading issued certificates: by number, token or digest, as lists, and as the record a check compares with."""

import functools
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from opensps import formats
from opensps.accounts.mandate_queries import is_agent, within_reach
from opensps.accounts.queries import Actor, authority_profile
from opensps.certificate import Certificate as CertificateValue
from opensps.certificate import NumberTypo, parse_number
from opensps.certification.deadlines import day_end
from opensps.certification.errors import BytesChanged, NotFound
from opensps.certification.models import Certificate, IssueIntention
from opensps.certification.queries.templates import templates_of
from opensps.lifecycle import APPLICANTS, CERTIFICATE, FOREIGN, OUTSIDE, CertificateAct, CertificateState, allowed_acts
from opensps.lifecycle.mandate import MandateScope
from opensps.rules.templates import AgreedTemplate
from opensps.verification import Record

PAGE = 25
"""Rows of one page of a list."""

_MOMENT = timedelta(seconds=1)
"""A deadline ends at 24:00; a moment before, it is still the day that was published."""

_HEAVY = ("xml", "seal", "digest", "salt")

_COLLECTING = frozenset({MandateScope.COLLECT})

_NEWEST_FIRST = "-issued_at"
"""By this alone: with a second column a database walks all certificates instead of a country's or exporter's own."""

NEWEST_SEARCHED = 20_000
"""Certificates of a country in which words are looked for; a number, and a filter without words, has no such limit."""


def certificate_by_number(*, authority: str, number: str) -> Certificate:
    """Return one certificate by its exact number; raise `NotFound`."""
    found = Certificate.objects.select_related("application").filter(authority=authority, number=number).first()
    if found is None:
        raise NotFound(number)
    return found


def certificate_by_token(*, authority: str, token: str) -> Certificate | None:
    """Return the certificate of a check link, ``None`` when there is none."""
    return Certificate.objects.filter(authority=authority, token=token).first()


def certificate_of(*, authority: str, reference: str) -> Certificate | None:
    """Return the certificate an application led to, if any."""
    return Certificate.objects.filter(authority=authority, application__reference=reference).first()


@functools.lru_cache(maxsize=64)
def _read(xml: bytes) -> CertificateValue:
    value = formats.read_certificate(xml).certificate
    if value is None:
        raise BytesChanged("stored bytes do not read")
    return value


def certificate_value(certificate: Certificate) -> CertificateValue:
    """Return the value of a certificate, read from its sealed bytes."""
    if certificate.xml is None:
        raise BytesChanged(certificate.number)
    return _read(bytes(certificate.xml))


def sealed_record(certificate: Certificate | None) -> Record | None:
    """Return what a check asks of a row; ``None`` where there is none, or it holds no sealed bytes."""
    if certificate is None or certificate.xml is None or certificate.seal is None:
        return None
    return Record(
        number=certificate.number,
        state=certificate.state,
        digest=bytes(certificate.digest),
        xml=bytes(certificate.xml),
        seal=bytes(certificate.seal),
        sealed_at=certificate.sealed_at,
        salt=bytes(certificate.salt),
        token=certificate.token,
        code=certificate.code,
        changed_at=certificate.changed_at,
        hold_until=None if certificate.hold_decide_by is None else day_end(certificate.hold_decide_by) - _MOMENT,
        public_reason=certificate.public_reason,
        template=certificate.template,
        templates=_templates(certificate) if certificate.template else (),
        copies=certificate.copy_count,
        lost_copies=tuple((int(copy), datetime.fromisoformat(at)) for copy, at in certificate.lost_copies.items()),
    )


def _templates(certificate: Certificate) -> tuple[AgreedTemplate, ...]:
    return templates_of(
        authority=certificate.authority,
        issuer=certificate.authority,
        kind=certificate.kind,
        country=certificate.import_country,
    )


def certificate_record(*, authority: str, number: str) -> Record | None:
    """Return what our register knows of a number, ``None`` when we never issued it. One query."""
    return sealed_record(Certificate.objects.filter(authority=authority, number=number).first())


def record_by_token(*, authority: str, token: str) -> Record | None:
    """Return the record of a check link. One query."""
    return sealed_record(certificate_by_token(authority=authority, token=token))


def record_by_digest(*, authority: str, digest: bytes) -> Record | None:
    """Return the record with this content digest D. One query."""
    return sealed_record(Certificate.objects.filter(authority=authority, digest=digest).first())


def hold_ends_at(certificate: Certificate) -> datetime | None:
    """Return when the decision on a hold is due at the latest, in the authority's own time."""
    if certificate.hold_decide_by is None:
        return None
    profile = authority_profile(certificate.authority)
    return day_end(certificate.hold_decide_by, offset_minutes=profile.offset_minutes if profile else 0)


def desk_certificate(*, authority: str, number: str) -> Certificate | None:
    """Return one row by its exact number with its bytes, ``None`` when there is none. One query."""
    return Certificate.objects.filter(authority=authority, number=number).first()


def desk_certificates(
    *,
    authority: str,
    country: str,
    text: str = "",
    state: str = "",
    type_code: str = "",
    issued_from: date | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> tuple[Certificate, ...]:
    """Return a page of what was issued for a country, newest first, without the bytes.

    A complete number finds its certificate whatever the filters say; words are looked for among the newest
    `NEWEST_SEARCHED`, so that a search costs the same however many there are. Two queries with words, else one.
    """
    rows = Certificate.objects.filter(authority=authority, import_country=country)
    number = exact_number(text) if text else None
    if number is not None:
        rows = rows.filter(number=number)
    else:
        rows = _newest(rows) if text else rows
        rows = _filtered(rows, text, (CertificateState(state),) if state else (), "", issued_from)
        rows = rows.filter(type_code=type_code) if type_code else rows
    return tuple(rows.defer(*_HEAVY).order_by(_NEWEST_FIRST)[offset : offset + limit])


def _newest(rows: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """Narrow to the newest `NEWEST_SEARCHED`, by the time of the last of them, which an index alone answers."""
    times = rows.order_by("-issued_at").values_list("issued_at", flat=True)
    last = times[NEWEST_SEARCHED - 1 : NEWEST_SEARCHED].first()
    return rows if last is None else rows.filter(issued_at__gte=last)


def certificates_visible_to(*, authority: str, actor: Actor) -> QuerySet[Certificate]:
    """Return the certificates somebody may see: an exporter those of the own organisation, an officer all.

    An agent sees those it may collect under a mandate that holds now.

    Officials of other countries, and customs, have a door of their own, `border.records`; people of ministries none.
    """
    rows = Certificate.objects.filter(authority=authority)
    if actor.authority not in {"", authority} or actor.country or actor.roles & FOREIGN:
        return rows.none()
    if actor.roles - APPLICANTS - OUTSIDE:
        return rows
    if is_agent(actor):
        return rows.filter(within_reach(authority=authority, actor=actor, kind="kind", needed=_COLLECTING))
    return rows.filter(organisation=actor.organisation) if actor.organisation else rows.none()


def certificate_is_visible_to(certificate: Certificate, actor: Actor) -> bool:
    """Whether somebody may see this certificate; what they may not see does not exist for them."""
    visible = certificates_visible_to(authority=certificate.authority, actor=actor)
    return visible.filter(pk=certificate.pk).exists()


def exact_number(text: str) -> str | None:
    """Return the number somebody typed completely, ``None`` when it is only words to search for."""
    try:
        return str(parse_number(text))
    except NumberTypo:
        return None


def _matching(rows: QuerySet[Certificate], text: str) -> QuerySet[Certificate]:
    words = (
        Q(number__icontains=text)
        | Q(consignor_name__icontains=text)
        | Q(consignee_name__icontains=text)
        | Q(goods__icontains=text)
    )
    return rows.filter(words)


def certificates_for_actor(
    *,
    authority: str,
    actor: Actor,
    text: str = "",
    states: tuple[CertificateState, ...] = (),
    import_country: str = "",
    issued_from: date | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> tuple[Certificate, ...]:
    """Return a page of certificates, newest first, without their bytes.

    A complete number finds its certificate whatever the filters say (`ux.md` 3, 34).
    """
    rows = certificates_visible_to(authority=authority, actor=actor)
    number = exact_number(text) if text else None
    if number is not None:
        rows = rows.filter(number=number)
    else:
        rows = _filtered(rows, text, states, import_country, issued_from)
    page = rows.select_related("application").defer(*_HEAVY, "application__value", "application__returned_value")
    return tuple(page.order_by(_NEWEST_FIRST)[offset : offset + limit])


def certificates_count_for_actor(
    *,
    authority: str,
    actor: Actor,
    text: str = "",
    states: tuple[CertificateState, ...] = (),
    import_country: str = "",
    issued_from: date | None = None,
) -> int:
    """Return how many certificates the same filters find."""
    rows = certificates_visible_to(authority=authority, actor=actor)
    number = exact_number(text) if text else None
    if number is not None:
        return rows.filter(number=number).count()
    return _filtered(rows, text, states, import_country, issued_from).count()


def _filtered(
    rows: QuerySet[Certificate],
    text: str,
    states: tuple[CertificateState, ...],
    import_country: str,
    issued_from: date | None,
) -> QuerySet[Certificate]:
    if text:
        rows = _matching(rows, text.strip())
    if states:
        rows = rows.filter(state__in=states)
    if import_country:
        rows = rows.filter(import_country=import_country)
    if issued_from is not None:
        rows = rows.filter(issued_at__date__gte=issued_from)
    return rows


def withdrawals_to_confirm(*, authority: str) -> tuple[Certificate, ...]:
    """Return certificates whose withdrawal somebody proposed, oldest proposal first."""
    rows = Certificate.objects.filter(authority=authority, state=CertificateState.ON_HOLD).exclude(proposed_by="")
    return tuple(rows.defer(*_HEAVY).order_by("proposed_at", "id"))


def holds_to_decide(*, authority: str) -> tuple[Certificate, ...]:
    """Return certificates on hold without a proposal, earliest decision first."""
    rows = Certificate.objects.filter(authority=authority, state=CertificateState.ON_HOLD, proposed_by="")
    return tuple(rows.defer(*_HEAVY).order_by("hold_decide_by", "id"))


def certificate_acts_for(certificate: Certificate, *, actor: Actor) -> tuple[CertificateAct, ...]:
    """Return the acts on offer to somebody, guards not yet asked."""
    return allowed_acts(CERTIFICATE, CertificateState(certificate.state), actor.roles)


def open_intentions(*, authority: str) -> tuple[IssueIntention, ...]:
    """Return approved but not yet sealed issues, oldest first: after a crash anybody can see them."""
    rows = IssueIntention.objects.filter(authority=authority, state=IssueIntention.INTENDED)
    return tuple(rows.select_related("application").defer("xml").order_by("approved_at", "id"))
