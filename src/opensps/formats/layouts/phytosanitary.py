"""The phytosanitary certificates on paper: ISPM 12, Annex 1 (export) and Annex 2 (re-export), English and Chinese.

Source: ISPM 12, model certificates; labels in both languages as `ux.md` 13.1. The statements are those of the
code list `ippc_statements`; the wire carries their number, paper carries their words.
"""

from opensps import codes
from opensps.certificate import (
    TITLES,
    Certificate,
    CertificateKind,
    Declarations,
    OfficialTime,
    ReExportStatement,
    ReferencedDocument,
    Text,
    TradeLineItem,
    Treatment,
)
from opensps.formats.layouts.parts import (
    Box,
    Boxes,
    Cell,
    Line,
    Pair,
    Paragraphs,
    Run,
    Sheet,
    Table,
    country,
    day,
    location,
    measure,
    number,
    party,
    plain,
    texts,
    word,
)

_TICKED = {True: "☒", False: "☐"}


def export_sheet(value: Certificate) -> Sheet:
    """Return what the phytosanitary certificate prints (ISPM 12, Annex 1)."""
    return _sheet(value, CertificateKind.PHYTOSANITARY, _export_statement(value))


def reexport_sheet(value: Certificate) -> Sheet:
    """Return what the phytosanitary certificate for re-export prints (ISPM 12, Annex 2)."""
    return _sheet(value, CertificateKind.PHYTOSANITARY_REEXPORT, _reexport_statement(value))


def _sheet(value: Certificate, kind: CertificateKind, statement: Paragraphs) -> Sheet:
    issuer = value.exchanged_document.issuer
    return Sheet(
        title=TITLES[kind],
        authority=(issuer.name if issuer else None) or "",
        sections=(
            _authorities(value),
            _description(value),
            _goods(value),
            statement,
            _declarations(value),
            _treatments(value),
        ),
        signature=_signature(value),
        notices=_notices(value),
    )


def _authorities(value: Certificate) -> Boxes:
    consignment, issuer = value.consignment, value.exchanged_document.issuer
    return Boxes(
        None,
        (
            Box(
                ("Plant Protection Organization of", "植物保护机构（出证）"),
                plain(issuer.name if issuer else None, country(consignment.export_country)),
            ),
            Box(
                ("TO: Plant Protection Organization(s) of", "致：植物保护机构"),
                plain(country(consignment.import_country), *(country(area) for area in consignment.transit_countries)),
            ),
        ),
    )


def _description(value: Certificate) -> Boxes:
    consignment = value.consignment
    carriages = (
        " ".join(
            part
            for part in (
                codes.label("un_rec19", carriage.mode.value),
                carriage.means_name.value if carriage.means_name else None,
                carriage.id.value if carriage.id else None,
            )
            if part
        )
        for carriage in consignment.main_carriages
    )
    equipment = (
        " / ".join(part for part in (unit.id.value if unit.id else None, *(seal.id for seal in unit.seals)) if part)
        for unit in consignment.transport_equipment
    )
    marks = value.exchanged_document.declarations.distinguishing_marks
    return Boxes(
        ("I. Description of consignment", "一、货物描述"),
        (
            Box(("Name and address of exporter", "出口商名称及地址"), party(consignment.consignor)),
            Box(("Declared name and address of consignee", "申报的收货人名称及地址"), party(consignment.consignee)),
            Box(("Declared means of conveyance", "申报的运输工具"), plain(*carriages)),
            Box(("Declared point of entry", "申报的入境口岸"), plain(location(consignment.point_of_entry))),
            Box(("Containers and seals", "集装箱及封识号"), plain(*equipment)),
            Box(("Distinguishing marks", "标记及号码"), texts(marks)),
        ),
    )


def _goods(value: Certificate) -> Table:
    return Table(
        ("Goods", "货物"),
        (
            ("No.", "序号"),
            ("Name of produce and quantity declared", "品名及报检数量"),
            ("Botanical name of plants", "植物学名"),
            ("Number and description of packages", "包装数量及种类"),
            ("Distinguishing marks", "标记"),
            ("Place of origin", "产地"),
        ),
        (0.4, 2.2, 1.6, 1.5, 1.1, 1.5),
        tuple(_goods_row(line, place) for place, line in enumerate(value.lines, 1)),
        ("No goods are described", "未填写货物"),
    )


