"""Made-up consignments of animals, animal products and food: complete drafts, the same for the same random source.

Values only, as `consignments` has for plants; what becomes of them is done by the services of `certification`.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from opensps.certificate import (
    AnimalGroup,
    AnimalIdentification,
    Area,
    Certificate,
    CertificateKind,
    Classification,
    Code,
    CountryArea,
    CountryCode,
    Declarations,
    Establishment,
    ExchangedDocument,
    Identifier,
    Location,
    Measure,
    OfficialTime,
    Package,
    Temperature,
    Text,
    Texts,
    TradeLineItem,
    TransportEquipment,
    Treatment,
)
from opensps.certificate.kinds import profile_of
from opensps.certification.queries import usual_attestations, with_attestations
from opensps.project.demo.consignments import consignment_of
from opensps.project.demo.pantry import GOODS, HERDS, GoodsSeed, HerdSeed, Works
from opensps.project.demo.world import PARTNERS, TraderSeed

_EN, _ZH = "en", "zh"
_HOME = CountryCode("XA")
_LARGE_KG = 100
_HEAT, _BIOLOGICAL, _TREATMENT = "95", "59", "45"
"""UNCL 7187."""

_PORT = Location(id=Identifier("XAPAL", "un_locode"), names=(Text("Port Alma", _EN),))

Seed = GoodsSeed | HerdSeed
SEEDS: tuple[Seed, ...] = tuple(seed for pair in zip(GOODS, (*HERDS, *HERDS, HERDS[0]), strict=True) for seed in pair)
"""Goods and herds in turn, so that every kind comes up soon."""


def kind_of(seed: Seed) -> CertificateKind:
    """Return the kind of certificate a seed needs."""
    return seed.kind if isinstance(seed, GoodsSeed) else CertificateKind.ANIMAL_HEALTH


def draft_of(random: Random, seed: Seed, *, on: date) -> tuple[Certificate, TraderSeed]:
    """Return a complete draft of the seed's kind, and whose it is."""
    value = _herd(random, seed, on) if isinstance(seed, HerdSeed) else _goods(random, seed, on)
    return value, seed.firm


def _document(kind: CertificateKind, on: date, permit: str) -> ExchangedDocument:
    said = Declarations(import_permits=(permit,), inspections=(OfficialTime(on),))
    return ExchangedDocument(type_code=profile_of(kind).type_code or "", status_code="70", declarations=said)


def _goods(random: Random, seed: GoodsSeed, on: date) -> Certificate:
    partner = random.choice(PARTNERS)
    count = random.randint(8, 40) * (1 if seed.package_kg >= _LARGE_KG else 20)
    net = Decimal(count * seed.package_kg)
    made = on - timedelta(days=random.randint(6, 20))
    line = TradeLineItem(
        sequence=1,
        descriptions=_named(seed.names),
        common_names=(Text(seed.common, _EN),),
        scientific_names=(Text(seed.scientific),) if seed.scientific else (),
        intended_uses=(Text("Human consumption", _EN),),
        batches=(Identifier(f"L{made:%y%j}-{random.randint(1, 9)}"),),
        expiries=(OfficialTime(made + timedelta(days=seed.shelf_days)),),
        net_weight=Measure(net, "KGM"),
        gross_weight=Measure(net + Decimal(count) / 2, "KGM"),
        classifications=(Classification(Code("HS"), class_code=seed.hs),),
        packages=(Package("4", Code(seed.package, "un_rec21"), Decimal(count)),),
        origins=(_origin(random),),
        establishments=tuple(_establishment(works, made) for works in seed.works),
        treatments=(_treatment(_HEAT, seed.heated, made),) if seed.heated else (),
    )
    permit = f"{partner.code}-IP-{on.year}-{random.randint(1000, 9999)}"
    goods = consignment_of(random, seed.firm, partner, (line,), _HOME)
    box = goods.transport_equipment[0]
    goods = replace(
        goods,
        place_of_loading=_PORT,
        export_exit=OfficialTime(on + timedelta(days=5)),
        transport_condition=seed.condition,
        transport_equipment=(replace(box, temperatures=_temperatures(seed.temperatures)),),
    )
    value = Certificate(seed.kind, _document(seed.kind, on, permit), goods)
    return with_attestations(value, usual_attestations(seed.kind, use="HUMAN_CONSUMPTION"))


