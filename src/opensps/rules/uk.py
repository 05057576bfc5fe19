"""UK rules: what the United Kingdom asks of an entry document; the numbers in brackets are those of its errors.

Source: the error list of the receiver (`domain.md` 8.6). Which border posts exist, and which establishments are
approved, only the receiver knows; here a post and an approval number must be there.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from opensps.certificate import Establishment, TradeLineItem
from opensps.rules import entry_documents as entry
from opensps.rules.case import Case
from opensps.rules.core_codes import is_missing
from opensps.rules.core_measures import fraction_digits, integer_digits
from opensps.rules.findings import Area, Level
from opensps.rules.rule import Found, Rule, on_document, on_lines

_MISSING, _SENSE, _CODES = Area.MANDATORY_ELEMENTS, Area.CONSISTENCY, Area.CODES
_PLANTS, _DIRECT_TRANSIT = "CHEDPP", "DIRECT_TRANSIT"
_NOT_CONFORMING, _INTERNAL_MARKET = "NON_CONFORMING_GOODS", "INTERNAL_MARKET"
_DESTINATION = "NON_CONFORMING_GOODS_DESTINATION_TYPE"
_MOST_COUNTRIES, _WEIGHT_DIGITS, _WEIGHT_DECIMALS = 12, 16, 3
_SMALLEST_WEIGHT = Decimal("0.001")


def _errors(numbers: str) -> str:
    return f"United Kingdom, list of errors: {numbers}"


def _out_of_order(case: Case) -> Iterator[Found]:
    for number, (path, line) in enumerate(case.lines, 1):
        if line.sequence != number:
            yield f"{path}.sequence", {"sequence": str(line.sequence), "line": str(number)}


def _is_too_long(line: TradeLineItem) -> bool:
    return line.net_weight is not None and (
        integer_digits(line.net_weight.value) + fraction_digits(line.net_weight.value) > _WEIGHT_DIGITS
    )


def _is_too_fine(line: TradeLineItem) -> bool:
    if line.net_weight is None:
        return False
    value = line.net_weight.value
    return value < _SMALLEST_WEIGHT or fraction_digits(value) > _WEIGHT_DECIMALS


def _wrong_type(case: Case) -> Iterator[Found]:
    kind = entry.document_fact(case, entry.CHED_TYPE)
    if not kind or is_missing("uk_ched_type", kind):
        yield entry.NOTES, {"code": kind or "-"}


def _no_border_post(case: Case) -> bool:
    point = case.certificate.consignment.point_of_entry
    return point is None or point.id is None


def _several_origins(case: Case) -> bool:
    return len({origin.code for _, line in case.lines for origin in line.origins}) > 1


def _odd_regions(case: Case) -> Iterator[Found]:
    for path, line in case.lines:
        for place, origin in enumerate(line.origins):
            regions = [area.id or "" for area in origin.areas]
            if len(regions) > 1 or any(not region.startswith(f"{origin.code}-") for region in regions):
                yield f"{path}.origins[{place}].areas", {"region": ", ".join(regions) or "-"}


def _is_of_plants(case: Case) -> bool:
    return entry.document_fact(case, entry.CHED_TYPE) == _PLANTS


def _has_plant_name(line: TradeLineItem) -> bool:
    return bool(line.scientific_names) or any(
        one.system.value == "EPPO" and one.class_code for one in line.classifications
    )


def _unnamed(case: Case) -> Iterator[Found]:
    for number, (path, line) in enumerate(case.lines, 1):
        if _is_of_plants(case) and not _has_plant_name(line):
            yield f"{path}.scientific_names", {"line": str(number)}


def _variety_or_class(case: Case) -> Iterator[Found]:
    for number, (path, line) in enumerate(case.lines, 1):
        if _is_of_plants(case) and bool(entry.line_notes(line, "variety")) != bool(entry.line_notes(line, "class")):
            yield f"{path}.other_notes", {"line": str(number)}


def _is_counted(line: TradeLineItem) -> bool:
    notes = entry.line_notes(line, "quantity")
    if len(notes) != 1 or not notes[0].content_codes or not notes[0].texts:
        return False
    number = notes[0].texts[0].value
    is_known = not is_missing("uk_quantity_type", notes[0].content_codes[0].value)
    return is_known and number.isascii() and number.isdigit() and int(number) > 0


def _uncounted(case: Case) -> Iterator[Found]:
    for number, (path, line) in enumerate(case.lines, 1):
        if _is_of_plants(case) and not _is_counted(line):
            yield f"{path}.other_notes", {"line": str(number)}


def _wrong_purpose(case: Case) -> Iterator[Found]:
    purpose = entry.clause_value(case, entry.PURPOSE)
    if not purpose or is_missing("uk_purpose", purpose):
        yield entry.CLAUSES, {"code": purpose or "-"}


def _wrong_certified_as(case: Case) -> Iterator[Found]:
    purpose, use = entry.clause_value(case, entry.PURPOSE), entry.clause_value(case, entry.CERTIFIED_AS)
    is_needed = purpose == _INTERNAL_MARKET and not _is_of_plants(case)
    if (use and is_missing("uk_certified_as", use)) or (is_needed and not use):
        yield entry.CLAUSES, {"code": use or "-"}


def _wrong_conformity(case: Case) -> Iterator[Found]:
    conforms = entry.document_fact(case, "CONFORMS_TO_EU")
    is_contrary = conforms == "TRUE" and entry.clause_value(case, entry.PURPOSE) == _NOT_CONFORMING
    if conforms not in {"TRUE", "FALSE"} or is_contrary:
        yield entry.NOTES, {"code": conforms or "-"}


def _no_destination(case: Case) -> bool:
    is_needed = entry.clause_value(case, entry.PURPOSE) == _NOT_CONFORMING
    return is_needed and not entry.document_fact(case, _DESTINATION)


def _too_many_countries(case: Case) -> bool:
    passed = [country.code for country in case.certificate.consignment.transit_countries if country.code != "GB"]
    return len(passed) > _MOST_COUNTRIES or any(times > 1 for times in Counter(passed).values())


def _no_way_out(case: Case) -> bool:
    if entry.clause_value(case, entry.PURPOSE) != _DIRECT_TRANSIT:
        return False
    passed = case.certificate.consignment.transit_countries
    posts = [party for country in passed for area in country.areas for party in area.authorised_parties if party.ids]
    return not posts or all(country.code in {None, "GB"} for country in passed)


def _lacks(one: Establishment) -> bool:
    named = (one.name, one.section, one.country, one.approval_number.value, one.activity.value, one.activity.name)
    return not all(named) or one.role is None or one.role.value != "ZZZ"


def _poor_establishments(case: Case) -> Iterator[Found]:
    for number, (path, line) in enumerate(case.lines, 1):
        for place, one in enumerate(line.establishments):
            if _lacks(one):
                yield f"{path}.establishments[{place}]", {"line": str(number)}


RULES = (
    Rule(
        "UK-SEQUENCE",
        _errors("41"),
        Level.SEVERE,
        _SENSE,
        "Number line %(line)s in order, not %(sequence)s; the United Kingdom takes 1, 2, 3 and so on, and no line 0.",
        _out_of_order,
    ),
    Rule(
        "UK-CN",
        _errors("1"),
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: enter the code of the Combined Nomenclature for the United Kingdom.",
        on_lines("classifications", lambda line: not entry.has_customs_code(line)),
    ),
    Rule(
        "UK-WEIGHT",
        _errors("54"),
        Level.SEVERE,
        _SENSE,
        "Line %(line)s: shorten the net weight to 16 digits at most.",
        on_lines("net_weight", _is_too_long),
    ),
    Rule(
        "UK-WEIGHT",
        _errors("29, 53"),
        Level.WARNING,
        _SENSE,
        "Line %(line)s: give the net weight with three decimals at most, and not less than 0.001.",
        on_lines("net_weight", _is_too_fine),
    ),
    Rule(
        "UK-CHED-TYPE",
        _errors("82, 83"),
        Level.SEVERE,
        _CODES,
        "Choose the type of entry document: CHEDA, CHEDP, CHEDD or CHEDPP; it says %(code)s.",
        _wrong_type,
    ),
    Rule(
        "UK-BCP",
        _errors("91, 92"),
        Level.SEVERE,
        _MISSING,
        "Enter the border control post of entry with its code.",
        on_document("consignment.point_of_entry.id", _no_border_post),
    ),
    Rule(
        "UK-ORIGIN",
        _errors("84 to 88"),
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: choose a country of origin; the United Kingdom wants one on every line.",
        on_lines("origins", lambda line: all(origin.code is None for origin in line.origins)),
    ),
    Rule(
        "UK-ORIGIN",
        _errors("84 to 88"),
        Level.SEVERE,
        _SENSE,
        "Split the entry document: all lines of one come from the same country of origin.",
        on_document("consignment.items", _several_origins),
    ),
    Rule(
        "UK-ORIGIN",
        _errors("84 to 88"),
        Level.SEVERE,
        _SENSE,
        "Give one region of origin at most, beginning with the code of its country; it says %(region)s.",
        _odd_regions,
    ),
    Rule(
        "UK-NAME",
        _errors("4, 32, 33"),
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: enter the scientific name or the EPPO code of the plants.",
        _unnamed,
    ),
    Rule(
        "UK-NAME",
        _errors("7, 8, 10, 11"),
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: give variety and class together, or neither.",
        _variety_or_class,
    ),
    Rule(
        "UK-QUANTITY",
        _errors("22, 26, 27"),
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: give one quantity of 1 or more, with its type: stems, bulbs, seeds, pieces and the like.",
        _uncounted,
    ),
    Rule(
        "UK-PURPOSE",
        _errors("56 to 59, 68 to 76, 81"),
        Level.SEVERE,
        _CODES,
        "Choose the purpose of the consignment; it says %(code)s.",
        _wrong_purpose,
    ),
    Rule(
        "UK-PURPOSE",
        _errors("56 to 59, 68 to 76, 81"),
        Level.SEVERE,
        _CODES,
        "Choose what the goods are certified as; it says %(code)s.",
        _wrong_certified_as,
    ),
    Rule(
        "UK-PURPOSE",
        _errors("56 to 59, 68 to 76, 81"),
        Level.SEVERE,
        _CODES,
        "Say whether the goods conform, TRUE or FALSE, in agreement with the purpose; it says %(code)s.",
        _wrong_conformity,
    ),
    Rule(
        "UK-PURPOSE",
        _errors("56 to 59, 68 to 76, 81"),
        Level.SEVERE,
        _MISSING,
        "Say where the goods that do not conform are going.",
        on_document(entry.NOTES, _no_destination),
    ),
    Rule(
        "UK-TRANSIT",
        _errors("77 to 80"),
        Level.SEVERE,
        _SENSE,
        "Name at most twelve other countries of transit, each once.",
        on_document("consignment.transit_countries", _too_many_countries),
    ),
    Rule(
        "UK-TRANSIT",
        _errors("77 to 80"),
        Level.SEVERE,
        _MISSING,
        "Enter the third country and the exit border post of the direct transit.",
        on_document("consignment.transit_countries", _no_way_out),
    ),
    Rule(
        "UK-ESTABLISHMENT",
        _errors("60 to 67"),
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: complete the establishment: activity, country, approval number, name, section, role ZZZ.",
        _poor_establishments,
    ),
)
