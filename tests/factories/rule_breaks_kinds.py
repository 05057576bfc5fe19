"""How to break the rules of animals and food, and those of the envelope: rows like those of `rule_breaks`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from opensps import codes, rules
from opensps.certificate import (
    AnimalGroup,
    Area,
    Attestation,
    Certificate,
    CertificateNumber,
    Classification,
    Code,
    Identifier,
    Measure,
    OfficialTime,
    Package,
    Person,
    ReExportStatement,
    Replacement,
    Seal,
    Text,
    Totals,
    TransportEquipment,
    Treatment,
)
from tests.factories.certificates import NOW, NUMBER, original_certificate, phytosanitary, text
from tests.factories.kinds import ANIMAL_NUMBER, EXPIRY, LEAVES, animals, health, sanitary, veterinary
from tests.factories.rule_breaks import Break, changes_of, export, full_path

ENVELOPE = rules.Envelope(number=NUMBER, type_code="851", status_code="70", sender="XA", receiver="XB")
OPEN = rules.HubReceiver(receives=True, allowed=frozenset({("851", "70")}))


def _rows(good: Callable[..., Certificate]) -> Callable[..., Break]:
    def row(rule: str, says: str, field: str, changes: dict[str, Any], profile: str = "issue") -> Break:
        return Break(rule, says, good(**changes_of(changes)), full_path(field), profile)

    return row


vet, live, fish, milk = _rows(veterinary), _rows(animals), _rows(sanitary), _rows(health)
NO_NAME = Area()
BEFORE = OfficialTime(date(2026, 11, 1))

MODELS = (
    vet("WOAH-I.1", "somebody sends", "C.consignor.name", {"C.consignor.name": None}),
    vet("WOAH-I.1-ADDRESS", "from somewhere", "C.consignor.address", {"C.consignor.address": None}),
    live("WOAH-I.2", "a certificate has a number", "D.number", {"D.number": None}),
    live("WOAH-I.3", "an authority issues it", "D.issuer.name", {"D.issuer": None}),
    vet("WOAH-I.4", "somebody receives", "C.consignee.name", {"C.consignee.name": None}),
    vet("WOAH-I.4-ADDRESS", "somewhere", "C.consignee.address", {"C.consignee.address": None}),
    vet("WOAH-I.5", "goods leave a country", "C.export_country.code", {"C.export_country.code": None}),
    live("WOAH-I.5-ORIGIN", "animals come from a country", "L1.origins", {"L1.origins": ()}),
    live("WOAH-I.6", "a zone has a name", "L1.origins[0].areas", {"L1.origins[0].areas": (NO_NAME,)}),
    live("WOAH-I.7", "animals go to a country", "C.import_country.code", {"C.import_country.code": None}),
    live("WOAH-I.8", "or a zone of it", "C.import_country.areas", {"C.import_country.areas": (NO_NAME,)}),
    vet("WOAH-SHIPMENT", "goods are loaded", "C.place_of_loading", {"C.place_of_loading": None}),
    vet("WOAH-DEPARTURE", "they leave on a day", "C.export_exit", {"C.export_exit": None}),
    live("WOAH-TRANSPORT", "by something", "C.main_carriages", {"C.main_carriages": ()}),
    vet("WOAH-CONTAINER", "in something", "C.transport_equipment", {"C.transport_equipment": ()}),
    vet("WOAH-SEAL", "which is sealed", "C.transport_equipment[0].seals", {"C.transport_equipment[0].seals": ()}),
    vet(
        "WOAH-SEAL",
        "whatever its number",
        "C.transport_equipment[1].seals",
        {"C.transport_equipment": (TransportEquipment(seals=(Seal("1"),)), TransportEquipment())},
    ),
    vet("WOAH-TEMPERATURE", "cold or not", "C.transport_condition", {"C.transport_condition": None}),
    live("WOAH-COMMODITY", "something is certified", "C.items", {"C.items": ()}),
    vet("WOAH-DESCRIPTION", "it has a name", "L1.descriptions", {"L1.descriptions": ()}),
    vet("WOAH-HS", "and a customs code", "L1.classifications", {"L1.classifications": ()}),
    live("WOAH-SPECIES", "animals are of a species", "L1.scientific_names", {"L1.scientific_names": ()}),
    vet("WOAH-QUANTITY", "products weigh something", "L1.net_weight", {"L1.net_weight": None}),
    live("WOAH-COUNT", "animals are counted", "L1.count", {"L1.count": None}),
    vet("WOAH-PACKAGES", "products are packed", "L1.packages", {"L1.packages": ()}),
    vet("WOAH-ESTABLISHMENT", "in approved places", "L1.establishments", {"L1.establishments": ()}),
    vet(
        "WOAH-APPROVAL",
        "that have a number",
        "L1.establishments[0].approval_number",
        {"L1.establishments[0].approval_number": Identifier(" ")},
    ),
    live(
        "WOAH-IDENTIFICATION",
        "cattle have marks",
        "L1.animals.identifications",
        {"L1.animals": AnimalGroup()},
    ),
    live("WOAH-IDENTIFICATION", "all of them", "L1.animals.identifications", {"L1.animals": None}),
    live(
        "WOAH-IDENTIFICATION-COUNT",
        "no more than there are",
        "L1.animals.identifications",
        {"L1.count": Measure(Decimal(1), "HEA")},
    ),
    live(
        "WOAH-IDENTIFICATION-TWICE",
        "each its own",
        "L1.animals.identifications[1]",
        {"L1.animals.identifications[1].value": "XA 0001 0001"},
    ),
    vet("WOAH-II", "something is attested", "S.attestations", {"S.attestations": ()}),
    vet("WOAH-II-TEXT", "in words", "S.attestations[0]", {"S.attestations": (Attestation(id="II.1"),)}),
    vet(
        "WOAH-II-LANGUAGE",
        "in a language",
        "S.attestations[0]",
        {"S.attestations": (Attestation(texts=text("Free from disease", None)),)},
    ),
    vet("WOAH-DATE", "on a day", "D.issued", {"D.issued": None}),
    vet("WOAH-PLACE", "somewhere", "S.place", {"S.place": None}),
    live("WOAH-OFFICER", "by somebody", "S.provider.person", {"S.provider.person": None}),
    live("WOAH-OFFICER", "who signs", "S.provider.person", {"D.signatories": ()}),
    vet("WOAH-POSITION", "in a position", "S.provider.person", {"S.provider.person": Person("Mei Ling Chen")}),
    fish("CXG38-CONSIGNOR", "somebody sends", "C.consignor.name", {"C.consignor.name": None}),
    fish("CXG38-CONSIGNOR-ADDRESS", "from somewhere", "C.consignor.address", {"C.consignor.address": None}),
    fish("CXG38-CONSIGNEE", "somebody receives", "C.consignee.name", {"C.consignee.name": None}),
    milk("CXG38-CONSIGNEE-ADDRESS", "somewhere", "C.consignee.address", {"C.consignee.address": None}),
    fish("CXG38-ORIGIN", "food comes from a country", "L1.origins", {"L1.origins": ()}),
    fish("CXG38-DISPATCH", "leaves a country", "C.export_country.code", {"C.export_country.code": None}),
    fish("CXG38-DESTINATION", "goes to one", "C.import_country.code", {"C.import_country.code": None}),
    milk("CXG38-LOADING", "is loaded", "C.place_of_loading", {"C.place_of_loading": None}),
    milk("CXG38-FOOD", "exists", "C.items", {"C.items": ()}),
    milk("CXG38-PRODUCT", "has a name", "L1.descriptions", {"L1.descriptions": ()}),
    milk("CXG38-QUANTITY", "weighs or fills something", "L1.net_weight", {"L1.net_volume": None}),
    milk("CXG38-PACKAGES", "is packed", "L1.packages", {"L1.package_text": ()}),
    fish(
        "CXG38-APPROVAL",
        "by approved producers",
        "L1.establishments[0].approval_number",
        {"L1.establishments[0].approval_number": Identifier("")},
    ),
    fish(
        "CXG38-PRODUCER",
        "who have a name",
        "L1.establishments[0].name",
        {"L1.establishments[0].name": None},
    ),
    fish("CXG38-REGION", "a region has a name", "L1.origins[0].areas", {"L1.origins[0].areas": (NO_NAME,)}),
    fish("CXG38-NUMBER", "a certificate has a number", "D.number", {"D.number": None}),
    fish("CXG38-AUTHORITY", "an authority issues it", "D.issuer.name", {"D.issuer.name": None}),
    fish("CXG38-ATTESTATION", "something is attested", "S.attestations", {"S.attestations": ()}),
    fish("CXG38-ATTESTATION-TEXT", "in words", "S.attestations[0]", {"S.attestations[0].texts": ()}),
    fish(
        "CXG38-ATTESTATION-LANGUAGE",
        "in a language",
        "S.attestations[0]",
        {"S.attestations[0].texts": (Text("Fit for human consumption"),)},
    ),
    milk("CXG38-DATE", "on a day", "D.issued", {"D.issued": None}),
    milk("CXG38-PLACE", "somewhere", "S.place", {"S.place": None}),
    milk("CXG38-OFFICER", "by somebody", "S.provider.person", {"S.provider.person": None}),
    milk("CXG38-POSITION", "in a position", "S.provider.person", {"S.provider.person.qualifications": ()}),
)

MARKS = (
    fish("CORE-KIND", "a certificate has a status", "D.status_code", {"D.status_code": ""}),
    fish("CORE-KIND", "an 852 says 852", "D.type_code", {"D.type_code": "636"}),
    vet(
        "CORE-KIND",
        "only plants have this clause",
        "D.has_financial_liability_clause",
        {"D.has_financial_liability_clause": True},
    ),
    vet("CORE-KIND", "only a 657 has an original", "D.references", {"D.references": (original_certificate(),)}),
    fish("CORE-KIND", "food is not re-exported so", "L1.re_export", {"L1.re_export": ReExportStatement()}),
    fish("CORE-KIND", "food is not alive", "L1.animals", {"L1.animals": AnimalGroup()}),
    live("CORE-KIND", "animals have no batch", "L1.batches", {"L1.batches": (Identifier("L1"),)}),
    live("CORE-KIND", "nor expire", "L1.expiries", {"L1.expiries": (EXPIRY,)}),
)

CORE = (
    live("CORE-CODES", "a sex is one of a list", "L1.animals.sex", {"L1.animals.sex": Code("BLUE", "opensps_sex")}),
    export(
        "CORE-LOCODE",
        "a port exists",
        "C.point_of_entry.id",
        {"C.point_of_entry.id": Identifier("NLZZ9", "un_locode")},
    ),
    export(
        "CORE-HS",
        "a customs code exists",
        "L1.classifications[0].class_code",
        {"L1.classifications[0].class_code": "070399"},
    ),
    export(
        "CORE-EPPO",
        "an EPPO code has five signs or six",
        "L1.classifications[0].class_code",
        {"L1.classifications": (Classification(Code("EPPO"), "Allium"),)},
    ),
    export(
        "CORE-EPPO",
        "and is there",
        "L1.classifications[0].class_code",
        {"L1.classifications": (Classification(Code("EPPT")),)},
    ),
    vet(
        "CORE-TIME",
        "a treatment does not end before it starts",
        "L1.treatments[0].ended",
        {"L1.treatments": (Treatment(Code("95"), started=LEAVES, ended=BEFORE),)},
    ),
    fish(
        "CORE-TIME",
        "nor does slaughter",
        "L1.establishments[0].ended",
        {"L1.establishments[0].started": LEAVES, "L1.establishments[0].ended": BEFORE},
    ),
    fish("CORE-REPLACEMENT", "the replaced one has a number", "D.replacement", {"D.replacement": Replacement()}),
    fish(
        "CORE-REPLACEMENT",
        "of its own",
        "D.replacement",
        {"D.replacement": Replacement(number=ANIMAL_NUMBER)},
    ),
    fish(
        "CORE-REPLACEMENT",
        "and is the older one",
        "D.replacement",
        {"D.replacement": Replacement(number=CertificateNumber("XA-1"), issued=LEAVES)},
    ),
    fish(
        "CORE-MEASURE",
        "gross is not below net in another unit either",
        "L1.gross_weight",
        {"L1.gross_weight": Measure(Decimal("2.399"), "TNE")},
    ),
    fish(
        "CORE-TOTALS",
        "packages add up",
        "C.totals.packages[0]",
        {"C.totals": Totals(packages=(Package("1", Code("CT"), Decimal(241)),))},
    ),
)


def _sent(
    rule: str, says: str, field: str, *, of: dict[str, Any] | None = None, to: dict[str, Any] | None = None
) -> Break:
    """Return an 851 sent through the Hub in an envelope, or to a receiver, that does not fit."""
    policy = rules.Policy(
        now=NOW,
        extra_countries=codes.DEMO_COUNTRIES,
        envelope=replace(ENVELOPE, **(of or {})),
        receiver=replace(OPEN, **(to or {})),
    )
    return Break(rule, says, phytosanitary(), full_path(field), "hub", policy)


SENT = (
    _sent("CORE-ENVELOPE", "the number outside is the one inside", "D.number", of={"number": "XA-1"}),
    _sent("CORE-ENVELOPE", "so is the type", "D.type_code", of={"type_code": ""}),
    _sent("CORE-ENVELOPE", "and the status", "D.status_code", of={"status_code": "40"}),
    _sent("HUB-ALLOWED", "the receiver receives", "C.import_country", to={"receives": False}),
    _sent("HUB-ALLOWED", "such certificates", "D.type_code", to={"allowed": frozenset({("851", "40")})}),
    _sent("HUB-CHANNEL", "itself", "C.import_country", to={"delegate": "EU"}),
    _sent("HUB-CHANNEL", "or with copies", "C.import_country", to={"forwards": frozenset({"EU"})}),
    _sent("HUB-FROM-TO", "under its own code", "C.import_country.code", of={"receiver": "XB2"}),
)

BREAKS_OF_KINDS = (*MODELS, *MARKS, *CORE, *SENT)
