"""With the server stopped: the offline page gives the right answer, and `opensps verify` gives the same."""

import base64
import hashlib
import json
import os
import re
import shutil
import urllib.error
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from opensps.project.commands.verify import verify
from tests import needs
from tests.e2e import running
from tests.e2e.conftest import FLAGS, copy_of
from tests.e2e.papers import Issued, codes_in, issued_from, qr_codes
from tests.e2e.visitor import Visitor
from tests.factories.proofs import code
from tests.factories.signing import stranger

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(700)]

DAY_LATER = timedelta(hours=25)


@dataclass(slots=True)
class Device:
    """A browser that was made ready while the server ran; the server is gone since."""

    context: BrowserContext
    page: Page
    directory: Path
    """Of the demo that ran, whose trust list and log are still there for the command line."""

    asked: list[str] = field(default_factory=list)
    """Addresses asked for since the server is gone, with what was sent."""

    def open(self, address: str = "/check/offline") -> "Device":
        """Open an address that this device can answer by itself."""
        self.page.goto("about:blank")
        self.page.goto(address)
        expect(self.page.locator("[data-offline=ready]")).to_be_visible()
        return self

    def type(self, text: str) -> tuple[str, str]:
        """Type the text of a code; return result and colour."""
        self.page.locator("#text").fill(text)
        self.page.locator("[data-form=text] button.btn").first.click()
        return self.said()

    def choose(self, *files: Path) -> tuple[str, str]:
        """Choose files; return result and colour."""
        self.page.locator("#files").set_input_files([str(each) for each in files])
        return self.said()

    def said(self) -> tuple[str, str]:
        """Return result and colour of the answer, and take it away so that the next one is waited for."""
        place = self.page.locator("[data-answer]")
        band = place.locator(".result")
        expect(band).to_be_visible()
        colour = (band.get_attribute("class") or "").replace("result", "").strip()
        found = place.get_attribute("data-answer") or "", colour
        place.evaluate("box => box.replaceChildren()")
        return found


@pytest.fixture(scope="module")
def withdrawn(officer: Visitor, tmp_path_factory: pytest.TempPathFactory) -> Issued:
    """A certificate that was withdrawn, with its files."""
    officer.open("/certificates?state=withdrawn")
    number = officer.page.locator("tbody th .num").first.inner_text()
    return issued_from(officer, number, tmp_path_factory.mktemp("withdrawn"))


@pytest.fixture(scope="module")
def printed(officer: Visitor, paper: bytes, withdrawn: Issued) -> dict[str, str]:
    """What is printed in the codes of both."""
    return {"genuine": codes_in(paper)[0], "withdrawn": qr_codes(officer.page.context, withdrawn.pdf)[0]}


@pytest.fixture(scope="module")
def device(
    playwright: Playwright, demo: running.RunningDemo, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Device]:
    """A browser that trusts the CA of a demo, made ready there; then the demo was stopped."""
    if needs.chromium() is None:
        pytest.skip(needs.NOT_RUN + "chromium")
    site = running.start(copy_of(demo.directory, tmp_path_factory.mktemp("stopped") / "copy"))
    context = playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"),
        executable_path=needs.chromium(),
        args=[*FLAGS, f"--ignore-certificate-errors-spki-list={_key_of(site)}"],
        chromium_sandbox=os.geteuid() != 0,
        base_url=site.address,
        locale="en-GB",
    )
    context.set_default_timeout(15_000)
    found = Device(context, context.new_page(), site.directory)
    try:
        found.open()
        found.page.locator("[data-do=refresh]").click()
        expect(found.page.locator("[data-note]")).to_contain_text("You may go offline")
    finally:
        site.stop()
    with pytest.raises(urllib.error.URLError):
        site.get("/healthz")
    context.on("request", lambda each: found.asked.append(f"{each.url} {each.post_data}"))
    yield found
    context.close()


def _key_of(site: running.RunningDemo) -> str:
    """Return how Chromium is told which key to trust: as if the person had imported the demo's CA."""
    certificate = x509.load_pem_x509_certificate((site.directory / "tls" / "server.pem").read_bytes())
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(spki).digest()).decode()


def _verified(demo: running.RunningDemo, *arguments: str) -> str:
    """Return the result of ``opensps verify`` with the newest status list at hand; it runs in this very process."""
    (status,) = demo.directory.glob("public-log/*/*/status")
    named = [*arguments, "--status", str(status), "--json"]
    done = CliRunner().invoke(verify, named, env=demo.environment(), standalone_mode=False)
    found: str = json.loads(done.output)["result"]
    return found


def _altered(text: str) -> str:
    place = text.index("#") + 200
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


