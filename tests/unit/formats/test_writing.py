"""Written bytes are fixed, strict and whole (`domain.md` 9.3)."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from opensps.certificate import (
    AppliedProcess,
    Certificate,
    CertificateKind,
    Characteristic,
    Code,
    Consignment,
    ExchangedDocument,
    Identifier,
    Measure,
    OfficialTime,
    Package,
    Party,
    ReExportStatement,
    Replacement,
    Seal,
    Text,
    TransportEquipment,
)
from opensps.formats import FormatError, as_carried, json_form, read_certificate, write_certificate
from opensps.formats.xml_input import parse
from tests.factories.certificates import ISSUED, NUMBER, phytosanitary, reexport, text
from tests.vectors.xml import document

LINE = "consignment__items__0__trade_line_items__0"


def test_the_bytes_of_the_vectors_have_not_changed() -> None:
    assert write_certificate(phytosanitary()) == document("phytosanitary-851.xml")
    assert write_certificate(reexport()) == document("reexport-657.xml")
    assert json_form.dumps(phytosanitary()) + "\n" == document("phytosanitary-851.json").decode()


def test_there_is_no_white_space_between_elements_and_no_prefix_but_three() -> None:
    data = write_certificate(phytosanitary())
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<rsm:SPSCertificate xmlns:rsm=')
    root = parse(data, sealed=True)
    assert not any((one.tail or "").strip() != (one.tail or "") for one in root.iter())
    assert set(root.nsmap) == {"rsm", "ram", "udt"}


def test_special_signs_come_back_in_texts_and_in_attributes() -> None:
    strange = "a & b < c > \"d\" 'e' ]]> &amp; %s"
    value = phytosanitary(
        **{
            "consignment__consignor": Party(strange, ids=(Identifier("1\n2\t3\r4", "x\n\t\r\"'<&>y"),)),
            f"{LINE}__descriptions": (Text(strange, "en"),),
        }
    )
    assert read_certificate(write_certificate(value)).certificate == as_carried(value)
    assert as_carried(value).consignment.consignor.ids[0].value == "1\n2\t3\r4"


@pytest.mark.parametrize("sign", ["\x00", "\x01", "\x08", "\ufffe", "\ud800"])
def test_signs_xml_cannot_hold_are_refused_and_not_removed(sign: str) -> None:
    with pytest.raises(FormatError) as refused:
        write_certificate(phytosanitary(**{f"{LINE}__descriptions": (Text(f"gar{sign}lic"),)}))
    assert refused.value.code == "characters"


def test_a_draft_with_nothing_in_it_is_written_with_fillers_only() -> None:
    value = Certificate(CertificateKind.PHYTOSANITARY, ExchangedDocument("851", "70"), Consignment())
    assert read_certificate(write_certificate(value)).certificate == value


@pytest.mark.parametrize("offset", [15 * 60, -15 * 60, 10**9])
def test_a_time_no_calendar_holds_is_refused(offset: int) -> None:
    issued = OfficialTime(ISSUED.on, ISSUED.at, offset)
    with pytest.raises(FormatError) as refused:
        write_certificate(phytosanitary(exchanged_document__issued=issued))
    assert refused.value.code == "time"


def test_a_time_keeps_its_received_form_only_while_it_says_the_same() -> None:
    received = OfficialTime(ISSUED.on, ISSUED.at, 480, "2026-11-18T10:30+08:00")
    assert b">2026-11-18T10:30+08:00<" in write_certificate(phytosanitary(exchanged_document__issued=received))
    for text_ in ("2026-11-19T10:30+08:00", "yesterday"):
        changed = write_certificate(phytosanitary(exchanged_document__issued=replace(received, text=text_)))
        assert b">2026-11-18T10:30:00+08:00<" in changed
    precise = OfficialTime(ISSUED.on, datetime(2026, 11, 18, 2, 30, 0, 500, tzinfo=UTC), 480)
    assert b">2026-11-18T10:30:00.000500+08:00<" in write_certificate(phytosanitary(exchanged_document__issued=precise))


def test_equal_numbers_are_written_alike_without_exponent() -> None:
    written = {
        write_certificate(phytosanitary(**{f"{LINE}__net_weight": Measure(Decimal(number), "KGM")}))
        for number in ("5e2", "500", "500.0000", "0500.0")
    }
    assert len(written) == 1
    assert b'<ram:NetWeightMeasure unitCode="KGM">500</ram:NetWeightMeasure>' in written.pop()
    for number, expected in (("-0.0", b">0<"), ("1e-4", b">0.0001<"), ("-1.50", b">-1.5<")):
        value = phytosanitary(**{f"{LINE}__net_weight": Measure(Decimal(number), None)})
        assert b"<ram:NetWeightMeasure" + expected in write_certificate(value)


def test_every_part_of_the_goods_is_written_and_read_again() -> None:
    done = AppliedProcess(
        Code("37", "un_7187", "Milling"),
        ISSUED,
        ISSUED,
        Measure(Decimal(2), "HUR"),
        (
            Characteristic(Code("AAA", "un_6313"), text("Sieved"), Measure(Decimal(1), "MMT")),
            Characteristic(minimum=Measure(Decimal(1), "CEL"), maximum=Measure(Decimal(2), "CEL")),
        ),
        operator=Party("Mill", ids=(Identifier("N-1", "approval_number", "XA", "number"),)),
    )
    changes: dict[str, Any] = {
        f"{LINE}__processes": (done,),
        f"{LINE}__count": Measure(Decimal(7), "H87"),
        f"{LINE}__packages": (
            Package(
                "1",
                Code("BX", "un_rec21", "Box"),
                Decimal(2),
                marks=text("A 1"),
                gross_volume=Measure(Decimal(1), "MTQ"),
            ),
        ),
        "consignment__transport_equipment": (TransportEquipment(seals=(Seal("S1", "S9", Party("Customs")),)),),
    }
    value = phytosanitary(**changes)
    again = read_certificate(write_certificate(value)).certificate
    assert again == as_carried(value)
    assert again is not None
    assert again.lines[0].processes == (done,)
    assert again.lines[0].count == Measure(Decimal(7), "H87")


def test_the_number_is_written_once_and_exactly() -> None:
    assert write_certificate(phytosanitary()).count(b"<ram:ID>" + NUMBER.encode() + b"</ram:ID>") == 1


@pytest.mark.parametrize(
    "replaced",
    [
        Replacement(NUMBER),
        Replacement(issued=ISSUED),
        Replacement(reasons=text("Change of consignee")),
        Replacement(has_statement=True),
    ],
)
def test_a_replacement_says_no_more_than_it_knows(replaced: Replacement) -> None:
    value = phytosanitary(exchanged_document__replacement=replaced)
    assert read_certificate(write_certificate(value)).certificate == as_carried(value)
    assert as_carried(value).exchanged_document.replacement == replaced


def test_a_re_export_without_statement_and_a_reference_without_words_are_written() -> None:
    value = reexport(
        **{
            f"{LINE}__re_export": ReExportStatement(has_statement=False),
            "exchanged_document__references__0__information": None,
        }
    )
    assert read_certificate(write_certificate(value)).certificate == as_carried(value)
    assert as_carried(value).lines[0].re_export == ReExportStatement(has_statement=False)
