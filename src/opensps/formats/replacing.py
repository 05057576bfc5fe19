"""How a coded document says which certificate it replaces: by a reference, instead of notes (`domain.md` 5.1).

Reader, capacity check and writer agree on it here. Certificates of plant health say it in notes, and only there.
"""

from dataclasses import replace

from opensps.certificate import (
    Code,
    ReferencedDocument,
    Replacement,
    ShapeError,
    Texts,
    certificate_number,
)
from opensps.formats.structure import LIST_IDS
from opensps.formats.tags import REPLACES

_RELATIONSHIP = Code(REPLACES, LIST_IDS["K1153"])

References = tuple[ReferencedDocument, ...]


def reference_of(value: Replacement, type_code: str) -> ReferencedDocument | None:
    """Return the reference that says a replacement, ``None`` where no number is known."""
    if value.number is None:
        return None
    kind = Code(type_code, LIST_IDS["K1001"]) if type_code else None
    return ReferencedDocument(_RELATIONSHIP, value.number, type_code=kind, issued=value.issued)


def written(value: Replacement | None, references: References, type_code: str) -> References:
    """Return the references as written: the replaced certificate first, unless they name it already."""
    own = None if value is None else reference_of(value, type_code)
    if own is None or any(_is_replaced(one) and one.id == own.id for one in references):
        return references
    return (own, *references)


def read(references: References, reasons: Texts, type_code: str) -> tuple[Replacement | None, References]:
    """Return the replacement that references and reasons say, and the references without one that says no more."""
    for index, one in enumerate(references):
        if not _is_replaced(one):
            continue
        try:
            number = certificate_number(one.id)
        except ShapeError:
            continue
        value = Replacement(number, one.issued, reasons, has_statement=True)
        says_more = one != reference_of(value, type_code)
        return value, references if says_more else references[:index] + references[index + 1 :]
    return (Replacement(reasons=reasons) if reasons else None), references


def with_reasons(value: Replacement, reasons: Texts) -> Replacement:
    """Return a replacement said in notes with the reasons that were said as codes."""
    return replace(value, reasons=value.reasons + reasons) if reasons else value


def _is_replaced(one: ReferencedDocument) -> bool:
    return one.relationship.value == REPLACES
