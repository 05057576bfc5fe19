"""``opensps certificate``: show one certificate of the register, or compare two, for those who run the installation."""

import sys
from datetime import UTC, datetime
from typing import Any

import click
from django.conf import settings
from django.db import DatabaseError

from opensps.certification.errors import BytesChanged, NotFound
from opensps.certification.models import Certificate
from opensps.certification.queries import certificate_by_number, certificate_value, exact_number
from opensps.certification.services import CodeSigner, certificate_pdf
from opensps.formats.json_form import dumps
from opensps.lifecycle.words import word
from opensps.project.commands.comparing import diff_command
from opensps.project.commands.manners import language_option, verbose_option
from opensps.project.exits import Exit, Stopped
from opensps.project.keys import own_signer, own_trust
from opensps.project.log_installation import own_proof
from opensps.project.words import language_from, translator
from opensps.signing import SigningError
from opensps.signing.pdf_seals import seal_pdf
from opensps.verification import Reader, facts


@click.group()
def certificate() -> None:
    """Look at the certificates of this installation."""


@certificate.command()
@click.argument("number")
@click.option("--json", "form", flag_value="json", help="Print the certificate as JSON.")
@click.option("--xml", "form", flag_value="xml", help="Write the XML exactly as sealed.")
@click.option("--seal", "form", flag_value="xades", help="Write the seal that belongs beside the XML.")
@click.option("--pdf", "form", flag_value="pdf", help="Write the PDF; give it a file with > certificate.pdf.")
@language_option
@verbose_option
def show(*, number: str, form: str | None, language: str | None) -> int:
    """Show a certificate as text, JSON, XML with its seal apart, or PDF with both inside.

    \b
    Examples:
      opensps certificate show XA-2026-014-0004512-0
      opensps certificate show XA-2026-014-0004512-0 --pdf > certificate.pdf
      opensps certificate show XA-2026-014-0004512-0 --xml > certificate.xml
      opensps certificate show XA-2026-014-0004512-0 --seal > certificate.xades
    """
    found = _find(number)
    if form in BINARY:
        _write(found, form)
    elif form == "json":
        click.echo(dumps(certificate_value(found)))
    else:
        _print(found, language_from(language))
    return Exit.DONE


def _find(typed: str) -> Certificate:
    number = exact_number(typed)
    if number is None:
        raise Stopped(
            Exit.USAGE, "Check the number: one character looks wrong. It should look like XA-2026-014-0004512-0."
        )
    try:
        return certificate_by_number(authority=settings.OPENSPS_AUTHORITY, number=number)
    except NotFound as exc:
        raise Stopped(Exit.NOT_FOUND, "This installation has no certificate %(number)s.", number=number) from exc
    except DatabaseError as exc:
        raise Stopped(Exit.TRY_LATER, "The database does not answer (%(why)s).", why=type(exc).__name__) from exc


def _pdf(found: Certificate) -> bytes:
    """Return the paper; where this process may use the key, signed and with signed codes, else with the seal alone."""
    named: dict[str, Any] = {
        "authority": found.authority,
        "number": found.number,
        "is_demo": settings.OPENSPS_DEMO,
        "bundle": own_proof(found.number),
    }
    try:
        signer, at = own_signer(), datetime.now(UTC)
        codes = CodeSigner(signer, own_trust(), at)
    except (SigningError, Stopped):
        return certificate_pdf(**named)
    paper = certificate_pdf(**named, codes=codes)
    return seal_pdf(paper, signer=signer, at=at)


BINARY = {
    "xml": lambda found: bytes(found.xml or b""),
    "xades": lambda found: bytes(found.seal or b""),
    "pdf": _pdf,
}
"""Form -> the bytes of a certificate in it."""


def _write(found: Certificate, form: str) -> None:
    if sys.stdout.isatty():
        raise Stopped(
            Exit.USAGE, "This is no text for a terminal; send it to a file: > %(name)s", name=f"{found.number}.{form}"
        )
    try:
        data = BINARY[form](found)
    except BytesChanged as exc:
        raise Stopped(
            Exit.UNEXPECTED, "The stored bytes of %(number)s are missing; run: opensps doctor", number=found.number
        ) from exc
    sys.stdout.buffer.write(data)


def _print(found: Certificate, language: str) -> None:
    gettext = translator(language)
    status = word("certificate", found.state)
    said = status.chinese if language == "zh-hans" else status.english
    click.echo(f"{found.number}  {said}")
    sealed = found.sealed_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    click.echo(gettext("Sealed %(time)s") % {"time": sealed})
    for fact in facts(certificate_value(found), Reader.OFFICIAL, language=language):
        click.echo(f"  {fact.label}: {fact.value}")


certificate.add_command(diff_command(lambda typed: certificate_value(_find(typed))))
