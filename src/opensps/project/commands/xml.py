"""``opensps xml validate``: what schema and rules find in a certificate, without database or Django."""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from opensps import formats, rules
from opensps.codes import DEMO_COUNTRIES
from opensps.project import bulk
from opensps.project.commands.manners import (
    MAX_FILE_BYTES,
    json_option,
    language_option,
    print_json,
    read_input,
    verbose_option,
)
from opensps.project.exits import Exit, Stopped
from opensps.project.words import Translate, gettext_noop, language_from, translator
from opensps.rules import Finding, Level

MOST_COMMON = 10
"""Rules shown after a run over a directory."""

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
@click.argument("file", metavar="FILE_OR_DIR")
@click.option("--report", "report_file", metavar="FILE", help="Of a directory: what was found (.csv, .json).")
@click.option("--jobs", type=click.IntRange(1, 64), help="Of a directory: processes that work at once.")
@click.option("--profile", type=click.Choice(sorted(rules.PROFILES)), default="read", show_default=True)
@json_option
@language_option
@verbose_option
def validate(
    *, file: str, report_file: str | None, jobs: int | None, profile: str, as_json: bool, language: str | None
) -> int:
    """Say what schema and rules find in a certificate, or in every .xml file below a directory.

    Exit 0 when nothing must be corrected, else 5.

    \b
    Examples:
      opensps xml validate certificate.xml
      opensps xml validate certificate.xml --profile issue --json
      opensps xml validate - < certificate.xml
      opensps xml validate received/ --report found.csv
    """
    if file != "-" and Path(file).is_dir():
        return _validate_all(Path(file), report_file, jobs=jobs, profile=profile, as_json=as_json, language=language)
    if report_file is not None:
        raise Stopped(Exit.USAGE, "--report is for a directory; %(name)s is none.", name=file)
    name, data = read_input(file)
    reading = formats.read_certificate(data)
    findings, place_of = _findings(reading, profile=profile), formats.locator(reading)
    is_valid = all(finding.level is not Level.SEVERE for finding in findings)
    if as_json:
        plain = [_plain(each, place_of(each)) for each in findings]
        print_json({"file": name, "profile": profile, "valid": is_valid, "findings": plain})
    else:
        _print(name, findings, place_of, translator(language_from(language)))
    return Exit.DONE if is_valid else Exit.NOT_VALID


def _validate_all(
    directory: Path, report_file: str | None, *, jobs: int | None, profile: str, as_json: bool, language: str | None
) -> int:
    if report_file is None:
        raise Stopped(Exit.USAGE, "Say with --report FILE where to write what is found below %(name)s.", name=directory)
    total = sum(1 for _ in bulk.names_in(directory))
    if not total:
        raise Stopped(Exit.NOT_FOUND, "There is no .xml file below %(name)s.", name=directory)
    asked, counts, begun = (
        bulk.Asked(str(directory), profile, datetime.now(UTC), MAX_FILE_BYTES),
        bulk.Counts(),
        time.monotonic(),
    )
    several = (os.cpu_count() or 1) if total >= bulk.ENOUGH_FOR_SEVERAL else 1
    bar = click.progressbar(length=total, file=sys.stderr, hidden=not sys.stderr.isatty(), update_min_steps=20)
    with bulk.report(Path(report_file)) as report, bar:
        for name, result, findings in bulk.run(asked, jobs=jobs or several):
            report.file(name, result, findings)
            counts.add(result, findings)
            bar.update(1)
        figures = counts.plain(time.monotonic() - begun)
        report.close(figures)
    _print_figures(figures, report_file, translator(language_from(language)), as_json=as_json)
    return Exit.DONE if counts.is_clean else Exit.NOT_VALID


def _print_figures(figures: dict[str, Any], report_file: str, gettext: Translate, *, as_json: bool) -> None:
    if as_json:
        print_json({**figures, "report": report_file})
        return
    sentence = gettext(
        "%(files)s files: %(valid)s without a finding that matters, %(warnings)s to look at, "
        "%(invalid)s to correct, %(unreadable)s not readable"
    )
    click.echo(sentence % figures)
    for rule, count in list(figures["rules"].items())[:MOST_COMMON]:
        click.echo(f"  {count:>8}  {rule}")
    click.echo(
        gettext("%(speed)s files per second; what was found is in %(name)s")
        % {"speed": figures["files_per_second"], "name": report_file}
    )


def _findings(reading: formats.Reading, *, profile: str) -> tuple[Finding, ...]:
    found = list(reading.findings)
    if reading.root is not None:
        found += [finding for finding in formats.schema_findings(reading.root) if finding not in found]
    if reading.certificate is not None:
        policy = rules.Policy(extra_countries=DEMO_COUNTRIES, now=datetime.now(UTC))
        found += rules.check(reading.certificate, profile=rules.PROFILES[profile], policy=policy)
    order = list(COLOURS)
    return tuple(sorted(found, key=lambda finding: order.index(finding.level)))


def _plain(finding: Finding, place: formats.Place) -> dict[str, str | int]:
    return {
        "rule": finding.rule,
        "area": finding.area,
        "level": finding.level,
        "field": finding.field,
        "xpath": place.xpath,
        "line": place.line,
        "message": finding.message,
        "what_to_do": formats.what_to_do(finding),
        "source": rules.SOURCES.get(finding.rule, ""),
    }


def _print(
    name: str, findings: Iterable[Finding], place_of: Callable[[Finding], formats.Place], gettext: Translate
) -> None:
    counts: Counter[Level] = Counter()
    for finding in findings:
        counts[finding.level] += 1
        word = gettext(LEVEL_WORDS[finding.level])
        shown = word if os.environ.get("NO_COLOR") else click.style(word, fg=COLOURS[finding.level])
        click.echo(f"{finding.rule}  {shown}  {finding.area}  {finding.field}")
        click.echo(f"    {gettext(finding.template) % finding.params}")
        remedy = formats.what_to_do(finding)
        if finding.level is not Level.INFO and remedy != finding.message:
            click.echo(f"    {gettext(remedy)}")
        place = place_of(finding)
        if place.line:
            where = gettext("Line %(line)s: %(xpath)s") % {"line": place.line, "xpath": place.xpath}
            click.echo(f"    {where.rstrip(': ：')}")
    total = gettext("%(severe)s to correct, %(warning)s to look at, %(info)s for information")
    figures = {level.value.lower(): str(counts[level]) for level in Level}
    click.echo(f"{name}: {total % figures}")
