"""The check pages for people who read with a keyboard, a screen reader, or in poor light."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.visitor import Enter

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(700)]

PAGES = {"/check": "", "/check/many": "", "/check/scan": "[data-scan=ready]", "/check/offline": "[data-offline=ready]"}
"""Page -> what shows that its program has begun, where it has one."""

FAINT = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => parts(colour).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (parts(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (element) => {
    const [low, high] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const own = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  return [...document.querySelectorAll("body *")].filter((each) => own(each) && each.checkVisibility())
    .filter((each) => contrast(each) < 4.5).map((each) => each.outerHTML.slice(0, 120));
}"""
SKIPPED = """() => [...document.querySelectorAll("h1, h2, h3, h4")].filter((each) => each.checkVisibility())
  .map((each) => Number(each.tagName[1])).filter((level, at, all) => level > (all[at - 1] || 0) + 1)"""
STOPS = """() => [...document.querySelectorAll("main a, main button, main input, main textarea, main select")]
  .filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex >= 0).length"""


def _open(enter: Enter, language: str, path: str) -> Page:
    page = enter("", language).open(path).page
    if PAGES[path]:
        expect(page.locator(PAGES[path])).to_be_visible()
    return page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("path", PAGES)
def test_text_stands_out_and_headings_skip_no_level(path: str, language: str, enter: Enter) -> None:
    page = _open(enter, language, path)
    assert page.evaluate(FAINT) == []
    assert page.evaluate(SKIPPED) == []


@pytest.mark.parametrize("path", PAGES)
def test_the_keyboard_reaches_everything_that_can_be_used(path: str, enter: Enter) -> None:
    page = _open(enter, "en", path)
    page.locator("main").focus()
    reached = 0
    while reached < 80:
        page.keyboard.press("Tab")
        if not page.evaluate("document.activeElement.closest('main') !== null"):
            break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")
        reached += 1
    assert reached == page.evaluate(STOPS)


def test_what_this_browser_cannot_do_is_not_offered(enter: Enter) -> None:
    page = _open(enter, "en", "/check/offline")
    expect(page.locator("[data-do=camera]")).to_be_hidden()
    expect(page.locator("[data-do=forget]")).to_be_hidden()
    page = _open(enter, "en", "/check/scan")
    for act in ("take", "stop"):
        expect(page.locator(f"[data-do={act}]")).to_be_hidden()
