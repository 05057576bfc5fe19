"""The pages of the address table on a phone and on a desk, in both languages: whole, quiet and within their rules."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from playwright.sync_api import Page, Response

from tests.e2e import wire
from tests.e2e.papers import Issued
from tests.e2e.running import RunningDemo
from tests.e2e.visitor import Enter, Visitor

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(700)]

PUBLIC = (
    "/",
    "/check",
    "/check?sample=in_force",
    "/check/many",
    "/check/offline",
    "/check/scan",
    "/official-addresses",
    "/help",
    "/help/fields",
    "/partners",
    "/concern",
    "/figures",
    "/developers",
    "/developers/quick-start",
    "/developers/soap",
    "/developers/mail",
    "/developers/keys",
    "/developers/webhooks",
    "/developers/codes",
    "/developers/codes/un_rec20",
    "/developers/limits",
    "/developers/reference",
    "/developers/errors",
    "/demo/ca",
    "/sign-in",
    "/officials/request-access",
)
PROTECTED_FORMS = ("/sign-in", "/officials/request-access")
"""At the end of `PUBLIC`: their forms need a cookie against forged requests; nobody is asked for one before."""

WIDTHS = (320, 390, 1180)
LISTS = {
    "exporter": ("/home", "/applications", "/applications/new", "/certificates", "/mandates/new"),
    "agent": ("/home", "/mandates", "/applications/new"),
    "examiner": ("/home", "/examine", "/certificates"),
    "reviewer": ("/home", "/examine"),
    "planner": ("/home", "/inspections"),
    "inspector": ("/home", "/inspect"),
    "officer": ("/home", "/queue", "/certificates"),
    "senior": ("/home", "/decisions", "/inspections", "/certificates"),
    "manager": (
        "/home",
        "/certificates",
        "/deliveries",
        "/incoming",
        "/partners",
        "/certificate-forms",
        "/figures/service",
    ),
    "cases": ("/home", "/cases", "/alerts", "/alerts/limits", "/concerns", "/counterfeits"),
    "admin": (
        "/home",
        "/people",
        "/people/invite",
        "/people/offices",
        "/account",
        "/account/codes",
        "/organisation",
    ),
    "embassy": ("/home", "/access", "/access/accounts"),
    "approver": ("/access", "/access/agreements"),
    "inquiries": ("/home", "/inquiries"),
    "official": ("/home", "/inquiries", "/inquiries/new", "/inquiries/question", "/presentations"),
    "coordinator": ("/home", "/coordination", "/coordination/new"),
    "ministry": ("/home", "/coordination"),
    "customs": ("/home", "/declarations", "/declarations/new"),
    "border": ("/home", "/desk", "/desk/coming", "/desk/list", "/presentations", "/presentations/without"),
}
"""Who opens which lists; the first record of each list is opened too, and the pages it links to."""

NOT_PAGES = re.compile(
    r"/file\.|/desk/file/|/letters/\d|\.pdf|\.crt|/documents/\d|/files/\d|\.cose|#|/C/|sign-in|/static/"
)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_public_pages_are_whole_on_every_width(language: str, enter: Enter) -> None:
    stranger = enter("", language)
    for path in PUBLIC:
        stranger.open(path)
        _whole(stranger, path)
        assert path in PROTECTED_FORMS or stranger.page.context.cookies() == [], path


@pytest.mark.parametrize("language", ["en", pytest.param("zh-hans", marks=pytest.mark.heavy)])
@pytest.mark.parametrize("mailbox", list(LISTS))
def test_pages_behind_sign_in_are_whole_on_every_width(mailbox: str, language: str, enter: Enter) -> None:
    person, seen = enter(mailbox, language), set()
    for path in LISTS[mailbox]:
        for address in (path, *_records(person, path)):
            if _kind(address) in seen:
                continue
            seen.add(_kind(address))
            person.open(address)
            _whole(person, address)
    assert len(seen) >= len(LISTS[mailbox])


def _records(person: Visitor, path: str) -> Iterator[str]:
    """Yield the first record of a list, and the pages of this site it links to."""
    person.open(path)
    first = person.page.locator("main tbody th a, main .tasks a, main section.card a.btn").first
    if first.count():
        first.click()
        yield person.path
        yield from _linked(person)


def _linked(person: Visitor) -> list[str]:
    addresses = person.page.locator("main a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    prefix = "" if person.language == "en" else f"/{person.language}"
    return [address.removeprefix(prefix) for address in addresses if address and not NOT_PAGES.search(address)]


@cache
def _kind(address: str) -> str:
    """Return the address with numbers and references left out: one page of each kind is enough."""
    return re.sub(r"/[A-Z]{1,2}-[\w-]+|\d+", "/N", address.partition("?")[0])


def _whole(visitor: Visitor, path: str) -> None:
    """Judge the page that is open."""
    page, answer = visitor.page, visitor.last
    assert answer is not None
    assert answer.status == 200, path
    wanted = "en" if visitor.language == "en" else "zh-Hans"
    assert page.locator("html").get_attribute("lang") == wanted, path
    assert page.locator("h1").count() == 1, path
    assert page.title().strip(" –"), path
    assert _inline(page) == [], f"{path}: style or script inside the page"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{path} is {overflow} px wider than {width}"
    assert _unlabelled(page) == [], f"{path}: fields without a name"


def _inline(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('[style], style, script:not([src])')].map(each => each.outerHTML)
            .concat([...document.querySelectorAll('*')].filter(
                each => [...each.attributes].some(attribute => attribute.name.startsWith('on'))
            ).map(each => each.outerHTML))"""
    )
    return found


