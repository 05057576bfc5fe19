"""``opensps xml validate``: what schema and rules find in a certificate, without database or Django."""

import os
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import click

from opensps import formats, rules
from opensps.codes import DEMO_COUNTRIES
from opensps.project.commands.manners import json_option, language_option, print_json, read_input, verbose_option
from opensps.project.exits import Exit
from opensps.project.words import Translate, gettext_noop, language_from, translator
from opensps.rules import Finding, Level

COLOURS = {Level.SEVERE: "red", Level.WARNING: "yellow", Level.INFO: "blue"}


LEVEL_WORDS = {
    Level.SEVERE: gettext_noop("must be corrected"),
    Level.WARNING: gettext_noop("look at it"),
    Level.INFO: gettext_noop("for your information"),
}


@click.group()
def xml() -> None:
    """Work with eCert XML files."""


@xml.command()
@click.argument("file")
@click.option("--profile", type=click.Choice(sorted(rules.PROFILES)), default="read", show_default=True)
@json_option
@language_option
@verbose_option
def validate(*, file: str, profile: str, as_json: bool, language: str | None) -> int:
    """Say what schema and rules find in a certificate. Exit 0 when nothing must be corrected, else 5.

    \b
    Examples:
      opensps xml validate certificate.xml
      opensps xml validate certificate.xml --profile issue --json
      opensps xml validate - < certificate.xml
    """
    name, data = read_input(file)
    findings = _findings(data, profile=profile)
    is_valid = all(finding.level is not Level.SEVERE for finding in findings)
    if as_json:
        print_json(
            {"file": name, "profile": profile, "valid": is_valid, "findings": [_plain(each) for each in findings]}
        )
    else:
        _print(name, findings, translator(language_from(language)))
    return Exit.DONE if is_valid else Exit.NOT_VALID


def _findings(data: bytes, *, profile: str) -> tuple[Finding, ...]:
    reading = formats.read_certificate(data)
    found = list(reading.findings)
    if reading.root is not None:
        found += [finding for finding in formats.schema_findings(reading.root) if finding not in found]
    if reading.certificate is not None:
        policy = rules.Policy(extra_countries=DEMO_COUNTRIES, now=datetime.now(UTC))
        found += rules.check(reading.certificate, profile=rules.PROFILES[profile], policy=policy)
    order = list(COLOURS)
    return tuple(sorted(found, key=lambda finding: order.index(finding.level)))


def _plain(finding: Finding) -> dict[str, str]:
    return {
        "rule": finding.rule,
        "area": finding.area,
        "level": finding.level,
        "field": finding.field,
        "message": finding.message,
        "source": rules.SOURCES.get(finding.rule, ""),
    }


def _print(name: str, findings: Iterable[Finding], gettext: Translate) -> None:
    counts: Counter[Level] = Counter()
    for finding in findings:
        counts[finding.level] += 1
        word = gettext(LEVEL_WORDS[finding.level])
        shown = word if os.environ.get("NO_COLOR") else click.style(word, fg=COLOURS[finding.level])
        click.echo(f"{finding.rule}  {shown}  {finding.field}")
        click.echo(f"    {gettext(finding.template) % finding.params}")
    total = gettext("%(severe)s to correct, %(warning)s to look at, %(info)s for information")
    figures = {level.value.lower(): str(counts[level]) for level in Level}
    click.echo(f"{name}: {total % figures}")
