"""Certificates of animals and food as hypothesis draws them (`domain.md` 5.4).

`coded_certificates()`: the four coded kinds, filled in the way the dialect opensps has a place for, so that what is
written and read again is the same value. `answers()`: acknowledgements.
"""

from typing import Any

from hypothesis import strategies as st

from opensps.certificate import (
    Acknowledgement,
    AdditionalDeclaration,
    Address,
    AnimalGroup,
    AnimalIdentification,
    Area,
    Attestation,
    Certificate,
    CertificateKind,
    Classification,
    Code,
    Consignment,
    ConsignmentItem,
    CountryArea,
    Declarations,
    Establishment,
    ExchangedDocument,
    Identifier,
    Location,
    Measure,
    ModelRef,
    OtherQuantity,
    Package,
    Party,
    Person,
    ReferencedDocument,
    Replacement,
    Signatory,
    SignatoryRole,
    Temperature,
    Text,
    Totals,
    TradeLineItem,
    TransportCondition,
    TransportEquipment,
    Treatment,
)
from opensps.certificate.kinds import profile_of
from tests.property import strategies as given

KINDS = (
    CertificateKind.VETERINARY_HEALTH,
    CertificateKind.ANIMAL_HEALTH,
    CertificateKind.SANITARY,
    CertificateKind.HEALTH,
)

said = given.phrases.filter(lambda words: words != "NULL")
"""Words in places the schema forces, where `NULL` is read as nothing."""

plain_names = said.map(Text)
names = st.builds(Text, said, given.languages)
identifiers = st.builds(Identifier, given.tokens, scheme=given.tokens)
parties = st.builds(
    Party,
    name=said,
    ids=given.many(identifiers),
    role=given.perhaps(st.sampled_from(("CZ", "CN", "DP", "PW")).map(lambda code: Code(code, "un_3035"))),
    address=st.builds(
        Address,
        lines=given.many(given.phrases, 1, 5),
        postcode=given.perhaps(given.tokens),
        city=given.perhaps(given.phrases),
        country=given.perhaps(given.country_codes),
        country_name=given.perhaps(given.phrases),
        subdivision_name=given.perhaps(given.phrases),
    ),
)
zones = st.builds(Area, id=given.tokens, names=given.many(plain_names, 1, 1), level=st.just("1"))
countries = st.builds(
    CountryArea, code=given.country_codes, names=given.many(names, 0, 1), areas=given.many(zones, 0, 1)
)
establishments = st.builds(
    Establishment,
    activity=st.sampled_from(("12", "34", "37", "39", "13", "43")).map(lambda code: Code(code, "un_7187")),
    approval_number=st.builds(Identifier, given.tokens, scheme=st.just("approval_number")),
    name=said,
    country=given.perhaps(given.country_codes),
    role=st.sampled_from(("GQ", "MF", "GN", "GD")).map(lambda code: Code(code, "un_3035")),
    started=given.perhaps(given.moments()),
)
identifications = st.builds(
    AnimalIdentification,
    animal=st.integers(0, 999_999),
    system=st.sampled_from(("EAR_TAG", "MICROCHIP", "TATTOO")).map(
        lambda code: Code(code, "opensps_identification_system")
    ),
    value=given.phrases,
)
animals = st.builds(
    AnimalGroup,
    breed=given.perhaps(given.texts),
    sex=given.perhaps(st.sampled_from(("MALE", "FEMALE")).map(lambda code: Code(code, "opensps_sex"))),
    age=given.perhaps(given.measures("MON", "ANN", "DAY")),
    category=given.perhaps(st.just(Code("BREEDING", "opensps_animal_category"))),
    identifications=given.many(identifications, 1, 4),
)
declarations = st.builds(
    Declarations,
    additional=given.many(st.builds(AdditionalDeclaration, given.texts, given.perhaps(given.tokens))),
    official_information=given.many(given.texts),
    inspections=given.many(given.times),
    distinguishing_marks=given.many(given.plain_texts),
)
packages = st.builds(
    Package,
    level=st.just("4"),
    type_code=st.sampled_from(("CT", "CR", "BX")).map(lambda code: Code(code, "un_rec21")),
    count=given.amounts,
    marks=given.many(given.plain_texts),
)
classifications = st.builds(
    Classification,
    system=st.sampled_from(("HS", "CN", "EPPO", "PRODUCT_TYPE")).map(lambda name: Code(name, None, "A system")),
    class_code=st.from_regex(r"[0-9]{6}", fullmatch=True),
    class_names=given.many(names, 0, 2),
)
equipment = st.builds(
    TransportEquipment,
    id=st.builds(Identifier, given.tokens, scheme=st.just("container_number")),
    seals=given.many(given.seals),
    temperatures=given.many(
        st.builds(
            Temperature,
            maximum=given.measures("CEL").map(lambda one: Measure(-one.value, one.unit)),
            type_code=st.just(Code("2", "un_6245")),
        ),
        0,
        1,
    ),
)
attestations = st.builds(
    Attestation,
    id=st.sampled_from(("II.1", "16.2", "CERTIFIED_AS_OR_FOR")),
    code=given.perhaps(st.sampled_from(("HUMAN_CONSUMPTION", "BREEDING"))),
    scheme=st.just("opensps_attestation"),
    texts=given.many(names, 1, 2),
)
treatments = st.builds(
    Treatment,
    process_code=st.sampled_from(("16", "95", "ZZZ")).map(lambda code: Code(code, "un_7187")),
    type_level_1=given.perhaps(st.just(Code("CHT", "ippc_treatment_types"))),
    active_ingredients=given.many(st.just(Code("238", "codex_pesticides")) | st.just(Text("Methyl bromide")), 0, 1),
    started=given.perhaps(given.moments()),
    temperature=given.perhaps(given.measures("CEL")),
    full_text=given.many(given.texts, 1, 1),
)
ports = st.builds(
    Location,
    id=st.builds(Identifier, st.just("XBPNO"), scheme=st.just("un_locode")),
    names=given.many(plain_names, 1, 1),
)
permits = st.builds(
    ReferencedDocument,
    relationship=st.just(Code("IP", "un_1153")),
    id=given.tokens,
    type_code=st.just(Code("911", "un_1001")),
    issuing_country=given.country_codes,
    issued=given.perhaps(given.days),
)

