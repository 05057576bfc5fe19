"""Made-up consignments: complete drafts of certificates, the same for the same random source.

Values only; what becomes of them is done by the services of `certification` (module `story`).
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from opensps.certificate import (
    AdditionalDeclaration,
    Address,
    Area,
    Attestation,
    Certificate,
    CertificateKind,
    CertificateNumber,
    Classification,
    Code,
    Consignment,
    ConsignmentItem,
    CountryArea,
    CountryCode,
    Declarations,
    ExchangedDocument,
    Identifier,
    Location,
    MainCarriage,
    Measure,
    OfficialTime,
    Package,
    Party,
    ReExportStatement,
    Seal,
    Signatory,
    SignatoryRole,
    Text,
    TradeLineItem,
    TransportEquipment,
    Treatment,
)
from opensps.project.demo.world import PARTNERS, PRODUCTS, SHIPS, PartnerSeed, ProductSeed, TraderSeed
from opensps.rules.plausibility import container_digit

_EN = "en"
_BULK_KG = 400
_FUMIGATED = {"Wood", "Grain", "Seeds"}


def in_season(product: ProductSeed, month: int) -> bool:
    """Whether a product is shipped in a month."""
    first, last = product.months
    return first <= month <= last if first <= last else month >= first or month <= last


def export_draft(random: Random, exporter: TraderSeed, *, on: date) -> Certificate:
    """Return a complete draft of a phytosanitary certificate (851) for goods of the season."""
    seasonal = [key for key in exporter.products if in_season(PRODUCTS[key], on.month)] or list(exporter.products)
    keys = random.sample(seasonal, k=min(len(seasonal), random.choice((1, 1, 1, 2))))
    partner = random.choice(PARTNERS)
    lines = tuple(_line(random, PRODUCTS[key], place, on) for place, key in enumerate(keys, 1))
    document = ExchangedDocument(
        type_code="851",
        status_code="70",
        declarations=Declarations(
            additional=(AdditionalDeclaration(Text(_declaration(PRODUCTS[keys[0]]), _EN)),),
            import_permits=(f"{partner.code}-IP-{on.year}-{random.randint(1000, 9999)}",),
            inspections=(OfficialTime(on),),
        ),
        signatories=(Signatory(role=SignatoryRole.CERTIFYING, attestations=(Attestation("1"), Attestation("2"))),),
    )
    return Certificate(
        CertificateKind.PHYTOSANITARY, document, consignment_of(random, exporter, partner, lines, CountryCode("XA"))
    )


def reexport_draft(random: Random, exporter: TraderSeed, *, on: date) -> Certificate:
    """Return a complete draft of a certificate for re-export (657): goods of Northland on their way to Westmark."""
    product = PRODUCTS["soybean"]
    original = CertificateNumber(f"XB/PC/{on.year}/{random.randint(10000, 99999)}")
    line = _line(random, product, 1, on, origin="XB", is_treated=False)
    statement = ReExportStatement(
        origin_countries=(CountryCode("XB"),),
        original_numbers=(original,),
        is_original=True,
        is_packed=True,
        in_original_containers=True,
        based_on_original=True,
    )
    document = ExchangedDocument(
        type_code="657", status_code="70", signatories=(Signatory(role=SignatoryRole.CERTIFYING),)
    )
    goods = consignment_of(random, exporter, PARTNERS[1], (replace(line, re_export=statement),), CountryCode("XA"))
    return Certificate(CertificateKind.PHYTOSANITARY_REEXPORT, document, goods)


def _declaration(product: ProductSeed) -> str:
    """Return what the importing country wants to read about a product."""
    if product.use == "Planting":
        return "The plants were produced in a place of production found free from regulated pests."
    if product.part == "Wood":
        return "The wood was heat treated to a minimum of 56 °C for 30 minutes throughout its profile."
    return "The consignment was inspected and found free from quarantine pests."


def _line(
    random: Random, product: ProductSeed, sequence: int, on: date, *, origin: str = "XA", is_treated: bool = True
) -> TradeLineItem:
    count = random.randint(2, 24) * (5 if product.package_kg >= _BULK_KG else 50)
    net = count * product.package_kg
    return TradeLineItem(
        sequence=sequence,
        descriptions=(Text(product.description, _EN),),
        common_names=(Text(product.common, _EN),),
        scientific_names=(Text(product.botanical),),
        intended_uses=(Text(product.use, _EN),),
        net_weight=Measure(Decimal(net), "KGM"),
        gross_weight=Measure(Decimal(net) + Decimal(count) / 2, "KGM"),
        declarations=Declarations(distinguishing_marks=(Text(f"LOT {on:%y}-{random.randint(100, 999)}"),)),
        classifications=(
            Classification(Code("HS"), class_code=product.hs),
            Classification(Code("IPPC_PLANT_PART"), class_names=(Text(product.part, _EN),)),
            Classification(Code("IPPC_CONDITION"), class_names=(Text(product.condition, _EN),)),
        ),
        packages=(Package("1", Code(product.package, "un_rec21"), Decimal(count)),),
        origins=(_origin(random, origin),),
        treatments=(_treatment(random, on),) if is_treated and product.part in _FUMIGATED else (),
    )


def _origin(random: Random, code: str) -> CountryArea:
    areas = {"XA": ("Alma Valley", "River Province", "Hillmere"), "XB": ("Fjord Coast",)}[code]
    return CountryArea(CountryCode(code), areas=(Area(names=(Text(random.choice(areas), _EN),)),))


def _treatment(random: Random, on: date) -> Treatment:
    started = on - timedelta(days=random.randint(2, 5))
    dose = random.choice((32, 40, 48))
    return Treatment(
        process_code=Code("ZZZ", "un_7187"),
        type_level_1=Text("Chemical treatment", _EN),
        type_level_2=Text("Fumigation", _EN),
        active_ingredients=(Text("Phosphine", _EN),),
        started=OfficialTime(started),
        ended=OfficialTime(started + timedelta(days=1)),
        duration=Measure(Decimal(24), "HUR"),
        temperature=Measure(Decimal(21), "CEL"),
        concentration=Measure(Decimal(dose), "A93"),
        additional_information=(Text("Under gas-tight sheets", _EN),),
    )


def consignment_of(
    random: Random,
    exporter: TraderSeed,
    partner: PartnerSeed,
    lines: tuple[TradeLineItem, ...],
    exporting: CountryCode,
) -> Consignment:
    """Return these lines on their way by sea, in one sealed container, to an importer of the partner."""
    importer, street, town = random.choice(partner.importers)
    port_code, port = random.choice(partner.ports)
    box = f"ZZZU{random.randint(0, 9_999_999) // 10:06d}"
    return Consignment(
        consignor=Party(
            name=exporter.name, address=Address(lines=(exporter.line,), city=exporter.town, country=exporting)
        ),
        consignee=Party(name=importer, address=Address(lines=(street,), city=town, country=CountryCode(partner.code))),
        export_country=CountryArea(exporting),
        import_country=CountryArea(CountryCode(partner.code)),
        point_of_entry=Location(id=Identifier(port_code, "un_locode"), names=(Text(port, _EN),)),
        main_carriages=(
            MainCarriage(
                Code("1", "un_rec19"), Identifier(f"Voyage {random.randint(1, 60)}"), Text(random.choice(SHIPS))
            ),
        ),
        transport_equipment=(
            TransportEquipment(
                Identifier(f"{box}{container_digit(box)}"), seals=(Seal(f"{box[-3:]}{random.randint(100000, 999999)}"),)
            ),
        ),
        items=(ConsignmentItem(trade_line_items=lines),),
    )
