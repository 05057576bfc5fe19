"""Attack 22, which is none: honest differences are explained and never red; genuine certificates give no alarm."""

from collections.abc import Callable
from decimal import Decimal
from itertools import islice

import pytest

from opensps.formats import dialect_of, read_certificate, write_certificate
from opensps.verification import TypedError, check_file, compare_paper
from opensps.verification.comparison import REASONS, Kind, Word, compare
from tests.factories import records
from tests.factories.alterations import leaves, one_more, put, written
from tests.factories.certificates import phytosanitary
from tests.factories.genuine import genuine, read_off
from tests.factories.honest import FAMILIES, Honest, honest_differences, terms_of
from tests.factories.signing import NOW, trust_list

ROWS = tuple(honest_differences())
SAMPLE, ALL, CLEAN = 12, 1_000, 10_000
A_FIELD = 3
"""In `make test` every third field of a certificate is changed, by its place; each field in the heavy run."""


def test_attack_22_the_corpus_is_large_and_of_every_family() -> None:
    assert len(ROWS) >= 300
    assert len({(row.family, row.recorded, row.presented, row.terms) for row in ROWS}) == len(ROWS)
    assert {row.family for row in ROWS} == set(FAMILIES)


def test_attack_22_no_honest_difference_is_red_and_each_is_explained() -> None:
    wrong = []
    for row in ROWS:
        found = compare(row.left, row.right, terms=terms_of(row.terms))
        if (found.word.value, _reason(row)) != (row.word, row.reason) or found.kind is Kind.MATERIAL:
            wrong.append((row.family, row.recorded, row.presented, found.word.value, _reason(row)))
    assert wrong == []


def _reason(row: Honest) -> str:
    found = compare(row.left, row.right, terms=terms_of(row.terms)).differences
    weight = list(Word).index
    return max(found, key=lambda each: weight(each.word)).reason if found else ""


def test_attack_22_every_explanation_is_a_sentence_in_both_languages() -> None:
    for row in ROWS:
        for each in compare(row.left, row.right, terms=terms_of(row.terms)).differences:
            assert each.sentence("en").endswith((".", row.terms.partition(":")[2]))
            assert each.sentence("zh")
    assert {row.reason for row in ROWS} - {""} <= set(REASONS)


def test_attack_22_the_same_words_hide_no_forgery() -> None:
    """The counter-test: what is honest with its reason known is red without it."""
    needy = [row for row in ROWS if row.terms and row.word != "equal"]
    assert len(needy) >= 20
    red = [row for row in needy if compare(row.left, row.right).kind is Kind.MATERIAL]
    assert len(red) >= len(needy) - 8


@pytest.mark.parametrize("typed", ["25.000 KGM", "25,000 KGM"])
def test_attack_22_a_number_with_two_readings_is_handed_back_and_never_guessed(typed: str) -> None:
    with pytest.raises(TypedError) as refused:
        compare_paper(phytosanitary(), {"net_weight.1": typed})
    assert refused.value.reason == "ambiguous"


def no_alarm(count: int, start: int = 0) -> None:
    """Assert that genuine certificates, sealed and read again, are green and equal to themselves in every way."""
    for value in islice(genuine(), start, start + count):
        xml = write_certificate(value, dialect=dialect_of(value))
        verdict = check_file(records.sealed(xml), trust=trust_list(), now=NOW, **records.register(_record(xml, value)))
        assert (verdict.verdict_class, verdict.result) == ("green", "in_force"), verdict
        assert verdict.certificate is not None
        assert compare(value, verdict.certificate).kind is Kind.IDENTICAL
        answers = compare_paper(value, read_off(value))
        assert answers
        assert {each.word for each in answers} == {Word.EQUAL}, answers


def _record(xml: bytes, value: object) -> records.Record:
    document = read_certificate(xml).certificate
    assert document is not None
    return records.record(xml, number=str(document.exchanged_document.number))


def each_change_named(count: int, every: int) -> None:
    """Assert that a field changed by one unit is named, and no other field with it."""
    for turn, value in enumerate(islice(genuine(), count)):
        for path, held in list(leaves(value))[turn % every :: every]:
            other = put(value, path, one_more(held))
            named = {each.field for each in compare(value, other).differences}
            assert named, (written(path), held)
            assert {each for each in named if not _same_place(each, written(path))} <= set(), (written(path), named)


def _same_place(field: str, path: str) -> bool:
    return path.startswith(field) or field.startswith(path)


def each_typed_change_named(count: int) -> None:
    """Assert the same of what an officer types from the paper: exactly the forged field differs."""
    for value in islice(genuine(), count):
        true = read_off(value)
        for field, text in true.items():
            forge = FORGED.get(field.partition(".")[0])
            if forge is not None and text != (forged := forge(text)):
                answers = compare_paper(value, {**true, field: forged})
                red = {each.field for each in answers if each.word is Word.DIFFERS}
                assert red == {field}, (field, text, forged, answers)


def _raised(text: str) -> str:
    number, _, unit = text.partition(" ")
    return f"{Decimal(number) + 1} {unit}"


def _other_name(text: str) -> str:
    return f"Old River {text[::-1]}"


FORGED: dict[str, Callable[[str], str]] = {
    "number": one_more,
    "issued_on": lambda text: f"20{int(text[2:4]) - 1}{text[4:]}",
    "consignor": _other_name,
    "consignee": _other_name,
    "export_country": lambda text: "XD" if text != "XD" else "XA",
    "import_country": lambda text: "XD" if text != "XD" else "XA",
    "containers": one_more,
    "seals": one_more,
    "scientific_name": lambda text: "Brassica oleracea" if text != "Brassica oleracea" else "Zea mays",
    "net_weight": _raised,
    "gross_weight": _raised,
    "count": _raised,
}
"""Field of the paper -> how a forger changes it by about a unit. Ship and port may change honestly and stay amber."""


def test_genuine_certificates_give_no_alarm() -> None:
    no_alarm(SAMPLE)


def test_attack_02_each_field_changed_by_one_unit_is_named_and_no_other() -> None:
    each_change_named(SAMPLE, A_FIELD)


def test_attack_02_each_field_of_the_paper_changed_by_one_unit_is_the_one_that_differs() -> None:
    each_typed_change_named(SAMPLE)


@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_ten_thousand_genuine_certificates_give_no_alarm(heavy_count: Callable[[int], int]) -> None:
    no_alarm(heavy_count(CLEAN))


@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_attack_02_each_field_of_a_thousand_genuine_certificates(heavy_count: Callable[[int], int]) -> None:
    each_change_named(heavy_count(ALL), 1)
    each_typed_change_named(heavy_count(ALL))
