"""The components of the theme as template tags; `{% load parts %}`.

    {% icon "ok" %}                                  the shape of a meaning
    {% tag "info" _("Ready to sign") %}              a status word with shape and colour
    {% status "application" application.state %}     the same, looked up in the one table of words
    {% num value %}                                  an identifier: monospace, left to right, unbroken
    {% day date %}  {% moment datetime %}            18 November 2026; 21 November 2026, 22:14 UTC
    {% deadline date %}                              "12 days left" with the date below
    {% summary_row label value url=.. action=.. %}   inside <dl class="rows">
    {% task url label tone word hint="" %}           inside <ol class="tasks">; an empty url cannot start yet
    {% timeline entries %}                           entries: title, who, at, and optionally text, url, url_label
    {% line_check outcome label text %}              inside <ul class="checks">; outcome passed, failed, unknown
    {% notice "warn" text %}                         a remark in a frame
    {% empty text url=.. action=.. %}                why a list is empty, and the next thing to do
    {% bars rows %}                                  ranked bars; rows of (label, number)
    {% error_summary form form2 ... %}               first thing in main when a form has errors
    {% field form.name %}                            one field drawn by the form renderer

Colours and shapes never stand alone: each tag needs its word.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zlib import crc32

from django import template
from django.forms import BaseForm, BoundField
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext, pgettext

from opensps.lifecycle import words

register = template.Library()

_SHAPES: Final = {
    "ok": '<circle cx="12" cy="12" r="10"/><path d="M7 12.5l3.5 3.5L17 9"/>',
    "info": '<circle cx="12" cy="12" r="10"/><path d="M12 11v6M12 7v.5"/>',
    "warn": '<path d="M12 3l10 18H2z"/><path d="M12 10v5M12 17.8v.4"/>',
    "bad": '<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z"/><path d="M12 7v6M12 16.5v.5"/>',
    "none": '<circle cx="11" cy="11" r="7"/><path d="M16 16l6 6"/>',
}
_SVG: Final = (
    '<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" fill="none" '
    'stroke="currentColor" stroke-width="2.5">{}</svg>'
)
_CHECK_TONES: Final = {"passed": "ok", "failed": "bad", "unknown": "none"}
_LEVEL_TONES: Final = {"success": "ok", "warning": "warn", "error": "bad", "debug": "none"}
_WARN_DAYS, _BAD_DAYS = 7, 2


@register.simple_tag
def icon(tone: str) -> SafeString:
    """Return the shape of one of the five meanings; it is decoration, the word stands beside it."""
    return mark_safe(_SVG.format(_SHAPES[tone]))  # noqa: S308 both parts are constants of this file


@register.simple_tag
def tag(tone: str, word: str, ident: str = "") -> SafeString:
    """Return a status tag; `ident` is its HTML id when something describes itself by it."""
    shape = icon(tone) if tone != "none" else ""
    if ident:
        return format_html('<span class="tag {}" id="{}">{}{}</span>', tone, ident, shape, word)
    return format_html('<span class="tag {}">{}{}</span>', tone, shape, word)


@register.simple_tag
def status(object_kind: str, code: str, ident: str = "") -> SafeString:
    """Return the tag of a state, with word and tone from the one table (`lifecycle.words`)."""
    return tag(words.word(object_kind, code).tone, status_word(object_kind, code), ident)


@register.simple_tag
def status_word(object_kind: str, code: str) -> str:
    """Return the word of a state in the reader's language."""
    row = words.word(object_kind, code)
    return row.chinese if is_chinese() else row.english


@register.simple_tag
def num(value: object) -> SafeString:
    """Return an identifier that is never broken, mirrored or read as a number."""
    return format_html('<span class="num">{}</span>', value)


@register.simple_tag
def day(value: date | datetime | None) -> SafeString:
    """Return a date with the month in words, or nothing when there is none."""
    if value is None:
        return SafeString()
    return format_html('<time datetime="{}">{}</time>', _plain_day(value).isoformat(), in_words(value))


@register.simple_tag
def moment(value: datetime | None) -> SafeString:
    """Return an absolute time with its zone, or nothing when there is none."""
    if value is None:
        return SafeString()
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), moment_in_words(value))


def in_words(value: date | datetime) -> str:
    """Return 18 November 2026, or 2026年11月18日."""
    return date_format(_plain_day(value), pgettext("date format", "j F Y"))


def moment_in_words(value: datetime) -> str:
    """Return 21 November 2026, 22:14 UTC, or 2026年11月21日 22:14（协调世界时）."""
    return date_format(localtime(value), pgettext("time format", "j F Y, H:i e"))


