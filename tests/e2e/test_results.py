"""Every result a check can have now: its page in both languages, its JSON answer, its exit code on the command line."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from opensps.certificate import parse_number
from opensps.certificate.numbers import IssuedNumber
from opensps.formats import read_certificate
from opensps.formats.carriers import grouped
from opensps.formats.pdf import Mark, render
from opensps.signing import seal, signer_from
from opensps.signing.ceremony import make_demo_keys
from opensps.verification.results import RESULTS
from tests.e2e.checking import Result, check_files, check_number
from tests.e2e.papers import Issued
from tests.e2e.running import RunningDemo
from tests.e2e.visitor import Enter, Visitor

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(700)]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a case may use: a stranger's browser, a genuine certificate, the demo, a place for files."""

    stranger: Visitor
    genuine: Issued
    demo: RunningDemo
    directory: Path
    enter: Enter

    def file(self, name: str, data: bytes) -> Path:
        """Write a file to drop."""
        path = self.directory / name
        path.write_bytes(data)
        return path


Outcome = tuple[Result, list[str], int]
"""The page, the words of the command that asks the same, and the exit code that command must have."""


def _in_force(desk: Desk) -> Outcome:
    number, code = desk.genuine.number, desk.genuine.code
    return check_number(desk.stranger, number, code), ["check", number, code], 0


def _sample(desk: Desk, state: str) -> Outcome:
    """Try the sample that the check page of a demonstration offers."""
    form = desk.stranger.open(f"/check?sample={state}").form("/check")
    number, code = (form.locator(f"[name={name}]").input_value() for name in ("number", "code"))
    desk.stranger.send("/check")
    return Result(desk.stranger), ["check", number, code], 4


def _on_hold(desk: Desk) -> Outcome:
    return _sample(desk, "on_hold")


def _withdrawn(desk: Desk) -> Outcome:
    return _sample(desk, "withdrawn")


def _no_match(desk: Desk) -> Outcome:
    """A right number with the code of another certificate."""
    wrong = grouped(_other_code())
    return check_number(desk.stranger, desk.genuine.number, wrong), ["check", desk.genuine.number, wrong], 3


def _not_issued(desk: Desk) -> Outcome:
    """A DRAFT that the exporter downloaded from the preview."""
    exporter = desk.enter("exporter")
    exporter.open("/applications?state=draft")
    exporter.page.locator("tbody th a").first.click()
    exporter.follow("/preview")
    draft = exporter.download("/preview.pdf", desk.directory)
    return check_files(desk.stranger, draft), ["verify", str(draft)], 3


def _specimen(desk: Desk) -> Outcome:
    value = read_certificate(desk.genuine.xml.read_bytes()).certificate
    assert value is not None
    paper = desk.file("specimen.pdf", render(value, layout="phyto-export", mark=Mark.SPECIMEN))
    return check_files(desk.stranger, paper), ["verify", str(paper)], 4


def _file_altered(desk: Desk) -> Outcome:
    xml = desk.genuine.xml.read_bytes()
    assert xml.count(b"Examplia")
    changed = desk.file("changed.xml", xml.replace(b"Examplia", b"Examplio", 1))
    sealed = desk.file("changed.xades", desk.genuine.xades.read_bytes())
    return check_files(desk.stranger, changed, sealed), ["verify", str(changed), str(sealed)], 4


def _foreign_signature(desk: Desk) -> Outcome:
    """Somebody else's key over the genuine content."""
    keys, now = make_demo_keys(desk.directory / "others", authority="XA", at=datetime.now(UTC)), datetime.now(UTC)
    xml = desk.genuine.xml.read_bytes()
    foreign = desk.file("foreign.xml", xml)
    sealed = desk.file("foreign.xades", seal(xml, signer=signer_from(keys.key_uri), at=now))
    return check_files(desk.stranger, foreign, sealed), ["verify", str(foreign), str(sealed)], 4


