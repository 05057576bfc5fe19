"""What several pages of access show: the facts of a request and of an account, and what happened to them."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext as _

from opensps import codes
from opensps.accounts.access_queries import AccessRequest, OfficialAccount, reconfirm_due
from opensps.accounts.queries import names_by_id
from opensps.certificate import TITLES, CertificateKind
from opensps.events.queries import EventView, events_for
from opensps.lifecycle import FOREIGN
from opensps.web.html.forms.access_words import ACCOUNT_REASONS, EVENTS, SCOPES
from opensps.web.html.forms.fields import country_text, day_text, language
from opensps.web.html.forms.words import ROLES, word
from opensps.web.html.records import Entry, Fact
from opensps.web.html.templatetags.parts import in_words, moment_in_words

_KINDS: Final = {str(kind): kind for kind in CertificateKind}


def kinds_in_words(kinds: list[str]) -> str:
    """Return kinds of certificates by their titles."""
    titles = [TITLES[_KINDS[each]][language() == "zh"] if each in _KINDS else each for each in kinds]
    return "; ".join(titles)


def scopes_in_words(scopes: list[str]) -> str:
    """Return what an official may do."""
    return "; ".join(word(SCOPES, each) for each in scopes)


def request_facts(row: AccessRequest) -> list[Fact]:
    """Return what a request says, as a summary list."""
    rows = (
        (_("Reference"), row.reference),
        (_("Country"), country_text(row.country)),
        (_("Embassy"), row.embassy.name),
        (_("Name of the program") if row.responsible else _("Full name"), row.name),
        (_("Responsible person"), row.responsible),
        (_("Official mail address"), row.email),
        (_("Authority that nominates"), row.nominating_authority),
        (_("Post"), row.post),
        (_("Office or border post"), row.office),
        (_("Ports and border posts"), row.ports),
        (_("Certificates"), kinds_in_words(row.kinds)),
        (_("What is asked for"), scopes_in_words(row.scopes)),
        (_("Needed for"), row.reason),
        (_("Until when"), day_text(row.ends_on) if row.ends_on else ""),
    )
    return [Fact(label, text) for label, text in rows if text]


def account_facts(row: OfficialAccount) -> list[Fact]:
    """Return an account as a summary list."""
    endorsement = row.approval.endorsement
    names = names_by_id(
        authority=row.authority,
        ids=[endorsement.endorsed_by, row.approval.reviewed_by, row.approval.approved_by],
    )
    rows = (
        (_("Country"), country_text(row.country)),
        (_("Authority"), row.organisation.name),
        (_("Account of"), _("A program of the authority") if row.is_machine else ""),
        (_("Responsible person"), endorsement.request.responsible if row.is_machine else ""),
        (_("Official mail address"), row.person.email),
        (_("Is allowed to"), scopes_in_words(row.scopes)),
        (_("Opened"), moment_in_words(row.opened_at)),
        (_("Opened by"), row.inherited_from.person.name if row.inherited_from else ""),
        (_("Confirmed by the embassy"), f"{endorsement.note_reference} ({names.get(endorsement.endorsed_by, '–')})"),
        (_("Reviewed by"), names.get(row.approval.reviewed_by, "")),
        (_("Approved by"), names.get(row.approval.approved_by, "")),
        (_("To be confirmed again by"), in_words(reconfirm_due(row).date())),
        (_("Last used"), moment_in_words(row.used_at)),
        (_("Why it is closed"), word(ACCOUNT_REASONS, row.reason_code) if row.reason_code else ""),
        (_("Request"), endorsement.request.reference),
    )
    return [Fact(label, text) for label, text in rows if text]


def history(
    *, authority: str, kind: str, object_id: str, instead: Mapping[str, str] = MappingProxyType({})
) -> list[Entry]:
    """Return what happened to a request, an account or a person, newest first, with names.

    ``instead``: id of an organisation -> its name, which stands where one of its people acted for it.
    """
    events = events_for(authority=authority, object_kind=kind, object_id=object_id)
    names = names_by_id(authority=authority, ids={event.actor for event in events})
    named = ((event, instead.get(event.on_behalf_of) or names.get(event.actor, "")) for event in reversed(events))
    return [_entry(event, name) for event, name in named]


def history_abroad(*, authority: str, kind: str, object_id: str) -> list[Entry]:
    """Return the same for people of another country: what ours did without their names and without free texts."""
    events = events_for(authority=authority, object_kind=kind, object_id=object_id)
    theirs = {event.id for event in events if event.role in FOREIGN}
    names = names_by_id(authority=authority, ids={event.actor for event in events if event.id in theirs})
    rows = ((event, _entry(event, names.get(event.actor, ""))) for event in reversed(events))
    return [row if event.id in theirs else replace(row, text="") for event, row in rows]


def _entry(event: EventView, name: str) -> Entry:
    said = event.payload or {}
    texts = [str(said[key]) for key in ("reason", "note_reference") if said.get(key)]
    if said.get("role"):
        texts.append(word(ROLES, str(said["role"])))
    who = " · ".join(part for part in (word(ROLES, event.role) if event.role else "", name) if part)
    return Entry(title=word(EVENTS, event.act), who=who, at=event.at, text=" – ".join(texts))


def country_name(code: str) -> str:
    """Return a country's name in the reader's language."""
    return codes.country_name(code, language())
