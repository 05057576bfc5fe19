"""A verdict on the terminal: the same answer as the page, as text for people or as JSON; the exit code is its own."""

import os
from typing import Any

import click

from opensps.project.commands.manners import print_json
from opensps.project.words import gettext_noop, translator
from opensps.verification import Verdict, verdict_to_json

COLOURS = {"ok": "green", "info": "blue", "warn": "yellow", "bad": "red"}


CHECK_WORDS = {
    "known": gettext_noop("Known to the authority"),
    "unchanged": gettext_noop("Unchanged since it was signed"),
    "signed": gettext_noop("Signed by an authorised officer"),
    "in_force": gettext_noop("Still in force"),
}
OUTCOME_WORDS = {
    "passed": gettext_noop("yes"),
    "failed": gettext_noop("no"),
    "not_checked": gettext_noop("could not be checked"),
}


def print_verdict(verdict: Verdict, *, language: str, as_json: bool) -> int:
    """Print the answer; return the exit code that belongs to it."""
    return print_answer(verdict_to_json(verdict, language), language=language, as_json=as_json)


def print_answer(answer: dict[str, Any], *, language: str, as_json: bool) -> int:
    """Print an answer that is plain data already; return the exit code it names."""
    if as_json:
        print_json(answer)
    else:
        _print_text(answer, language=language)
    return int(answer["exit_code"])


def _print_text(answer: dict[str, Any], *, language: str) -> None:
    gettext = translator(language)
    _echo(str(answer["heading"]), tone=str(answer["tone"]))
    click.echo(answer["sentence"])
    click.echo(answer["next"])
    for heading in answer["also_headings"]:
        click.echo(f"- {heading}")
    click.echo()
    for name, outcome in answer["checks"].items():
        click.echo(f"  {gettext(CHECK_WORDS[name])}: {gettext(OUTCOME_WORDS[outcome])}")
    if answer["facts"]:
        click.echo()
    for fact in answer["facts"]:
        click.echo(f"  {fact['label']}: {fact['value']}")
    click.echo()
    click.echo(gettext("Checked %(time)s") % {"time": answer["checked_at"]})


def _echo(text: str, *, tone: str) -> None:
    """Colour on a terminal only, and never against NO_COLOR; the word alone says it all."""
    is_plain = bool(os.environ.get("NO_COLOR")) or tone not in COLOURS
    click.echo(text if is_plain else click.style(text, fg=COLOURS[tone], bold=True))
