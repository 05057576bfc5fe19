"""Two values of one field, both given and not written alike: the reason code of their difference.

Each judge takes left, right and the terms. Without a rule that says otherwise two values differ: an unknown kind of
difference is never explained away.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from opensps.certificate import Address, Attachment, Classification, Code, Identifier, Measure, OfficialTime, Text
from opensps.codes import LIST_IDS, country_name, in_base, label, size_of
from opensps.verification.comparison.folding import (
    bare,
    folded,
    has_split_digits,
    parts,
    same_writing,
    without_leading_zeros,
)
from opensps.verification.comparison.names import judge_people, judge_taxa, judge_traders
from opensps.verification.comparison.results import Terms

Judge = Callable[[Any, Any, Terms], str]

_DAY = timedelta(days=1)
_HALF = Fraction(1, 2)
_HS_DIGITS, _HEADING = 6, 4


def judge_exact(_left: object, _right: object, _terms: Terms) -> str:
    """Return that they differ: numbers of lines, flags and kinds have one writing."""
    return "changed"


def judge_wording(left: str, right: str, _terms: Terms) -> str:
    """Judge free text."""
    return "writing" if same_writing(left, right) else "changed"


def judge_text(left: Text, right: Text, terms: Terms) -> str:
    """Judge text with a language; the same words under another language tag are a label."""
    return "label" if left.value == right.value else judge_wording(left.value, right.value, terms)


def judge_identifier(left: str, right: str, _terms: Terms) -> str:
    """Judge an identifier: its separators are interchangeable, and may be missing where no number changes by it."""
    if parts(left) == parts(right):
        return "writing"
    if bare(left) == bare(right):
        return "separators" if has_split_digits(left) or has_split_digits(right) else "writing"
    return "changed"


def judge_number(left: str, right: str, _terms: Terms) -> str:
    """Judge a certificate number: separators and case say nothing."""
    return "writing" if bare(left) == bare(right) else "changed"


def judge_lot(left: str, right: str, terms: Terms) -> str:
    """Judge a lot, batch or animal: an identifier that may have lost zeros in front."""
    reason = judge_identifier(left, right, terms)
    is_shorter = reason == "changed" and without_leading_zeros(left) == without_leading_zeros(right)
    return "leading_zeros" if is_shorter else reason


def identified(judge: Judge) -> Judge:
    """Return the judge of an `Identifier` whose value is judged so; a scheme given on one side only is a label."""

    def judge_whole(left: Identifier, right: Identifier, terms: Terms) -> str:
        if _contradict(left.scheme, right.scheme) or _contradict(left.agency, right.agency):
            return "changed"
        return "label" if left.value == right.value else judge(left.value, right.value, terms)

    return judge_whole


def _contradict(left: str | None, right: str | None) -> bool:
    return left is not None and right is not None and folded(left) != folded(right)


def judge_code(left: Code, right: Code, terms: Terms) -> str:
    """Judge a code: labels do not count, another list does."""
    if _contradict(left.list_id, right.list_id):
        return "changed"
    return "label" if left.value == right.value else judge_wording(left.value, right.value, terms)


def judge_code_or_text(left: Code | Text, right: Code | Text, terms: Terms) -> str:
    """Judge what may be a code or words: the name of the code is the code."""
    if isinstance(left, Code) and isinstance(right, Code):
        return judge_code(left, right, terms)
    if isinstance(left, Text) and isinstance(right, Text):
        return judge_text(left, right, terms)
    code, text = (left, right) if isinstance(left, Code) else (right, left)
    assert isinstance(code, Code)  # noqa: S101  one of two
    return "code_or_words" if folded(text.value) in _names(code) else "changed"


def _names(code: Code) -> set[str]:
    names = {code.value, code.name or code.value}
    if code.list_id in LIST_IDS:
        names |= {label(code.list_id, code.value, language) for language in ("en", "zh")}
    return {folded(name) for name in names}


def judge_measure(left: Measure, right: Measure, terms: Terms) -> str:
    """Judge a quantity in any units, exactly; rounding explains what it can explain."""
    (base, one), (other_base, other) = in_base(left.value, left.unit), in_base(right.value, right.unit)
    if base != other_base:
        return "other_dimension"
    if one == other:
        return "unit"
    coarse = max(_step(left.value) * size_of(left.unit), _step(right.value) * size_of(right.unit))
    return _judge_amount(one, other, coarse, terms)


def judge_amount(left: Decimal, right: Decimal, terms: Terms) -> str:
    """Judge a bare number of packages or of other units."""
    return _judge_amount(Fraction(left), Fraction(right), Fraction(0), terms)


def _step(value: Decimal) -> Fraction:
    """Return what one more in the last digit written is worth."""
    exponent = value.as_tuple().exponent
    return Fraction(Decimal(1).scaleb(min(int(exponent), 0)))


def _judge_amount(left: Fraction, right: Fraction, coarse: Fraction, terms: Terms) -> str:
    if terms.presented_may_be_less and right < left:
        return "less_presented"
    if abs(left - right) <= coarse * _HALF:
        return "rounding"
    return "more_presented" if terms.presented_may_be_less else "changed"


def judge_treatment_measure(left: Measure, right: Measure, terms: Terms) -> str:
    """Judge dose, temperature or time of a treatment: never less of it."""
    reason = judge_measure(left, right, Terms())
    if reason != "changed" or not terms.treatment_at_least:
        return reason
    return "stronger" if in_base(right.value, right.unit)[1] > in_base(left.value, left.unit)[1] else "weaker"


def judge_time(left: OfficialTime, right: OfficialTime, _terms: Terms) -> str:
    """Judge a moment: the same instant, or the same day where one side gives no clock time."""
    if left.at is not None and right.at is not None:
        return "same_moment" if left.at == right.at else "changed"
    if left.on == right.on:
        return "same_moment"
    return "day_by_zone" if (left.at or right.at) and abs(left.on - right.on) <= _DAY else "changed"


def judge_day(left: OfficialTime, right: OfficialTime, terms: Terms) -> str:
    """Judge a date of a document: its clock time does not count."""
    return "same_moment" if left.on == right.on else judge_time(left, right, terms)


def judge_inspection(left: OfficialTime | Text, right: OfficialTime | Text, terms: Terms) -> str:
    """Judge a date that may be words."""
    if isinstance(left, OfficialTime) and isinstance(right, OfficialTime):
        return judge_day(left, right, terms)
    if isinstance(left, Text) and isinstance(right, Text):
        return judge_text(left, right, terms)
    return "changed"


def judge_classification(left: Classification, right: Classification, terms: Terms) -> str:
    """Judge two classes of one system: the code decides, its names only help to read it."""
    if judge_code(left.system, right.system, terms) == "changed":
        return "changed"
    one, other = left.class_code, right.class_code
    if one is None or other is None or one == other:
        return "label" if left.class_names == right.class_names and one == other else _by_names(left, right)
    return _judge_customs_code(one, other, terms) if left.system.value in {"HS", "CN"} else "changed"


def _by_names(left: Classification, right: Classification) -> str:
    if left.class_code is not None and left.class_code == right.class_code:
        return "help_text"
    names, others = ({folded(each.value) for each in side.class_names} for side in (left, right))
    return "code_or_words" if names & others else "changed"


def _judge_customs_code(one: str, other: str, terms: Terms) -> str:
    one, other = bare(one), bare(other)
    if one == other:
        return "writing"
    if one[:_HS_DIGITS] == other[:_HS_DIGITS] and min(len(one), len(other)) >= _HS_DIGITS:
        return "digits" if one.startswith(other) or other.startswith(one) else "national_digits"
    return "hs_edition" if terms.hs_edition_changed and one[:_HEADING] == other[:_HEADING] else "changed"


def judge_trader(left: str, right: str, terms: Terms) -> str:
    """Judge the name of a trader, former names included."""
    present = {folded(old): folded(new) for old, new in terms.former_names.items()}
    one, other = folded(left), folded(right)
    if one != other and present.get(one, one) == present.get(other, other):
        return "former_name"
    return judge_traders(left, right)


def judge_person(left: str, right: str, _terms: Terms) -> str:
    """Judge the name of an officer."""
    return judge_people(left, right)


def judge_taxon(left: Text, right: Text, terms: Terms) -> str:
    """Judge a scientific name, known synonyms included."""
    accepted = {folded(name): folded(known) for name, known in terms.synonyms.items()}
    one, other = folded(left.value), folded(right.value)
    if left.value == right.value:
        return "label"
    if one != other and accepted.get(one, one) == accepted.get(other, other):
        return "synonym"
    return judge_taxa(left.value, right.value)


def judge_attachment(left: Attachment, right: Attachment, _terms: Terms) -> str:
    """Judge a file by its content; its name and type only help to open it."""
    is_same_content = left.sha256 is not None and left.sha256 == right.sha256 and left.content == right.content
    return "changed" if not is_same_content or _contradict(left.uri, right.uri) else "label"


def is_same_address(left: Address, right: Address) -> bool:
    """Tell whether two addresses have the same words, wherever they stand; a country may be a code or its name."""
    return sorted(_address_words(left)) == sorted(_address_words(right))


def _address_words(address: Address) -> list[str]:
    country = country_name(address.country) if address.country else address.country_name
    given = (*address.lines, address.postcode, address.city, address.subdivision_name, country)
    words = tuple(word for part in given if part for word in parts(part))
    return [*words, *(f"{code}" for code in (address.city_code, address.subdivision_code) if code)]