def _unreadable(desk: Desk) -> Outcome:
    photo = desk.file("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40)
    return check_files(desk.stranger, photo), ["verify", str(photo)], 5


def _too_many_tries(desk: Desk) -> Outcome:
    """The sixth wrong code for one number within the hour; a number nobody was given."""
    number, wrong = str(IssuedNumber("XA", 2019, "014", 77)), grouped(_other_code())
    for _ in range(5):
        assert check_number(desk.stranger, number, wrong).json()["result"] == "no_match"
    return check_number(desk.stranger, number, wrong), ["check", number, wrong], 7


def _other_code() -> str:
    """Return a well-formed verification code that belongs to nothing."""
    return "0A1S5HDRANA5"


CASES: dict[str, Callable[[Desk], Outcome]] = {
    "in_force": _in_force,
    "on_hold": _on_hold,
    "withdrawn": _withdrawn,
    "no_match": _no_match,
    "not_issued": _not_issued,
    "specimen": _specimen,
    "file_altered": _file_altered,
    "foreign_signature": _foreign_signature,
    "unreadable": _unreadable,
    "too_many_tries": _too_many_tries,
}


@pytest.mark.parametrize("code", list(CASES))
def test_a_result_has_its_page_its_json_and_its_exit_code(
    code: str, enter: Enter, genuine: Issued, demo: RunningDemo, tmp_path: Path
) -> None:
    desk = Desk(enter(), genuine, demo, tmp_path, enter)
    result, command, exit_code = CASES[code](desk)
    assert result.says(code), (result.heading, result.tone, result.json())
    assert result.in_language("zh-hans").says(code)
    assert result.json()["exit_code"] == RESULTS[code].exit_code == exit_code
    done = demo.opensps(*command, "--json")
    assert done.returncode == exit_code, done.stdout + done.stderr


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_typing_error_is_said_beside_its_field_and_is_not_a_check(
    language: str, enter: Enter, genuine: Issued, demo: RunningDemo
) -> None:
    last = int(genuine.number[-1])
    mistyped = f"{genuine.number[:-1]}{(last + 1) % 10}"
    stranger = enter("", language).open("/check").send("/check", number=mistyped, code=genuine.code)
    assert stranger.last is not None
    assert stranger.last.status == 422
    assert stranger.page.title().startswith("Error:" if language == "en" else "错误")
    assert stranger.page.locator("#id_number_error").is_visible()
    assert stranger.page.locator(".sum a[href='#id_number']").is_visible()
    assert demo.opensps("check", mistyped, genuine.code).returncode == 2


def test_a_wrong_character_of_the_code_is_a_typing_error_too(enter: Enter, genuine: Issued, demo: RunningDemo) -> None:
    mistyped = genuine.code[:-1] + ("0" if genuine.code[-1] != "0" else "1")
    stranger = enter().open("/check").send("/check", number=genuine.number, code=mistyped)
    assert stranger.page.locator("#id_code_error").is_visible()
    assert demo.opensps("check", genuine.number, mistyped).returncode == 2


def test_any_one_character_changed_in_the_paper_s_xml_is_seen(enter: Enter, genuine: Issued, tmp_path: Path) -> None:
    """Without its seal beside it a changed file is simply not known: nothing is said of the number in it."""
    changed = tmp_path / "changed.xml"
    changed.write_bytes(genuine.xml.read_bytes().replace(b"Examplia", b"Examplib", 1))
    assert check_files(enter(), changed).says("no_match")


def test_outside_the_demonstration_its_certificates_are_samples(genuine: Issued, demo: RunningDemo) -> None:
    done = demo.opensps("verify", str(genuine.pdf), "--json", OPENSPS_DEMO="0")
    assert done.returncode == 4
    assert '"result": "specimen"' in done.stdout


def test_a_sealed_file_is_right_but_not_fresh_without_the_register(genuine: Issued, demo: RunningDemo) -> None:
    for file in (genuine.pdf, genuine.zip):
        done = demo.opensps("verify", str(file), "--json")
        assert done.returncode == 4, file
        assert '"result": "offline_ok"' in done.stdout
    done = demo.opensps("verify", str(genuine.xml), "--json")
    assert any(f'"result": "{result}"' in done.stdout for result in ("not_recorded", "unavailable")), (
        "only paper and ZIP carry the proof that a logged issuer owes; in the first day it may still come"
    )


def test_the_number_is_read_in_any_way_people_write_it(enter: Enter, genuine: Issued) -> None:
    assert str(parse_number(genuine.number.lower().replace("-", " "))) == genuine.number
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign.isalnum() else sign for sign in genuine.number)
    assert check_number(enter(), wide, genuine.code.replace("-", " ").lower()).says("in_force")
