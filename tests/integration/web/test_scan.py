"""The page that scans: a photo without a script, limits, and what is said where there is no code."""

import io
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from opensps.border.models import CheckAttempt, StoredResult, WrongCodeCounter
from opensps.border.services.counting import FILE_LIMIT
from opensps.certification.models import Certificate
from opensps.formats.carriers import check_url
from tests.factories import certification
from tests.factories.photos import drawn, saved
from tests.factories.web import Page, Visitor, upload

pytestmark = pytest.mark.django_db
HOST = "v.ecert.example"
NO_CODE = "No code was found in this picture"


@pytest.fixture
def certificate(monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """A certificate in force, and an installation that believes the key it is sealed with."""
    issued, known = certification.certificate_in(certification.cast()), certification.keys().trust
    trust = replace(known, authorities=tuple(replace(each, hosts=(HOST,)) for each in known.authorities))
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: trust)
    return issued


def _photo(text: str, **how: Any) -> SimpleUploadedFile:
    return upload("photo.jpg", saved(drawn(text), **how))


def _sent(*files: SimpleUploadedFile, prefix: str = "") -> Page:
    return Visitor(prefix=prefix).open("/check/scan").send("/check/photo", upload=list(files))


def _link(certificate: Certificate) -> str:
    return check_url(HOST, certificate.token)


def test_the_check_page_leads_to_it_and_it_works_without_a_script(certificate: Certificate) -> None:
    page = Visitor().open("/check").link("Scan here, or use a photo")
    assert page.heading == "Scan a code"
    assert page.root.xpath('//form[@action="/check/photo" and @enctype="multipart/form-data"]//input[@type="file"]')


@pytest.mark.parametrize(("prefix", "heading"), [("", "Genuine and in force"), ("/zh-hans", "真实有效")])
def test_a_photo_of_the_code_leads_to_the_same_result(certificate: Certificate, prefix: str, heading: str) -> None:
    page = _sent(_photo(_link(certificate)), prefix=prefix)
    assert page.heading == heading
    assert certificate.number in page.words
    (kept,) = StoredResult.objects.all()
    assert kept.door == "token"


def test_a_code_of_somebody_else_is_judged_and_not_opened(certificate: Certificate) -> None:
    assert _sent(_photo("https://v.ecert.examp1e/C/AAAA")).heading == "Code leads to unofficial address"


def test_a_picture_without_a_code_is_said_to_have_none(certificate: Certificate) -> None:
    page = _sent(upload("empty.png", saved(Image.new("L", (400, 300), 90), "PNG")))
    assert page.status == 422
    assert any(NO_CODE in each for each in page.errors)
    assert StoredResult.objects.count() == CheckAttempt.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("huge.png", saved(Image.new("1", (9_000, 6_000)), "PNG"), "50 million pixels"),
        ("cut.jpg", saved(drawn("x"))[:300], "cannot be read"),
    ],
)
def test_a_picture_beyond_the_limits_or_damaged_is_refused_in_words(
    certificate: Certificate, name: str, data: bytes, said: str
) -> None:
    page = _sent(upload(name, data))
    assert page.status == 422
    assert any(said in each for each in page.errors), page.errors


def test_files_of_a_certificate_are_taken_too(certificate: Certificate) -> None:
    sealed = [upload("a.xml", bytes(certificate.xml or b"")), upload("a.xades", bytes(certificate.seal or b""))]
    assert _sent(*sealed).heading == "Genuine and in force"


def test_nothing_of_what_a_photo_says_of_itself_is_kept(certificate: Certificate) -> None:
    marked = Image.Exif()
    marked[0x010E] = "taken in a secret place"
    page = _sent(upload("place.jpg", saved(drawn(_link(certificate)), exif=marked)))
    assert page.heading == "Genuine and in force"
    (kept,) = StoredResult.objects.all()
    assert "secret" not in str(kept.verdict)


def test_one_network_may_send_so_many_photos_and_then_waits(certificate: Certificate) -> None:
    blank = saved(Image.new("L", (40, 40), 90), "PNG")
    _sent(upload("one.png", blank))
    WrongCodeCounter.objects.filter(scope="files").update(wrong=FILE_LIMIT.tries - 1)
    assert any(NO_CODE in each for each in _sent(upload("last.png", blank)).errors)
    assert _sent(_photo(_link(certificate))).heading == "Please wait"


def test_a_page_elsewhere_cannot_send_photos_for_its_visitor(certificate: Certificate) -> None:
    body = {"upload": upload("a.png", saved(Image.new("L", (40, 40)), "PNG"))}
    answer = Visitor().client.post("/check/photo", body, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403


def test_more_than_the_page_takes_is_stopped(certificate: Certificate) -> None:
    buffer = io.BytesIO(bytes(33 * 1024 * 1024))
    answer = Visitor().client.post("/check/photo", {"upload": upload("a.png", buffer.getvalue())})
    assert answer.status_code == 413
