"""Somebody at a browser: signs in, fills in forms, presses buttons, follows links, downloads and drops files.

Pages are found by their addresses and fields by their names, never by words, so that the same steps run in every
language. Only what stands on the page can be filled in or pressed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Response

PREFIXES: Mapping[str, str] = {"en": "", "zh-hans": "/zh-hans"}
DOMAIN = "demo.example"

Enter = Callable[..., "Visitor"]
"""Opens a browser: whose (nobody's: a stranger), in which language, and options of a browser context."""


@dataclass(slots=True)
class Visitor:
    """One browser window, in one language."""

    page: Page
    language: str = "en"
    last: Response | None = None
    """The answer to what was opened last."""

    @property
    def heading(self) -> str:
        """The one h1."""
        return " ".join(self.page.locator("h1").inner_text().split())

    @property
    def words(self) -> str:
        """What the page says."""
        return " ".join(self.page.locator("main").inner_text().split())

    @property
    def path(self) -> str:
        """Address of this page without host and language."""
        path = "/" + self.page.url.split("/", 3)[3]
        return path.removeprefix(PREFIXES[self.language]) or "/"

    def open(self, path: str) -> "Visitor":
        """Open a page in the visitor's language."""
        self.last = self.page.goto(f"{PREFIXES[self.language]}{path}")
        return self

    def sign_in(self, mailbox: str) -> "Visitor":
        """Press the button of one of the people of the demonstration."""
        self.open("/sign-in")
        self.page.locator(f'button[name=email][value="{mailbox}@{DOMAIN}"]').click()
        self.page.wait_for_url("**/home")
        return self

    def follow(self, ending: str) -> "Visitor":
        """Press the first link of the main part whose address ends so."""
        self.page.locator(f'main a[href$="{ending}"]').first.click()
        return self

    def form(self, action: str = "") -> Locator:
        """Return the form whose address ends so; without one the first that posts to this very page."""
        if action:
            return self.page.locator(f'main form[method=post][action$="{action}"]').first
        here = urlsplit(self.page.url).path
        return self.page.locator(f'main form[method=post]:is(:not([action]), [action="{here}"])').first

    def send(self, action: str = "", *, press: tuple[str, str] | None = None, **answers: Any) -> "Visitor":
        """Fill in a form and press its button; the one with a name and value when it has several."""
        form = self.form(action)
        for name, answer in answers.items():
            fill(form, name, answer)
        button = form.locator(f'button[name="{press[0]}"][value="{press[1]}"]') if press else form.locator("button")
        with self.page.expect_navigation() as navigation:
            button.first.click()
        self.last = navigation.value
        return self

    def drop(self, action: str, name: str, files: list[Path]) -> "Visitor":
        """Put files into a form and press its button."""
        form = self.form(action)
        form.locator(f'[name="{name}"]').set_input_files([str(file) for file in files])
        return self.send(action)

    def download(self, ending: str, directory: Path) -> Path:
        """Press a link that downloads, and return the file under its own name."""
        with self.page.expect_download() as waiting:
            self.follow(ending)
        target = directory / waiting.value.suggested_filename
        waiting.value.save_as(target)
        return target


def fill(form: Locator, name: str, answer: Any) -> None:
    """Answer one field, whatever its kind."""
    fields = form.locator(f'[name="{name}"]')
    kind = fields.first.evaluate("field => field.type")
    if kind == "radio":
        form.locator(f'[name="{name}"][value="{answer}"]').check()
    elif kind == "checkbox":
        fields.first.set_checked(bool(answer))
    elif kind == "select-one":
        fields.first.select_option(str(answer))
    else:
        fields.first.fill(str(answer))
