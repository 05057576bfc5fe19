"""In whose time deadlines end."""

from opensps.accounts.queries import authority_profile


def office_offset(authority: str) -> int:
    """Return the minutes east of UTC in which the authority's deadlines end."""
    profile = authority_profile(authority)
    return profile.offset_minutes if profile else 0
