"""Attack 2 and attack 22 in numbers: no changed field goes unnamed, no honest writing turns red."""

import random
from collections.abc import Callable, Iterator

import pytest
from lxml import etree

from opensps.certificate import Certificate
from opensps.formats import read_certificate
from opensps.formats.structure import SPS_CERTIFICATE
from opensps.verification.comparison import Kind, compare
from tests.factories.alterations import leaves, one_more, put, written
from tests.factories.documents import Maker
from tests.factories.rewriting import rewritten


def _certificates(seed: str, count: int) -> Iterator[Certificate]:
    """Give so many certificates read from documents made of the structure table."""
    maker = Maker(seed)
    while count:
        value = read_certificate(etree.tostring(maker.document(SPS_CERTIFICATE, fullness=0.4))).certificate
        if value is not None:
            count -= 1
            yield value


@pytest.mark.timeout(3600)
def test_each_field_of_1000_certificates_changed_by_one_unit_is_named(heavy_count: Callable[[int], int]) -> None:
    choice = random.Random("attack 2")  # noqa: S311  the same every time
    for value in _certificates("attack 2", heavy_count(1_000)):
        found = list(leaves(value))
        for path, held in choice.sample(found, min(40, len(found))):
            other = put(value, path, one_more(held))
            named = [each for each in compare(value, other).differences if _is_at(each.field, written(path))]
            assert named, (written(path), held)


def _is_at(field: str, path: str) -> bool:
    return path.startswith(field) or field.startswith(path)


@pytest.mark.timeout(3600)
def test_no_honest_writing_of_a_certificate_turns_red(heavy_count: Callable[[int], int]) -> None:
    choice = random.Random("attack 22")  # noqa: S311  the same every time
    for value in _certificates("attack 22", heavy_count(2_000)):
        found = compare(value, rewritten(value, choice))
        assert [each for each in found.differences if each.kind is Kind.MATERIAL] == []