def _plain_day(value: date | datetime) -> date:
    return localtime(value).date() if isinstance(value, datetime) else value


@register.simple_tag(takes_context=True)
def deadline(context: Mapping[str, Any], value: date | datetime | None) -> SafeString:
    """Return how long is left, in words and colour, and the date below it; nothing without a deadline."""
    if value is None:
        return SafeString()
    left = _plain_day(value) - _plain_day(context["now"])
    return format_html("{}<br>{}", tag(_urgency(left), _days_left(left)), day(value))


def _urgency(left: timedelta) -> str:
    if left.days <= _BAD_DAYS:
        return "bad"
    return "warn" if left.days <= _WARN_DAYS else "none"


def _days_left(left: timedelta) -> str:
    if left.days < 0:
        return ngettext("%(days)d day late", "%(days)d days late", -left.days) % {"days": -left.days}
    if left.days == 0:
        return gettext("Due today")
    return ngettext("%(days)d day left", "%(days)d days left", left.days) % {"days": left.days}


@register.inclusion_tag("part/summary_row.html")
def summary_row(label: str, value: object, *, url: str = "", action: str = "") -> dict[str, object]:
    """Draw one row of a summary list; `url` and `action` add a link at its end."""
    return {"label": label, "value": value, "url": url, "action": action}


@register.inclusion_tag("part/task.html")
def task(url: str, label: str, tone: str, word: str, *, hint: str = "") -> dict[str, object]:
    """Draw one row of a task list; without `url` it cannot be started yet."""
    return {
        "url": url,
        "label": label,
        "tone": tone,
        "word": word,
        "hint": hint,
        "ident": f"task-{crc32(str(label).encode()):x}",
    }


@register.inclusion_tag("part/timeline.html")
def timeline(entries: Sequence[object]) -> dict[str, object]:
    """Draw what happened, newest first, as the entries come."""
    return {"entries": entries}


@register.inclusion_tag("part/line_check.html")
def line_check(outcome: str, label: str, text: str = "") -> dict[str, object]:
    """Draw one check line: Passed, Failed or Could not be checked."""
    spoken = {
        "passed": gettext("Passed"),
        "failed": gettext("Failed"),
        "unknown": gettext("Could not be checked"),
    }
    return {"tone": _CHECK_TONES[outcome], "word": spoken[outcome], "label": label, "text": text}


@register.inclusion_tag("part/notice.html")
def notice(tone: str, text: str) -> dict[str, object]:
    """Draw a remark in a frame; `tone` is a meaning or a level of Django's messages."""
    return {"tone": _LEVEL_TONES.get(tone, tone), "text": text}


@register.inclusion_tag("part/empty.html")
def empty(text: str, *, url: str = "", action: str = "") -> dict[str, object]:
    """Draw why there is nothing here, and the one next action."""
    return {"text": text, "url": url, "action": action}


@register.inclusion_tag("part/bars.html")
def bars(rows: Iterable[tuple[str, int]]) -> dict[str, object]:
    """Draw ranked bars; widths are SVG attributes, because no inline style exists."""
    counted = list(rows)
    most = max((number for _label, number in counted), default=0) or 1
    return {
        "rows": [(label, number, round(100 * number / most)) for label, number in counted],
        "summary": ", ".join(f"{label} {number}" for label, number in counted),
    }


@register.inclusion_tag("form/errors.html")
def error_summary(*forms: BaseForm | None, extra: Sequence[tuple[str, str]] = ()) -> dict[str, object]:
    """Draw the list of errors of some forms, each linked to its field; `extra` adds (HTML id, message) rows."""
    rows = [row for form in forms if form is not None for row in _errors_of(form)]
    return {"errors": [*rows, *extra]}


def _errors_of(form: BaseForm) -> list[tuple[str, str]]:
    found = [("", str(message)) for message in form.non_field_errors()]
    for bound in form:
        first = f"{bound.auto_id}_0" if bound.use_fieldset else bound.id_for_label or bound.auto_id
        found.extend((first, str(message)) for message in bound.errors)
    return found


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """Draw one field: label, hint, error, control."""
    return bound.as_field_group()


@register.filter
def widget_class(bound: BoundField) -> str:
    """Return the lower-case class name of a field's widget, by which templates choose a layout."""
    return type(bound.field.widget).__name__.lower()


@register.filter
def html_language(code: str) -> str:
    """Return a language code as HTML writes it: zh-Hans."""
    main, _, script = code.partition("-")
    return f"{main}-{script.title()}" if script else main


def is_chinese() -> bool:
    """Tell whether the reader's language is Chinese."""
    return (get_language() or "en").startswith("zh")
