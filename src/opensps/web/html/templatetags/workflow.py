"""Tags of the workflow pages; `{% load workflow %}`: the paper as HTML, countries in the reader's language."""

from django import template

from opensps import codes
from opensps.formats.layouts import Sheet
from opensps.formats.layouts.parts import Cell, Pair
from opensps.web.html.forms.fields import country_text, language
from opensps.web.html.forms.words import ROLES, word

register = template.Library()


@register.filter
def spoken(pair: tuple[str, str] | None) -> str:
    """Return the half of an English and Chinese pair that the reader reads; empty where there is none."""
    if pair is None:
        return ""
    return pair[1] if language() == "zh" else pair[0]


@register.filter
def country(code: str | None) -> str:
    """Return a country's name in the reader's language."""
    return codes.country_name(code, language()) if code else ""


@register.filter
def role_word(code: str) -> str:
    """Return the word of a role."""
    return word(ROLES, code)


@register.inclusion_tag("certificates/sheet.html")
def paper(sheet: Sheet) -> dict[str, object]:
    """Draw what the paper says, box by box; boxes that are left free for a stamp are not drawn."""
    written = (box for box in sheet.signature if not box.value or any(run.text.strip() for run in box.value[0]))
    return {"sheet": sheet, "signature": tuple(written)}


@register.filter
def under(row: tuple[Cell, ...], columns: tuple[Pair, ...]) -> list[tuple[Pair, Cell]]:
    """Return the cells of a table row, each with the label of its column."""
    return list(zip(columns, row, strict=True))


@register.inclusion_tag("exporter/countries.html")
def country_list() -> dict[str, list[str]]:
    """Draw the list that browsers offer for country fields, today's countries; typing works without it."""
    return {"countries": [country_text(entry.code) for entry in codes.countries(codes.DEMO_COUNTRIES)]}
