"""``opensps certificate diff``: two certificates side by side, by what they mean, from files or from the register."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from opensps import formats
from opensps.certificate import Certificate
from opensps.certificate.direction import with_direction_shown
from opensps.formats import json_form
from opensps.project.commands.manners import json_option, language_option, print_json, read_input, verbose_option
from opensps.project.exits import Exit, Stopped
from opensps.project.words import Translate, gettext_noop, language_from, translator
from opensps.verification import unpack
from opensps.verification.comparison import Comparison, FieldDifference, Kind, Terms, compare

KIND_WORDS = {
    Kind.IDENTICAL: gettext_noop("same in another writing"),
    Kind.EXPLAINABLE: gettext_noop("explained, look at it"),
    Kind.MATERIAL: gettext_noop("different"),
}
COLOURS = {Kind.IDENTICAL: "blue", Kind.EXPLAINABLE: "yellow", Kind.MATERIAL: "red"}

Find = Callable[[str], Certificate]
"""Number to certificate of our register; stops with a sentence where there is none."""


def diff_command(find: Find) -> click.Command:
    """Return the command; `find` asks the register."""

    @click.command("diff")
    @click.argument("left", metavar="A")
    @click.argument("right", metavar="B")
    @click.option("--less", "may_be_less", is_flag=True, help="Less in B than in A counts as the same.")
    @click.option("--partial", "is_partial", is_flag=True, help="What B does not say is not compared.")
    @json_option
    @language_option
    @verbose_option
    def diff(*, left: str, right: str, may_be_less: bool, is_partial: bool, as_json: bool, language: str | None) -> int:
        """Say what differs between two certificates: A is the record, B what is presented.

        Each is a file (XML, PDF with the XML inside, JSON, ZIP) or a number of this register. Differences are told
        apart: the same in another writing, explained by a rule, or different. Exit 4 when something is different,
        else 0.

        \b
        Examples:
          opensps certificate diff issued.xml received.pdf
          opensps certificate diff XA-2026-014-0004512-0 presented.xml --less --json
        """
        sides = [_load(name, find) for name in (left, right)]
        found = compare(*sides, terms=Terms(presented_may_be_less=may_be_less, is_partial=is_partial))
        if as_json:
            print_json(_plain((left, right), sides, found))
        else:
            _print(found, language_from(language))
        return Exit.MUST_NOT_ACCEPT if found.kind is Kind.MATERIAL else Exit.DONE

    return diff


def _load(name: str, find: Find) -> Certificate:
    """Return the certificate of a file, or of a number where there is no such file."""
    if name != "-" and not Path(name).exists() and not Path(name).suffix:
        return find(name)
    _, data = read_input(name)
    if data.lstrip()[:1] == b"{":
        return _from_json(name, data)
    upload = unpack(name, data)
    if upload.xml is None:
        raise Stopped(Exit.NOT_VALID, "%(name)s holds no certificate that can be read.", name=name)
    read = formats.read_certificate(upload.xml).certificate
    if read is None:
        raise Stopped(
            Exit.NOT_VALID,
            "%(name)s cannot be read as a certificate; see: opensps xml validate %(name)s",
            name=name,
        )
    return read


def _from_json(name: str, data: bytes) -> Certificate:
    try:
        return json_form.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, formats.FormatError) as exc:
        raise Stopped(Exit.NOT_VALID, "%(name)s is not a certificate as JSON: %(why)s", name=name, why=exc) from exc


def _plain(names: tuple[str, str], sides: list[Certificate], found: Comparison) -> dict[str, Any]:
    numbers = [each.exchanged_document.number for each in sides]
    left, right = ({"given": name, "number": number} for name, number in zip(names, numbers, strict=True))
    return {
        "left": left,
        "right": right,
        "result": found.kind,
        "word": found.word,
        "differences": [_difference(each) for each in found.differences],
        "not_compared": list(found.not_compared),
    }


def _difference(one: FieldDifference) -> dict[str, str | None]:
    return {
        "field": one.field,
        "right_field": one.right_field or one.field,
        "left": one.left,
        "right": one.right,
        "kind": one.kind,
        "word": one.word,
        "reason": one.reason,
        "sentence": one.sentence("en"),
        "sentence_zh": one.sentence("zh"),
    }


def _print(found: Comparison, language: str) -> None:
    gettext = translator(language)
    for kind in reversed(Kind):
        for one in found.of_kind(kind):
            _print_one(one, gettext, language)
    for path in found.not_compared:
        word = gettext("not compared")
        click.echo(f"{word}  {path}")
    counts = {kind.value: str(len(found.of_kind(kind))) for kind in Kind}
    total = gettext("%(material)s different, %(explainable)s explained, %(identical)s the same in another writing")
    click.echo(total % counts)


def _print_one(one: FieldDifference, gettext: Translate, language: str) -> None:
    word = gettext(KIND_WORDS[one.kind])
    shown = word if os.environ.get("NO_COLOR") else click.style(word, fg=COLOURS[one.kind])
    click.echo(f"{shown}  {one.field}" + (f"  ->  {one.right_field}" if one.right_field else ""))
    sides = (with_direction_shown(side) if side is not None else "-" for side in (one.left, one.right))
    click.echo(f"    {'  |  '.join(sides)}")
    click.echo(f"    {one.sentence(language)}")
