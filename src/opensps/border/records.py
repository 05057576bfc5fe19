"""The certificate an official may see, ours or a partner's, as one frozen value; everything at the desk begins here.

Source: `ux.md` 5.2 and 6.6, `trust.md` 8. Officials of another country see what we issued for their country, as its
destination or on its way; our own people see ours and what partners sent us. Anything else does not exist: unknown,
foreign and forbidden raise the same `RecordNotFound`. Certificates of partners are kept by `exchange`, which this room
does not know: `register_received` is told by `project` where to ask. Nothing here judges or writes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from opensps.accounts.queries import Actor
from opensps.border.errors import RecordNotFound
from opensps.certificate import Certificate
from opensps.certification.errors import BytesChanged
from opensps.certification.queries import Certificate as Row
from opensps.certification.queries import certificate_value, desk_certificate, desk_certificates, sealed_record
from opensps.certification.queries.sealed import certificates_among
from opensps.lifecycle import OFFICERS, Role
from opensps.lifecycle.access import AccessScope
from opensps.verification import Record

__all__ = [
    "DESK_ABROAD",
    "DESK_STAFF",
    "CertificateRecord",
    "Coming",
    "Origin",
    "Received",
    "RecordLine",
    "Sought",
    "may_see",
    "record_for",
    "record_of",
    "records_for",
    "register_received",
]

DESK_STAFF = OFFICERS | {
    *(Role.BORDER_OFFICER, Role.BORDER_SUPERVISOR, Role.CASE_OFFICER, Role.INQUIRY_DESK, Role.MANAGER, Role.SYSTEM),
    *(Role.CUSTOMS, Role.CLOCK),
}
"""Own people who see every certificate, and what acts by itself."""

DESK_ABROAD = frozenset({Role.FOREIGN_OFFICER, Role.COUNTRY_ADMIN})
"""People of another country who see what we issued for it."""

PAGE = 25


class Origin(StrEnum):
    """Whose certificate it is."""

    OWN = "own"
    """Issued here."""

    PARTNER = "partner"
    """Received from another authority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """One certificate in a list, without its bytes."""

    origin: Origin
    issuer: str
    """Code of who issued it: our authority, or a partner."""

    number: str
    state: str
    """Code of `lifecycles.md` 2; of a partner's also ``held``, ``conflict``, ``unknown``."""

    kind: str = ""
    type_code: str = ""
    goods: str = ""
    consignor_name: str = ""
    consignee_name: str = ""
    export_country: str = ""
    import_country: str = ""
    issued_at: datetime | None = None
    changed_at: datetime | None = None
    """When the state last moved."""

    @property
    def is_own(self) -> bool:
        """Whether it was issued here."""
        return self.origin is Origin.OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRecord(RecordLine):
    """One certificate in full."""

    authority: str
    """Whose installation this is."""

    digest: str = ""
    """D of what counts, 64 hexadecimal digits; empty where no content came."""

    value: Certificate | None = None
    """What it says; None for a partner's whose content never came or is kept no longer."""

    xml: bytes | None = None
    """The bytes that count, exactly as sealed or received."""

    sealed: Record | None = None
    """What a check of one of ours asks; None for a partner's."""

    version: int = 1
    transit_countries: tuple[str, ...] = ()
    office: str = ""
    """Code of the office that issued it; ours only."""

    officer: str = ""
    """Opaque id of who signed it; ours only."""

    organisation: str = ""
    """Opaque id of the exporter; ours only."""

    arrived_at: datetime | None = None
    """When a partner's came."""

    valid_until: date | None = None
    hold_until: datetime | None = None
    public_reason: str = ""
    replaced_by: str = ""
    copy_count: int = 0
    has_conflict: bool = False
    """Two contents came under this number, and nobody has decided yet."""

    is_held: bool = False
    """Our check of what arrived found a severe fault; somebody looks at it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Where and when goods arrive; empty: not narrowed."""

    port: str = ""
    """UN/LOCODE of the point of entry."""

    arrives_from: date | None = None
    arrives_until: date | None = None
    is_transit: bool = False
    """What only passes through, instead of what is made out for the country."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is narrowed."""
        return self == Coming()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What a list is narrowed to; empty: not narrowed."""

    text: str = ""
    """A whole number, or words of goods, consignor or consignee."""

    state: str = ""
    kind: str = ""
    """Type code of the certificate (UNCL 1001)."""

    issuer: str = ""
    issued_from: date | None = None
    numbers: tuple[str, ...] | None = None
    """Only these; None: whichever."""


class Received(Protocol):
    """Where certificates of partners are asked for; `project` gives it."""

    def one(self, *, authority: str, issuer: str, number: str) -> CertificateRecord | None:
        """Return one certificate by the code of its issuer and its exact number."""

    def of_number(self, *, authority: str, number: str) -> tuple[CertificateRecord, ...]:
        """Return every certificate that came under this number, whoever issued it."""

    def after(
        self, *, authority: str, position: int, before: datetime, limit: int
    ) -> tuple[tuple[int, datetime, CertificateRecord], ...]:
        """Return certificates beyond a row that came before a time, in order, with the row and when each came."""

    def lines(self, *, authority: str, sought: Sought, offset: int, limit: int) -> tuple[RecordLine, ...]:
        """Return a page of them, newest first."""

    def accepts_paper(self, *, authority: str, issuer: str, at: datetime) -> bool:
        """Whether their paper is the original now, and is accepted while their system does not answer."""

    def name(self, *, authority: str, issuer: str, language: str) -> str:
        """Return what a partner is called, ``""`` for an unknown one."""


_RECEIVED: dict[str, Received] = {}


def register_received(source: Received) -> None:
    """Name the one place that knows what partners sent; called once at start."""
    _RECEIVED["source"] = source


def received() -> Received | None:
    """Return where partners' certificates are asked for, None where nobody said."""
    return _RECEIVED.get("source")


