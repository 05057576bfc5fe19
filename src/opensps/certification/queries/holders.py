"""The names under which the organisation of an application receives goods (`fraud.md` 3, attack 11)."""

from opensps.accounts.queries import organisation_by_id
from opensps.certification.models import Application


def holders_of(application: Application) -> tuple[str, ...]:
    """Return the names of the applicant's organisation, never of an agent who acts for it; none where it is gone."""
    found = organisation_by_id(authority=application.authority, organisation_id=application.organisation)
    return tuple(name for name in (found.name, found.name_zh) if name) if found is not None else ()
