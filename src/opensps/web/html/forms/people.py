"""Forms for people of the authority: invite, give a role."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from opensps.accounts.people_queries import Office, Organisation
from opensps.accounts.queries import OrganisationKind, offices, organisations
from opensps.accounts.services import ONE_BY_ONE, OfficeChange
from opensps.lifecycle import Role
from opensps.web.html.forms.acts import ActForm
from opensps.web.html.forms.fields import DayField, language
from opensps.web.html.forms.words import ROLES, word

GIVEN: tuple[Role, ...] = tuple(
    role for role in Role if role not in {Role.SYSTEM, Role.CLOCK, Role.FOREIGN_OFFICER, Role.COUNTRY_ADMIN}
)
"""Roles an administrator gives; those of officials come with their accounts."""


def _office_words(office: Office) -> str:
    return f"{office.code} {_office_name(office)}"


def _office_name(office: Office) -> str:
    return office.name_zh if language() == "zh" else office.name_en


def office_names(authority: str) -> dict[str, str]:
    """Return the offices by code, with their names in the reader's language. One query."""
    return {row.code: _office_name(row) for row in offices(authority=authority)}


class RoleForm(ActForm):
    """One more role, in an office or for an organisation, until a day."""

    role = forms.ChoiceField(label=_("Role"), error_messages={"required": _("Choose the role.")})
    office = forms.ChoiceField(
        label=_("Office"), required=False, help_text=_("A certifying officer needs one; it stands in the numbers.")
    )
    organisation = forms.ChoiceField(
        label=_("Organisation"),
        required=False,
        help_text=_("Exporters, agents, liaisons and people of an embassy need one."),
    )
    until = DayField(label=_("Last day"), help_text=_("Leave empty if there is no end."), required=False)

    def __init__(self, *args: Any, authority: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firms = [row for row in organisations(authority=authority) if row.kind != OrganisationKind.FOREIGN_AUTHORITY]
        self._offer("role", [(role.value, word(ROLES, role)) for role in GIVEN])
        self._offer("office", [(row.code, _office_words(row)) for row in offices(authority=authority)])
        self._offer("organisation", [(row.id.hex, organisation_words(row)) for row in firms])

    def _offer(self, name: str, rows: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", "–"), *rows]  # type: ignore[attr-defined]  # ChoiceField

    def given(self) -> dict[str, Any]:
        """Return what the service is told."""
        until = self.cleaned_data["until"]
        end = datetime.combine(until, time.max, get_current_timezone()) if until else None
        return {
            "role": Role(self.cleaned_data["role"]),
            "office_code": self.cleaned_data["office"] or None,
            "organisation_id": self.cleaned_data["organisation"] or None,
            "valid_until": end,
        }


class OfficeRolesForm(ActForm):
    """One role changed for everybody in an office."""

    office = forms.ChoiceField(label=_("Office"), error_messages={"required": _("Choose the office.")})
    held = forms.ChoiceField(label=_("Present role"), error_messages={"required": _("Choose the role they hold now.")})
    given = forms.ChoiceField(
        label=_("New role"), required=False, help_text=_("Leave empty if they only lose the role.")
    )
    ends_held = forms.BooleanField(label=_("The role they hold now ends"), required=False, initial=True)

    def __init__(self, *args: Any, authority: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(code, f"{code} {name}") for code, name in office_names(authority).items()]
        roles = [(role.value, word(ROLES, role)) for role in GIVEN if role not in ONE_BY_ONE]
        for name, rows in (("office", places), ("held", roles), ("given", roles)):
            self.fields[name].choices = [("", "–"), *rows]  # type: ignore[attr-defined]  # ChoiceField

    def clean(self) -> dict[str, Any]:
        """Refuse a change that changes nothing."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("given") == given.get("held") or not (given.get("given") or given.get("ends_held")):
            self.add_error("given", _("Choose another role, or let the present one end."))
        return given

    def change(self) -> OfficeChange:
        """Return what the service is told."""
        given = self.cleaned_data
        return OfficeChange(
            given["office"], Role(given["held"]), Role(given["given"]) if given["given"] else None, given["ends_held"]
        )


def organisation_words(row: Organisation) -> str:
    """Return an organisation's name in the reader's language."""
    return row.name_zh if language() == "zh" and row.name_zh else row.name
