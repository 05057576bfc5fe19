"""An official types what the paper says and reads, field by field, whether that is what was signed (`fraud.md` 4)."""

from typing import Any

import pytest

from opensps.border.models import CheckAttempt
from opensps.certification.models import Certificate
from opensps.certification.queries import certificate_value
from tests.factories import certification
from tests.factories.certification import Cast
from tests.integration.web_workflow.conftest import SINCE, Enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(people: Cast) -> Certificate:
    return certification.certificate_in(people, at=SINCE)


def _text(row: Any, path: str) -> str:
    """Return the words of one cell."""
    (found,) = row.xpath(f"./{path}")
    return " ".join(found.text_content().split())


def test_each_field_gets_its_answer_and_the_check_is_kept(people: Cast, enter: Enter, issued: Certificate) -> None:
    value = certificate_value(issued)
    page = enter(people.officer).open(f"/certificates/{issued.number}/paper")
    assert page.heading == "Compare with the paper"
    typed: dict[str, Any] = {
        "number": issued.number.lower(),
        "import_country": str(value.consignment.import_country.code),
        "consignor": "Somebody Else Ltd",
        "net_weight.1": "1 kg",
    }
    answer = page.send(**typed)
    rows = answer.root.xpath("//tbody/tr")
    words = {_text(row, "th"): _text(row, "td//span[contains(@class, 'tag')]") for row in rows}
    same, other = "The same", "Different"
    assert words == {"Number": same, "Exporter": other, "To": same, "Net weight (line 1)": other}
    assert "Do not accept the paper" in answer.words
    attempt = CheckAttempt.objects.get()
    assert (attempt.door, attempt.result, attempt.number) == ("paper", "fields_differ", issued.number)
    assert attempt.checker == people.officer.id
    assert "Somebody" not in str(CheckAttempt.objects.values())


def test_a_quantity_is_typed_as_it_is_printed(people: Cast, enter: Enter, issued: Certificate) -> None:
    weight = certificate_value(issued).lines[0].net_weight
    assert weight is not None
    page = enter(people.officer).open(f"/certificates/{issued.number}/paper")
    for typed in (f"{weight.value}", f"{weight.value} kg", f"{weight.value / 1000} t", f"{weight.value}KGM"):
        given: dict[str, Any] = {"net_weight.1": typed}
        assert "What you typed is what was signed" in page.send(**given).words, typed


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("net_weight.1", "24.000", "two ways"),
        ("net_weight.1", "a lot", "Write a number and its unit"),
        ("issued_on", "yesterday", "Enter a day"),
        ("import_country", "Atlantis", "not a country we know"),
        ("consignor", "x" * 201, "200"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(
    people: Cast, enter: Enter, issued: Certificate, field: str, typed: str, said: str
) -> None:
    given: dict[str, Any] = {field: typed}
    page = enter(people.officer).open(f"/certificates/{issued.number}/paper").send(**given)
    assert page.status == 422
    assert any(said in error for error in page.errors), page.errors
    assert not page.root.xpath("//table")
    assert not CheckAttempt.objects.exists()


def test_nothing_typed_is_no_check(people: Cast, enter: Enter, issued: Certificate) -> None:
    assert "Nothing was typed" in enter(people.officer).open(f"/certificates/{issued.number}/paper").send().words
    assert not CheckAttempt.objects.exists()


def test_a_check_leads_officials_to_it_and_nobody_else(
    people: Cast, enter: Enter, issued: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: certification.keys().trust)
    for actor, is_led in ((people.officer, True), (people.exporter, False)):
        result = enter(actor).open("/check").send(number=issued.number, code=issued.code)
        assert bool(result.root.xpath("//a[contains(@href, '/paper')]")) is is_led
    assert enter(people.exporter).open(f"/certificates/{issued.number}/paper").status == 404


def test_it_is_there_in_chinese(people: Cast, enter: Enter, issued: Certificate) -> None:
    page = enter(people.officer).open(f"/zh-hans/certificates/{issued.number}/paper").send(consignor="别的公司")
    assert page.heading == "与纸质证书核对"
    assert "不一致" in page.words