def test_codes_get_the_right_answer_from_page_and_command_line(
    device: Device, demo: running.RunningDemo, printed: dict[str, str]
) -> None:
    host = printed["genuine"].split("/")[2].lower()
    wanted = {
        printed["genuine"]: ("offline_ok", "ok"),
        _altered(printed["genuine"]): ("file_altered", "bad"),
        printed["withdrawn"]: ("withdrawn", "bad"),
        code(who=stranger(), host=host): ("offline_unknown", "none"),
        printed["genuine"].replace(host.upper(), "V.ECERT.EXAMP1E"): ("address_not_official", "bad"),
        printed["genuine"].partition("#")[0]: ("offline_unknown", "none"),
        "HTTPS://V.ECERT.EXAMP1E/C/CNJDQET660X0STG7JNY3": ("address_not_official", "bad"),
        f"HTTPS://{host.upper()}@EVIL.EXAMPLE/C/CNJDQET660X0STG7JNY3": ("address_not_official", "bad"),
    }
    device.open()
    assert {text: device.type(text) for text in wanted} == wanted
    assert [_verified(demo, "--qr", text) for text in wanted] == [result for result, _ in wanted.values()]


def test_files_get_the_right_answer_from_page_and_command_line(
    device: Device, demo: running.RunningDemo, genuine: Issued, withdrawn: Issued, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.xml"
    changed.write_bytes(genuine.xml.read_bytes().replace(b"XB", b"XC"))
    files = {
        "the ZIP": ((genuine.zip,), "in_force"),
        "changed": ((changed, genuine.xades), "file_altered"),
        "withdrawn": ((withdrawn.zip,), "withdrawn"),
        "no proof": ((genuine.xml, genuine.xades), "not_recorded"),
    }
    device.open()
    for name, (chosen, result) in files.items():
        assert device.choose(*chosen)[0] == result, name
        bare = [str(shown) for shown in _alone(chosen, tmp_path / name.replace(" ", "_"))]
        assert _verified(demo, *bare) == result, name


def _alone(files: tuple[Path, ...], place: Path) -> list[Path]:
    """Copy files to a place where nothing lies beside them."""
    place.mkdir()
    return [Path(shutil.copy(each, place / f"a{each.suffix}")) for each in files]


def test_a_code_opened_by_a_camera_without_a_network_is_answered_on_the_device(
    device: Device, printed: dict[str, str]
) -> None:
    _, _, path = printed["genuine"].partition("//")[2].partition("/")
    device.open(f"/{path}")
    assert device.said() == ("offline_ok", "ok")
    assert "#" not in device.page.url
    fragment = printed["genuine"].partition("#")[2]
    assert not [each for each in device.asked if fragment[20:60] in each.upper()]


@pytest.mark.parametrize(("name", "said"), [("genuine", ("offline_ok", "none")), ("withdrawn", ("withdrawn", "bad"))])
def test_old_lists_never_give_green_and_bad_stays_bad(
    device: Device, printed: dict[str, str], name: str, said: tuple[str, str]
) -> None:
    device.page.clock.set_fixed_time(datetime.now(UTC) + DAY_LATER)
    device.open()
    status = device.page.locator("[data-show=status]")
    expect(status).to_contain_text("too old for a green answer", timeout=30_000)
    assert device.type(printed[name]) == said
    device.page.clock.set_fixed_time(datetime.now(UTC))


def test_the_page_works_in_the_other_language_and_tells_that_nobody_answers(
    device: Device, printed: dict[str, str]
) -> None:
    device.open("/zh-hans/check/offline")
    assert device.type(printed["withdrawn"]) == ("withdrawn", "bad")
    device.page.locator("[data-do=refresh]").click()
    expect(device.page.locator("[data-note]")).to_contain_text("无法连接服务")
    assert device.type(printed["genuine"])[1] == "ok", "what was kept is still there"


def test_what_was_checked_is_kept_here_to_check_again_and_can_be_emptied(
    device: Device, printed: dict[str, str]
) -> None:
    device.open().type(printed["genuine"])
    again = device.page.locator("[data-kept] a").first.get_attribute("href")
    assert again == re.sub(r"^HTTPS://[^/]+", "", printed["genuine"])
    device.page.locator("[data-do=empty]").click()
    expect(device.page.locator("[data-kept] a")).to_have_count(0)
    device.open()
    expect(device.page.locator("[data-kept] a")).to_have_count(0)


def test_no_page_of_a_person_is_kept(device: Device) -> None:
    kept = device.open().page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async (name) =>
            (await (await caches.open(name)).keys()).map((each) => new URL(each.url).pathname)))).flat()"""
    )
    assert [each for each in kept if not re.match(r"/(zh-hans/)?check/offline|/static/opensps/|/theme\.", each)] == []


def test_without_data_nothing_can_be_said(device: Device, printed: dict[str, str]) -> None:
    kept = device.open().page.evaluate(
        "async () => (await (await caches.open('opensps-check-data')).match('/check/offline/data.json')).text()"
    )
    device.page.locator("[data-do=forget]").click()
    expect(device.page.locator("[data-do=forget]")).to_be_hidden()
    assert device.type(printed["genuine"]) == ("offline_unknown", "none")
    device.page.evaluate(  # the other tests need it
        """async (text) => (await caches.open('opensps-check-data')).put('/check/offline/data.json',
            new Response(text, { headers: { 'Content-Type': 'application/json' } }))""",
        kept,
    )
    assert device.open().type(printed["genuine"]) == ("offline_ok", "ok")
