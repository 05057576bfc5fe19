"""Who acts at a border, by their roles: an officer or a supervisor of one country. Pure but for the own country.

Source: `lifecycles.md` 1 and 5.1. Officials of another country act for it with certificates of ours; our border
officers act for us. Everybody else presents nothing, and what they may not see does not exist.
"""

from opensps.accounts.queries import Actor, authority_profile
from opensps.border.errors import PresentationNotFound
from opensps.lifecycle import Role
from opensps.lifecycle.access import AccessScope
from opensps.lifecycle.presentation import PresentationParty

OFFICERS_AT_BORDERS = frozenset({Role.BORDER_OFFICER, Role.FOREIGN_OFFICER})
SUPERVISORS_AT_BORDERS = frozenset({Role.BORDER_SUPERVISOR, Role.COUNTRY_ADMIN})
DESKS = OFFICERS_AT_BORDERS | SUPERVISORS_AT_BORDERS
"""Roles that present and decide."""

PRESENTING = DESKS | {Role.CUSTOMS}
"""Roles that present; customs decides nothing (`lifecycles.md` 5.1)."""

WATCHERS = frozenset({Role.MANAGER, Role.SENIOR_OFFICER, Role.CASE_OFFICER, Role.INQUIRY_DESK})
"""Own people who read what was presented of our certificates and decide nothing."""


def acting(*, authority: str, actor: Actor) -> tuple[str, PresentationParty, str]:
    """Return the country somebody acts for, as which party, in which role. Raises `PresentationNotFound`."""
    if actor.authority != authority or not actor.roles & PRESENTING or actor.lacks(AccessScope.RECEIVE):
        raise PresentationNotFound(actor.id)
    country = desk_country(authority=authority, country=actor.country)
    for party, roles in (
        (PresentationParty.SUPERVISOR, SUPERVISORS_AT_BORDERS),
        (PresentationParty.OFFICER, OFFICERS_AT_BORDERS),
        (PresentationParty.CUSTOMS, frozenset({Role.CUSTOMS})),
    ):
        if held := actor.roles & roles:
            return country, party, min(held).value
    raise PresentationNotFound(actor.id)


def desk_country(*, authority: str, country: str) -> str:
    """Return the country of a desk: the one given, else our own."""
    if country:
        return country
    profile = authority_profile(authority)
    return profile.country if profile is not None else ""
