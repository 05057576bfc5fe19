"""Step "Who is sending and receiving": consignor and consignee (ISPM 12, Annex 1: boxes exporter and consignee)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from opensps.certificate import Address, Certificate, Party, country_code
from opensps.web.html.forms.fields import CountryField, LineField, LinesField
from opensps.web.html.forms.step import Group, StepForm, with_consignment

_MAX_LINES = 5


def _shown(prefix: str, party: Party) -> dict[str, Any]:
    address = party.address or Address()
    return {
        f"{prefix}_name": party.name or "",
        f"{prefix}_address": address.lines,
        f"{prefix}_postcode": address.postcode or "",
        f"{prefix}_city": address.city or "",
        f"{prefix}_country": address.country or "",
    }


def _party(prefix: str, before: Party, cleaned: Mapping[str, Any]) -> Party:
    address = replace(
        before.address or Address(),
        lines=cleaned[f"{prefix}_address"],
        postcode=cleaned[f"{prefix}_postcode"] or None,
        city=cleaned[f"{prefix}_city"] or None,
        country=country_code(cleaned[f"{prefix}_country"]) if cleaned[f"{prefix}_country"] else None,
    )
    return replace(before, name=cleaned[f"{prefix}_name"] or None, address=None if address == Address() else address)


def _paths(prefix: str, party: str) -> dict[str, str]:
    return {
        f"consignment.{party}": f"{prefix}_name",
        f"consignment.{party}.name": f"{prefix}_name",
        f"consignment.{party}.address": f"{prefix}_address",
        f"consignment.{party}.address.postcode": f"{prefix}_postcode",
        f"consignment.{party}.address.city": f"{prefix}_city",
        f"consignment.{party}.address.country": f"{prefix}_country",
    }


class PartiesForm(StepForm):
    """Names and addresses of the two parties named on the certificate."""

    paths: ClassVar[Mapping[str, str]] = {**_paths("from", "consignor"), **_paths("to", "consignee")}

    groups: ClassVar[tuple[Group, ...]] = (
        Group(
            _("Sender"),
            (("from_name",), ("from_address",), ("from_postcode", "from_city"), ("from_country",)),
        ),
        Group(
            _("Receiver"),
            (("to_name",), ("to_address",), ("to_postcode", "to_city"), ("to_country",)),
        ),
    )

    from_name = LineField(
        label=_("Name of the exporter"),
        help_text=_("Printed in the box “Name and address of exporter”."),
        max_length=450,
    )
    from_address = LinesField(
        label=_("Street or post box"), help_text=_("Up to five lines."), max_lines=_MAX_LINES, rows=2
    )
    from_postcode = LineField(label=_("Postcode"), required=False, max_length=17)
    from_city = LineField(label=_("Town or city"), max_length=100)
    from_country = CountryField(label=_("Country"))
    to_name = LineField(
        label=_("Name of the consignee"),
        help_text=_(
            "Printed in the box “Declared name and address of consignee”. “To order” where the importer accepts it."
        ),
        max_length=450,
    )
    to_address = LinesField(
        label=_("Street or post box"), help_text=_("Up to five lines."), max_lines=_MAX_LINES, rows=2
    )
    to_postcode = LineField(label=_("Postcode"), required=False, max_length=17)
    to_city = LineField(label=_("Town or city"), max_length=100)
    to_country = CountryField(label=_("Country"))

    def shown(self, value: Certificate) -> dict[str, Any]:
        """Return what the fields show of the value."""
        consignment = value.consignment
        return _shown("from", consignment.consignor) | _shown("to", consignment.consignee)

    def applied(self, value: Certificate) -> Certificate:
        """Return the value with both parties as answered."""
        return with_consignment(
            value,
            consignor=_party("from", value.consignment.consignor, self.cleaned_data),
            consignee=_party("to", value.consignment.consignee, self.cleaned_data),
        )
