"""``opensps log``: create the transparency log, let it grow, prove from it, look whether it is sound."""

import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from django.conf import settings

from opensps.certification.errors import LogError
from opensps.certification.log_problems import LogProblem
from opensps.certification.models import TransparencyLog
from opensps.certification.queries.log import log_by_origin, log_place, log_status, logs_of, proof_bundle
from opensps.certification.queries.log_audit import log_audit, log_fsck, seen_elsewhere
from opensps.certification.services.log_growth import log_append_all, log_create, log_freeze, log_reopen
from opensps.certification.services.log_leaves import log_head_append
from opensps.formats import FormatError, content_digest
from opensps.formats.note_keys import KeyType, NoteSigner
from opensps.formats.xml_input import parse
from opensps.project.commands.manners import json_option, language_option, print_json, read_input, verbose_option
from opensps.project.exits import Exit, Stopped
from opensps.project.keys import own_trust
from opensps.project.log_installation import directory_of, own_log_signer, own_policy, witness_tls
from opensps.project.witness_client import WitnessClient
from opensps.project.words import gettext_noop, language_from, translator
from opensps.signing import TrustList
from opensps.transparency.bundle import CheckedBundle, check_bundle, read_bundle
from opensps.transparency.cosignature import NO_QUORUM, Quorum, WitnessKey
from opensps.transparency.errors import BundleError

REASONS = {
    "none": gettext_noop("There is no log; create one: opensps log create"),
    "beaten": gettext_noop("Another writer was faster; nothing was signed here."),
    "read_only": gettext_noop("The log was stopped (%(detail)s); nothing is signed."),
    "damaged": gettext_noop("Tiles or leaves are not those of the log (%(detail)s); nothing was signed."),
    "key": gettext_noop("The key is not that of this log (%(detail)s)."),
    "exists": gettext_noop("A log is open already, or had this name; freeze it first: opensps log freeze"),
    "origin": gettext_noop("The name of a log is HOST/AUTHORITY/YEAR, not %(detail)s."),
    "not_logged": gettext_noop("%(detail)s is not in the log (yet)."),
}
_EXITS = {"beaten": Exit.TRY_LATER, "not_logged": Exit.NOT_FOUND, "none": Exit.NOT_FOUND, "origin": Exit.USAGE}


def stopped(error: LogError) -> Stopped:
    """Return the sentence of an error of the log."""
    return Stopped(_EXITS.get(error.reason, Exit.NOT_VALID), REASONS[error.reason], detail=error.detail)


@click.group()
def log() -> None:
    """Create, prove and check the transparency log (OPENSPS_LOG_DIR, OPENSPS_LOG_KEY)."""


@log.command()
@click.option("--origin", required=True, help="Its name for ever: HOST/AUTHORITY/YEAR, say log.xa.example/xa/2026.")
@verbose_option
def create(*, origin: str) -> None:
    """Create a log and its key, once. The key goes to OPENSPS_LOG_KEY, its public part is printed for the trust list.

    A key that is there already is used if it has the name of the log.

    \b
    Example:
      opensps log create --origin log.xa.example/xa/2026
    """
    signer = _signer_for(origin)
    try:
        directory_of(origin)
        log_create(authority=settings.OPENSPS_AUTHORITY, origin=origin, signer=signer, at=datetime.now(UTC))
        _append()
    except LogError as exc:
        raise stopped(exc) from exc
    click.echo(str(signer.key))


def _signer_for(origin: str) -> NoteSigner:
    path = settings.OPENSPS_LOG_KEY
    if path is not None and not Path(path).exists():
        signer = NoteSigner(origin, KeyType.ED25519, secrets.token_bytes(32))
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{signer.private_text}\n")
    return own_log_signer()


def _append() -> int:
    found = _newest()
    done = log_append_all(authority=found.authority, directory=directory_of(found.origin), signer=own_log_signer())
    return done.leaves


def _newest() -> TransparencyLog:
    found = log_by_origin(authority=settings.OPENSPS_AUTHORITY)
    if found is None:
        raise LogError("none")
    return found


@log.command()
@verbose_option
def append() -> None:
    """Bring what waits into the tree, sign and publish it; the worker does it by itself every second.

    Of two that run at once one does it and the other ends with 7, having signed nothing.
    """
    try:
        log_head_append(authority=settings.OPENSPS_AUTHORITY, at=datetime.now(UTC))
        click.echo(f"{_append()} leaves")
    except LogError as exc:
        raise stopped(exc) from exc


@log.command()
@verbose_option
def freeze() -> None:
    """End the log of a year: everything that waits goes in, nothing after it. Then create the next one."""
    try:
        found = _newest()
        log_freeze(authority=found.authority, directory=directory_of(found.origin), signer=own_log_signer())
    except LogError as exc:
        raise stopped(exc) from exc


@log.command()
@click.confirmation_option(prompt="Was it found out and put right what a witness had seen and this log had not?")
@verbose_option
def reopen() -> None:
    """Let a log that was stopped grow again. Only after the newest backup was restored: see the guide to restoring."""
    try:
        log_reopen(log=_newest())
    except LogError as exc:
        raise stopped(exc) from exc


