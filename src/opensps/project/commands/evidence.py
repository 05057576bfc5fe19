"""The evidence bundle of a case, checked on the terminal: whole or not, and who sealed it. No network, no database."""

from datetime import datetime
from pathlib import Path

import click

from opensps.project.commands.manners import print_json
from opensps.project.exits import Exit
from opensps.project.words import gettext_noop, translator
from opensps.signing import TrustList
from opensps.verification.evidence import MOST_BYTES, EvidenceReport, check_bundle, is_bundle

PROBLEMS = {
    "not_evidence": gettext_noop("It cannot be read as evidence of a case."),
    "signature": gettext_noop("The signature over its contents does not hold."),
    "file_missing": gettext_noop("A file that was sealed is missing."),
    "file_changed": gettext_noop("A file was changed after it was sealed."),
    "file_added": gettext_noop("A file was added after it was sealed."),
    "log_broken": gettext_noop("A line of the log was changed or taken out."),
}
_OTHER = gettext_noop("The key that sealed it is not one to rely on (%(why)s).")


def evidence_at(names: tuple[str, ...]) -> bytes | None:
    """Return the bytes of an evidence bundle, where one file was named and is one; else ``None``."""
    if len(names) != 1 or names[0] == "-":
        return None
    try:
        with Path(names[0]).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError:
        return None
    return data if len(data) <= MOST_BYTES and is_bundle(data) else None


def print_evidence(data: bytes, *, trust: TrustList, now: datetime, language: str, as_json: bool) -> int:
    """Print what the check of a bundle found; return the exit code that belongs to it."""
    report = check_bundle(data, trust=trust, now=now)
    code = Exit.MUST_NOT_ACCEPT if report.problems else Exit.DONE
    if as_json:
        print_json(_plain(report, code))
    else:
        _print_text(report, language=language)
    return int(code)


def _plain(report: EvidenceReport, code: Exit) -> dict[str, object]:
    return {
        "kind": "evidence",
        "is_whole": not report.problems,
        "problems": list(report.problems),
        "authority": report.authority,
        "case": report.case_number,
        "made_at": report.made_at.isoformat() if report.made_at else None,
        "files": report.files,
        "is_training": report.is_training,
        "exit_code": int(code),
    }


def _print_text(report: EvidenceReport, *, language: str) -> None:
    gettext = translator(language)
    if report.problems:
        click.echo(gettext("This evidence is not whole. Do not rely on it."))
        for problem in report.problems:
            click.echo(f"- {gettext(PROBLEMS.get(problem, _OTHER)) % {'why': problem}}")
    else:
        click.echo(gettext("The evidence is whole, as the authority sealed it."))
    if report.case_number:
        said = {"number": report.case_number, "authority": report.authority, "count": report.files}
        click.echo(gettext("Case %(number)s of %(authority)s, %(count)s files") % said)
    if report.is_training:
        click.echo(gettext("It was sealed with a training key."))
