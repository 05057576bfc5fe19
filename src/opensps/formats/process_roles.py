"""What a process on the goods is: a treatment, the work of an approved establishment, or anything else.

Source: `domain.md` 4.5, 5.4. Reader and capacity check agree on it here.
"""

from enum import Enum

from opensps.certificate import CountryArea, Party
from opensps.codes import country_name
from opensps.formats.tags import TREATMENT_CODE

TREATMENT_PROCESSES = frozenset({TREATMENT_CODE, "16", "17", "74", "95", "101"})
"""UNCL 7187: fumigation, irradiation, cold, heat, pasteurisation; ZZZ in ePhyto."""


class ProcessRole(Enum):
    """Where a process belongs in the model."""

    TREATMENT = "treatment"
    ESTABLISHMENT = "establishment"
    OTHER = "other"


def role_of(
    code: str | None,
    *,
    is_tagged: bool,
    is_described: bool,
    has_duration: bool,
    country: CountryArea | None,
    operator: Party | None,
) -> ProcessRole:
    """Return where a process belongs, from its code and what it holds.

    `is_tagged`: a characteristic begins with a treatment tag; `is_described`: it has characteristics at all.
    """
    if is_tagged or code == TREATMENT_CODE:
        return ProcessRole.TREATMENT
    if is_described or code is None:
        return ProcessRole.OTHER
    if _is_approved(operator) and not has_duration and _is_plain(country):
        return ProcessRole.ESTABLISHMENT
    return ProcessRole.TREATMENT if code in TREATMENT_PROCESSES else ProcessRole.OTHER


def _is_approved(operator: Party | None) -> bool:
    """Tell whether an operator is named by its number, and by nothing an establishment has no field for."""
    if operator is None or len(operator.ids) != 1:
        return False
    return operator == Party(name=operator.name, ids=operator.ids, role=operator.role)


def _is_plain(country: CountryArea | None) -> bool:
    """Tell whether a country says no more than its code does."""
    if country is None:
        return True
    if country.code is None or country.areas:
        return False
    return all(one.value == country_name(country.code, one.language or "en") for one in country.names)
