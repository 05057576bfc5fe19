"""Step "Re-export statement": the eight boxes of ISPM 12, Annex 2, the same for every line of the consignment."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from opensps.certificate import (
    Certificate,
    ReExportStatement,
    ShapeError,
    certificate_number,
    country_code,
)
from opensps.web.html.forms.fields import CountriesField, LinesField
from opensps.web.html.forms.step import Group, StepForm, with_lines

BOXES = ("is_original", "is_certified_true_copy", "is_packed", "is_repacked", "in_original_containers",
         "in_new_containers", "based_on_original", "with_additional_inspection")  # fmt: skip


def _box(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class ReExportForm(StepForm):
    """Where the goods came from, under which certificates, and what was done with them here."""

    paths: ClassVar[Mapping[str, str]] = {
        "": "origin_countries",
        "origin_countries": "origin_countries",
        "original_numbers": "original_numbers",
        **{box: box for box in BOXES},
    }

    groups: ClassVar[tuple[Group, ...]] = (
        Group(_("Where the goods came from"), (("origin_countries",), ("original_numbers",))),
        Group(
            _("What applies to this consignment"),
            tuple((box,) for box in BOXES),
            _("The certificate prints a ticked or an empty box for each."),
        ),
    )

    origin_countries = CountriesField(
        label=_("Countries of origin"),
        help_text=_("The goods were imported from these countries. One a line."),
    )
    original_numbers = LinesField(
        label=_("Numbers of the original phytosanitary certificates"),
        help_text=_("Exactly as printed, one a line."),
        rows=2,
    )
    is_original = _box(_("The original certificate is attached"))
    is_certified_true_copy = _box(_("A certified true copy is attached"))
    is_packed = _box(_("The goods are packed"))
    is_repacked = _box(_("The goods are repacked"))
    in_original_containers = _box(_("They are in the original containers"))
    in_new_containers = _box(_("They are in new containers"))
    based_on_original = _box(_("Certification is based on the original certificate"))
    with_additional_inspection = _box(_("There was an additional inspection"))

    def clean_original_numbers(self) -> tuple[str, ...]:
        """Return the numbers; each must be able to be a certificate number."""
        numbers: tuple[str, ...] = self.cleaned_data["original_numbers"]
        for number in numbers:
            try:
                certificate_number(number)
            except ShapeError as exc:
                message = _("“%(typed)s” cannot be a certificate number: use at most 60 characters.")
                raise ValidationError(message, code="not_a_number", params={"typed": number[:60]}) from exc
        return numbers

    def shown(self, value: Certificate) -> dict[str, Any]:
        """Return what the fields show of the first line; all lines say the same."""
        said = next((line.re_export for line in value.lines if line.re_export), None) or ReExportStatement()
        return {
            "origin_countries": said.origin_countries,
            "original_numbers": said.original_numbers,
            **{box: getattr(said, box) for box in BOXES},
        }

    def applied(self, value: Certificate) -> Certificate:
        """Return the value with the statement on every line."""
        cleaned = self.cleaned_data
        said = ReExportStatement(
            origin_countries=tuple(country_code(code) for code in cleaned["origin_countries"]),
            original_numbers=tuple(certificate_number(number) for number in cleaned["original_numbers"]),
            **{box: cleaned[box] for box in BOXES},
        )
        return with_lines(value, tuple(replace(line, re_export=said) for line in value.lines))