def _goods_row(line: TradeLineItem, place: int) -> tuple[Cell, ...]:
    hs = (f"HS {found.class_code}" for found in line.classifications if found.system.value == "HS")
    quantities: tuple[Line, ...] = plain(
        *(
            f"{label} {shown}"
            for label, shown in (
                ("net 净重", measure(line.net_weight)),
                ("gross 毛重", measure(line.gross_weight)),
                ("volume 体积", measure(line.net_volume)),
                ("count 数量", measure(line.count)),
            )
            if shown
        )
    )
    if line.other_quantity:
        quantities += plain(f"{number(line.other_quantity.value)} {line.other_quantity.unit_text}")
    packages = plain(
        *(
            f"{number(package.count)} {package.type_code.name or codes.label('un_rec21', package.type_code.value)}"
            for package in line.packages
        )
    )
    return (
        Cell(plain(str(place))),
        Cell(texts(line.descriptions) + texts(line.common_names) + plain(*hs) + quantities),
        Cell(texts(line.scientific_names, latin=True)),
        Cell(packages + texts(line.package_text)),
        Cell(texts(line.declarations.distinguishing_marks)),
        Cell(plain(*(country(origin) for origin in line.origins))),
    )


def _statement_text(code: str) -> tuple[tuple[Line, ...], ...]:
    """Return a statement in both languages, a paragraph each."""
    return (plain(codes.label("ippc_statements", code)), plain(codes.label("ippc_statements", code, "zh")))


def _export_statement(value: Certificate) -> Paragraphs:
    signatory = value.certifying_signatory
    ids = [attestation.id for attestation in signatory.attestations if attestation.id] if signatory else ["1"]
    return Paragraphs(None, tuple(part for code in ids or ["1"] for part in _statement_text(code)))


def _reexport_statement(value: Certificate) -> Paragraphs:
    statements = tuple(line.re_export for line in value.lines if line.re_export)
    distinct = tuple(dict.fromkeys(statements))
    return Paragraphs(None, tuple(part for found in distinct for part in _reexport_sentences(value, found)))


def _reexport_sentences(value: Certificate, found: ReExportStatement) -> tuple[tuple[Line, ...], ...]:
    """Return statement 3 in both languages, its boxes ticked or empty."""
    ticks = {name: _TICKED[getattr(found, name)] for name in _BOXES}
    return tuple(
        plain(
            codes.label("ippc_statements", "3", language)
            % {
                **ticks,
                "re_export_country": country(value.consignment.export_country) or "",
                "origin_countries": ", ".join(codes.country_name(code, language) for code in found.origin_countries),
                "original_numbers": ", ".join(found.original_numbers),
            }
        )
        for language in ("en", "zh")
    )


_BOXES = (
    "is_original",
    "is_certified_true_copy",
    "is_packed",
    "is_repacked",
    "in_original_containers",
    "in_new_containers",
    "based_on_original",
    "with_additional_inspection",
)


def _declarations(value: Certificate) -> Boxes:
    records = (
        ("", value.exchanged_document.declarations),
        *((f"{place}: ", line.declarations) for place, line in enumerate(value.lines, 1)),
    )
    return Boxes(
        ("II. Additional declaration", "二、附加声明"),
        (
            Box(
                None,
                _replaced(value) + tuple(line for prefix, found in records for line in _declared(prefix, found)),
                wide=True,
            ),
            Box(
                ("Import permit and official information", "进境许可证及官方信息"),
                tuple(line for prefix, found in records for line in _official(prefix, found)) + _attached(value),
                wide=True,
            ),
        ),
    )


def _declared(prefix: str, found: Declarations) -> tuple[Line, ...]:
    return plain(*(prefix + declaration.text.value for declaration in found.additional))


