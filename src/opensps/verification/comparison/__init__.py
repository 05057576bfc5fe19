"""Two certificates side by side, field by field, by what they mean (`fraud.md` 4).

`compare` names every field the two do not write alike and says whether that is the same thing in another writing
(identical), something a rule explains (explainable) or a real difference (material). What no rule explains is
material. The left is the record, the right what is presented; turned round, the same fields differ, but whether less
is presented or a region is named more widely depends on the side.
"""

from opensps.certificate import Certificate
from opensps.verification.comparison.results import (
    REASONS,
    Comparison,
    FieldDifference,
    Kind,
    Reason,
    Terms,
    Word,
)
from opensps.verification.comparison.walking import Place, Walk

__all__ = ["REASONS", "Comparison", "FieldDifference", "Kind", "Reason", "Terms", "Word", "compare"]

PLAIN = Terms()
"""Nothing is known beside the two values."""


def compare(left: Certificate, right: Certificate, *, terms: Terms = PLAIN) -> Comparison:
    """Return every difference between two certificates, in the order of the model. Equal values have none."""
    walk = Walk(terms)
    walk.values(left, right, Place())
    return Comparison(_with_transit(walk.found, left), tuple(walk.not_compared))


def _with_transit(found: list[FieldDifference], left: Certificate) -> tuple[FieldDifference, ...]:
    """Return the differences; a destination that is a transit country of the record is explained by it."""
    transit = {country.code for country in left.consignment.transit_countries}
    return tuple(
        FieldDifference(each.field, each.left, each.right, "transit_country")
        if each.field == "consignment.import_country.code" and each.reason == "changed" and each.right in transit
        else each
        for each in found
    )
