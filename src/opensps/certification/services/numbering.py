"""Taking numbers: one locked row per series, so that no number is ever given twice (`domain.md` 2.2, I20)."""

from datetime import datetime
from typing import Any

from opensps.certificate import CertificateNumber, IssuedNumber
from opensps.certification.models import Application, BurntNumber, NumberSeries

CERTIFICATE, APPLICATION, INSPECTION = "certificate", "application", "inspection"


def serial_take(*, authority: str, name: str, office: str, year: int) -> int:
    """Return the next serial of a series, 1 or more, inside the caller's transaction.

    The row is locked: two takers stand in line. The first taker of a year makes the row; if two do, the unique
    constraint decides and the loser takes the row of the winner.
    """
    key: dict[str, Any] = {"authority": authority, "name": name, "office": office, "year": year}
    series = NumberSeries.objects.select_for_update().filter(**key).first()
    if series is None:
        NumberSeries.objects.get_or_create(**key)
        series = NumberSeries.objects.select_for_update().get(**key)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last


def reference_take(*, authority: str, name: str, letter: str, year: int) -> str:
    """Return the next reference of a series: ``A-2026-0000318``."""
    return f"{letter}-{year}-{serial_take(authority=authority, name=name, office='', year=year):07d}"


def number_take(*, authority: str, office: str, year: int) -> CertificateNumber:
    """Return the next certificate number of an office and year."""
    serial = serial_take(authority=authority, name=CERTIFICATE, office=office, year=year)
    return IssuedNumber(authority=authority, year=year, office=office, serial=serial).text


def number_burn(application: Application, *, reason_code: str, at: datetime) -> None:
    """Record that the number of an application will never be a certificate, and take it off the application."""
    if not application.number:
        return
    BurntNumber.objects.create(
        authority=application.authority, number=application.number, reason_code=reason_code, burnt_at=at
    )
    application.number = ""
