"""Step "Place of origin": country and place for each line of goods (ISPM 12, Annex 1: box place of origin)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opensps.certificate import Area, Certificate, CountryArea, Text, TradeLineItem, country_code
from opensps.web.html.forms.fields import CountryField, LineField
from opensps.web.html.forms.step import EN, Group, StepForm, text_in, with_lines, with_text


def line_name(line: TradeLineItem) -> str:
    """Return the words for a line: its number and what it is."""
    names = line.descriptions or line.common_names or line.scientific_names
    return gettext("Line %(number)s: %(goods)s") % {
        "number": line.sequence,
        "goods": names[0].value if names else gettext("not named yet"),
    }


class OriginForm(StepForm):
    """Country and place of origin of every line; the fields are made for the lines there are."""

    def __init__(self, *args: Any, value: Certificate, **kwargs: Any) -> None:
        super().__init__(*args, value=value, **kwargs)
        self.line_groups: list[Group] = []
        for n, line in enumerate(value.lines):
            name = line_name(line)
            self.line_groups.append(Group(name, ((f"country_{n}",), (f"place_{n}",))))
            self.fields[f"country_{n}"] = CountryField(label=_("Country of origin"))
            self.fields[f"place_{n}"] = LineField(
                label=_("Place of origin"),
                help_text=_("Region, place of production or pest free area. Printed in the box “Place of origin”."),
                max_length=256,
            )

    def grouped(self) -> list[tuple[Group, list[list[BoundField]]]]:
        """Return the fields line by line."""
        return [(group, [[self[name] for name in row] for row in group.rows]) for group in self.line_groups]

    def shown(self, value: Certificate) -> dict[str, Any]:
        """Return what the fields show of the value."""
        shown: dict[str, Any] = {}
        for n, line in enumerate(value.lines):
            origin = line.origins[0] if line.origins else CountryArea()
            shown[f"country_{n}"] = origin.code or ""
            shown[f"place_{n}"] = text_in(origin.areas[0].names, EN) if origin.areas else ""
        return shown

    def applied(self, value: Certificate) -> Certificate:
        """Return the value with the first origin of each line as answered; further origins stay."""
        lines = [
            replace(line, origins=_origins(line.origins, self.cleaned_data, n)) for n, line in enumerate(value.lines)
        ]
        return with_lines(value, tuple(lines))


def _origins(before: tuple[CountryArea, ...], cleaned: Mapping[str, Any], n: int) -> tuple[CountryArea, ...]:
    code, place = cleaned[f"country_{n}"], cleaned[f"place_{n}"]
    first = before[0] if before else CountryArea()
    area = first.areas[0] if first.areas else Area()
    names = with_text(area.names, EN, place) if area.names else ((Text(place, EN),) if place else ())
    areas = (replace(area, names=names), *first.areas[1:]) if names else first.areas[1:]
    changed = replace(first, code=country_code(code) if code else None, areas=areas)
    return before[1:] if changed == CountryArea() else (changed, *before[1:])
