"""How to break the rules of receivers: the Hub's lists, TRACES, the United Kingdom, INTERCOM and the schema itself."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from opensps.certificate import (
    Address,
    Area,
    Attachment,
    Certificate,
    Classification,
    Code,
    CountryArea,
    CountryCode,
    Identifier,
    Measure,
    Note,
    OtherQuantity,
    Party,
    Person,
    Seal,
    TransportEquipment,
)
from tests.factories.certificates import SMALL_PDF, country, phytosanitary, text
from tests.factories.kinds import plant
from tests.factories.receivers import clause, customs, intercom_export, note, traces_entry, uk_entry
from tests.factories.rule_breaks import Break, changes_of, full_path, replaced

A_PARTY = Party(ids=(Identifier("GBLHR1", "border_post"),))
EXIT = Area(authorised_parties=(A_PARTY,))
TRANSIT = clause("PURPOSE", "DIRECT_TRANSIT")
NOT_CONFORMING = clause("PURPOSE", "NON_CONFORMING_GOODS")
THIRTEEN = tuple(
    country(code) for code in ("FR", "DE", "NL", "BE", "LU", "CH", "AT", "IT", "ES", "PT", "PL", "CZ", "SK")
)


def _rows(good: Callable[..., Certificate], profile: str) -> Callable[..., Break]:
    def row(rule: str, says: str, field: str, changes: dict[str, Any]) -> Break:
        return Break(rule, says, good(**changes_of(changes)), full_path(field), profile)

    return row


hub, d17a = _rows(phytosanitary, "hub"), _rows(phytosanitary, "d17a")
traces, uk, intercom = _rows(traces_entry, "traces"), _rows(uk_entry, "uk"), _rows(intercom_export, "intercom")

EU = (
    hub("HUB-CODES", "the Hub knows the treatment", "T.type_level_2", {"T.type_level_2": Code("QQ")}),
    traces("TRACES-OPERATOR", "a sender has a number", "C.consignor.ids", {"C.consignor.ids": ()}),
    traces(
        "TRACES-OPERATOR",
        "in a register",
        "C.consignee.ids",
        {"C.consignee": Party("Northland Traders", ids=(Identifier("88214"),))},
    ),
    traces("TRACES-OPERATOR", "a receiver has a name or a number", "C.consignee.ids", {"C.consignee": Party()}),
    traces("TRACES-NOTES", "the document is of a type", "D.other_notes", {"D.other_notes": ()}),
    traces(
        "TRACES-NOTES",
        "that TRACES knows",
        "D.other_notes",
        {"D.other_notes[0].content_codes": (Code("CHEDP"),)},
    ),
    traces("TRACES-NOTES", "which is said", "D.other_notes", {"D.other_notes": (note("CHED_TYPE", list_id="x"),)}),
    traces(
        "TRACES-NOTES",
        "a note is of a list",
        "D.other_notes[1]",
        {"D.other_notes": (note("CHED_TYPE", code="P", list_id="x"), note("JOURNEY_LOG"), Note())},
    ),
    traces("TRACES-CLAUSES", "goods enter for a purpose", "S.attestations", {"S.attestations[0].id": "OTHER"}),
    traces(
        "TRACES-CLAUSES",
        "which is said",
        "S.attestations",
        {"S.attestations[0].code": None, "S.attestations[0].texts": ()},
    ),
    traces("TRACES-CLAUSES", "and for a use", "S.attestations", {"S.attestations[1].id": "OTHER"}),
    traces("TRACES-CN", "goods are in the nomenclature", "L1.classifications", {"L1.classifications": ()}),
)

UK = (
    uk("UK-SEQUENCE", "there is no line 0", "L1.sequence", {"L1.sequence": 0}),
    uk("UK-CN", "goods are in the nomenclature", "L1.classifications", {"L1.classifications[0].system": Code("HS")}),
    uk("UK-WEIGHT", "weights are short", "L1.net_weight", {"L1.net_weight.value": Decimal("12345678901234.567")}),
    uk("UK-WEIGHT", "and not too fine", "L1.net_weight", {"L1.net_weight.value": Decimal("1.2345")}),
    uk("UK-WEIGHT", "nor too small", "L1.net_weight", {"L1.net_weight.value": Decimal("0.0009")}),
    uk("UK-CHED-TYPE", "the type is known", "D.other_notes", {"D.other_notes[0].content_codes": (Code("PP"),)}),
    uk("UK-BCP", "goods enter at a post", "C.point_of_entry.id", {"C.point_of_entry": None}),
    uk("UK-BCP", "with a code", "C.point_of_entry.id", {"C.point_of_entry.id": None}),
    uk("UK-ORIGIN", "goods come from a country", "L1.origins", {"L1.origins": ()}),
    uk("UK-ORIGIN", "from one", "C.items", {"L1.origins": (country("XA"), country("XC"))}),
    uk("UK-ORIGIN", "or a region of it", "L1.origins[0].areas", {"L1.origins[0].areas": (Area("XC-1"),)}),
    uk("UK-ORIGIN", "one region", "L1.origins[0].areas", {"L1.origins[0].areas": (Area("XA-1"), Area("XA-2"))}),
    uk(
        "UK-NAME",
        "plants have a name",
        "L1.scientific_names",
        {"L1.scientific_names": (), "L1.classifications": (customs("07032000"),)},
    ),
    uk(
        "UK-NAME",
        "variety and class go together",
        "L1.other_notes",
        {"L1.other_notes": (note("quantity", code="BLB", words="1"), note("variety", words="Thermidrome"))},
    ),
    uk("UK-QUANTITY", "plants are counted", "L1.other_notes", {"L1.other_notes": ()}),
    uk(
        "UK-QUANTITY",
        "as something known",
        "L1.other_notes",
        {"L1.other_notes": (note("quantity", code="QQQ", words="1"),)},
    ),
    uk(
        "UK-QUANTITY",
        "in numbers",
        "L1.other_notes",
        {"L1.other_notes": (note("quantity", code="BLB", words="many"),)},
    ),
    uk("UK-QUANTITY", "at all", "L1.other_notes", {"L1.other_notes": (note("quantity", code="BLB"),)}),
    uk("UK-PURPOSE", "goods have a purpose", "S.attestations", {"S.attestations": ()}),
    uk("UK-PURPOSE", "a known one", "S.attestations", {"S.attestations": (clause("PURPOSE", "FUN"),)}),
    uk(
        "UK-PURPOSE",
        "and a known use",
        "S.attestations",
        {"S.attestations": (clause("PURPOSE", "RE_ENTRY"), clause("GOODS_CERTIFIED_AS", "FUN"))},
    ),
    uk(
        "UK-PURPOSE",
        "which food must have",
        "S.attestations",
        {"D.other_notes[0].content_codes": (Code("CHEDD"),)},
    ),
    uk("UK-PURPOSE", "conformity is said", "D.other_notes", {"D.other_notes[1].content_codes": (Code("YES"),)}),
    uk("UK-PURPOSE", "and means what it says", "D.other_notes", {"S.attestations": (NOT_CONFORMING,)}),
    uk(
        "UK-PURPOSE",
        "other goods go somewhere",
        "D.other_notes",
        {"S.attestations": (NOT_CONFORMING,), "D.other_notes[1].content_codes": (Code("FALSE"),)},
    ),
    uk("UK-TRANSIT", "countries are few", "C.transit_countries", {"C.transit_countries": THIRTEEN}),
    uk("UK-TRANSIT", "and distinct", "C.transit_countries", {"C.transit_countries": (country("FR"), country("FR"))}),
    uk(
        "UK-TRANSIT",
        "transit leads out",
        "C.transit_countries",
        {"S.attestations": (TRANSIT,), "C.transit_countries": (country("FR"),)},
    ),
    uk(
        "UK-TRANSIT",
        "to a third country",
        "C.transit_countries",
        {"S.attestations": (TRANSIT,), "C.transit_countries": (CountryArea(CountryCode("GB"), areas=(EXIT,)),)},
    ),
    uk(
        "UK-ESTABLISHMENT",
        "an establishment has an activity, a section and a role",
        "L1.establishments[0]",
        {"L1.establishments": (plant("Green Valley", "XA-1"),)},
    ),
)

ANDES = (
    intercom("INTERCOM-NUMBER", "numbers are digits", "D.number", {"D.number": "CO-1"}),
    intercom("INTERCOM-STATUS", "a status is known", "D.status_code", {"D.status_code": "42"}),
    intercom(
        "INTERCOM-TRANSIT",
        "one country of transit",
        "C.transit_countries",
        {"C.transit_countries": (country("EC"), country("BO"))},
    ),
    intercom(
        "INTERCOM-ENTRY",
        "an entry is a country",
        "C.point_of_entry.id",
        {"C.point_of_entry.id": Identifier("PECLL", "un_locode")},
    ),
    intercom("INTERCOM-NOTE", "a note has a subject", "L1.other_notes[0]", {"L1.other_notes": (note("quantity"),)}),
    intercom("INTERCOM-NOTE", "that is known", "D.other_notes[0]", {"D.other_notes": (Note(subject="QQQ"),)}),
    intercom("INTERCOM-NOTE", "a name is short", "C.consignee.name", {"C.consignee.name": "n" * 451}),
    intercom(
        "INTERCOM-NOTE", "an address too", "C.consignor.address.lines", {"C.consignor.address.lines": ("n" * 201,)}
    ),
    intercom(
        "INTERCOM-NOTE",
        "a declaration too",
        "D.declarations.additional",
        {"D.declarations.additional[0].text": text("n" * 8001)[0]},
    ),
    intercom(
        "INTERCOM-NOTE",
        "a mark too",
        "L1.declarations.distinguishing_marks",
        {"L1.declarations.distinguishing_marks": text("n" * 1025)},
    ),
    intercom(
        "INTERCOM-NOTE",
        "a unit too",
        "L1.other_quantity",
        {"L1.other_quantity": OtherQuantity(Decimal(1), "n" * 51)},
    ),
    intercom(
        "INTERCOM-NOTE",
        "a reason too",
        "D.replacement.reasons",
        {"D.replacement": replaced(reasons=text("n" * 513))},
    ),
    intercom(
        "INTERCOM-NOTE",
        "a day of inspection is a date",
        "D.declarations.inspections[0]",
        {"D.declarations.inspections": text("May 1 and 2")},
    ),
    intercom("INTERCOM-REQUIRED", "the issuer has a name", "D.issuer", {"D.issuer": None}),
    intercom("INTERCOM-REQUIRED", "there is a place", "S.place", {"S.place": None}),
    intercom("INTERCOM-REQUIRED", "a statement has a number", "S.attestations", {"S.attestations": ()}),
    intercom("INTERCOM-REQUIRED", "goods have a use", "L1.intended_uses", {"L1.intended_uses": ()}),
    intercom(
        "INTERCOM-REQUIRED", "an address has a line", "C.consignee.address.lines", {"C.consignee.address": Address()}
    ),
    intercom(
        "INTERCOM-REQUIRED",
        "a container is sealed",
        "C.transport_equipment[1].seals",
        {"C.transport_equipment": (TransportEquipment(seals=(Seal("1"),)), TransportEquipment())},
    ),
    intercom(
        "INTERCOM-REQUIRED", "whatever it is", "C.transport_equipment[0].seals", {"C.transport_equipment[0].seals": ()}
    ),
    intercom(
        "INTERCOM-CLASS", "a class is a code", "L1.classifications[0]", {"L1.classifications[0].class_code": "07032000"}
    ),
    intercom(
        "INTERCOM-CLASS", "or a name", "L1.classifications[0]", {"L1.classifications[0].class_names": text("Garlic")}
    ),
    intercom(
        "INTERCOM-CLASS", "and is there", "L1.classifications[0]", {"L1.classifications": (Classification(Code("HS")),)}
    ),
    intercom(
        "INTERCOM-CLASS",
        "in short",
        "L1.classifications[0]",
        {"L1.classifications": (Classification(Code("OWN"), class_names=text("n" * 71)),)},
    ),
    intercom("INTERCOM-EMPTY", "a name says something", "D.issuer.name", {"D.issuer": Party(name="")}),
    intercom("INTERCOM-EMPTY", "an officer has one", "S.provider.name", {"S.provider": Party(person=Person(""))}),
    intercom(
        "INTERCOM-EMPTY",
        "a line says something",
        "C.consignor.address.lines",
        {"C.consignor.address.lines": ("1 Orchard Road", " ")},
    ),
    intercom(
        "INTERCOM-MEASURE", "a dose is short", "T.concentration", {"T.concentration": Measure(Decimal("1E+14"), "A93")}
    ),
    intercom("INTERCOM-MEASURE", "and not too fine", "T.duration", {"T.duration": Measure(Decimal("1.00001"), "HUR")}),
    intercom(
        "INTERCOM-ATTACHMENT",
        "files are tiny",
        "F.attachments[0]",
        {
            "D.references": phytosanitary().exchanged_document.references,
            "F.attachments": (
                Attachment("report.pdf", "application/pdf", SMALL_PDF + bytes(256)),
                Attachment(uri="https://example.org/report"),
                Attachment(content=SMALL_PDF + bytes(256)),
            ),
        },
    ),
)

SCHEMA = (
    d17a("D17A-COUNTRY", "a country is one of 249", "C.import_country.code", {"C.import_country.code": "XK"}),
    d17a(
        "D17A-CODES", "a package is one of 2006", "L1.packages[0].type_code", {"L1.packages[0].type_code": Code("QQQ")}
    ),
)

BREAKS_OF_RECEIVERS = (*EU, *UK, *ANDES, *SCHEMA)
