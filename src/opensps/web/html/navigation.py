"""The navigation: at most seven items, always in the same order for the same roles, help last.

Each row names a URL, its words and who sees it. A row whose page does not exist in this installation is left out.
"""

from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opensps.accounts.queries import Actor
from opensps.border.inquiry_parties import READERS
from opensps.border.presenting_parties import PRESENTING
from opensps.lifecycle import APPLICANTS, DELIVERY_STAFF, PARTNER_STAFF, Role

MOST_ITEMS = 7


@dataclass(frozen=True, slots=True)
class Row:
    """One possible item: the name of its URL, its words, and the roles that see it (none: everybody)."""

    url_name: str
    words: str | Promise
    roles: frozenset[Role] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One item as a page shows it."""

    url: str
    words: str | Promise
    is_current: bool


STAFF: Final = frozenset(
    {Role.EXAMINER, Role.REVIEWER, Role.PLANNER, Role.CERTIFYING_OFFICER, Role.SENIOR_OFFICER, Role.MANAGER}
)
DESK: Final = frozenset(
    {
        *(Role.BORDER_OFFICER, Role.BORDER_SUPERVISOR, Role.FOREIGN_OFFICER, Role.COUNTRY_ADMIN, Role.CASE_OFFICER),
        *(Role.INQUIRY_DESK, Role.CUSTOMS),
    }
)
SIGNED_IN: Final = (
    Row("home", _("Home")),
    Row("cases", _("Counterfeit cases"), frozenset({Role.CASE_OFFICER})),
    Row("desk", _("Border desk"), DESK),
    Row("desk-coming", _("Coming to us"), DESK),
    Row("applications", _("My applications"), APPLICANTS),
    Row("application-new", _("New application"), APPLICANTS),
    Row("examine", _("Applications to examine"), frozenset({Role.EXAMINER, Role.REVIEWER})),
    Row("inspections", _("Inspections"), frozenset({Role.PLANNER})),
    Row("inspect", _("My visits"), frozenset({Role.INSPECTOR})),
    Row("queue", _("Work queue"), frozenset({Role.CERTIFYING_OFFICER})),
    Row("proposals", _("Decisions"), frozenset({Role.SENIOR_OFFICER})),
    Row("certificates", _("Certificates"), STAFF | APPLICANTS),
    Row("mandates", _("Mandates"), APPLICANTS),
    Row("declarations", _("Declarations"), frozenset({Role.CUSTOMS})),
    Row("presentations", _("Presentations"), PRESENTING),
    Row("inquiries", _("Inquiries"), READERS - DELIVERY_STAFF),
    Row("coordination", _("Coordination"), frozenset({Role.COORDINATOR, Role.LIAISON})),
    Row("access", _("Access of officials"), frozenset({Role.EMBASSY, Role.ACCESS_REVIEWER, Role.ACCESS_APPROVER})),
    Row("access-accounts", _("Official accounts"), frozenset({Role.EMBASSY, Role.COUNTRY_ADMIN})),
    Row("people", _("People"), frozenset({Role.ADMINISTRATOR})),
    Row("figures-service", _("Figures"), frozenset({Role.MANAGER})),
    Row("deliveries", _("Deliveries"), DELIVERY_STAFF),
    Row("incoming", _("Received"), DELIVERY_STAFF),
    Row("partners", _("Partners"), PARTNER_STAFF),
    Row("check", _("Check a certificate")),
)
PUBLIC: Final = (
    Row("check", _("Check a certificate")),
    Row("official-addresses", _("Official addresses")),
    Row("sign-in", _("Sign in")),
)
HELP: Final = Row("help", _("Help"))


def items_for(actor: Actor | None, path: str) -> tuple[Item, ...]:
    """Return the navigation of a person, or of a stranger, with the item of this page marked."""
    rows = [row for row in (SIGNED_IN if actor else PUBLIC) if _sees(row, actor)][: MOST_ITEMS - 1]
    found = [(url, row.words) for row in (*rows, HELP) if (url := _address(row.url_name))]
    current = max((url for url, _words in found if _covers(url, path)), key=len, default="")
    return tuple(Item(url, words, url == current) for url, words in found)


def _sees(row: Row, actor: Actor | None) -> bool:
    return row.roles is None or (actor is not None and bool(row.roles & actor.roles))


def _covers(url: str, path: str) -> bool:
    return path == url or path.startswith(url.rstrip("/") + "/")


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
