"""What partners sent, as records of the border desk: the rooms `exchange` and `border` do not know each other.

Source: `ux.md` 6.6, `exchange.md` 8.4.
"""

from datetime import datetime
from typing import Any

from opensps.border.records import CertificateRecord, Origin, RecordLine, Sought, countries_of
from opensps.certificate import Certificate
from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.queries import incoming as queries
from opensps.exchange.queries.partners import exchanged_with
from opensps.exchange.queries.rows import IncomingCertificate
from opensps.formats import read_certificate
from opensps.web.html.receiving import receiving_terms


class ReceivedCertificates:
    """Asks `exchange`, and answers as `border.records.Received` wants it."""

    def one(self, *, authority: str, issuer: str, number: str) -> CertificateRecord | None:
        """Return one certificate by the code of its issuer and its exact number."""
        found = queries.incoming_under(authority=authority, number=number, partner=issuer) if issuer else ()
        return _record(found[0]) if found else None

    def of_number(self, *, authority: str, number: str) -> tuple[CertificateRecord, ...]:
        """Return every certificate that came under this number."""
        return tuple(_record(row) for row in queries.incoming_under(authority=authority, number=number))

    def after(
        self, *, authority: str, position: int, before: datetime, limit: int
    ) -> tuple[tuple[int, datetime, CertificateRecord], ...]:
        """Return certificates beyond a row that came before a time, in order, with the row and when each came."""
        rows = queries.incoming_after(authority=authority, position=position, before=before, limit=limit)
        return tuple((row.pk, row.arrived_at, _record(row)) for row in rows)

    def lines(self, *, authority: str, sought: Sought, offset: int, limit: int) -> tuple[RecordLine, ...]:
        """Return a page of them, newest first."""
        narrowed = queries.Sought(
            state=sought.state,
            partner=sought.issuer,
            text=sought.text,
            type_code=sought.kind,
            issued_from=sought.issued_from,
            numbers=sought.numbers,
        )
        rows = queries.incoming(authority=authority, sought=narrowed, offset=offset, limit=limit)
        return tuple(RecordLine(**_line(row)) for row in rows)

    def accepts_paper(self, *, authority: str, issuer: str, at: datetime) -> bool:
        """Whether no type from this partner is exchanged without paper now; without an agreement paper is the rule."""
        found = queries.partner_named(authority=authority, code=issuer)
        if found is None:
            return False
        inbound = [each.mode for each in exchanged_with(found, at=at) if each.direction == "in"]
        return "paperless" not in inbound

    def name(self, *, authority: str, issuer: str, language: str) -> str:
        """Return what a partner is called, ``""`` for an unknown one."""
        found = queries.partner_named(authority=authority, code=issuer)
        if found is None:
            return ""
        return found.name_zh or found.name_en if language.startswith("zh") else found.name_en


def _line(row: IncomingCertificate) -> dict[str, Any]:
    same = ("number", "state", "kind", "type_code", "goods", "consignor_name", "consignee_name", "export_country")
    return {
        **{name: getattr(row, name) for name in (*same, "import_country", "issued_at", "changed_at")},
        "origin": Origin.PARTNER,
        "issuer": row.partner.code,
    }


def _record(row: IncomingCertificate) -> CertificateRecord:
    xml = _content(row)
    value = _value(xml)
    return CertificateRecord(
        **_line(row),
        authority=row.authority,
        digest=row.content_digest,
        value=value,
        xml=xml,
        version=row.version,
        transit_countries=countries_of(value),
        arrived_at=row.arrived_at,
        replaced_by=row.replaced_by,
        has_conflict=row.has_conflict and not row.chosen_digest,
        is_held=row.is_held and not row.chosen_digest,
    )


def _content(row: IncomingCertificate) -> bytes | None:
    try:
        return queries.content_of(row)
    except EnvelopeNotFound:
        return None


def _value(xml: bytes | None) -> Certificate | None:
    if xml is None:
        return None
    return read_certificate(xml, extra_countries=receiving_terms().extra_countries).certificate
