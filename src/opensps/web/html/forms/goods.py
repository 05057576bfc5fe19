"""Step "Goods and packages": one line of goods at a time (ISPM 12, Annex 1, part I; `domain.md` 4.3)."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from opensps import codes
from opensps.certificate import (
    Certificate,
    CertificateKind,
    Classification,
    Code,
    Declarations,
    Family,
    Identifier,
    Measure,
    OfficialTime,
    Package,
    Text,
    TradeLineItem,
)
from opensps.web.html.forms.fields import ChosenField, DaysField, LineField, LinesField, QuantityField, language
from opensps.web.html.forms.fitting import ANIMALS, CODED, PLANTS, Asked, Wording, is_there
from opensps.web.html.forms.step import EN, ZH, Group, StepForm, text_in, texts_in, with_line, with_text, with_texts

WEIGHT_UNITS = ("KGM", "TNE", "GRM")
VOLUME_UNITS = ("MTQ", "LTR")
COUNT_UNITS = ("H87", "HEA")
_MEASURES = (
    ("net_weight", WEIGHT_UNITS),
    ("gross_weight", WEIGHT_UNITS),
    ("net_volume", VOLUME_UNITS),
    ("count", COUNT_UNITS),
)
_PACKAGES = (0, 1)
"""The form shows two levels of packing; further ones stay in the value."""


def coded_choices(list_id: str, *, wanted: tuple[str, ...] = (), blank: str = "") -> list[tuple[str, str]]:
    """Return codes of a list with their labels in the reader's language, all of them or the wanted ones."""
    entries = codes.get(list_id).entries
    shown = wanted or tuple(code for code, entry in entries.items() if entry.names and not entry.withdrawn)
    named = [(code, codes.label(list_id, code, language())) for code in shown]
    return [("", blank), *(named if wanted else sorted(named, key=lambda pair: pair[1].casefold()))]


def keep_choice(form: forms.Form, name: str) -> None:
    """Offer also the code the value has already, where the form does not offer it by itself."""
    field: Any = form.fields[name]
    code = form.initial.get(name)
    if code and code not in {each for each, _label in field.choices}:
        field.choices = [*field.choices, (code, code)]


def unit_field(units: tuple[str, ...]) -> forms.ChoiceField:
    """Return the field of a measure's Rec 20 unit."""
    return ChosenField(label=_("Unit"), choices=lambda: coded_choices("un_rec20", wanted=units)[1:])


def _type_field(*, is_needed: bool) -> forms.ChoiceField:
    choices = partial(coded_choices, "un_rec21", blank="–")
    return ChosenField(label=_("Kind of package"), choices=choices, required=is_needed)


