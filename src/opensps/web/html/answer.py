"""Turns the stored answer of a check into what a page shows: band, facts to compare, check lines, next step.

The answer's words, its facts and who may see which come from `verification`; here they are only laid out.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from opensps.web.html.templatetags.parts import in_words, moment_in_words

OUTCOMES: Final = MappingProxyType({"passed": "passed", "failed": "failed", "not_checked": "unknown"})
LINES: Final[Mapping[str, tuple[Promise, Mapping[str, Promise]]]] = MappingProxyType(
    {
        "known": (
            _("Known to us"),
            {
                "passed": _("It is in our records, and what you gave us belongs to it."),
                "failed": _("Our records hold nothing that matches what you gave us."),
            },
        ),
        "unchanged": (
            _("Unchanged"),
            {
                "passed": _("The signed content is intact, character by character."),
                "failed": _("The content is not what was signed."),
            },
        ),
        "signed": (
            _("Signed by an authorised officer"),
            {
                "passed": _("The signing key was allowed to sign this on that day."),
                "failed": _("The signing key was not allowed to sign this for us."),
            },
        ),
        "in_force": (
            _("Still in force"),
            {
                "passed": _("Not withdrawn, replaced or out of date."),
                "failed": _("It is no longer in force."),
            },
        ),
    }
)
"""The four check lines: label, and what it means when passed or failed."""

_OF_GOODS = frozenset({"goods", "quantity", "packages", "origin", "marks", "batch", "original"})
_IDENTIFIERS = frozenset({"number", "container", "seal", "original", "batch"})
_LATIN = re.compile(r"(.*)\(([A-Z][a-z]+(?: [a-z×.-]+)+)\)\Z")
_NUMBER = re.compile(r"((?:T-)?[A-Z]{2}[A-Z0-9]?-\d{4}-\d{3,4}-\d{7,9}-\d)")
_MOMENT = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d) UTC)?(?!\d)")

NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Row:
    """One fact to compare."""

    label: str
    value: str | SafeString


@dataclass(frozen=True, slots=True)
class Line:
    """One of the four checks."""

    outcome: str
    label: str | Promise
    text: str | Promise


@dataclass(frozen=True, slots=True)
class Answer:
    """A result page in the order of `ux.md` 5.3."""

    id: str
    result: str
    tone: str
    heading: str
    sentence: SafeString
    at: datetime
    also: tuple[str, ...]
    facts: tuple[Row, ...]
    lines: tuple[Line, ...]
    next_step: SafeString
    differences: tuple[Row, ...]


def page_answer(said: Mapping[str, Any], *, result_id: str, names: Mapping[str, str] = NO_NAMES) -> Answer:
    """Return the page of an answer as `verification.verdict_to_json` gave it in the reader's language.

    `names` says names of authorities, which a trust list holds in one language only, in the reader's.
    """
    return Answer(
        id=result_id,
        result=said["result"],
        tone=said["tone"],
        heading=said["heading"],
        sentence=shaped(said["sentence"]),
        at=datetime.fromisoformat(said["checked_at"]),
        also=tuple(said["also_headings"]),
        facts=tuple(_rows([{**fact, "value": names.get(fact["value"], fact["value"])} for fact in said["facts"]])),
        lines=tuple(_lines(said["checks"])),
        next_step=shaped(said["next"]),
        differences=tuple(Row(row["field"], row["presented"]) for row in said["differences"]),
    )


def shaped(sentence: str) -> SafeString:
    """Return the sentence with certificate numbers set as identifiers and dates with the month in words."""
    parts = (
        format_html('<span class="num">{}</span>', part) if at % 2 else _MOMENT.sub(_spoken, part)
        for at, part in enumerate(_NUMBER.split(sentence))
    )
    return format_html_join("", "{}", ((part,) for part in parts))


def _spoken(found: re.Match[str]) -> str:
    if found[2] is None:
        return in_words(date.fromisoformat(found[1]))
    return moment_in_words(datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00"))


def _rows(facts: Sequence[Mapping[str, str]]) -> Iterator[Row]:
    """Give the facts in their order; what belongs to one line of goods stands together in one row."""
    for is_goods, group in groupby(facts, key=lambda fact: fact["key"] in _OF_GOODS):
        if is_goods:
            yield from _goods_rows(tuple(group))
        else:
            yield from (Row(fact["label"], _shown(fact)) for fact in group)


def _goods_rows(facts: Sequence[Mapping[str, str]]) -> Iterator[Row]:
    starts = [at for at, fact in enumerate(facts) if fact["key"] == "goods"] or [0]
    for start, end in zip(starts, [*starts[1:], len(facts)], strict=True):
        first, *others = facts[start:end]
        details = format_html_join(
            "", "<p>{} {}</p>", ((fact["label"] + pgettext("before a list", ":"), _shown(fact)) for fact in others)
        )
        yield Row(first["label"], format_html("<p><strong>{}</strong></p>{}", _shown(first), details))


def _shown(fact: Mapping[str, str]) -> str:
    return _SHAPES.get(fact["key"], str)(fact["value"])


def _identifier(value: str) -> SafeString:
    return format_html_join(" ", '<span class="num">{}</span>', ((part,) for part in value.split("; ")))


def _goods(value: str) -> str:
    found = _LATIN.match(value)
    return format_html('{}(<i lang="la">{}</i>)', found[1], found[2]) if found else value


def _headings(value: str) -> str:
    """Say how many there are, where a holder may know no more."""
    if not value.isdecimal():
        return value
    said = ngettext("%(count)d, worded on the certificate", "%(count)d, worded on the certificate", int(value))
    return said % {"count": int(value)}


def _days(value: str) -> str:
    return "; ".join(in_words(date.fromisoformat(each)) for each in value.split("; "))


_SHAPES: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {**dict.fromkeys(_IDENTIFIERS, _identifier), "goods": _goods}
    | dict.fromkeys(("issued", "departure", "expiry"), _days)
    | dict.fromkeys(("declarations", "treatments"), _headings)
)


def _lines(checks: Mapping[str, str]) -> Iterator[Line]:
    """Give the check lines; none at all where nothing could be asked."""
    if all(outcome == "not_checked" for outcome in checks.values()):
        return
    for name, (label, texts) in LINES.items():
        outcome = OUTCOMES[checks[name]]
        yield Line(outcome, label, texts.get(outcome, ""))
