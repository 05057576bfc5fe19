"""CORE-KIND: which fields a kind of certificate has (`domain.md` 2.4), as far as ISPM 12 has no clause of its own.

The fields section 2.4 marks mandatory for 851 and 657 are judged under the clause that demands them (rules ISPM12-...);
here stands what only the kind tells: the type code, and the fields a kind may not have.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from opensps.certificate import ISSUED_KINDS, TYPE_CODES, CertificateKind, TradeLineItem
from opensps.rules.case import Case
from opensps.rules.findings import Area, Level
from opensps.rules.rule import PLANTS, Found, Rule, on_document

_SOURCE = "UNCL 1001 and the fields of each kind of certificate"
_KIND = CertificateKind

ABSENT_ON_LINES: Mapping[str, tuple[frozenset[CertificateKind], Callable[[TradeLineItem], object]]] = MappingProxyType(
    {
        "re_export": (frozenset({_KIND.PHYTOSANITARY}), lambda line: line.re_export),
        "animals": (PLANTS, lambda line: line.animals),
    }
)
"""Field of a trade line to the kinds that may not have it, and how to see whether it is there."""


def _wrong_type_code(case: Case) -> Iterator[Found]:
    expected = TYPE_CODES.get(case.certificate.kind)
    if expected and case.document.type_code != expected:
        yield "exchanged_document.type_code", {"code": case.document.type_code, "expected": expected}


def _out_of_place(field: str) -> Callable[[Case], Iterator[Found]]:
    kinds, is_there = ABSENT_ON_LINES[field]

    def judge(case: Case) -> Iterator[Found]:
        for number, (path, line) in enumerate(case.lines, 1):
            if case.certificate.kind in kinds and is_there(line):
                yield f"{path}.{field}", {"line": str(number)}

    return judge


def _attested(case: Case) -> Iterator[Found]:
    for path, signatory in enumerate(case.document.signatories):
        if case.certificate.kind is _KIND.PHYTOSANITARY_REEXPORT and signatory.attestations:
            yield f"exchanged_document.signatories[{path}].attestations", {}


def _packed_twice(case: Case) -> Iterator[Found]:
    for number, (path, line) in enumerate(case.lines, 1):
        if line.packages and line.package_text:
            yield f"{path}.package_text", {"line": str(number)}


RULES = (
    Rule(
        "CORE-KIND",
        _SOURCE,
        Level.SEVERE,
        Area.MAPPING,
        "Change the document type to %(expected)s; %(code)s does not fit this kind of certificate.",
        _wrong_type_code,
        PLANTS,
    ),
    Rule(
        "CORE-KIND",
        _SOURCE,
        Level.SEVERE,
        Area.MAPPING,
        "Line %(line)s: remove the re-export statement, or apply for a certificate for re-export.",
        _out_of_place("re_export"),
    ),
    Rule(
        "CORE-KIND",
        _SOURCE,
        Level.SEVERE,
        Area.MAPPING,
        "Line %(line)s: remove the animals; a plant health certificate has none.",
        _out_of_place("animals"),
    ),
    Rule(
        "CORE-KIND",
        _SOURCE,
        Level.SEVERE,
        Area.MAPPING,
        "Remove the certifying statement from the signature; on a certificate for re-export it stands with each line.",
        _attested,
    ),
    Rule(
        "CORE-KIND",
        _SOURCE,
        Level.SEVERE,
        Area.CONSISTENCY,
        "Line %(line)s: give the packages either as number and kind or in words, not both.",
        _packed_twice,
        PLANTS,
    ),
)

AT_ISSUE = (
    Rule(
        "CORE-KIND",
        _SOURCE,
        Level.SEVERE,
        Area.MAPPING,
        "This kind of certificate is read and kept here, but not issued. Choose another kind.",
        on_document("kind", lambda case: case.certificate.kind not in ISSUED_KINDS),
    ),
)