def record_for(*, authority: str, actor: Actor, issuer: str, number: str) -> CertificateRecord:
    """Return the certificate `number` of `issuer`, if this person may see it; raise `RecordNotFound`.

    ``issuer`` is the code of our own authority or of a partner.
    """
    found = record_of(authority=authority, issuer=issuer, number=number) if _is_here(actor, authority) else None
    if found is None or not may_see(actor, found):
        raise RecordNotFound(number)
    return found


def record_of(*, authority: str, issuer: str, number: str) -> CertificateRecord | None:
    """Return a certificate whoever asks: for the machine itself, never for a page."""
    if issuer in {"", authority}:
        row = desk_certificate(authority=authority, number=number)
        return None if row is None else own_record(row)
    source = received()
    return None if source is None else source.one(authority=authority, issuer=issuer, number=number)


def may_see(actor: Actor, record: CertificateRecord) -> bool:
    """Tell whether somebody may see this certificate in full."""
    if not _is_here(actor, record.authority) or (actor.lacks(AccessScope.VIEW) and actor.lacks(AccessScope.VERIFY)):
        return False
    if actor.roles & DESK_STAFF and not actor.country:
        return True
    is_abroad = bool(actor.roles & DESK_ABROAD) and bool(actor.country)
    return is_abroad and record.is_own and actor.country in {record.import_country, *record.transit_countries}


def records_for(
    *, authority: str, actor: Actor, sought: Sought = Sought(), offset: int = 0, limit: int = PAGE
) -> tuple[RecordLine, ...]:
    """Return a page of what comes to this person's country, newest first, at most one more than ``limit``.

    To officials of another country certificates we issued for it, to our own border what partners sent.
    """
    if not _is_here(actor, authority) or actor.lacks(AccessScope.VIEW):
        return ()
    if actor.country:
        return _for_abroad(authority, actor, sought, offset, limit) if actor.roles & DESK_ABROAD else ()
    source = received()
    if source is None or not actor.roles & DESK_STAFF:
        return ()
    return source.lines(authority=authority, sought=sought, offset=offset, limit=limit + 1)


def _for_abroad(authority: str, actor: Actor, sought: Sought, offset: int, limit: int) -> tuple[RecordLine, ...]:
    if sought.numbers is not None:
        among = certificates_among(
            authority=authority,
            numbers=sought.numbers,
            text=sought.text,
            state=sought.state,
            type_code=sought.kind,
            issued_from=sought.issued_from,
            offset=offset,
            limit=limit + 1,
        )
        return tuple(_line(row) for row in among)
    rows = desk_certificates(
        authority=authority,
        country=actor.country,
        text=sought.text,
        state=sought.state,
        type_code=sought.kind,
        issued_from=sought.issued_from,
        offset=offset,
        limit=limit + 1,
    )
    return tuple(_line(row) for row in rows)


def _is_here(actor: Actor, authority: str) -> bool:
    return actor.authority == authority or bool(actor.roles & {Role.SYSTEM, Role.CLOCK})


def _line(row: Row) -> RecordLine:
    return RecordLine(
        origin=Origin.OWN,
        issuer=row.authority,
        number=row.number,
        state=row.state,
        kind=row.kind,
        type_code=row.type_code,
        goods=row.goods,
        consignor_name=row.consignor_name,
        consignee_name=row.consignee_name,
        export_country=row.export_country,
        import_country=row.import_country,
        issued_at=row.issued_at,
        changed_at=row.changed_at,
    )


def own_record(row: Row) -> CertificateRecord:
    """Return a row of ours as a record."""
    value, sealed = _value(row), sealed_record(row)
    return CertificateRecord(
        **{name: getattr(row, name) for name in _SAME},
        origin=Origin.OWN,
        issuer=row.authority,
        digest=bytes(row.digest).hex(),
        value=value,
        xml=bytes(row.xml) if row.xml is not None else None,
        sealed=sealed,
        transit_countries=countries_of(value),
        hold_until=sealed.hold_until if sealed is not None else None,
    )


_SAME = (
    *("authority", "number", "state", "kind", "type_code", "goods", "consignor_name", "consignee_name"),
    *("export_country", "import_country", "issued_at", "changed_at", "office", "officer", "organisation"),
    *("valid_until", "public_reason", "copy_count"),
)


def _value(row: Row) -> Certificate | None:
    try:
        return certificate_value(row)
    except BytesChanged:
        return None


def countries_of(value: Certificate | None) -> tuple[str, ...]:
    """Return the countries of transit."""
    areas: Iterable[str | None] = () if value is None else (each.code for each in value.consignment.transit_countries)
    return tuple(str(code) for code in areas if code)