LINE_EXTRAS: dict[str, st.SearchStrategy[Any]] = {
    "common_names": given.many(given.texts, 1),
    "scientific_names": given.many(given.plain_texts, 1),
    "intended_uses": given.many(given.texts, 1),
    "batches": given.many(identifiers, 1),
    "expiries": given.many(given.moments(), 1),
    "gross_weight": given.measures("KGM"),
    "other_quantity": st.builds(OtherQuantity, given.amounts, given.phrases),
    "declarations": declarations,
    "classifications": given.many(classifications, 1),
    "packages": given.many(packages, 1),
    "package_text": given.many(given.plain_texts, 1),
    "treatments": given.many(treatments, 1),
    "establishments": given.many(establishments, 1),
    "animals": animals,
    "origin_places": given.many(ports, 1),
    "references": given.many(permits, 1),
}


@st.composite
def coded_lines(draw: st.DrawFn, *, sequence: int, kind: CertificateKind) -> TradeLineItem:
    """One line: counted where it is of animals, weighed elsewhere."""
    is_live = kind is CertificateKind.ANIMAL_HEALTH
    units = ("H87", "HEA") if is_live else ("KGM",)
    amount: dict[str, Any] = {"count" if is_live else "net_weight": draw(given.measures(*units))}
    return TradeLineItem(
        sequence=sequence,
        descriptions=draw(given.many(given.texts, 1)),
        origins=draw(given.many(countries, 1)),
        **amount,
        **draw(given.some_of(LINE_EXTRAS)),
    )


@st.composite
def coded_documents(draw: st.DrawFn, *, kind: CertificateKind) -> ExchangedDocument:
    """The header, with the officer's signature and perhaps others."""
    signatories = st.builds(
        Signatory,
        provider=st.builds(Party, name=said, ids=given.many(identifiers, 0, 1), person=st.builds(Person, given.words)),
        role=st.sampled_from(SignatoryRole),
        authenticated=given.moments(),
        attestations=given.many(attestations, 0, 3),
    )
    replacements = st.builds(
        Replacement,
        number=given.numbers,
        issued=given.perhaps(given.days),
        reasons=given.many(given.texts),
        has_statement=st.just(value=True),
    )
    return ExchangedDocument(
        type_code=profile_of(kind).type_code or "",
        status_code=draw(st.sampled_from(("70", "40"))),
        number=draw(given.numbers),
        issued=draw(given.moments()),
        titles=draw(given.many(names, 1, 2)),
        issuer=draw(parties),
        declarations=draw(given.perhaps(declarations)) or Declarations(),
        replacement=draw(given.perhaps(replacements)),
        references=draw(given.many(permits)),
        signatories=draw(given.many(signatories, 1)),
    )


CONSIGNMENT_EXTRAS: dict[str, st.SearchStrategy[Any]] = {
    "availability_due": given.moments(),
    "export_exit": given.moments(),
    "place_of_loading": ports,
    "point_of_entry": ports,
    "despatch_party": parties,
    "delivery_party": parties,
    "main_carriages": given.many(given.carriages, 1),
    "transport_equipment": given.many(equipment, 1),
    "transport_condition": st.sampled_from(TransportCondition),
    "totals": st.builds(
        Totals,
        net_weight=given.perhaps(given.measures("KGM")),
        count=given.perhaps(given.measures("H87")),
        packages=given.many(packages),
    ),
}


@st.composite
def coded_certificates(draw: st.DrawFn) -> Certificate:
    """A certificate our vocabulary carries without loss."""
    kind = draw(st.sampled_from(KINDS))
    count = draw(st.integers(1, 2))
    lines = tuple(draw(coded_lines(sequence=place + 1, kind=kind)) for place in range(count))
    consignment = Consignment(
        consignor=draw(parties),
        consignee=draw(parties),
        export_country=draw(countries),
        import_country=draw(countries),
        items=(ConsignmentItem(trade_line_items=lines),),
        **draw(given.some_of(CONSIGNMENT_EXTRAS)),
    )
    model = draw(
        given.perhaps(
            st.builds(ModelRef, given.tokens.map(lambda name: name.replace("/", "")).filter(bool), st.just("2"))
        )
    )
    return Certificate(kind, draw(coded_documents(kind=kind)), consignment, model)


def answers() -> st.SearchStrategy[Acknowledgement]:
    """Return acknowledgements every dialect carries without loss."""
    return st.builds(
        Acknowledgement,
        status_code=st.sampled_from(("39", "41", "122")),
        issued=given.moments(),
        reasons=given.many(given.texts),
        references=given.many(
            st.builds(
                ReferencedDocument,
                relationship=st.just(Code("CAW", "un_1153")),
                id=given.tokens,
                type_code=st.just(Code("851", "un_1001")),
                issuing_country=given.country_codes,
            ),
            1,
        ),
    )
