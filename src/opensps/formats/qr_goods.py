"""What of a certificate's goods stands in its printed code: enough to be compared with the goods (`trust.md` 6.13)."""

from opensps.certificate import Certificate, Measure, Text, TradeLineItem
from opensps.formats.qr_payload import MAX_GOODS, MAX_NAME, GoodsLine

_CUT = "…"


def goods_of(value: Certificate) -> tuple[GoodsLine, ...]:
    """Return the first lines that have a name and a quantity; at most three."""
    found = (_line(each) for each in value.lines)
    return tuple(each for each in found if each is not None)[:MAX_GOODS]


def marks_of(value: Certificate) -> tuple[str, ...]:
    """Return the numbers of containers and seals, each once, in the order of the certificate."""
    goods = value.consignment
    equipment = (*goods.transport_equipment, *(each for line in value.lines for each in line.transport_equipment))
    numbers = (
        number for each in equipment for number in (each.id.value if each.id else "", *(s.id for s in each.seals))
    )
    return tuple(dict.fromkeys(each for each in numbers if each and each.isprintable()))


def _line(line: TradeLineItem) -> GoodsLine | None:
    name, measure = _name(line), _measure(line)
    if not name or measure is None or not measure.unit:
        return None
    return GoodsLine(name, measure.value, measure.unit)


def _name(line: TradeLineItem) -> str:
    """Return the scientific name, else what the goods are called, in English where there is a choice."""
    for texts in (line.scientific_names, line.descriptions, line.common_names):
        ordered: list[Text] = sorted(texts, key=lambda each: each.language not in {None, "", "en"})
        if ordered:
            name = "".join(sign for sign in " ".join(ordered[0].value.split()) if sign.isprintable())
            return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + _CUT
    return ""


def _measure(line: TradeLineItem) -> Measure | None:
    given = (line.net_weight, line.gross_weight, line.count, line.net_volume, line.gross_volume)
    return next((each for each in given if each is not None), None)
