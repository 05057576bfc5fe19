"""A22 in full: 20,000 documents made from the structure table and 20,000 changed ones, before both schemas."""

from collections.abc import Callable

import pytest

from tests.factories.agreement import disagreements


@pytest.mark.timeout(3600)
@pytest.mark.needs("reference")
@pytest.mark.parametrize("part", range(4))
def test_A22_both_schemas_agree_on_every_generated_and_every_mutated_document(
    part: int, heavy_count: Callable[[int], int]
) -> None:
    assert disagreements(f"A22 part {part}", heavy_count(5_000)) == []