class LineForm(StepForm):
    """One line of goods: names, quantity, packages, marks."""

    paths: ClassVar[Mapping[str, str]] = {
        "": "name_en",
        "descriptions": "name_en",
        "common_names": "common_name",
        "scientific_names": "scientific_name",
        "intended_uses": "intended_use",
        "net_weight": "net_weight",
        "gross_weight": "gross_weight",
        "net_volume": "net_volume",
        "gross_volume": "net_volume",
        "count": "count",
        "other_quantity": "net_weight",
        "packages": "package_count_0",
        "packages[0].type_code": "package_type_0",
        "packages[1]": "package_count_1",
        "packages[1].type_code": "package_type_1",
        "package_text": "package_text",
        "batches": "batches",
        "expiries": "expiries",
        "classifications": "hs_code",
        "declarations.distinguishing_marks": "marks",
    }

    groups: ClassVar[tuple[Group, ...]] = (
        Group(
            _("What it is"),
            (("name_en",), ("name_zh",), ("scientific_name",), ("common_name", "intended_use"), ("hs_code",)),
        ),
        Group(
            _("How much"),
            (
                ("net_weight", "net_weight_unit"),
                ("gross_weight", "gross_weight_unit"),
                ("net_volume", "net_volume_unit"),
                ("count", "count_unit"),
            ),
        ),
        Group(
            _("How it is packed"),
            (
                ("package_count_0", "package_type_0"),
                ("package_count_1", "package_type_1"),
                ("package_text",),
                ("marks",),
            ),
        ),
        Group(_("Batches"), (("batches",), ("expiries",))),
    )

    marked: ClassVar[Mapping[str, str]] = {
        "scientific_name": "lines.scientific_names",
        "common_name": "lines.common_names",
        "intended_use": "lines.intended_uses",
        "hs_code": "lines.classifications[system=HS]",
        **{field: f"lines.{name}" for name, _units in _MEASURES for field in (name, f"{name}_unit")},
        "package_count_0": "lines.packages",
        "package_type_0": "lines.packages",
        "package_text": "lines.package_text",
        "batches": "lines.batches",
        "expiries": "lines.expiries",
    }

    only: ClassVar[Mapping[str, frozenset[Family]]] = {"package_text": PLANTS, "batches": CODED, "expiries": CODED}

    unasked: ClassVar[Mapping[CertificateKind, frozenset[str]]] = {
        CertificateKind.ANIMAL_HEALTH: frozenset(
            {"net_volume", "net_volume_unit", "gross_weight", "gross_weight_unit", "package_count_1", "package_type_1"}
        )
    }

    worded: ClassVar[Wording] = {
        Family.ANIMAL: {
            "name_en": Asked(_("Name of the goods, in English"), _("For example: frozen boneless beef.")),
            "name_zh": Asked(_("Name of the goods, in Chinese")),
            "scientific_name": Asked(
                _("Scientific name of the species"),
                _("Genus and species in Latin, for example Bos taurus. Several names: separate them with semicolons."),
            ),
            "common_name": Asked(_("Common name of the species")),
            "intended_use": Asked(_("Intended use"), _("For example: human consumption.")),
            "net_weight": Asked(_("Net weight"), _("Without packaging.")),
            "count": Asked(_("Number of pieces")),
            "marks": Asked(_("Shipping marks"), _("As on the packages, one a line.")),
        },
        Family.FOOD: {
            "name_en": Asked(_("Name of the goods, in English"), _("For example: frozen cod fillets.")),
            "name_zh": Asked(_("Name of the goods, in Chinese")),
            "scientific_name": Asked(
                _("Scientific name of the species"),
                _("Where the importing country asks for the species, for example Gadus morhua."),
            ),
            "common_name": Asked(_("Common name of the species")),
            "intended_use": Asked(_("Intended use"), _("For example: human consumption.")),
            "net_weight": Asked(_("Net weight"), _("Without packaging. Weight or volume is needed.")),
            "count": Asked(_("Number of pieces")),
            "marks": Asked(_("Shipping marks"), _("As on the packages, one a line.")),
        },
        CertificateKind.ANIMAL_HEALTH: {
            "name_en": Asked(_("What the animals are, in English"), _("For example: live horses.")),
            "name_zh": Asked(_("What the animals are, in Chinese")),
            "intended_use": Asked(_("Intended use"), _("For example: breeding, competition.")),
            "net_weight": Asked(_("Weight of the animals"), is_needed=False),
            "count": Asked(
                _("Number of animals"),
                _("A line holds animals of one species, breed, sex and age that travel together."),
            ),
            "package_count_0": Asked(
                _("Number of crates or boxes"), _("Only where the animals travel in crates or boxes.")
            ),
            "package_type_0": Asked(_("Kind of crate or box")),
        },
    }

    name_en = LineField(
        label=_("Name of produce, in English"),
        help_text=_("For example: fresh garlic. Printed in the box “Name of produce and quantity declared”."),
        max_length=256,
    )
    name_zh = LineField(label=_("Name of produce, in Chinese"), required=False, max_length=256)
    scientific_name = LineField(
        label=_("Botanical name"),
        help_text=_(
            "Genus and species in Latin, for example Allium sativum. Several names: separate them with semicolons."
        ),
        max_length=256,
        widget=forms.TextInput(attrs={"lang": "la", "spellcheck": "false"}),
    )
    common_name = LineField(label=_("Common name"), required=False, max_length=256)
    intended_use = LineField(
        label=_("Intended use"),
        help_text=_("For example: consumption, planting."),
        required=False,
        max_length=256,
    )
    hs_code = LineField(
        label=_("HS code"),
        help_text=_("Six digits or more, without dots."),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "spellcheck": "false", "class": "w10"}),
    )
    net_weight = QuantityField(
        label=_("Net weight"), help_text=_("At least one quantity is needed: weight, volume or number.")
    )
    net_weight_unit = unit_field(WEIGHT_UNITS)
    gross_weight = QuantityField(label=_("Gross weight"), required=False)
    gross_weight_unit = unit_field(WEIGHT_UNITS)
    net_volume = QuantityField(label=_("Volume"), required=False)
    net_volume_unit = unit_field(VOLUME_UNITS)
    count = QuantityField(label=_("Number of pieces or plants"), required=False)
    count_unit = unit_field(COUNT_UNITS)
    package_count_0 = QuantityField(
        label=_("Number of packages"), help_text=_("The outermost packing, as counted on arrival.")
    )
    package_type_0 = _type_field(is_needed=True)
    package_count_1 = QuantityField(
        label=_("Packages inside"),
        help_text=_("Only where packages are packed in larger ones."),
        required=False,
    )
    package_type_1 = _type_field(is_needed=False)
    package_text = LineField(
        label=_("Or describe the packing in words"),
        help_text=_("Use this instead of numbers, for example for goods in bulk. Not both."),
        max_length=512,
    )
    marks = LinesField(
        label=_("Distinguishing marks"),
        help_text=_("Lot numbers, brands or other marks on the packages, one a line."),
        required=False,
        rows=2,
    )
    batches = LinesField(
        label=_("Batch or lot numbers"),
        help_text=_("As marked on the packages, one a line."),
        required=False,
        rows=2,
    )
    expiries = DaysField(
        label=_("Use-by or expiry dates"),
        help_text=_("For example 30 November 2027. One a line."),
        required=False,
    )

    def __init__(self, *args: Any, index: int, **kwargs: Any) -> None:
        self.index = index
        super().__init__(*args, **kwargs)
        for name in (*(f"{name}_unit" for name, _units in _MEASURES), *(f"package_type_{n}" for n in _PACKAGES)):
            if name in self.fields:
                keep_choice(self, name)

    def shown(self, value: Certificate) -> dict[str, Any]:
        """Return what the fields show of the line."""
        line = value.lines[self.index]
        shown: dict[str, Any] = {
            "name_en": text_in(line.descriptions, EN),
            "name_zh": text_in(line.descriptions, ZH),
            "scientific_name": "; ".join(text.value for text in line.scientific_names),
            "common_name": text_in(line.common_names, EN),
            "intended_use": text_in(line.intended_uses, EN),
            "hs_code": next((c.class_code or "" for c in line.classifications if c.system.value == "HS"), ""),
            "package_text": text_in(line.package_text, EN),
            "marks": texts_in(line.declarations.distinguishing_marks, EN),
            "batches": tuple(batch.value for batch in line.batches),
            "expiries": tuple(expiry.on for expiry in line.expiries),
        }
        for name, units in _MEASURES:
            measure: Measure | None = getattr(line, name)
            shown[name] = measure.value if measure else None
            shown[f"{name}_unit"] = measure.unit if measure and measure.unit else _usual_unit(value, name, units)
        for n in _PACKAGES:
            package = line.packages[n] if n < len(line.packages) else None
            shown[f"package_count_{n}"] = package.count if package else None
            shown[f"package_type_{n}"] = package.type_code.value if package else ""
        return shown

    def clean(self) -> dict[str, Any]:
        """Ask for the other half where a number of packages came without its kind, or the kind without a number."""
        cleaned = super().clean() or {}
        for n in _PACKAGES:
            count, kind = cleaned.get(f"package_count_{n}"), cleaned.get(f"package_type_{n}")
            if count is not None and not kind:
                self.add_error(f"package_type_{n}", _("Choose the kind of package."))
            if kind and count is None and f"package_count_{n}" in cleaned:
                self.add_error(f"package_count_{n}", _("Enter how many packages there are."))
        return cleaned

    def applied(self, value: Certificate) -> Certificate:
        """Return the value with this line as answered."""
        line, cleaned = value.lines[self.index], self.cleaned_data
        names = with_text(with_text(line.descriptions, EN, cleaned["name_en"]), ZH, cleaned["name_zh"])
        changed = replace(
            line,
            descriptions=names,
            scientific_names=_scientific(line, cleaned["scientific_name"]),
            common_names=with_text(line.common_names, EN, cleaned["common_name"]),
            intended_uses=with_text(line.intended_uses, EN, cleaned["intended_use"]),
            classifications=_classified(line, cleaned["hs_code"]),
            packages=_packed(line, cleaned),
            declarations=_marked(line.declarations, cleaned["marks"]),
            **_in_some_kinds(line, cleaned),
        )
        return with_line(value, self.index, changed)


