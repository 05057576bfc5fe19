"""What the public figures need of certification, read onwards from the last row seen; nothing is read twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from statistics import median

from django.db.models import Count, Q, QuerySet

from opensps.certificate import Certificate as Value
from opensps.certification.errors import BytesChanged
from opensps.certification.models import Application, BurntNumber, Certificate, IssueApproval
from opensps.certification.queries.certificates import certificate_value
from opensps.lifecycle import ApplicationState, CertificateState

MOST = 20_000
"""Rows at a time."""

SAMPLE = 5_000
"""Newest rows a median is taken of."""


@dataclass(frozen=True, slots=True)
class Issued:
    """How many more certificates were sealed, and up to which row they were counted."""

    count: int
    position: int


@dataclass(frozen=True, slots=True)
class NumberedCertificate:
    """A certificate as the watching rules see it."""

    row: int
    number: str
    office: str
    officer: str
    issued_at: datetime
    sealed_at: datetime
    import_country: str


def issued_after(*, authority: str, position: int, before: datetime) -> Issued:
    """Count certificates beyond a row that were sealed before a time; younger ones wait for the next turn."""
    rows = Certificate.objects.filter(authority=authority, pk__gt=position).order_by("pk")
    found = list(rows.values_list("pk", "sealed_at")[:MOST])
    settled = [pk for pk, sealed_at in found if sealed_at < before]
    return Issued(len(settled), max(settled, default=position))


def certificates_after(*, authority: str, position: int, limit: int) -> tuple[NumberedCertificate, ...]:
    """Return certificates beyond a row, in order."""
    rows = Certificate.objects.filter(authority=authority, pk__gt=position).order_by("pk")
    names = ("pk", "number", "office", "officer", "issued_at", "sealed_at", "import_country")
    return tuple(NumberedCertificate(*row) for row in rows.values_list(*names)[:limit])


def certificates_named(*, authority: str, numbers: set[str]) -> dict[str, NumberedCertificate]:
    """Return number -> certificate of those that are ours."""
    rows = Certificate.objects.filter(authority=authority, number__in=numbers)
    names = ("pk", "number", "office", "officer", "issued_at", "sealed_at", "import_country")
    return {row[1]: NumberedCertificate(*row) for row in rows.values_list(*names)}


def withdrawn_count(*, authority: str) -> int:
    """Return how many certificates were withdrawn; few, and an index leads to them."""
    return Certificate.objects.filter(authority=authority, state=CertificateState.WITHDRAWN).count()


def refused_count(*, authority: str) -> int:
    """Return how many applications were refused."""
    rows = Application.objects.filter(authority=authority, state=ApplicationState.REFUSED)
    return int(rows.aggregate(count=Count("pk"))["count"])


def submitted_to_signed_minutes(*, authority: str, at: datetime) -> float | None:
    """Return the median from submission to seal of the newest certificates of a year; ``None`` without any."""
    rows = Certificate.objects.filter(authority=authority, sealed_at__gt=at - timedelta(days=365)).order_by("-pk")
    times = rows.values_list("application__submitted_at", "sealed_at")[:SAMPLE]
    taken = [(sealed - submitted).total_seconds() / 60 for submitted, sealed in times if submitted is not None]
    return round(median(taken), 1) if taken else None


def values_after(
    *, authority: str, position: int, before: datetime, limit: int
) -> tuple[tuple[int, datetime, Value | None], ...]:
    """Return row, time of the seal and value of certificates beyond a row, in order, up to the first that is young.

    Those sealed ``before`` a time alone are parsed. The value is ``None`` where the stored bytes do not read.
    """
    beyond = Certificate.objects.filter(authority=authority, pk__gt=position).order_by("pk")
    settled = takewhile(lambda row: row[1] < before, beyond.values_list("pk", "sealed_at")[:limit])
    wanted = [pk for pk, _sealed_at in settled]
    rows = Certificate.objects.filter(pk__in=wanted).order_by("pk") if wanted else ()
    return tuple((row.pk, row.sealed_at, _value_or_none(row)) for row in rows)


def _value_or_none(row: Certificate) -> Value | None:
    try:
        return certificate_value(row)
    except BytesChanged:
        return None


@dataclass(frozen=True, slots=True)
class Approved:
    """One approval by an officer."""

    row: int
    officer: str
    at: datetime
    is_batch: bool
    number: str
    """Of the certificate it was given for."""


def approvals_after(*, authority: str, position: int, limit: int) -> tuple[Approved, ...]:
    """Return approvals beyond a row, in order."""
    rows = IssueApproval.objects.filter(authority=authority, pk__gt=position).order_by("pk")
    return _approved(rows, limit)


def approvals_of(*, authority: str, officers: set[str], since: datetime) -> tuple[Approved, ...]:
    """Return approvals of some officers since a time, the newest thousand rows at most."""
    rows = IssueApproval.objects.filter(authority=authority, officer__in=officers, at__gt=since).order_by("-pk")
    return _approved(rows, 1000)


def _approved(rows: QuerySet[IssueApproval], limit: int) -> tuple[Approved, ...]:
    found = rows.values_list("pk", "officer", "at", "digests", "intention__number")[:limit]
    return tuple(Approved(pk, officer, at, len(digests) > 1, number) for pk, officer, at, digests, number in found)


@dataclass(frozen=True, slots=True)
class Decided:
    """What an examiner decided in a time."""

    office: str
    officer: str
    cases: int
    refused: int


def decided_between(*, authority: str, since: datetime, until: datetime) -> tuple[Decided, ...]:
    """Return for every examiner how many applications ended with a certificate or a refusal, and how many refused."""
    ended = (ApplicationState.ISSUED, ApplicationState.REFUSED)
    rows = Application.objects.filter(
        authority=authority, state__in=ended, changed_at__gte=since, changed_at__lt=until
    ).exclude(examiner="")
    counted = rows.values("office", "examiner").annotate(
        cases=Count("pk"), refused=Count("pk", filter=Q(state=ApplicationState.REFUSED))
    )
    return tuple(Decided(row["office"], row["examiner"], row["cases"], row["refused"]) for row in counted)


def numbers_between(*, authority: str, first: str, last: str) -> tuple[str, ...]:
    """Return every number of a series that is a certificate, was burnt, or is held by an open application."""
    span = {"authority": authority, "number__gte": first, "number__lte": last}
    found = [model.objects.filter(**span).values_list("number", flat=True) for model in (Certificate, BurntNumber)]
    taken = Application.objects.filter(**span).values_list("number", flat=True)
    issued = set(found[0])
    return (*issued, *found[1], *(number for number in taken if number not in issued))