def _official(prefix: str, found: Declarations) -> tuple[Line, ...]:
    said = (
        *found.import_permits,
        *(text.value for text in found.official_information),
        *(f"inspected 检验日期 {_when(inspection)}" for inspection in found.inspections),
    )
    return plain(prefix + " · ".join(said)) if said else ()


def _when(inspection: OfficialTime | Text) -> str | None:
    """Return the day of an inspection, or what a sender wrote instead of one."""
    return inspection.value if isinstance(inspection, Text) else day(inspection)


def _replaced(value: Certificate) -> tuple[Line, ...]:
    """Return statement 4 in both languages and the reason, for a certificate that replaces another."""
    found = value.exchanged_document.replacement
    if found is None:
        return ()
    named = {"number": found.number or "–", "issued": day(found.issued) or "–"}
    sentences = (codes.label("ippc_statements", "4", language) % named for language in ("en", "zh"))
    return plain(*sentences) + texts(found.reasons)


def _attached(value: Certificate) -> tuple[Line, ...]:
    """Return a line for each document that goes with the certificate."""
    references = value.exchanged_document.references
    return plain(
        *("attached 随附 " + " – ".join(part for part in (found.id, _about(found)) if part) for found in references)
    )


def _about(found: ReferencedDocument) -> str | None:
    names = [attachment.filename for attachment in found.attachments if attachment.filename]
    return found.information.value if found.information else ", ".join(names) or None


def _treatments(value: Certificate) -> Table:
    return Table(
        ("III. Disinfestation and/or disinfection treatment", "三、杀虫和/或灭菌处理"),
        (
            ("Line", "序号"),
            ("Date", "日期"),
            ("Treatment", "处理方法"),
            ("Chemical (active ingredient)", "药剂（有效成分）"),
            ("Duration and temperature", "持续时间及温度"),
            ("Concentration", "浓度"),
            ("Additional information", "附加信息"),
        ),
        (0.5, 1.3, 1.4, 1.4, 1.3, 1.1, 1.6),
        tuple(_treatment_row(found, place) for place, line in enumerate(value.lines, 1) for found in line.treatments),
        ("No treatment", "未作处理"),
    )


def _treatment_row(found: Treatment, place: int) -> tuple[Cell, ...]:
    dates = dict.fromkeys(shown for shown in (day(found.started, short=True), day(found.ended, short=True)) if shown)
    kinds = (word(found.type_level_1), word(found.type_level_2))
    return (
        Cell(plain(str(place))),
        Cell(plain(*dates)),
        Cell(plain(*kinds)),
        Cell(plain(*(word(ingredient) for ingredient in found.active_ingredients))),
        Cell(plain(measure(found.duration), measure(found.temperature))),
        Cell(plain(measure(found.concentration))),
        Cell(texts(found.additional_information)),
    )


def _signature(value: Certificate) -> tuple[Box, ...]:
    signatory = value.certifying_signatory
    person = signatory.provider.person if signatory else None
    officer = plain(person.name if person else None)
    return (
        Box(("Stamp of organization", "机构印章"), ((Run(" "),),)),
        Box(("Place of issue", "签证地点"), plain(location(signatory.place if signatory else None))),
        Box(("Name and signature of authorized officer", "授权签字人及签名"), officer),
        Box(("Date of issue", "签证日期"), plain(day(value.exchanged_document.issued))),
    )


_HOW_TO_CHECK: Pair = (
    "Signed electronically. Scan the code, or type number and code at the address shown, to check that it is in force.",
    "本证书以电子方式签署。请扫描二维码，或在所示网址输入证书编号和核验码，核验本证书是否真实有效。",
)


def _notices(value: Certificate) -> tuple[Pair, ...]:
    notices = [_HOW_TO_CHECK] if value.exchanged_document.number else []
    if value.exchanged_document.has_financial_liability_clause:
        issuer = value.exchanged_document.issuer
        authority = {"authority": (issuer.name if issuer else None) or ""}
        notices.append(
            (
                codes.label("ippc_statements", "5") % authority,
                codes.label("ippc_statements", "5", "zh") % authority,
            )
        )
    return tuple(notices)
