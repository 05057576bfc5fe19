"""The frame of every page: theme, languages, access, headers, errors."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from opensps.web.html import branding
from opensps.web.html.access import ANYBODY, access_of
from opensps.web.html.installation import Installation

pytestmark = pytest.mark.django_db
HTML = Path(branding.__file__).parent
PUBLIC_PAGES = ("/", "/check", "/check/many", "/help", "/help/fields", "/official-addresses", "/sign-in")
PUBLIC_NAMES = {
    *(
        "stylesheet",
        "healthz",
        "readyz",
        "robots",
        "front",
        "check",
        "check-file",
        "check-link",
        "check-bundle",
        "check-proof",
        "check-result",
        "check-many",
        "check-list",
        "check-list-csv",
        "code-keys",
    ),
    *("api-root", "openapi", "oauth-token", "oauth-metadata", "problems", "problem"),
    *("developers", "developers-quick-start", "developers-soap", "developers-mail"),
    *("developers-mail-sample", "developers-reference", "developers-keys", "developers-webhooks"),
    *("developers-codes", "developers-code-list", "developers-limits"),
    "partners",
    *("concern", "concern-sent", "figures"),
    *("access-apply", "access-own", "access-own-change", "access-own-send", "enrol", "join", "sign-in-code"),
    *("check-scan", "check-photo", "offline", "offline-data", "offline-words", "offline-worker"),
    *(
        "check-result-json",
        "official-addresses",
        "sps-verification",
        "help",
        "help-fields",
        "demo-ca",
        "demo-ca-file",
        "sign-in",
        "sign-in-demo",
        "sign-out",
    ),
}
"""Every address that is open to everybody; a new one is added here on purpose or not at all."""


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry)
        else:
            yield entry


def test_only_the_addresses_of_the_list_are_open_to_everybody() -> None:
    open_to_all = {p.name for p in _patterns(get_resolver()) if access_of(p.callback) == ANYBODY and not _is_machine(p)}
    assert open_to_all == PUBLIC_NAMES


def _is_machine(pattern: URLPattern) -> bool:
    """Tell whether programs of partners call it: those faces have gates of their own, tested with them."""
    return pattern.callback.__module__.startswith(("ninja.", "opensps.web.soap."))


def test_every_address_says_who_may_open_it() -> None:
    undeclared = [p.name for p in _patterns(get_resolver()) if access_of(p.callback) is None]
    assert undeclared == []


def _example(pattern: URLPattern) -> str:
    """Return an address the pattern matches, with made-up values."""
    values = {"slug": "abc", "int": "1", "str": "abc", "path": "a/b", "uuid": "01234567-89ab-4cde-8f01-23456789abcd"}
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: values.get(found[1] or "str", "abc"), str(pattern.pattern))


def test_every_page_that_is_not_public_asks_a_stranger_to_sign_in(client: Client) -> None:
    closed = [p for p in _patterns(get_resolver()) if access_of(p.callback) != ANYBODY]
    answers = {_example(p): client.get(_example(p)) for p in closed}
    strays = {
        address: (response.status_code, response.get("Location"))
        for address, response in answers.items()
        if response.status_code != 302 or not str(response.get("Location")).startswith("/sign-in?")
    }
    assert strays == {}


@pytest.mark.parametrize("address", PUBLIC_PAGES)
@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
def test_public_pages_open_in_both_languages_without_a_session(client: Client, address: str, prefix: str) -> None:
    response = client.get((prefix + address).rstrip("/") or "/")
    assert response.status_code in (200, 404 if address == "/" and prefix else 200)
    assert "__Host-session" not in response.cookies


def test_the_front_page_in_chinese_ends_in_a_slash(client: Client) -> None:
    assert client.get("/zh-hans/").status_code == 200


@pytest.mark.parametrize("address", ["/", "/check", "/help", "/official-addresses", "/check/result/abc"])
def test_public_pages_set_no_cookie(client: Client, address: str) -> None:
    assert not client.get(address).cookies


@pytest.mark.parametrize("address", PUBLIC_PAGES)
def test_no_page_carries_inline_script_or_style(client: Client, address: str) -> None:
    page = client.get(address).content.decode()
    assert "<style" not in page
    assert not re.search(r"\sstyle=|\son\w+=|javascript:", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)


def test_no_template_carries_inline_script_or_style() -> None:
    for path in HTML.rglob("templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son(click|submit|load|change)=|javascript:", text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path


def test_the_content_security_policy_allows_ourselves_only(client: Client) -> None:
    policy = client.get("/check").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_theme_uses_logical_directions_only() -> None:
    edges = "(left|right|top|bottom)"
    floats = r"float:(?!\s*inline-)"
    physical = rf"(?<![\w-])(margin|padding|border)-{edges}|text-align:\s*{edges}|(?<![\w.-]){edges}\s*:|{floats}"
    assert not re.search(physical, branding.THEME.read_text(encoding="utf-8"))


def test_theme_and_script_keep_their_budgets() -> None:
    assert len(branding.THEME.read_bytes()) <= 25_000
    assert len((branding.THEME.parent / "enhance.js").read_bytes()) <= 6_000


def test_the_stylesheet_has_a_permanent_address(client: Client) -> None:
    address = re.search(r'href="(/theme\.[0-9a-f]{12}\.css)"', client.get("/check").content.decode())
    assert address is not None
    response = client.get(address[1])
    assert response.status_code == 200
    assert "immutable" in response.headers["Cache-Control"]
    assert client.get("/theme.000000000000.css").status_code == 404


def test_unreadable_brand_colours_are_refused() -> None:
    with pytest.raises(branding.BrandNotReadable):
        branding.properties(Installation("XA", "v.ecert.example", is_demo=False, brand="#ffffff"))
    with pytest.raises(branding.BrandNotReadable):
        branding.properties(Installation("XA", "v.ecert.example", is_demo=False, accent="#eeeeee"))
    assert "--brand: #003366" in branding.properties(
        Installation("XA", "v.ecert.example", is_demo=False, brand="#003366")
    )


def test_an_unknown_address_gives_a_page_with_a_reference(client: Client) -> None:
    response = client.get("/no-such-page")
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()
    assert "Reference:" in response.content.decode()


def test_an_unknown_address_gives_a_problem_document_to_a_program(client: Client) -> None:
    response = client.get("/no-such-page", headers={"Accept": "application/json"})
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 404


def test_the_language_list_keeps_the_page(client: Client) -> None:
    page = client.get("/official-addresses").content.decode()
    assert 'href="/zh-hans/official-addresses" lang="zh-Hans" hreflang="zh-Hans"' in page
    chinese = client.get("/zh-hans/official-addresses").content.decode()
    assert '<html lang="zh-Hans"' in chinese
    assert 'href="/official-addresses" lang="en"' in chinese


def test_a_form_without_its_token_is_refused_in_words() -> None:
    response = Client(enforce_csrf_checks=True).post("/sign-in", {"email": "a@b.example", "password": "x"})
    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()


def test_one_click_sign_in_does_not_exist_outside_a_demonstration(client: Client) -> None:
    assert client.post("/sign-in/demo", {"email": "officer@demo.example"}).status_code == 404
    assert client.get("/demo/ca").status_code == 404


def test_the_demonstration_band_is_on_every_page_of_a_demonstration_only(
    client: Client, settings: LazySettings
) -> None:
    assert "Demonstration site" not in client.get("/check").content.decode()
    settings.OPENSPS_DEMO = True
    assert "Demonstration site" in client.get("/check").content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_wrong_method_is_answered_with_a_page(client: Client, language: str) -> None:
    address = "/check/file" if language == "en" else "/zh-hans/check/file"
    answer = client.get(address)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "<h1>" in answer.content.decode()