def _herd(random: Random, seed: HerdSeed, on: date) -> Certificate:
    kind, partner = CertificateKind.ANIMAL_HEALTH, random.choice(PARTNERS)
    heads = random.randint(*seed.heads)
    line = TradeLineItem(
        sequence=1,
        descriptions=_named(seed.names),
        common_names=(Text(seed.common, _EN),),
        scientific_names=(Text(seed.scientific),),
        intended_uses=(Text(seed.category.replace("_", " ").capitalize(), _EN),),
        count=Measure(Decimal(heads), "HEA"),
        classifications=(Classification(Code("HS"), class_code=seed.hs),),
        origins=(_origin(random),),
        animals=AnimalGroup(
            breed=Text(seed.breed, _EN),
            sex=Code(seed.sex, "opensps_sex"),
            age=Measure(Decimal(seed.age_months), "MON") if seed.age_months else Measure(Decimal(1), "DAY"),
            category=Code(seed.category, "opensps_animal_category"),
            identifications=tuple(_marks(random, seed, heads)),
        ),
        treatments=tuple(
            _treatment(_BIOLOGICAL if "accination" in words else _TREATMENT, words, on - timedelta(days=21))
            for words in seed.treatments
        ),
    )
    permit = f"{partner.code}-IP-{on.year}-{random.randint(1000, 9999)}"
    goods = consignment_of(random, seed.firm, partner, (line,), _HOME)
    goods = replace(
        goods,
        place_of_loading=_PORT,
        export_exit=OfficialTime(on + timedelta(days=4)),
        transport_equipment=tuple(TransportEquipment(box.id) for box in goods.transport_equipment),
    )
    value = Certificate(kind, _document(kind, on, permit), goods)
    return with_attestations(value, usual_attestations(kind, use=seed.use))


def _marks(random: Random, seed: HerdSeed, heads: int) -> list[AnimalIdentification]:
    if not seed.system:
        return []
    first, list_id = random.randint(10000, 80000), "opensps_identification_system"
    marks = []
    for animal in range(1, heads + 1):
        marks.append(AnimalIdentification(animal, Code(seed.system, list_id), seed.mark.format(n=first + animal)))
        if seed.passports:
            number = f"XA-EQ-{first + animal:06d}"
            marks.append(AnimalIdentification(animal, Code("PASSPORT", list_id), number))
    return marks


def _named(names: tuple[str, str]) -> Texts:
    return tuple(Text(name, tongue) for name, tongue in zip(names, (_EN, _ZH), strict=True))


def _origin(random: Random) -> CountryArea:
    return CountryArea(_HOME, areas=(Area(names=(Text(random.choice(("Alma Valley", "River Province")), _EN),)),))


def _establishment(works: Works, made: date) -> Establishment:
    return Establishment(
        Code(works.activity, "un_7187"),
        Identifier(works.number, "approval_number"),
        works.name,
        _HOME,
        role=Code(works.role, "un_3035"),
        started=OfficialTime(made - timedelta(days=2)),
        ended=OfficialTime(made),
    )


def _treatment(process: str, words: str, on: date) -> Treatment:
    return Treatment(
        process_code=Code(process, "un_7187"),
        type_level_1=Text(words, _EN),
        started=OfficialTime(on),
        ended=OfficialTime(on),
    )


def _temperatures(lowest_and_highest: tuple[int | None, int | None]) -> tuple[Temperature, ...]:
    lowest, highest = (None if each is None else Measure(Decimal(each), "CEL") for each in lowest_and_highest)
    if lowest is None and highest is None:
        return ()
    return (Temperature(minimum=lowest, maximum=highest, type_code=Code("2", "un_6245")),)
