"""Fields by their paths: what stands there, and which fields no box of a layout names.

A path is that of `certificate.kinds`: ``consignment.consignor``; ``lines.`` is a trade line, ``certifying_signatory.``
the first signature. In a table of something below a line the path goes on: ``lines.treatments.started``. A path that
ends in ``.*`` is all of that record that no other box of the layout names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from opensps.certificate import Certificate
from opensps.formats.layouts.names import field_name, joined
from opensps.formats.layouts.parts import Line, Pair, Run
from opensps.formats.layouts.words import Languages, field_lines, one_line, present

Scope = Mapping[str, Any]
"""What path beginnings stand for in one row: ``{"lines": line, "lines.treatments": treatment}``."""

REST = ".*"

OPENED = frozenset({"declarations", "issuer", "provider", "totals", "animals"})
"""Records whose fields are named one by one; any other is printed whole."""

IN_OTHER_WORDS = frozenset(
    {
        "kind",
        *("exchanged_document.number", "exchanged_document.type_code", "exchanged_document.status_code"),
        *("exchanged_document.titles", "exchanged_document.issuer.name"),
        *(
            "consignment.items",
            "items.trade_line_items",
            "certifying_signatory.authenticated",
            "certifying_signatory.role",
        ),
        "exchanged_document.has_financial_liability_clause",
    }
)
"""Said by head, title, mark, goods and notices of every paper."""


_WALKED = frozenset({"exchanged_document", "consignment"})
"""Records of their own in the walk over what is left."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The paths a layout names."""

    paths: frozenset[str]
    """With what every paper says."""

    def has(self, path: str) -> bool:
        """Say whether a box prints the path, itself, with a record above it or field by field."""
        steps = path.split(".")
        above = (".".join(steps[:count]) for count in range(1, len(steps) + 1))
        return path + REST in self.paths or any(one in self.paths for one in above)

    def within(self, path: str) -> bool:
        """Say whether a box prints something below the path."""
        return any(claimed.startswith(path + ".") for claimed in self.paths)


def found(path: str, value: Certificate, scope: Scope) -> tuple[Any, Any]:
    """Return the record a path leads to and what stands in its field, ``None`` where a step on the way is absent."""
    start = max((begin for begin in scope if path == begin or path.startswith(begin + ".")), key=len, default="")
    steps = path[len(start) :].lstrip(".").split(".")
    record: Any = scope.get(start, value)
    for step in steps[:-1]:
        record = getattr(record, step) if record is not None else None
    return record, getattr(record, steps[-1]) if record is not None else None


def words_at(path: str, value: Certificate, scope: Scope, *, claims: Claims, languages: Languages) -> tuple[Line, ...]:
    """Return the printed lines of a field."""
    if path.endswith(REST):
        return rest(path.removesuffix(REST), value, scope, claims=claims, languages=languages)
    record, held = found(path, value, scope)
    return field_lines(record, path.rpartition(".")[2], held, languages) if record is not None else ()


def rest(path: str, value: Certificate, scope: Scope, *, claims: Claims, languages: Languages) -> tuple[Line, ...]:
    """Return ``label words`` for each field below the path that no box names."""
    record = scope[path] if path in scope else found(path, value, scope)[1]
    return tuple(
        (Run(f"{joined(label, languages)}\u2002", named=True), *one_line(lines))
        for label, lines in _unclaimed(path, record, claims=claims, languages=languages)
    )


def further(value: Certificate, *, claims: Claims, languages: Languages) -> tuple[tuple[Pair, tuple[Line, ...]], ...]:
    """Return label and lines of everything outside the lines of goods that no box names."""
    document, signatory = value.exchanged_document, value.certifying_signatory
    records = (
        ("", value),
        ("exchanged_document", replace(document, signatories=document.signatories[1:])),
        *((("certifying_signatory", signatory),) if signatory else ()),
        ("consignment", value.consignment),
        *(("items", item) for item in value.consignment.items),
    )
    return tuple(
        found for path, record in records for found in _unclaimed(path, record, claims=claims, languages=languages)
    )


def _unclaimed(
    path: str, record: Any, *, claims: Claims, languages: Languages
) -> Iterator[tuple[Pair, tuple[Line, ...]]]:
    """Yield label and lines of each field no box names; an opened record field by field, under its own label."""
    for name, held in present(record) if record is not None else ():
        here = f"{path}.{name}" if path else name
        if here in _WALKED or claims.has(here):
            continue
        label = field_name(type(record), name)
        if name in OPENED and claims.within(here):
            for (english, chinese), lines in _unclaimed(here, held, claims=claims, languages=languages):
                yield (f"{label[0]}: {english}", f"{label[1]}：{chinese}"), lines
        elif lines := field_lines(record, name, held, languages):
            yield label, lines
