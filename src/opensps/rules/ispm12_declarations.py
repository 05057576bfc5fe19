"""ISPM 12, Annex 1, part II: additional declarations, with import permits and dates of inspection."""

from collections.abc import Iterator

from opensps.certificate import Declarations, OfficialTime, Text
from opensps.rules.case import Case
from opensps.rules.findings import Area, Level
from opensps.rules.rule import PLANTS, Found, Rule

_PART = "ISPM 12, section 5 and Annex 1, part II"
_OF_THE_STATEMENT = ("practically free from other pests", "considered to be free from the quarantine pests")


def _additional(case: Case) -> Iterator[tuple[str, Text]]:
    for path, declarations in case.every(Declarations):
        for place, declaration in enumerate(declarations.additional):
            yield f"{path}.additional[{place}]", declaration.text


def _repeated(case: Case) -> Iterator[Found]:
    for path, declarations in case.every(Declarations):
        said: list[Text] = []
        for place, declaration in enumerate(declarations.additional):
            if declaration.text in said:
                yield f"{path}.additional[{place}]", {"text": declaration.text.value}
            said.append(declaration.text)


def _without_language(case: Case) -> Iterator[Found]:
    return ((path, {"text": text.value}) for path, text in _additional(case) if text.language is None)


def _says_the_statement_again(case: Case) -> Iterator[Found]:
    for path, text in _additional(case):
        if any(words in text.value.casefold() for words in _OF_THE_STATEMENT):
            yield path, {"text": text.value}


def _says_a_treatment_again(case: Case) -> Iterator[Found]:
    treated = {text.value for _, line in case.lines for one in line.treatments for text in one.full_text}
    return ((path, {"text": text.value}) for path, text in _additional(case) if text.value in treated)


def _inspections(case: Case) -> Iterator[tuple[str, OfficialTime | Text]]:
    for path, declarations in case.every(Declarations):
        for place, inspection in enumerate(declarations.inspections):
            yield f"{path}.inspections[{place}]", inspection


def _date_in_words(case: Case) -> Iterator[Found]:
    return ((path, {"text": given.value}) for path, given in _inspections(case) if isinstance(given, Text))


def _inspected_later(case: Case) -> Iterator[Found]:
    issued = case.document.issued
    for path, given in _inspections(case):
        if issued and isinstance(given, OfficialTime) and given.on > issued.on:
            yield path, {"date": given.on.isoformat()}


def _blank_permit(case: Case) -> Iterator[Found]:
    for path, declarations in case.every(Declarations):
        for place, permit in enumerate(declarations.import_permits):
            if not any(sign.isalnum() for sign in permit):
                yield f"{path}.import_permits[{place}]", {"permit": permit}


RULES = (
    Rule(
        "ISPM12-II-REPEATED",
        f"{_PART} (additional declaration)",
        Level.WARNING,
        Area.CONSISTENCY,
        'Remove the repetition: "%(text)s" is declared twice.',
        _repeated,
        PLANTS,
    ),
    Rule(
        "ISPM12-II-STATEMENT",
        f"{_PART} (additional declaration)",
        Level.WARNING,
        Area.CONSISTENCY,
        "Remove what the certifying statement already says; declare only what the importing country asks for besides.",
        _says_the_statement_again,
        PLANTS,
    ),
    Rule(
        "ISPM12-II-TREATMENT",
        f"{_PART} (additional declaration)",
        Level.WARNING,
        Area.CONSISTENCY,
        "Remove the treatment from the additional declaration; it stands in the treatment section.",
        _says_a_treatment_again,
        PLANTS,
    ),
    Rule(
        "ISPM12-II-LANGUAGE",
        "ISPM 12, section 3.2 (language)",
        Level.WARNING,
        Area.MAPPING,
        'Say which language "%(text)s" is written in.',
        _without_language,
        PLANTS,
    ),
    Rule(
        "ISPM12-II-PERMIT",
        f"{_PART} (import permit)",
        Level.WARNING,
        Area.MAPPING,
        'Enter the number of the import permit as the importing country wrote it, not "%(permit)s", or remove it.',
        _blank_permit,
        PLANTS,
    ),
    Rule(
        "ISPM12-II-INSPECTION-DATE",
        f"{_PART} (date of inspection)",
        Level.WARNING,
        Area.MAPPING,
        'Enter the date of inspection as a date, one for each day, not as "%(text)s".',
        _date_in_words,
        PLANTS,
    ),
)

AT_ISSUE = (
    Rule(
        "ISPM12-II-INSPECTION-LATER",
        "ISPM 12, section 2.1 (duration of validity) and Annex 1",
        Level.SEVERE,
        Area.CONSISTENCY,
        "Check the date of inspection: %(date)s is after the date of issue.",
        _inspected_later,
        PLANTS,
    ),
)
