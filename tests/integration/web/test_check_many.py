"""Many public checks at once: what may be pasted or chosen, what each row is told, and what is kept."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from opensps.border.models import CheckAttempt, StoredList
from opensps.border.queries import RESULT_KEPT
from opensps.border.services import checks_purge
from opensps.certification.models import Certificate
from opensps.formats.carriers import grouped, verification_code
from tests.factories import certification
from tests.factories.web import Page, Visitor, upload

pytestmark = pytest.mark.django_db
MISSING = "XA-2026-014-0004512-0"
WRONG_CODE = grouped(verification_code(b"\x07" * 16, MISSING))


@pytest.fixture
def certificate(monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """A certificate in force, and an installation that believes the key it is sealed with."""
    issued = certification.certificate_in(certification.cast())
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: certification.keys().trust)
    return issued


def _ask(lines: str, *, prefix: str = "", **files: Any) -> Page:
    return Visitor(prefix=prefix).open("/check/many").send("/check/many", lines=lines, **files)


def _cells(page: Page) -> list[list[str]]:
    rows = page.root.xpath("//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in rows]


def test_the_check_page_leads_to_a_form_that_says_its_limits_first(certificate: Certificate) -> None:
    page = Visitor().open("/check").link("Check many certificates")
    assert page.heading == "Check many certificates"
    assert page.words.index("Up to 200 rows") < page.words.index("Paste the list")


def test_every_row_has_its_own_answer_and_a_wrong_row_its_line(certificate: Certificate) -> None:
    code = grouped(certificate.code)
    page = _ask(
        f"number,code\n{certificate.number},{code}\n\n{certificate.number},{WRONG_CODE}\n"
        f"{certificate.number},{code[:-1]}\nXA-2026-014-0004512-1,{code}\nonly one cell\n"
    )
    assert page.words.count("Rows checked: 2. Rows not checked: 3.") == 1
    cells = _cells(page)
    assert [row[0] for row in cells] == ["2", "4", "5", "6", "7"]
    assert cells[0][1:3] == [certificate.number, "Genuine and in force"]
    assert cells[1][2] == "No certificate matches what you entered"
    assert [row[2] for row in cells[2:]] == ["Not checked"] * 3
    assert cells[2][3].startswith("Check the code")
    assert cells[3][3].startswith("Check the number")
    assert cells[4][3].startswith("This row needs")
    assert page.link(certificate.number).heading == "Genuine and in force"


def test_rows_with_a_wrong_code_look_alike_whether_or_not_the_number_exists(certificate: Certificate) -> None:
    lines = [f"{number},{WRONG_CODE}" for number in (certificate.number, MISSING)]
    existing, missing = ([row[2:] for row in _cells(_ask(line))] for line in lines)
    assert existing == missing


def test_a_file_is_read_as_spreadsheets_save_it(certificate: Certificate) -> None:
    line = f"证书编号;核验码\r\n{certificate.number};{certificate.code}\r\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        page = _ask("", upload=upload("list.csv", line.encode(encoding)))
        assert [row[2] for row in _cells(page)] == ["Genuine and in force"], encoding


def test_the_table_is_said_in_chinese_too(certificate: Certificate) -> None:
    page = _ask(f"{certificate.number},{certificate.code}\nx", prefix="/zh-hans")
    assert page.heading == "名单核验结果"
    assert [row[2] for row in _cells(page)] == ["真实有效", "未核验"]


@pytest.mark.parametrize(
    ("lines", "file", "said"),
    [
        ("", None, "Paste at least one row, or choose a file."),
        (" \n\n", None, "Paste at least one row, or choose a file."),
        ("number,code\n", None, "The list has no rows below its headings."),
        ("", b"number,code\n", "The list has no rows below its headings."),
        ("", b"", "This file is empty. Choose the list."),
        ("", b"PK\x03\x04\x00\x00", "This file is not a list."),
        ("", b"\xff\xfe\x00", "This file is not a list."),
        ("", b"\x81", "This file is not a list."),
        ("x,y\n", b"x,y\n", "Paste a list or choose a file, not both."),
        (f"{MISSING},{WRONG_CODE}\n" * 201, None, "The list has more than 200 rows."),
        ("", f"{MISSING},{WRONG_CODE}\n".encode() * 201, "The list has more than 200 rows."),
    ],
)
def test_what_is_no_list_is_explained_and_nothing_is_checked(lines: str, file: bytes | None, said: str) -> None:
    page = _ask(lines, **({} if file is None else {"upload": upload("list.csv", file)}))
    assert page.status == 422
    (error,) = page.errors
    assert error.startswith(said)
    assert not CheckAttempt.objects.exists()
    assert not StoredList.objects.exists()


def test_more_than_a_list_can_hold_is_refused_before_it_is_read() -> None:
    response = Client().post("/check/many", {"lines": "", "upload": upload("list.csv", b"x" * 1_200_000)})
    assert response.status_code == 413


def test_after_too_many_wrong_codes_the_rest_is_not_asked(certificate: Certificate) -> None:
    right = f"{certificate.number},{certificate.code}\n"
    cells = _cells(_ask(f"{certificate.number},{WRONG_CODE}\n" * 6 + right * 2))
    assert [row[2] for row in cells[5:]] == ["Please wait", "Not checked", "Not checked"]
    assert cells[6][3].startswith("Not asked, because too many codes before it were wrong.")


def test_the_table_as_a_file_holds_no_formula_and_no_code(certificate: Certificate) -> None:
    page = _ask(f"=1+1,{certificate.code}\n@SUM(A1),x\n{certificate.number},{certificate.code}\n{certificate.code},y")
    answer = Visitor().file(f"{page.url}.csv")
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert [(row["line"], row["result"]) for row in rows] == [
        ("1", "typing_error"),
        ("2", "typing_error"),
        ("3", "in_force"),
        ("4", "typing_error"),
    ]
    assert rows[2]["number"] == certificate.number
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row.values() if cell)
    assert certificate.code not in text
    assert certificate.code not in str(StoredList.objects.get().rows)
    assert certificate.code not in page.text


def test_a_form_of_another_site_is_refused_and_nobody_needs_a_cookie(certificate: Certificate) -> None:
    client, fields = Client(), {"lines": f"{MISSING},{WRONG_CODE}"}
    assert client.post("/check/many", fields, headers={"Origin": "https://evil.example"}).status_code == 403
    posted = client.post("/check/many", fields, headers={"Origin": "http://testserver"})
    assert posted.status_code == 303
    for response in (posted, client.get(posted.headers["Location"])):
        assert not response.cookies
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response.headers["Cache-Control"]
    assert WRONG_CODE not in posted.headers["Location"]


def test_a_list_is_gone_after_a_day_and_so_is_one_nobody_made() -> None:
    page = _ask(f"{MISSING},{WRONG_CODE}")
    kept = StoredList.objects.get()
    assert checks_purge(authority="XA", at=kept.created_at + RESULT_KEPT / 2).results == 0
    StoredList.objects.update(created_at=kept.created_at - RESULT_KEPT)
    assert Visitor().open(page.url).status == 410
    assert Visitor().open(f"{page.url}.csv").status == 410
    assert Visitor().open("/check/many/" + "0" * 32).status == 410
    checks_purge(authority="XA", at=kept.created_at + timedelta(seconds=1))
    assert not StoredList.objects.exists()
