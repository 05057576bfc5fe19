"""Step "Animals and their marks": what a group of live animals is, and how each of them is identified.

Source: WOAH Terrestrial Code, 5.10, box I.24 (`domain.md` 2.3). Marks are typed or pasted as a column of a spreadsheet:
the first line belongs to the first animal. Two systems are shown; further ones stay in the value.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opensps.certificate import AnimalGroup, AnimalIdentification, Certificate, Code, Measure, Text
from opensps.certificate import normalised as folded
from opensps.web.html.forms.fields import ChosenField, DraftField, LineField, QuantityField
from opensps.web.html.forms.goods import coded_choices, keep_choice, unit_field
from opensps.web.html.forms.origin import line_name
from opensps.web.html.forms.step import EN, Group, StepForm, with_lines

SEXES: Final = "opensps_sex"
CATEGORIES: Final = "opensps_animal_category"
SYSTEMS: Final = "opensps_identification_system"
AGE_UNITS: Final = ("ANN", "MON", "WEE", "DAY")
MOST_ANIMALS: Final = 5000
_SHOWN: Final = (0, 1)
"""How many systems of marks the form shows."""

_LONGEST: Final = 64


class MarksField(DraftField, forms.CharField):
    """One mark a line, the first for the first animal; a line left empty is an animal without this mark."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "num"}))
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the marks in order, empty ones kept between others; raise for one that is too long or twice there."""
        marks = [folded(line) for line in str(value or "").splitlines()]
        while marks and not marks[-1]:
            marks.pop()
        self._judge([mark for mark in marks if mark])
        return tuple(marks)

    def _judge(self, marks: list[str]) -> None:
        if len(marks) > MOST_ANIMALS:
            raise ValidationError(_("Use at most %(count)s lines."), code="too_many", params={"count": MOST_ANIMALS})
        if long := next((mark for mark in marks if len(mark) > _LONGEST), None):
            message = _("“%(typed)s” is too long for one mark. Write one mark a line, 64 characters at most.")
            raise ValidationError(message, code="too_long", params={"typed": long[:40]})
        if twice := next((mark for n, mark in enumerate(marks) if mark in marks[:n]), None):
            message = _("“%(typed)s” stands there twice. Each animal has a mark of its own.")
            raise ValidationError(message, code="twice", params={"typed": twice})

    def prepare_value(self, value: Any) -> Any:
        """Return one mark a line."""
        return "\n".join(value) if isinstance(value, tuple) else value


def _fields(n: int) -> dict[str, forms.Field]:
    """Return the fields of one line of animals."""
    systems = coded_choices(SYSTEMS, wanted=tuple(_codes(SYSTEMS)))
    made: dict[str, forms.Field] = {
        f"breed_{n}": LineField(
            label=_("Breed"), help_text=_("For example: Holstein."), required=False, max_length=100
        ),
        f"sex_{n}": ChosenField(label=_("Sex"), choices=_listed(SEXES), required=False),
        f"age_{n}": QuantityField(label=_("Age"), required=False),
        f"age_unit_{n}": unit_field(AGE_UNITS),
        f"category_{n}": ChosenField(label=_("Category"), choices=_listed(CATEGORIES), required=False),
    }
    for k in _SHOWN:
        made[f"system_{k}_{n}"] = ChosenField(
            label=_("Kind of mark") if k == 0 else _("Kind of second mark"),
            choices=[("", "–"), *systems[1:]],
            required=k == 0,
        )
        made[f"marks_{k}_{n}"] = MarksField(
            label=_("Marks, one animal a line") if k == 0 else _("Second marks, one animal a line"),
            help_text=_("Type them, or paste a column of your spreadsheet.")
            if k == 0
            else _("In the same order of the animals; leave a line empty for an animal without this mark."),
            required=k == 0,
        )
    return made


def _codes(list_id: str) -> tuple[str, ...]:
    return tuple(code for code, _label in coded_choices(list_id)[1:])


def _listed(list_id: str) -> list[tuple[str, str]]:
    return [("", "–"), *coded_choices(list_id)[1:]]


def field_of(line: int, rest: str) -> str:
    """Return the form field that edits a path below the animals of a line: ``age``, ``identifications[1].value``."""
    name = next((name for name in ("breed", "sex", "age", "category") if rest.lstrip(".").startswith(name)), "marks_0")
    return f"{name}_{line}"


class AnimalsForm(StepForm):
    """The groups of animals of a consignment; the fields are made for the lines there are."""

    def __init__(self, *args: Any, value: Certificate, **kwargs: Any) -> None:
        super().__init__(*args, value=value, **kwargs)
        self.line_groups: list[Group] = []
        for n, line in enumerate(value.lines):
            self.fields |= _fields(n)
            keep_choice(self, f"age_unit_{n}")
            rows = ((f"breed_{n}", f"category_{n}"), (f"sex_{n}",), (f"age_{n}", f"age_unit_{n}"))
            marks = tuple(((f"system_{k}_{n}",), (f"marks_{k}_{n}",)) for k in _SHOWN)
            self.line_groups.append(Group(line_name(line), (*rows, *(row for pair in marks for row in pair))))

    def grouped(self) -> list[tuple[Group, list[list[BoundField]]]]:
        """Return the fields line by line."""
        return [(group, [[self[name] for name in row] for row in group.rows]) for group in self.line_groups]

    def shown(self, value: Certificate) -> dict[str, Any]:
        """Return what the fields show of the value."""
        shown: dict[str, Any] = {}
        for n, line in enumerate(value.lines):
            group = line.animals or AnimalGroup()
            shown |= {
                f"breed_{n}": group.breed.value if group.breed else "",
                f"sex_{n}": group.sex.value if group.sex else "",
                f"age_{n}": group.age.value if group.age else None,
                f"age_unit_{n}": group.age.unit if group.age and group.age.unit else AGE_UNITS[0],
                f"category_{n}": group.category.value if group.category else "",
            }
            for k, system in enumerate(_systems(group)):
                shown |= {f"system_{k}_{n}": system, f"marks_{k}_{n}": _marks(group, system)}
        return shown

    def clean(self) -> dict[str, Any]:
        """Ask for the kind of mark where marks were typed, and refuse more marks than animals."""
        cleaned = super().clean() or {}
        for n, line in enumerate(self.value.lines):
            for k in _SHOWN:
                marks = cleaned.get(f"marks_{k}_{n}") or ()
                if marks and not cleaned.get(f"system_{k}_{n}"):
                    self.add_error(f"system_{k}_{n}", _("Choose the kind of mark."))
                if line.count is not None and len(marks) > line.count.value:
                    self.add_error(f"marks_{k}_{n}", _too_many(len(marks), line.count))
            first, second = (cleaned.get(f"system_{k}_{n}") for k in _SHOWN)
            if first and first == second:
                self.add_error(f"system_1_{n}", _("Choose another kind of mark than above."))
        return cleaned

    def applied(self, value: Certificate) -> Certificate:
        """Return the value with every group as answered."""
        lines = (
            replace(line, animals=_group(line.animals, self.cleaned_data, n)) for n, line in enumerate(value.lines)
        )
        return with_lines(value, tuple(lines))


def _too_many(found: int, count: Measure) -> str:
    words = gettext("There are more marks (%(found)d) than animals on this line (%(count)s). Change one of the two.")
    return words % {"found": found, "count": f"{count.value.normalize():f}"}


def _systems(group: AnimalGroup) -> tuple[str, ...]:
    """Return the systems the form shows, in the order they first occur."""
    return tuple(dict.fromkeys(each.system.value for each in group.identifications))[: len(_SHOWN)]


def _marks(group: AnimalGroup, system: str) -> tuple[str, ...]:
    """Return the first mark of a system of each animal in order, empty where it has none."""
    found: dict[int, str] = {}
    for each in group.identifications:
        if each.system.value == system:
            found.setdefault(each.animal, each.value)
    return tuple(found.get(animal, "") for animal in range(1, max(found, default=0) + 1))


def _group(before: AnimalGroup | None, cleaned: Mapping[str, Any], n: int) -> AnimalGroup | None:
    group = before or AnimalGroup()
    breed, age = cleaned[f"breed_{n}"], cleaned[f"age_{n}"]
    changed = replace(
        group,
        breed=group.breed if group.breed and group.breed.value == breed else Text(breed, EN) if breed else None,
        sex=_code(group.sex, cleaned[f"sex_{n}"], SEXES),
        age=None if age is None else Measure(age, cleaned[f"age_unit_{n}"] or AGE_UNITS[0]),
        category=_code(group.category, cleaned[f"category_{n}"], CATEGORIES),
        identifications=_identified(group, cleaned, n),
    )
    return None if changed == AnimalGroup() else changed


def _code(before: Code | None, typed: str, list_id: str) -> Code | None:
    if before is not None and before.value == typed:
        return before
    return Code(typed, list_id) if typed else None


def _identified(group: AnimalGroup, cleaned: Mapping[str, Any], n: int) -> tuple[AnimalIdentification, ...]:
    """Return the marks as answered, animal by animal; what the form does not show is kept."""
    known = {(each.animal, each.system.value, each.value): each for each in group.identifications}
    shown = {
        (animal, system, mark) for system in _systems(group) for animal, mark in enumerate(_marks(group, system), 1)
    }
    typed = [
        (animal, cleaned[f"system_{k}_{n}"], mark)
        for k in _SHOWN
        for animal, mark in enumerate(cleaned[f"marks_{k}_{n}"], start=1)
        if mark
    ]
    kept = [key for key in known if key not in shown]
    order = {key: place for place, key in enumerate(known)}
    keys = sorted(dict.fromkeys([*typed, *kept]), key=lambda key: (key[0], order.get(key, len(order))))
    return tuple(known.get(key) or AnimalIdentification(key[0], Code(key[1], SYSTEMS), key[2]) for key in keys)
