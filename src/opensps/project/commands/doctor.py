"""``opensps doctor``: is this installation sound? Reads everything, changes nothing."""

from datetime import UTC, datetime

import click
from django.conf import settings

from opensps.project.commands.manners import json_option, language_option, print_json, verbose_option
from opensps.project.examination import EXAMINATIONS, Complaint, Weight
from opensps.project.exits import Exit
from opensps.project.words import Translate, language_from, translator


@click.command()
@json_option
@language_option
@verbose_option
def doctor(*, as_json: bool, language: str | None) -> int:
    """Look whether this installation is sound: settings, database, record of acts, keys, clock.

    Every event is read and every digest and chain recomputed. Nothing is changed. Exit 0 when sound, 5 when not.

    \b
    Examples:
      opensps doctor
      opensps doctor --json
    """
    now = datetime.now(UTC)
    findings = {name: examine(settings.OPENSPS_AUTHORITY, now) for name, examine in EXAMINATIONS.items()}
    is_sound = all(each.weight is not Weight.WRONG for found in findings.values() for each in found)
    if as_json:
        print_json(
            {"sound": is_sound, "examined": {name: list(map(_plain, found)) for name, found in findings.items()}}
        )
    else:
        _print(findings, translator(language_from(language)))
    return Exit.DONE if is_sound else Exit.NOT_VALID


def _plain(complaint: Complaint) -> dict[str, object]:
    return {
        "weight": complaint.weight,
        "code": complaint.code,
        "message": complaint.message,
        "remedy": complaint.remedy,
    }


def _print(findings: dict[str, tuple[Complaint, ...]], gettext: Translate) -> None:
    for name, found in findings.items():
        answer = "" if found else gettext("sound")
        click.echo(f"{gettext(name)}: {answer}".rstrip())
        for each in found:
            word = gettext("wrong") if each.weight is Weight.WRONG else gettext("look at it")
            click.echo(f"  {word}: {gettext(each.template) % each.params}")
            if each.remedy:
                click.echo(f"    {gettext(each.remedy)}")