def _usual_unit(value: Certificate, name: str, units: tuple[str, ...]) -> str:
    """Return the unit offered first: animals are counted by the head."""
    return "HEA" if name == "count" and is_there(value.kind, ANIMALS) else units[0]


def _in_some_kinds(line: TradeLineItem, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was answered of the questions not every kind asks; the rest stays as it was."""
    changes: dict[str, Any] = {name: measured(cleaned, name, units) for name, units in _MEASURES if name in cleaned}
    if "package_text" in cleaned:
        changes["package_text"] = with_text(line.package_text, EN, cleaned["package_text"])
    if "batches" in cleaned:
        batches = {batch.value: batch for batch in line.batches}
        changes["batches"] = tuple(batches.get(number, Identifier(number)) for number in cleaned["batches"])
    if "expiries" in cleaned:
        expiries = {expiry.on: expiry for expiry in line.expiries}
        changes["expiries"] = tuple(expiries.get(day, OfficialTime(on=day)) for day in cleaned["expiries"])
    return changes


def measured(cleaned: Mapping[str, Any], name: str, units: tuple[str, ...]) -> Measure | None:
    """Return a quantity and its unit as answered; None where no quantity was typed."""
    value: Decimal | None = cleaned[name]
    return None if value is None else Measure(value, cleaned[f"{name}_unit"] or units[0])


def _scientific(line: TradeLineItem, typed: str) -> tuple[Text, ...]:
    before = {text.value: text for text in line.scientific_names}
    names = tuple(part for part in (" ".join(part.split()) for part in typed.replace("；", ";").split(";")) if part)
    return tuple(before.get(name, Text(name)) for name in names)


def _classified(line: TradeLineItem, typed: str) -> tuple[Classification, ...]:
    others = tuple(c for c in line.classifications if c.system.value != "HS")
    code = typed.replace(".", "").replace(" ", "")
    before = next((c for c in line.classifications if c.system.value == "HS"), Classification(Code("HS")))
    return (replace(before, class_code=code), *others) if code else others


def _packed(line: TradeLineItem, cleaned: Mapping[str, Any]) -> tuple[Package, ...]:
    found: list[Package] = []
    asked = [n for n in _PACKAGES if f"package_count_{n}" in cleaned]
    for n in asked:
        count: Decimal | None = cleaned[f"package_count_{n}"]
        if count is None:
            continue
        kind = Code(cleaned[f"package_type_{n}"], "un_rec21")
        before = line.packages[n] if n < len(line.packages) else Package(str(n + 1), kind, count)
        same = before.type_code.value == kind.value
        found.append(replace(before, count=count, type_code=before.type_code if same else kind))
    return (*found, *line.packages[len(asked) :])


def _marked(declarations: Declarations, typed: tuple[str, ...]) -> Declarations:
    return replace(declarations, distinguishing_marks=with_texts(declarations.distinguishing_marks, EN, typed))


def bare(line: TradeLineItem) -> TradeLineItem:
    """Return the line for another consignment: lots, dates, marks and treatments are left out (`ux.md` 3, row 12)."""
    marks = replace(line.declarations, distinguishing_marks=(), inspections=())
    return replace(
        line,
        batches=(),
        expiries=(),
        treatments=(),
        transport_equipment=(),
        references=(),
        declarations=marks,
        establishments=tuple(replace(each, started=None, ended=None) for each in line.establishments),
        animals=None if line.animals is None else replace(line.animals, identifications=()),
    )
