"""Totals of a consignment: as the certificate says them, else summed over the lines where their units agree."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from opensps.certificate import Certificate, Measure, Package, Totals
from opensps.formats.layouts.names import joined
from opensps.formats.layouts.parts import Line, Run, plain
from opensps.formats.layouts.words import Languages, described, measure_words


def totals(value: Certificate) -> Totals:
    """Return the totals of a certificate; a total of lines that cannot be added is absent."""
    return value.consignment.totals or _summed(value)


def _summed(value: Certificate) -> Totals:
    lines = value.lines
    return Totals(
        net_weight=_sum(line.net_weight for line in lines),
        gross_weight=_sum(line.gross_weight for line in lines),
        count=_sum(line.count for line in lines),
        packages=_packages(package for line in lines for package in line.packages),
    )


def weights(value: Certificate, languages: Languages) -> tuple[Line, ...]:
    """Return net and gross weight, a line each behind its name."""
    summed = totals(value)
    named = ((("net", "净重"), summed.net_weight), (("gross", "毛重"), summed.gross_weight))
    return tuple(
        (Run(f"{joined(label, languages)} {measure_words(weight, languages)}"),) for label, weight in named if weight
    )


def particulars(value: Certificate, languages: Languages) -> tuple[Line, ...]:
    """Return every total; none where a single line of goods says the same."""
    said = value.consignment.totals
    if len(value.lines) == 1 and said in (None, _summed(value)):
        return ()
    return plain(*described(totals(value), languages))


def _sum(measures: Iterable[Measure | None]) -> Measure | None:
    given = tuple(measures)
    units = {one.unit if one else None for one in given}
    if len(units) != 1 or None in units:
        return None
    return Measure(sum((one.value for one in given if one), Decimal(0)), units.pop())


def _packages(packages: Iterable[Package]) -> tuple[Package, ...]:
    """Return one row for each kind of package of each level."""
    summed: dict[tuple[str, str], Package] = {}
    for package in packages:
        key = (package.level, package.type_code.value)
        plain = Package(package.level, package.type_code, package.count)
        summed[key] = replace(plain, count=summed[key].count + package.count) if key in summed else plain
    return tuple(summed.values())
