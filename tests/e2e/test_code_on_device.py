"""The printed code opened by a camera: the browser checks its signature itself and sends nothing of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.papers import Issued, codes_in

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(700)]


def _opened(page: Page, address: str, said: str) -> str:
    """Open an address, wait for what is said about the code; return the sentence. The fragment is gone by then."""
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator(f"[data-say={said}]")).to_be_visible()
    expect(page.locator("[data-say]:visible")).to_have_count(1)
    assert "#" not in page.url
    return page.locator(f"[data-say={said}]").inner_text()


def test_the_signature_of_a_printed_code_is_checked_without_sending_it(
    genuine: Issued, paper: bytes, new_context: Callable[..., BrowserContext]
) -> None:
    (printed,) = codes_in(paper)
    address, _, fragment = printed.partition("#")
    page, sent, wrong = new_context(locale="en-GB").new_page(), list[str](), list[str]()
    page.on("request", lambda request: sent.append(f"{request.url} {request.all_headers()} {request.post_data}"))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    assert "was checked on this device" in _opened(page, printed, "checked")
    changed = fragment[:200] + ("A" if fragment[200] != "A" else "B") + fragment[201:]
    assert _opened(page, f"{address}#{changed}", "broken").startswith("Warning")
    elsewhere = address.replace(genuine.token.upper(), "0" * 20)
    assert _opened(page, f"{elsewhere}#{fragment}", "differs").startswith("Warning")
    assert not [each for each in sent if fragment[20:60] in each.upper()]
    assert wrong == []
    chinese = new_context(locale="zh-CN").new_page()
    assert "已在本设备上核验" in _opened(chinese, printed, "checked")
    assert chinese.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
