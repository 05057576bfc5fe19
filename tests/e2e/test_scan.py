"""The page that scans, with a camera that shows a printed certificate, and its door for photos."""

import base64
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests import needs
from tests.e2e import running
from tests.e2e.checking import Result
from tests.e2e.conftest import FLAGS
from tests.e2e.papers import Issued, codes_in
from tests.e2e.visitor import Enter, Visitor

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(700)]

WIDE, HIGH = 1280, 960
DETECTOR = """window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(source) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [source.videoWidth || source.width, source.videoHeight || source.height];
    canvas.getContext("2d").drawImage(source, 0, 0);
    return (await window.readCodes(canvas.toDataURL("image/png"))).map((rawValue) => ({ rawValue }));
  }
};"""
"""Chromium has a reader of codes on phones and Macs, not here; zxing-cpp stands in for it behind the same interface."""


@pytest.fixture(scope="module")
def camera(
    playwright: Playwright, demo: running.RunningDemo, paper: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], BrowserContext]]:
    """Return a function that opens a browser window whose camera looks at that page."""
    film = tmp_path_factory.mktemp("camera") / "paper.y4m"
    film.write_bytes(_film(Image.open(io.BytesIO(paper))))
    started = playwright.chromium.launch(
        executable_path=needs.chromium(),
        args=[
            *FLAGS,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
        chromium_sandbox=os.geteuid() != 0,
    )
    yield lambda: started.new_context(base_url=demo.address, ignore_https_errors=True, locale="en-GB")
    started.close()


def _film(page: Image.Image) -> bytes:
    """Return a film of one picture: the part of a page with its code, as a camera sees it (YUV4MPEG2)."""
    (found,) = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    corner, width = found.position.top_left, found.position.top_right.x - found.position.top_left.x
    part = page.convert("L").crop(
        (corner.x - width, corner.y - width // 2, corner.x + 2 * width, corner.y + 7 * width // 4)
    )
    bright = part.resize((WIDE, HIGH)).tobytes()
    colourless = bytes([128]) * (WIDE * HIGH // 2)
    return f"YUV4MPEG2 W{WIDE} H{HIGH} F10:1 Ip A1:1 C420jpeg\nFRAME\n".encode() + bright + colourless


def _opened(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/check/scan")
    expect(page.locator("[data-scan=ready]")).to_be_visible()
    page.locator("[data-do=camera]").click()
    return page


def test_without_a_reader_of_codes_one_picture_goes_to_the_server(
    camera: Callable[[], BrowserContext], genuine: Issued
) -> None:
    page = _opened(camera())
    expect(page.locator("[data-says=server]")).to_be_visible()
    expect(page.locator("video")).to_have_js_property("videoWidth", WIDE)
    page.locator("[data-do=take]").click()
    page.wait_for_url("**/check/result/*")
    assert Result(Visitor(page)).says("in_force")
    assert genuine.number in page.locator("main").inner_text()


def test_with_one_the_code_opens_its_answer_and_nothing_is_sent(camera: Callable[[], BrowserContext]) -> None:
    context, sent = camera(), list[str]()
    context.add_init_script(DETECTOR)
    context.expose_function("readCodes", _read)
    context.on("request", lambda each: sent.append(f"{each.method} {each.url} {each.post_data}"))
    page = _opened(context)
    page.wait_for_url("**/C/*")
    expect(page.locator("[data-say=checked]")).to_be_visible()
    assert not [each for each in sent if each.startswith("POST")]


def _read(picture: str) -> list[str]:
    return codes_in(base64.b64decode(picture.partition(",")[2]))


def test_the_camera_stops_when_it_is_told_to(camera: Callable[[], BrowserContext]) -> None:
    page = _opened(camera())
    page.keyboard.press("Escape")
    expect(page.locator("[data-camera]")).to_be_hidden()
    assert page.evaluate("document.activeElement.dataset.do") == "camera"
    assert page.evaluate("document.querySelector('video').srcObject") is None


def test_a_photo_of_the_paper_leads_to_the_answer_without_a_script(
    enter: Enter, paper: bytes, genuine: Issued, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.jpg"
    Image.open(io.BytesIO(paper)).convert("RGB").rotate(2, fillcolor=(90, 90, 80)).save(photo, quality=60)
    stranger = enter("", "zh-hans", java_script_enabled=False).open("/check/scan")
    result = Result(stranger.drop("/check/photo", "upload", [photo]))
    assert result.says("in_force")
    assert genuine.number in stranger.words


def test_a_photo_of_nothing_is_answered_beside_the_field(enter: Enter, tmp_path: Path) -> None:
    photo = tmp_path / "grey.png"
    Image.new("RGB", (640, 480), (120, 110, 100)).save(photo)
    stranger = enter().open("/check/scan").drop("/check/photo", "upload", [photo])
    assert "No code was found in this picture" in stranger.words
    assert stranger.page.evaluate("document.activeElement.id") == "errors"
