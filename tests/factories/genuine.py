"""Genuine certificates in any number, the same every time: all six kinds, other traders, goods, weights, lots, seals.

`genuine()` never ends; take as many as needed. `read_off` is what an honest officer types from one of them.
"""

import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from opensps.certificate import Certificate, CertificateNumber, Identifier, Measure, Seal, Text, TransportEquipment
from opensps.certificate.numbers import IssuedNumber
from tests.factories import kinds
from tests.factories.certificates import phytosanitary, reexport

_KINDS: tuple[Callable[[], Certificate], ...] = (
    phytosanitary,
    reexport,
    kinds.veterinary,
    kinds.animals,
    kinds.sanitary,
    kinds.health,
)
_FIRST = ("Green", "Blue", "Golden", "Harbour", "Hill", "Lake", "Orchard", "River", "Stone", "Sunny")
_SECOND = ("Valley", "Fields", "Gardens", "Bay", "Farms", "Foods", "Growers", "Packers", "Traders", "Export")
_FORMS = ("Co., Ltd.", "Ltd", "Inc.", "GmbH", "S.A.", "Pty Ltd", "B.V.", "LLC", "")
_PLANTS = (
    "Allium sativum",
    "Zingiber officinale",
    "Malus domestica",
    "Vitis vinifera",
    "Citrus sinensis",
    "Oryza sativa",
)


def genuine() -> Iterator[Certificate]:
    """Give one certificate after the other."""
    choice = random.Random("genuine")  # noqa: S311  the same every time
    for serial in itertools.count(1):
        yield _varied(_KINDS[serial % len(_KINDS)](), serial, choice)


def _varied(value: Certificate, serial: int, choice: random.Random) -> Certificate:
    number = CertificateNumber(str(IssuedNumber("XA", 2026, f"0{choice.randint(10, 39)}", serial)))
    goods = value.consignment
    items = tuple(
        replace(item, trade_line_items=tuple(_line(line, choice) for line in item.trade_line_items))
        for item in goods.items
    )
    changes: dict[str, Any] = {
        name: replace(party, name=_trader(choice))
        for name in ("consignor", "consignee")
        if (party := getattr(goods, name)) is not None and party.name and party.person is None
    }
    equipment = tuple(_container(choice) for _ in range(choice.randint(1, 3)))
    return replace(
        value,
        exchanged_document=replace(value.exchanged_document, number=number),
        consignment=replace(goods, items=items, transport_equipment=equipment, **changes),
    )


def _trader(choice: random.Random) -> str:
    return f"{choice.choice(_FIRST)} {choice.choice(_SECOND)} {choice.choice(_FORMS)}".strip()


def _container(choice: random.Random) -> TransportEquipment:
    number = f"{choice.choice(('XAU', 'XBU', 'ZZU'))}U{choice.randint(1_000_000, 9_999_999)}"
    return TransportEquipment(Identifier(number), (Seal(f"G{choice.randint(1_000_000, 9_999_999)}"),))


def _line(line: Any, choice: random.Random) -> Any:
    changes: dict[str, Any] = {}
    if line.net_weight is not None:
        net = Decimal(choice.randint(1_000, 240_000)) / choice.choice((1, 10))
        changes["net_weight"] = Measure(net, "KGM")
        if line.gross_weight is not None:
            changes["gross_weight"] = Measure(net + choice.randint(10, 900), "KGM")
    if line.scientific_names and line.animals is None:
        changes["scientific_names"] = (Text(choice.choice(_PLANTS), line.scientific_names[0].language),)
    if line.batches:
        changes["batches"] = tuple(Identifier(f"L{choice.randint(1, 99_999):05}") for _ in line.batches)
    return replace(line, **changes)


def read_off(value: Certificate) -> dict[str, str]:
    """Return field of the paper -> what stands there, as it is typed."""
    document, goods = value.exchanged_document, value.consignment
    typed = {
        "number": str(document.number or ""),
        "issued_on": document.issued.on.isoformat() if document.issued is not None else "",
        **{
            name: (getattr(goods, name).name or "") if getattr(goods, name) else ""
            for name in ("consignor", "consignee")
        },
        **{name: str(getattr(goods, name).code or "") for name in ("export_country", "import_country")},
        "containers": ", ".join(each.id.value for each in goods.transport_equipment if each.id),
        "seals": ", ".join(seal.id or "" for each in goods.transport_equipment for seal in each.seals),
        **_conveyed(value),
    }
    for place, line in enumerate(value.lines, 1):
        for name, read in _OF_LINE.items():
            typed[f"{name}.{place}"] = read(line)
    return {field: text for field, text in typed.items() if text}


def _conveyed(value: Certificate) -> dict[str, str]:
    first, entry = value.consignment.main_carriages[:1], value.consignment.point_of_entry
    return {
        "conveyance": first[0].means_name.value if first and first[0].means_name else "",
        "point_of_entry": entry.names[0].value if entry is not None and entry.names else "",
    }


def _measure(name: str) -> Callable[[Any], str]:
    def read(line: Any) -> str:
        held = getattr(line, name)
        return f"{held.value} {held.unit}" if held is not None and held.unit else ""

    return read


_OF_LINE: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        "scientific_name": lambda line: line.scientific_names[0].value if line.scientific_names else "",
        "net_weight": _measure("net_weight"),
        "gross_weight": _measure("gross_weight"),
        "count": _measure("count"),
    }
)