def _unlabelled(page: Page) -> list[str]:
    """Return the fields no label, legend or aria-label names, and two elements with one id."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
            .filter(field => !(field.labels && field.labels.length) && !field.getAttribute('aria-label'))
            .map(field => field.outerHTML)
            .concat([...document.querySelectorAll('[id]')].map(each => each.id)
                .filter((id, place, all) => all.indexOf(id) !== place))"""
    )
    return found


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_complains_on_the_console_or_asks_anybody_else(
    language: str, enter: Enter, demo: RunningDemo, genuine: Issued
) -> None:
    officer = enter("", language)
    said: list[str] = []
    asked: list[str] = []
    officer.page.on("console", lambda message: said.append(f"{officer.page.url}: {message.text}"))
    officer.page.on("pageerror", lambda error: said.append(f"{officer.page.url}: {error}"))
    officer.page.on("response", lambda response: _foreign(response, demo, asked))
    for path in PUBLIC:
        officer.open(path)
    officer.sign_in("officer")
    for path in ("/queue", f"/certificates/{genuine.number}", f"/certificates/{genuine.number}/withdraw"):
        officer.open(path)
    assert said == []
    assert asked == []


def _foreign(response: Response, demo: RunningDemo, asked: list[str]) -> None:
    if not response.url.startswith(demo.address) or response.status >= 400:
        asked.append(f"{response.status} {response.url}")


def test_the_check_pages_set_no_cookie(demo: RunningDemo, in_force: list[str]) -> None:
    sent = wire.post(demo, "/check", number=in_force[3], code="0A1S-5HDR-ANA5")
    for answer in (sent, *(wire.request(demo, "GET", path) for path in ("/", "/check", sent.header("Location")))):
        assert answer.header("Set-Cookie") == ""


def test_a_public_page_is_small_and_needs_two_more_requests_at_most(enter: Enter) -> None:
    stranger, asked = enter(), []
    stranger.page.on("response", lambda response: asked.append(response.url))
    stranger.open("/check")
    stranger.page.wait_for_load_state("networkidle")
    assert len([url for url in asked if not url.endswith("mark.svg")]) <= 3, asked


def test_the_keyboard_reaches_the_main_part_first(enter: Enter) -> None:
    stranger = enter().open("/check")
    stranger.page.keyboard.press("Tab")
    assert stranger.page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_the_summary_of_errors_has_the_focus(enter: Enter) -> None:
    stranger = enter().open("/check").send("/check", number="", code="")
    assert stranger.page.evaluate("document.activeElement.id") == "errors"
