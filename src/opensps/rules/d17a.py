"""D17A rules: what the published schema of SPSCertificate D17A enumerates and ours leaves open, on purpose.

Our schema takes any two capitals for a country and lets `rules` judge coded values against the newest lists; the
published schema knows 249 countries and the code lists of its own day (`domain.md` 3.4, 3.5).
"""

from collections.abc import Iterator

from opensps import codes
from opensps.certificate import CountryArea
from opensps.rules.case import Case
from opensps.rules.core_codes import coded
from opensps.rules.findings import Area, Level
from opensps.rules.rule import Found, Rule

_SCHEMA = "UN/CEFACT SPSCertificate D17A, published schema"


def _foreign_to_iso(case: Case) -> Iterator[Found]:
    for path, country in case.every(CountryArea):
        if country.code and not codes.is_country(country.code):
            yield f"{path}.code", {"code": country.code}


def _newer_codes(case: Case) -> Iterator[Found]:
    for path, list_id, value in case.once(coded):
        if value not in codes.shipped(list_id).entries:
            yield path, {"code": value, "list": list_id}


RULES = (
    Rule(
        "D17A-COUNTRY",
        _SCHEMA,
        Level.SEVERE,
        Area.SCHEMA,
        "Choose another country code for this receiver: %(code)s is none of the 249 codes of ISO 3166-1.",
        _foreign_to_iso,
    ),
    Rule(
        "D17A-CODES",
        _SCHEMA,
        Level.SEVERE,
        Area.SCHEMA,
        "Choose an older code for this receiver: %(code)s is not in its edition of list %(list)s.",
        _newer_codes,
    ),
)
