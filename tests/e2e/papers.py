"""The papers of a certificate as people hold them: downloaded files, number, verification code, the printed QR code."""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext

from tests.e2e.visitor import Visitor
from tests.scanner import qr_texts

ENDINGS = ("pdf", "xml", "xades", "zip")
WIDTH, HEIGHT = 2800, 3960
DRAWN_WITHIN = 15


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate in somebody's hands."""

    number: str
    code: str
    token: str
    """What the link of its QR code ends in."""

    pdf: Path
    xml: Path
    xades: Path
    zip: Path


def issued_from(reader: Visitor, number: str, directory: Path) -> Issued:
    """Open the certificate's page and download everything it offers."""
    reader.open(f"/certificates/{number}")
    code = reader.page.locator("dl.rows .num").last.inner_text()
    link = reader.page.locator('main a[href*="/C/"]').get_attribute("href")
    assert link is not None
    files = {ending: reader.download(f"{number}/file.{ending}", directory) for ending in ENDINGS}
    return Issued(number=number, code=code, token=link.rpartition("/")[2], **files)


def qr_codes(context: BrowserContext, pdf: Path) -> list[str]:
    """Return what a camera reads on the first page of a PDF, drawn by the browser."""
    return codes_in(picture_of(context, pdf))


def codes_in(picture: bytes) -> list[str]:
    """Return what a camera reads in a picture."""
    return qr_texts(Image.open(io.BytesIO(picture)))


def picture_of(context: BrowserContext, pdf: Path) -> bytes:
    """Return the first page of a PDF as the browser draws it, a PNG; once a code can be read on it."""
    frame = pdf.with_suffix(".html")
    frame.write_text(
        f'<embed src="{pdf.name}#toolbar=0&view=FitH" type="application/pdf" width={WIDTH} height={HEIGHT}>'
    )
    page = context.new_page()
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(frame.as_uri())
    for _second in range(DRAWN_WITHIN):
        page.wait_for_timeout(1000)
        if codes_in(page.screenshot()):
            break
    page.wait_for_timeout(500)  # the viewer draws a coarse page first
    seen = page.screenshot()
    page.close()
    return seen
