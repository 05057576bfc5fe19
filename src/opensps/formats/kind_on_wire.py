"""Which kind of certificate a document is: by its type code, by its note, or by its goods (`domain.md` 2.1).

Reader and capacity check agree on it here.
"""

from collections.abc import Iterable

from opensps.certificate import TYPE_CODES, CertificateKind, TradeLineItem

_SHARED = "853"
"""The type code of two kinds."""

_PLANTS = {CertificateKind.PHYTOSANITARY, CertificateKind.PHYTOSANITARY_REEXPORT}
_SILENT = {TYPE_CODES[kind] for kind in _PLANTS}
_NO_KIND = {CertificateKind.OTHER, *_PLANTS}
_KINDS = {code: kind for kind, code in reversed(tuple(TYPE_CODES.items())) if code != _SHARED}
"""Type code to the first kind that has it."""
_LIVE_UNITS = {"H87", "HEA"}
_LIVE_CHAPTER = "01"


def kind_of(
    type_code: str, noted: CertificateKind | None, lines: Iterable[TradeLineItem]
) -> tuple[CertificateKind, bool]:
    """Return the kind, and whether it is a guess from the goods.

    `noted` is the kind a note of the document says; plant health has no such note, and none counts there.
    """
    if noted is not None and noted not in _NO_KIND and not is_plant(type_code):
        return noted, False
    if type_code != _SHARED:
        return _KINDS.get(type_code, CertificateKind.OTHER), False
    is_live = any(map(_is_live, lines))
    return (CertificateKind.ANIMAL_HEALTH if is_live else CertificateKind.VETERINARY_HEALTH), True


def is_plant(type_code: str) -> bool:
    """Tell whether a type code is one of plant health, which says in tags what others say in codes."""
    return type_code in _SILENT


def _is_live(line: TradeLineItem) -> bool:
    if line.count is not None and line.count.unit in _LIVE_UNITS:
        return True
    return any(
        one.system.value == "HS" and (one.class_code or "").startswith(_LIVE_CHAPTER) for one in line.classifications
    )