@log.command()
@json_option
@verbose_option
def status(*, as_json: bool) -> None:
    """Show how the logs stand: leaves, what is signed, what witnesses have seen."""
    found = log_status(authority=settings.OPENSPS_AUTHORITY)
    if as_json:
        print_json({"logs": [_plain(asdict(each)) for each in found]})
        return
    for each in found:
        click.echo(f"{each.origin}: {each.state}{f' ({each.alarm})' if each.alarm else ''}")
        click.echo(f"  {each.size} leaves, {each.waiting} waiting, signed {each.signed_size}")
        seen = each.witnessed_at.isoformat(timespec="seconds") if each.witnessed_at else "-"
        click.echo(f"  witnessed {each.witnessed_size}, {seen}")
        for witness in each.witnesses:
            click.echo(f"  {witness.url}: {witness.size}{f', {witness.failure}' if witness.failure else ''}")


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat(timespec="seconds")
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    return value


@log.command()
@click.argument("number")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File; without it: printed.")
@verbose_option
def prove(*, number: str, output: Path | None) -> None:
    """Write the proof bundle of a certificate.

    \b
    Example:
      opensps log prove XA-P-2026-014-0000123-4 -o certificate.tlog-proof
    """
    authority = settings.OPENSPS_AUTHORITY
    place = log_place(authority=authority, number=number)
    if place is None:
        raise stopped(LogError("not_logged", number))
    try:
        data = proof_bundle(authority=authority, number=number, directory=directory_of(place.origin))
    except LogError as exc:
        raise stopped(exc) from exc
    if output is None:
        click.echo(data.decode(), nl=False)
    else:
        output.write_bytes(data)


@log.command()
@click.argument("bundle")
@click.argument("certificate")
@verbose_option
def verify(*, bundle: str, certificate: str) -> int:
    """Check that a proof BUNDLE is that of a CERTIFICATE (XML), by the logs and witnesses of the trust list.

    This asks for the log alone; everything about a certificate is asked by: opensps verify
    """
    trust = own_trust()
    try:
        found = read_bundle(read_input(bundle)[1])
        digest = content_digest(parse(read_input(certificate)[1], sealed=True))
    except (BundleError, FormatError) as exc:
        raise Stopped(Exit.NOT_VALID, gettext_noop("It cannot be read: %(why)s"), why=exc) from exc
    listed = trust.authority(found.leaf.issuer)
    quorum = NO_QUORUM
    if listed is not None and listed.quorum is not None:
        quorum = Quorum(listed.quorum.need, frozenset(listed.quorum.organisations))
    checked = check_bundle(
        found,
        digest=digest,
        log_keys=[each.key for each in trust.logs_of(found.leaf.issuer)],
        witness_keys=_witness_keys(trust, found.leaf.issuer),
        quorum=quorum,
    )
    return _told(checked, found.index)


def _witness_keys(trust: TrustList, authority: str) -> tuple[WitnessKey, ...]:
    return tuple(WitnessKey(each.organisation, each.key) for each in trust.witnesses_of(authority))


def _told(checked: CheckedBundle, index: int) -> int:
    origin = checked.checkpoint.origin if checked.checkpoint else "-"
    click.echo(f"logged: {checked.logged or f'{origin} no. {index}'}")
    organisations = " ".join(checked.seen_by.organisations) if checked.seen_by else ""
    click.echo(f"witnessed: {checked.witnessed or 'yes'} {organisations}".rstrip())
    if checked.logged or checked.witnessed == "cosignature":
        return Exit.NOT_VALID
    return Exit.TRY_LATER if checked.witnessed else Exit.DONE


@log.command()
@json_option
@language_option
@verbose_option
def fsck(*, as_json: bool, language: str | None) -> int:
    """Compute every log anew and compare leaves, tiles, signatures and cosignatures. Exit 0 when sound, 5 when not."""
    found = [problem for each in logs_of(settings.OPENSPS_AUTHORITY) for problem in _fsck(each)]
    return _complain(found, as_json=as_json, language=language)


def _fsck(found: TransparencyLog) -> tuple[LogProblem, ...]:
    return log_fsck(log=found, directory=directory_of(found.origin))


@log.command()
@json_option
@language_option
@click.option("--offline", is_flag=True, help="Do not ask the witnesses.")
@verbose_option
def audit(*, as_json: bool, language: str | None, offline: bool) -> int:
    """Look whether every leaf was ordered here, nothing is missing, and witnesses have seen the same log."""
    found = [problem for each in logs_of(settings.OPENSPS_AUTHORITY) for problem in log_audit(log=each)]
    if not offline:
        found += [problem for each in logs_of(settings.OPENSPS_AUTHORITY) for problem in _elsewhere(each)]
    return _complain(found, as_json=as_json, language=language)


def _elsewhere(found: TransparencyLog) -> Iterable[LogProblem]:
    client, directory = WitnessClient(witness_tls()), directory_of(found.origin)
    for witness in own_policy().witnesses:
        raw = client.newest(witness.url, origin=found.origin)
        if raw is not None:
            yield from seen_elsewhere(log=found, directory=directory, raw=raw, where=witness.url)


def _complain(problems: list[LogProblem], *, as_json: bool, language: str | None) -> int:
    if as_json:
        print_json({"sound": not problems, "problems": [{"code": p.code, "message": p.message} for p in problems]})
    else:
        gettext = translator(language_from(language))
        for problem in problems:
            click.echo(gettext(problem.template) % {"where": problem.where, **problem.params})
            click.echo(f"  {gettext(problem.remedy)}")
        if not problems:
            click.echo(gettext("sound"))
    return Exit.NOT_VALID if problems else Exit.DONE
