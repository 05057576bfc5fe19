"""``opensps certificate diff``: files of any form, or numbers, with the exit code of what was found."""

import json
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from opensps.certificate import Certificate, Measure
from opensps.formats import json_form, write_certificate
from opensps.project import command
from opensps.project.exits import Exit
from tests.factories.certificates import changed, phytosanitary

WEIGHT = "consignment__items__0__trade_line_items__0__net_weight"


def kept(path: Path, value: Certificate) -> str:
    path.write_bytes(write_certificate(value))
    return str(path)


def test_the_same_quantity_in_another_unit_is_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = kept(tmp_path / "a.xml", phytosanitary())
    two = kept(tmp_path / "b.xml", changed(phytosanitary(), **{WEIGHT: Measure(Decimal(24), "TNE")}))
    assert command.run(["certificate", "diff", one, two, "--lang", "en"]) == Exit.DONE
    said = capsys.readouterr().out
    assert "same in another writing  consignment.items[0].trade_line_items[0].net_weight" in said
    assert "24000 KGM  |  24 TNE" in said
    assert said.endswith("0 different, 0 explained, 1 the same in another writing\n")


def test_more_than_was_certified_is_different_and_exit_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = kept(tmp_path / "a.xml", phytosanitary())
    two = kept(tmp_path / "b.xml", changed(phytosanitary(), **{WEIGHT: Measure(Decimal(24001), "KGM")}))
    assert command.run(["certificate", "diff", one, two, "--less", "--json"]) == Exit.MUST_NOT_ACCEPT
    said = json.loads(capsys.readouterr().out)
    assert (said["result"], said["word"]) == ("material", "differs")
    (found,) = said["differences"]
    assert (found["left"], found["right"], found["reason"]) == ("24000 KGM", "24001 KGM", "more_presented")
    assert found["sentence_zh"] == "所呈报的多于所证明的。"
    assert command.run(["certificate", "diff", two, one, "--less"]) == Exit.DONE


def test_a_zip_and_json_are_read_too(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.json", tmp_path / "b.zip"
    plain.write_text(json_form.dumps(phytosanitary()), encoding="utf-8")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("certificate.xml", write_certificate(phytosanitary()))
    assert command.run(["certificate", "diff", str(plain), str(packed)]) == Exit.DONE


def test_what_is_not_given_is_said_not_to_be_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = kept(tmp_path / "a.xml", phytosanitary())
    two = kept(tmp_path / "b.xml", changed(phytosanitary(), **{WEIGHT: None}))
    assert command.run(["certificate", "diff", one, two, "--partial", "--lang", "en"]) == Exit.DONE
    assert "not compared  consignment.items[0].trade_line_items[0].net_weight" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"Dear officer", "holds no certificate"),
        (b"<a/>", "cannot be read as a certificate"),
        (b"{}", "is not a certificate as JSON"),
    ],
)
def test_a_file_that_is_none_is_one_line_and_exit_5(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, sentence: str
) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(content)
    assert command.run(["certificate", "diff", str(file), str(file), "--lang", "en"]) == Exit.NOT_VALID
    assert sentence in capsys.readouterr().err


@pytest.mark.django_db
def test_a_number_is_looked_up_in_the_register(capsys: pytest.CaptureFixture[str]) -> None:
    number = "XA-2026-014-0004512-0"
    assert command.run(["certificate", "diff", number, number, "--lang", "en"]) == Exit.NOT_FOUND
    assert number in capsys.readouterr().err
