"""Forms and words of customs declarations; whether goods are clear is asked of the queries."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from opensps.border.services.declaring import MOST_ITEMS, NUMBER, Claimed, is_kept_exactly, plain_number
from opensps.web.html.forms.acts import ActForm
from opensps.web.html.forms.fields import LineField, QuantityField
from opensps.web.html.forms.presentations import PlaceField
from opensps.web.html.forms.words import Words

DIRECTIONS: Final[Words] = MappingProxyType({"import": _("Import: goods come in"), "export": _("Export: goods leave")})
REASONS: Final[Words] = MappingProxyType(
    {
        "certificate_missing": _("The goods came without a certificate."),
        "not_in_register": _("There is no certificate of this number in the register."),
        "not_for_us": _("The certificate is our own: it is for goods that leave, not for goods that come in."),
        "not_in_force": _("The certificate is not in force."),
        "line_unknown": _("The certificate has no such line."),
        "not_presented": _("The certificate was not presented at our border yet."),
        "awaiting_decision": _("The border has not decided yet."),
        "refused": _("The border refused the goods."),
        "above_accepted": _("More is declared than the border accepted, earlier declarations counted."),
        "above_issued": _("More is declared than the certificate is for, earlier declarations counted."),
    }
)
"""Why goods are not clear."""

_PARTS: Final = re.compile(r"[;\t；]")
_MOST_PARTS: Final = 3


class PlaceOrNone(PlaceField):
    """A UN/LOCODE, or nothing."""

    def validate(self, value: Any) -> None:
        """Take an empty one."""


class DeclarationForm(ActForm):
    """A declaration: number, direction, whose certificates, and one line for each claim."""

    declaration_number = LineField(
        label=_("Number of the declaration"),
        max_length=60,
        help_text=_("Letters, digits and hyphens, as customs numbers it."),
        error_messages={"required": _("Enter the number of the declaration.")},
    )
    direction = forms.ChoiceField(
        label=_("Direction"), choices=list(DIRECTIONS.items()), widget=forms.RadioSelect, initial="import"
    )
    issuer = forms.ChoiceField(label=_("Who issued the certificates?"), required=False)
    claims = forms.CharField(
        label=_("Certificates"),
        max_length=20_000,
        help_text=_(
            "One line each: number; line; quantity. Number alone is the whole certificate. The quantity is in the unit "
            "of the certificate, for example 1500 or 0.5."
        ),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        required=False,
    )
    goods = LineField(
        label=_("Goods without a certificate"), required=False, max_length=200, help_text=_("What they are.")
    )
    location = PlaceOrNone(label=_("Place"), required=False, help_text=_("UN/LOCODE, for example XAPNO."))

    def __init__(self, *args: Any, issuers: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issuer"].choices = [("", "–"), *issuers]  # type: ignore[attr-defined]  # ChoiceField

    def clean_declaration_number(self) -> str:
        """Return the number as it is kept."""
        found = plain_number(self.cleaned_data["declaration_number"])
        if not NUMBER.match(found):
            raise ValidationError(_("Use 4 to 35 letters, digits and hyphens."), code="number")
        return found

    def clean(self) -> dict[str, Any]:
        """Put the claims together; a line that cannot be read is named."""
        given: dict[str, Any] = super().clean() or {}
        try:
            items = self._items(given)
        except ValidationError as exc:
            self.add_error("claims", exc)
            return given
        if not items and "claims" in given:
            self.add_error("claims", _("Enter at least one certificate, or goods without one."))
        given["items"] = items
        return given

    def _items(self, given: dict[str, Any]) -> list[Claimed]:
        rows = [row.strip() for row in str(given.get("claims", "")).splitlines()]
        if any(rows) and not given.get("issuer"):
            self.add_error("issuer", _("Choose who issued the certificates."))
        items = [_claimed(row, given.get("issuer", "")) for row in rows if row]
        if given.get("goods"):
            items.append(Claimed(goods=given["goods"]))
        if len(items) > MOST_ITEMS:
            raise ValidationError(_("At most 200 lines."), code="too_many")
        return items


def _claimed(row: str, issuer: str) -> Claimed:
    parts = [unicodedata.normalize("NFKC", part).strip() for part in _PARTS.split(row)]
    number, line, quantity = (*parts, "", "", "")[:_MOST_PARTS]
    is_line = not line or (line.isascii() and line.isdecimal() and len(line) < len("10000"))
    if len(parts) > _MOST_PARTS or not number or len(number) > 64 or not is_line or (quantity and not line):  # noqa: PLR2004 the column
        raise ValidationError(_now("This line cannot be read: %(row)s") % {"row": row[:80]}, code="row")
    return Claimed(issuer=issuer, number=number, line=int(line) if line else None, quantity=_quantity(quantity, row))


def _quantity(text: str, row: str) -> Decimal | None:
    if not text:
        return None
    try:
        value: Decimal = QuantityField().clean(text)
    except ValidationError:
        value = Decimal(0)
    if not is_kept_exactly(value):
        said = _now("Write the quantity in figures, with six decimal places at most, for example 1500 or 0.5: %(row)s")
        raise ValidationError(said % {"row": row[:80]}, code="quantity")
    return value


def shown(items: Sequence[Claimed]) -> dict[str, str]:
    """Return what the fields show of claims; `holds` says whether nothing is lost."""
    claims = [(each.number, each.line, each.quantity) for each in items if each.number]
    lines = ["; ".join(_part(part) for part in claim if part is not None) for claim in claims]
    return {
        "issuer": next((each.issuer for each in items if each.number), ""),
        "claims": "\n".join(lines),
        "goods": next((each.goods for each in items if not each.number), ""),
    }


def _part(part: str | int | Decimal) -> str:
    return f"{part:f}" if isinstance(part, Decimal) else str(part)


def holds(items: Sequence[Claimed], *, issuers: Sequence[tuple[str, str]]) -> bool:
    """Whether the form gives back just these claims: of one issuer, and one kind of goods without a certificate."""
    form = DeclarationForm({"declaration_number": "X000", "direction": "import", **shown(items)}, issuers=issuers)
    return form.is_valid() and Counter(form.cleaned_data["items"]) == Counter(items)
