"""A browser without JavaScript: it opens pages, fills in the forms it finds there, presses buttons, follows links.

    visitor = Visitor(person)
    page = visitor.open("/applications/new")
    page = page.send(destination="XB", product="Garlic", kind="PHYTOSANITARY")

Only fields that stand in the form can be filled in, so a page that forgets one fails the test.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from opensps.accounts.models import Person

BACKEND = "opensps.accounts.backends.PersonBackend"


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was answered, after redirects."""

    visitor: "Visitor"
    url: str
    status: int
    text: str

    @property
    def root(self) -> Any:
        """The parsed page."""
        return html.document_fromstring(self.text)

    @property
    def words(self) -> str:
        """What a reader reads, runs of blanks folded."""
        return " ".join(self.root.xpath("string(//body)").split())

    @property
    def heading(self) -> str:
        """The one h1."""
        (found,) = self.root.xpath("//h1")
        return " ".join(found.text_content().split())

    @property
    def errors(self) -> list[str]:
        """The rows of the error summary."""
        return [" ".join(row.text_content().split()) for row in self.root.xpath("//div[@class='sum']//li")]

    def form(self, action: str = "") -> Any:
        """Return the form of the main part whose address ends so; without one the first that posts here."""
        forms = [form for form in self.root.xpath("//main//form") if (form.get("method") or "").lower() == "post"]
        fitting = [form for form in forms if (form.get("action") or "").endswith(action)] if action else forms
        assert fitting, f"no form {action!r} on {self.url}: {[form.get('action') for form in forms]}"
        return fitting[0]

    def send(self, action: str = "", *, press: tuple[str, str] | None = None, **answers: Any) -> "Page":
        """Fill in a form and press its button; True ticks a box, False unticks it, a list ticks several of a name."""
        form = self.form(action)
        data: dict[str, Any] = {}
        for name, value in form.form_values():
            data[name] = [*data[name], value] if isinstance(data.get(name), list) else value
            if form.inputs[name].__class__.__name__ == "CheckboxGroup":
                data[name] = data[name] if isinstance(data[name], list) else [value]
        for name, answer in answers.items():
            assert name in form.inputs.keys(), f"no field {name!r}, only {sorted(form.inputs.keys())}"  # noqa: SIM118 not a dict
            if answer is False:
                data.pop(name, None)
            else:
                data[name] = "on" if answer is True else answer
        if press is not None:
            assert self.root.xpath("//button[@name=$name and @value=$value]", name=press[0], value=press[1])
            data[press[0]] = press[1]
        return self.visitor.post(urljoin(self.url, form.get("action") or ""), data)

    def link(self, words: str) -> "Page":
        """Follow the link with these words."""
        found = [a for a in self.root.xpath("//main//a") if words in " ".join(a.text_content().split())]
        assert found, f"no link {words!r} on {self.url}"
        return self.visitor.open(urljoin(self.url, found[0].get("href")))


class Visitor:
    """Somebody at a browser, signed in."""

    def __init__(self, person: Person | None = None, *, prefix: str = "") -> None:
        self.client, self.prefix = Client(), prefix
        if person is not None:
            self.client.force_login(person, backend=BACKEND)

    def open(self, url: str) -> Page:
        """Open a page."""
        return self._page(self.client.get(self._here(url), follow=True))

    def post(self, url: str, data: dict[str, Any]) -> Page:
        """Post to an address and follow where it leads."""
        return self._page(self.client.post(self._here(url), data, follow=True))

    def file(self, url: str) -> Any:
        """Download something; return the answer itself."""
        return self.client.get(self._here(url))

    def _here(self, url: str) -> str:
        return url if url.startswith(self.prefix or "/") else f"{self.prefix}{url}"

    def _page(self, response: Any) -> Page:
        asked = response.request["PATH_INFO"], response.request.get("QUERY_STRING", "")
        last = response.redirect_chain[-1][0] if response.redirect_chain else "?".join(filter(None, asked))
        return Page(self, last, response.status_code, response.content.decode())


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, data)
