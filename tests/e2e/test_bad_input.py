"""What is wrong, hostile or too much: a clear page, nothing stored by halves, and never a traceback."""

import re
from pathlib import Path

import pytest

from opensps.certificate.numbers import IssuedNumber
from tests.e2e import acts, wire
from tests.e2e.papers import Issued
from tests.e2e.running import RunningDemo, processes_naming
from tests.e2e.visitor import Enter
from tests.e2e.wire import Answer

pytestmark = pytest.mark.timeout(700)

WRONG_CODE = "0A1S-5HDR-ANA5"
BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><x>&d;</x>"""
HUGE_MEBIBYTES = 200


def is_a_page(answer: Answer) -> bool:
    """Tell whether a person could read it: HTML with a heading, a way on, and nothing of our insides."""
    inside = re.search(r"Traceback|Exception|opensps\.|django|/src/|sqlite", answer.body)
    return "<h1>" in answer.body and not inside and 'href="' in answer.body


def test_a_number_alone_reveals_nothing(demo: RunningDemo, in_force: list[str]) -> None:
    """Wrong code on a number that exists and on one that does not: status, headers and body are the same."""
    missing = str(IssuedNumber("XA", 2019, "014", 4711))
    answers = []
    for number in (in_force[1], missing):
        sent = wire.post(demo, "/check", number=number, code=WRONG_CODE)
        assert sent.status == 303
        shown = wire.request(demo, "GET", sent.header("Location"))
        said = wire.request(demo, "GET", sent.header("Location") + ".json")
        answers.append([answer.masked() for answer in (sent, shown, said)])
    assert answers[0] == answers[1]
    assert "no_match" in answers[0][2][2]


def test_a_wrong_answer_as_json_reveals_nothing_either(demo: RunningDemo, in_force: list[str]) -> None:
    missing = str(IssuedNumber("XA", 2018, "014", 4712))
    wants = {"Accept": "application/json"}
    known, unknown = (
        wire.post(demo, "/check", wants, number=number, code=WRONG_CODE).masked() for number in (in_force[2], missing)
    )
    assert known == unknown


@pytest.mark.parametrize("language", ["", "/zh-hans"])
def test_a_file_of_200_mb_is_refused_with_a_page_and_little_memory(demo: RunningDemo, language: str) -> None:
    (server,) = _servers(demo)
    before = _resident_mebibytes(server)
    length = HUGE_MEBIBYTES * len(wire.CHUNK) + len(wire.head_of("huge.pdf")) + len(wire.TAIL)
    kind = f"multipart/form-data; boundary={wire.BOUNDARY}"
    headers = {"Content-Type": kind, "Content-Length": str(length), "Origin": demo.address}
    answer = wire.request(demo, "POST", f"{language}/check/file", wire.endless("huge.pdf", HUGE_MEBIBYTES), headers)
    assert answer.status == 413
    assert is_a_page(answer)
    assert "10 MB" in answer.body
    assert _resident_mebibytes(server) - before < 60


def test_a_file_without_announced_length_is_stopped_too(demo: RunningDemo) -> None:
    """Chunked transfer: nobody says beforehand how much comes."""
    (server,) = _servers(demo)
    before = _resident_mebibytes(server)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={wire.BOUNDARY}",
        "Transfer-Encoding": "chunked",
        "Origin": demo.address,
    }
    connection = wire.connect(demo)
    try:
        body = wire.endless("huge.pdf", HUGE_MEBIBYTES)
        connection.request("POST", "/check/file", body=body, headers=headers, encode_chunked=True)
        assert connection.getresponse().status in (400, 411, 413)
    except OSError:
        pass  # closed in our face, which is an answer too
    finally:
        connection.close()
    assert _resident_mebibytes(server) - before < 60
    assert demo.get("/check")[0] == 200


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bomb.xml", BOMB),
        ("empty.xml", b"<a/>"),
        ("cut.xml", b"<rsm:SPSCertificate xmlns:rsm="),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj\n<<"),
        ("cut.zip", b"PK\x03\x04" + bytes(50)),
        ("photo.jpg", bytes(range(256)) * 10),
    ],
)
def test_an_unreadable_file_gets_a_result_and_no_failure(demo: RunningDemo, name: str, data: bytes) -> None:
    sent = wire.upload(demo, "/check/file", data, name=name)
    assert sent.status == 303
    shown = wire.request(demo, "GET", sent.header("Location"))
    assert shown.status == 200
    assert is_a_page(shown)


def test_an_empty_file_and_no_file_are_said_beside_the_field(demo: RunningDemo) -> None:
    for answer in (
        wire.upload(demo, "/check/file", b"", name="empty.pdf"),
        wire.post(demo, "/check/file"),
    ):
        assert answer.status == 422
        assert "<title>Error:" in answer.body
        assert 'id="id_upload_error"' in answer.body


@pytest.mark.parametrize("origin", ["https://evil.example", "https://localhost", "http://localhost"])
@pytest.mark.parametrize("path", ["/check", "/check/file", "/sign-in", "/sign-in/demo"])
def test_a_form_of_another_site_is_refused(demo: RunningDemo, origin: str, path: str) -> None:
    answer = wire.post(demo, path, {"Origin": origin}, number="1", code="2")
    assert answer.status == 403
    assert is_a_page(answer)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no/such/page", 404),
        ("GET", "/zh-hans/no/such/page", 404),
        ("GET", "/C/%00", 400),
        ("GET", "/check/result/%00", 400),
        ("GET", "/check/result/0123456789abcdef0123456789abcdef", 410),
        ("DELETE", "/check", 405),
        ("GET", "/check/file", 405),
        ("GET", "/sign-out", 405),
        ("PUT", "/sign-in", 403),
        ("GET", "/static/../../etc/passwd", 404),
    ],
)
def test_an_error_is_a_page_with_a_way_on(demo: RunningDemo, method: str, path: str, status: int) -> None:
    answer = wire.request(demo, method, path, headers={"Origin": demo.address})
    assert answer.status == status
    assert is_a_page(answer)


@pytest.mark.needs("chromium")
def test_a_wrong_field_is_said_beside_it_and_nothing_is_stored(enter: Enter) -> None:
    exporter = enter("exporter")
    reference = acts.begin(exporter, destination="XB", goods="Wrong field")
    exporter.open(f"/applications/{reference}/goods/1")
    exporter.send(press=("then", "next"), net_weight="a lot", package_count_0="12")
    assert exporter.page.title().startswith("Error:")
    assert exporter.page.locator(".sum a").count() >= 1
    assert exporter.page.locator("#id_net_weight_error").is_visible()
    assert exporter.page.locator("[name=net_weight]").input_value() == "a lot", "what was typed stays"
    exporter.open(f"/applications/{reference}/goods/1")
    assert exporter.page.locator("[name=package_count_0]").input_value() == "", "nothing of it was stored"


@pytest.mark.needs("chromium")
def test_what_is_missing_is_named_before_submitting(enter: Enter) -> None:
    exporter = enter("exporter")
    reference = acts.begin(exporter, destination="XB", goods="Nothing else")
    exporter.open(f"/applications/{reference}/check")
    assert exporter.page.locator(".sum li").count() >= 3
    assert exporter.page.locator("[name=is_declared]").count() == 0, "it cannot be submitted"


@pytest.mark.needs("chromium")
@pytest.mark.parametrize(
    ("name", "data"), [("scan.pdf", b"not a pdf at all"), ("run.exe", b"MZ" + bytes(100)), ("empty.pdf", b"")]
)
def test_a_document_that_is_none_is_refused_and_not_kept(enter: Enter, tmp_path: Path, name: str, data: bytes) -> None:
    exporter, paper = enter("exporter"), tmp_path / name
    paper.write_bytes(data)
    reference = acts.begin(exporter, destination="XB", goods="With documents")
    exporter.open(f"/applications/{reference}/documents").drop("/documents", "file", [paper])
    assert exporter.page.title().startswith("Error:")
    assert exporter.page.locator("#id_file_error").is_visible()
    exporter.open(f"/applications/{reference}/documents")
    assert exporter.page.locator("main .tasks").count() == 0


@pytest.mark.needs("chromium")
def test_an_upload_of_200_mb_behind_sign_in_is_a_page_too(enter: Enter, tmp_path: Path) -> None:
    exporter, paper = enter("exporter"), tmp_path / "huge.pdf"
    with paper.open("wb") as file:
        file.truncate(HUGE_MEBIBYTES << 20)
    reference = acts.begin(exporter, destination="XB", goods="Too much")
    exporter.open(f"/applications/{reference}/documents").drop("/documents", "file", [paper])
    assert exporter.last is not None
    assert exporter.last.status == 413
    assert exporter.heading


@pytest.mark.needs("chromium")
def test_a_wrong_password_signs_nothing(enter: Enter) -> None:
    officer = enter("officer2").open("/queue")
    officer.page.locator("tbody th a").first.click()
    officer.send("/prepare").send(password="not my password")
    assert officer.page.title().startswith("Error:")
    assert officer.page.locator("#id_password_error").is_visible()
    assert officer.path.endswith("/sign")


def test_nobody_reads_anything_without_signing_in(demo: RunningDemo, genuine: Issued) -> None:
    for path in ("/home", "/queue", f"/certificates/{genuine.number}", f"/certificates/{genuine.number}/file.pdf"):
        answer = wire.request(demo, "GET", path)
        assert (answer.status, answer.header("Location").startswith("/sign-in?next=")) == (302, True), path


def _servers(demo: RunningDemo) -> list[int]:
    """Return the process that serves the pages: the one with the largest memory among those of this demo."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if "opensps.project.serving.server" in line and str(demo.port) in line:
            found.append(int(folder.name))
    assert found, processes_naming(str(demo.directory))
    return sorted(found, key=_resident_mebibytes)[-1:]


def _resident_mebibytes(process: int) -> float:
    """Return the most memory the process and its children ever held."""
    whole = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text()
        except OSError:
            continue
        parent = int(re.search(r"PPid:\s+(\d+)", status)[1])  # type: ignore[index]  # every process has one
        peak = re.search(r"VmHWM:\s+(\d+)", status)
        if peak and (int(folder.name) == process or parent == process):
            whole += int(peak[1])
    return whole / 1024
