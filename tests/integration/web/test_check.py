"""The public check pages: what a stranger types, scans or drops, and what the answer gives away."""

import io
import re
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from opensps.border.queries import StoredResult
from opensps.certification.models import Certificate
from opensps.formats.carriers import grouped, verification_code
from opensps.lifecycle import CertificateState
from tests.factories import certification

pytestmark = pytest.mark.django_db
MISSING = "XA-2026-014-0004512-0"
WRONG_CODE = grouped(verification_code(b"\x07" * 16, MISSING))
GONE = re.compile(
    r"[0-9a-f]{32}|\d\d:\d\d:\d\d GMT|\d{1,2} \w+ 20\d\d, \d\d:\d\d UTC|20\d\d-\d\d-\d\dT[\d:]+Z?|theme\.[0-9a-f]{12}"
)
BOMB = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><r>&c;</r>"""


@pytest.fixture
def certificate(monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """A certificate in force, and an installation that believes the key it is sealed with."""
    issued = certification.certificate_in(certification.cast())
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: certification.keys().trust)
    return issued


def _sealed(issued: Certificate) -> tuple[bytes, bytes]:
    assert issued.xml is not None
    assert issued.seal is not None
    return bytes(issued.xml), bytes(issued.seal)


def _code(issued: Certificate) -> str:
    return grouped(verification_code(bytes(issued.salt), issued.number))


def _check(client: Client, number: str, code: str, **headers: str) -> str:
    """Post number and code; return the address of the result."""
    response = client.post("/check", {"number": number, "code": code}, headers=headers)
    assert response.status_code == 303, response.content.decode()
    return str(response.headers["Location"])


def _drop(client: Client, name: str, content: bytes) -> str:
    response = client.post("/check/file", {"upload": SimpleUploadedFile(name, content)})
    assert response.status_code == 303, response.content.decode()
    return client.get(response.headers["Location"]).content.decode()


def test_number_and_code_of_a_certificate_in_force_show_it(client: Client, certificate: Certificate) -> None:
    page = client.get(_check(client, certificate.number, _code(certificate))).content.decode()
    assert "Genuine and in force" in page
    assert f'<span class="num">{certificate.number}</span>' in page
    assert page.count("Passed") == 4
    assert "Green Valley" not in page


def test_the_answer_is_said_in_chinese_too(client: Client, certificate: Certificate) -> None:
    address = _check(client, certificate.number, _code(certificate))
    page = client.get(f"/zh-hans{address}").content.decode()
    assert "真实有效" in page
    assert "请与手中证书及货物核对" in page


def test_a_program_gets_the_same_answer_as_json(client: Client, certificate: Certificate) -> None:
    address = _check(client, certificate.number, _code(certificate))
    by_ending = client.get(f"{address}.json").json()
    by_header = client.get(address, headers={"Accept": "application/json"}).json()
    assert by_ending == by_header
    assert by_ending["result"] == "in_force"
    assert by_ending["exit_code"] == 0


@pytest.mark.parametrize("letters", [str.upper, str.lower])
def test_the_link_of_the_qr_code_answers_directly_in_any_case(
    client: Client, certificate: Certificate, letters: type[str]
) -> None:
    response = client.get(letters(f"/C/{certificate.token}"))
    assert response.status_code == 200
    assert "Genuine and in force" in response.content.decode()
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert not response.cookies


def test_the_link_speaks_the_language_of_the_browser(client: Client, certificate: Certificate) -> None:
    page = client.get(f"/C/{certificate.token}", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).content.decode()
    assert "真实有效" in page
    assert re.search(r'href="/check/result/[0-9a-f]{32}" lang="en"', page)


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        (CertificateState.WITHDRAWN, "Withdrawn – do not accept"),
        (CertificateState.ON_HOLD, "On hold – wait for our answer"),
    ],
)
def test_a_certificate_no_longer_good_has_its_own_page(
    client: Client, monkeypatch: pytest.MonkeyPatch, state: CertificateState, heading: str
) -> None:
    issued = certification.certificate_in(certification.cast(), state)
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: certification.keys().trust)
    assert heading in client.get(_check(client, issued.number, _code(issued))).content.decode()


@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
def test_a_wrong_code_on_an_existing_and_on_a_missing_number_cannot_be_told_apart(
    certificate: Certificate, prefix: str
) -> None:
    """Six times each, so that the wait begins too: the tries left are counted alike."""
    answers: list[list[tuple[int, str, str]]] = []
    for number in (certificate.number, MISSING):
        client, told = Client(REMOTE_ADDR=f"192.0.{len(answers)}.7"), []
        for _ in range(6):
            posted = client.post(f"{prefix}/check", {"number": number, "code": WRONG_CODE})
            address = posted.headers["Location"]
            told += [posted, client.get(address), client.get(f"{address}.json")]
        answers.append(
            [(each.status_code, _masked(sorted(each.headers.items())), _masked(each.content.decode())) for each in told]
        )
    assert answers[0] == answers[1]
    heading, wait = (
        ("未找到匹配的证书", "请稍候再试") if prefix else ("No certificate matches what you entered", "Please wait")
    )
    assert heading in answers[0][1][2]
    assert wait in answers[0][-2][2]


def _masked(said: object) -> str:
    return GONE.sub("…", str(said))


def test_after_five_wrong_codes_a_network_waits_and_the_certificate_does_not_change(
    client: Client, certificate: Certificate
) -> None:
    for _ in range(5):
        _check(client, certificate.number, WRONG_CODE)
    page = client.get(_check(client, certificate.number, _code(certificate))).content.decode()
    assert "Please wait" in page
    assert certificate.number not in page
    certificate.refresh_from_db()
    assert certificate.state == CertificateState.IN_FORCE
    elsewhere = Client(REMOTE_ADDR="198.51.100.9")
    assert "Genuine" in elsewhere.get(_check(elsewhere, certificate.number, _code(certificate))).content.decode()


@pytest.mark.parametrize(
    ("number", "code", "ident"),
    [
        ("XA-2026-014-0004512-1", WRONG_CODE, "id_number"),
        (MISSING, WRONG_CODE[:-1] + ("0" if WRONG_CODE[-1] != "0" else "1"), "id_code"),
        ("", "", "id_number"),
    ],
)
def test_a_typing_error_is_said_beside_the_field_and_keeps_nothing(
    client: Client, number: str, code: str, ident: str
) -> None:
    response = client.post("/check", {"number": number, "code": code})
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: " in page
    assert f'href="#{ident}"' in page
    assert f'id="{ident}_error"' in page
    assert not StoredResult.objects.exists()


def test_an_application_reference_is_no_certificate(client: Client) -> None:
    address = _check(client, "A-2026-0000318", "")
    assert "Not issued" in client.get(address).content.decode()


def test_a_form_of_another_site_is_refused(client: Client) -> None:
    fields = {"number": MISSING, "code": WRONG_CODE}
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}):
        assert client.post("/check", fields, headers=headers).status_code == 403
    assert _check(client, MISSING, WRONG_CODE, Origin="http://testserver")
    assert _check(client, MISSING, WRONG_CODE, Origin="null", **{"Sec-Fetch-Site": "same-origin"})


def test_results_set_no_cookie_and_are_kept_from_search_engines(client: Client) -> None:
    posted = client.post("/check", {"number": MISSING, "code": WRONG_CODE})
    shown = client.get(posted.headers["Location"])
    for response in (posted, shown):
        assert not response.cookies
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response.headers["Cache-Control"]
    assert WRONG_CODE not in posted.headers["Location"]


def test_a_result_nobody_made_is_gone(client: Client) -> None:
    assert client.get("/check/result/" + "0" * 32).status_code == 410


def test_a_sealed_file_is_genuine_and_an_altered_one_is_not(client: Client, certificate: Certificate) -> None:
    xml, seal = _sealed(certificate)
    assert "Genuine and in force" in _drop(client, "c.zip", _zipped(xml, seal))
    altered = xml.replace(b"2026", b"2025", 1)
    assert "This file was changed after signing" in _drop(client, "c.zip", _zipped(altered, seal))


def test_xml_alone_is_compared_with_our_record(client: Client, certificate: Certificate) -> None:
    xml, _seal = _sealed(certificate)
    assert "Genuine and in force" in _drop(client, "c.xml", xml)
    assert "No certificate matches" in _drop(client, "c.xml", xml.replace(b"2026", b"2025", 1))


def _zipped(xml: bytes, seal: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("certificate.xml", xml)
        archive.writestr("certificate.xades", seal)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [("photo.jpg", b"\xff\xd8\xff\xe0 not a certificate"), ("c.pdf", b"%PDF-1.7 broken"), ("c.xml", b"<a><b></a>")],
)
def test_what_cannot_be_read_is_said_so(client: Client, name: str, content: bytes) -> None:
    assert "We cannot read this file" in _drop(client, name, content)


def test_a_document_that_brings_its_own_entities_is_refused(client: Client) -> None:
    page = _drop(client, "bomb.xml", BOMB)
    assert "This file was changed after signing" in page or "We cannot read this file" in page


def test_no_file_and_an_empty_file_are_errors_beside_the_field(client: Client) -> None:
    assert "Choose the file of the certificate first." in client.post("/check/file", {}).content.decode()
    empty = client.post("/check/file", {"upload": SimpleUploadedFile("c.xml", b"")})
    assert empty.status_code == 422
    assert "This file is empty." in empty.content.decode()


def test_a_file_of_two_hundred_megabytes_is_refused_before_it_is_read(client: Client) -> None:
    announced: dict[str, Any] = {"CONTENT_LENGTH": str(200 * 1024 * 1024), "wsgi.input": io.BytesIO(b"--x\r\n")}
    response = client.generic(
        "POST",
        "/check/file",
        b"--x\r\n",
        content_type="multipart/form-data; boundary=x",
        **announced,
    )
    assert response.status_code == 413
    assert "This file is too large" in response.content.decode()
    assert not StoredResult.objects.exists()


def test_files_over_ten_megabytes_are_refused_in_words(client: Client) -> None:
    large = SimpleUploadedFile("c.xml", b"<" * (10 * 1024 * 1024 + 1))
    response = client.post("/check/file", {"upload": large})
    assert response.status_code == 422
    assert "larger than 10 MB" in response.content.decode()
