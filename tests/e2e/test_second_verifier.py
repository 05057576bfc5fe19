"""The verifier of the browser against the one in Python: the same answer to every question of two hundred cases.

They share no code: one is Python on lxml and cryptography, the other JavaScript on nothing but the browser.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route
from playwright.sync_api import Error as PlaywrightError

from opensps.formats.structure import ROWS
from opensps.verification import Verdict
from opensps.web import html
from tests.factories.second_case import GOOD, GOOD_CODE, ROOTS, Case, listed
from tests.factories.second_cases import TRAINING
from tests.factories.second_verifier import COUNT, cases

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(120)]

PROGRAMS = Path(html.__file__).parent / "static" / "opensps" / "check"
PLACE = "https://verifier.example/"
JUDGE = """async ({ roots, cases, missing }) => {
  const named = ["code", "file", "trust", "aspects"].map((name) => import(`/check/${name}.js`));
  const [{ checkCode }, { checkFile }, { readTrust, readRoots, TrustList }, { isFresh }] = await Promise.all(named);
  const bytes = (text) => (text === null ? null : Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)));
  const known = await readRoots(roots), importKey = crypto.subtle.importKey.bind(crypto.subtle);
  crypto.subtle.importKey = (form, data, kind, ...rest) => (missing.includes(kind.name)
    ? Promise.reject(new DOMException("", "NotSupportedError")) : importKey(form, data, kind, ...rest));
  const refused = (error) => { if (typeof error.code !== "string") throw error; return new TrustList(); };
  const said = [];
  try {
  for (const each of cases) {
    const terms = { trust: await readTrust(bytes(each.trust), known).catch(refused), now: each.now,
      acceptsTraining: each.training, statusLists: each.lists.map(bytes), trustFetchedAt: each.fetched };
    const [xml, seal, bundle] = [each.files.xml, each.files.seal, each.files.bundle].map(bytes);
    const verdict = each.code ? await checkCode(each.code, terms) : await checkFile({ xml, seal, bundle }, terms);
    const fragments = verdict.fragments.map((one) => `${one.aspect} ${one.outcome} ${one.reason}`);
    said.push({ result: verdict.result, also: verdict.also, fragments, isFresh: isFresh(verdict) });
  }
  } finally {
    crypto.subtle.importKey = importKey;
  }
  return said;
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page of a secure place that serves the programs and nothing else."""
    context = browser.new_context()
    context.route(f"{PLACE}**", _serve)
    opened = context.new_page()
    opened.goto(PLACE)
    yield opened
    context.close()


def _serve(route: Route) -> None:
    name = route.request.url.removeprefix(PLACE).removeprefix("check/")
    if name:
        route.fulfill(body=(PROGRAMS / name).read_text(encoding="utf-8"), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>Verifier</title>", content_type="text/html")


def _in_browser(page: Page, asked: list[Case], *missing: str) -> list[dict[str, Any]]:
    given = {"roots": ROOTS, "cases": [each.for_browser() for each in asked], "missing": missing}
    found: list[dict[str, Any]] = page.evaluate(JUDGE, given)
    return found


def _in_python(verdict: Verdict) -> dict[str, Any]:
    fragments = [f"{each.aspect.value} {each.outcome.value} {each.reason}" for each in verdict.fragments]
    return {
        "result": verdict.result,
        "also": list(verdict.also),
        "fragments": fragments,
        "isFresh": verdict.is_fresh,
    }


def test_two_verifiers_say_the_same_of_two_hundred_cases(page: Page) -> None:
    asked = cases()
    assert len({each.name for each in asked}) == COUNT == 200
    wanted = {each.name: _in_python(each.judged()) for each in asked}
    found = dict(zip(wanted, _in_browser(page, asked), strict=True))
    assert {name: said for name, said in found.items() if said != wanted[name]} == {}
    assert len({said["result"] for said in found.values()}) >= 15


@pytest.mark.parametrize(
    ("missing", "fragment"), [("Ed25519", "integrity ERROR library"), ("ML-DSA-44", "witnessed ERROR quorum_short")]
)
def test_a_browser_that_lacks_a_kind_of_key_says_that_it_could_not_check(
    page: Page, missing: str, fragment: str
) -> None:
    by: dict[str, Any] = {"trust": TRAINING.dump().encode(), "accepts_training": True}
    code, file = _in_browser(page, [Case("code", GOOD_CODE, **by), Case("file", upload=GOOD, **by)], missing)
    assert (code["result"], code["isFresh"]) == ("offline_ok", True), "a code needs neither"
    assert file["result"] == "unavailable"
    assert fragment in file["fragments"]


def test_without_ed25519_no_signed_trust_list_is_read(page: Page) -> None:
    with pytest.raises(PlaywrightError, match="Unsupported: Ed25519"):
        _in_browser(page, [Case("code", GOOD_CODE, trust=listed())], "Ed25519")


def test_a_list_older_than_one_seen_or_beside_its_line_is_not_taken(page: Page) -> None:
    old, new, other = (listed(serial=serial, previous=bytes([fill]) * 32) for serial, fill in ((7, 1), (8, 2), (7, 3)))
    follow = """async ({ roots, raw, seen }) => {
      const { readTrust, readRoots, mayFollow } = await import("/check/trust.js");
      const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)), known = await readRoots(roots);
      const [list, before] = await Promise.all([raw, seen].map((each) => readTrust(bytes(each), known)));
      return mayFollow(list, { serial: String(before.serial), digest: before.digest });
    }"""
    text = {
        name: replace(Case(name), trust=raw).for_browser()["trust"]
        for name, raw in (("old", old), ("new", new), ("other", other))
    }

    def may(raw: str, seen: str) -> bool:
        return bool(page.evaluate(follow, {"roots": ROOTS, "raw": text[raw], "seen": text[seen]}))

    assert may("old", "old")
    assert not may("old", "new")
    assert not may("other", "old")
    assert not may("new", "old"), "its predecessor is another one"


def test_the_measures_of_the_standard_are_those_the_browser_looks_at(page: Page) -> None:
    wanted = {child.name for row in ROWS.values() for child in row.children if child.type in {"M", "Q"}}
    found = page.evaluate("async () => (await import('/check/content.js')).MEASURES")
    assert set(found) == wanted
