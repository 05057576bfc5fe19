"""The check page and the page of its result."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opensps.verification.results import RESULTS
from tests.e2e.visitor import PREFIXES, Visitor


@dataclass(frozen=True, slots=True)
class Result:
    """A result page, as its reader sees it."""

    visitor: Visitor

    @property
    def id(self) -> str:
        """The random id under which it is kept."""
        return self.visitor.page.locator("main .num").last.inner_text()

    @property
    def tone(self) -> str:
        """Colour of the band: ok, info, warn, bad or none."""
        classes = self.visitor.page.locator(".result").get_attribute("class") or ""
        return classes.replace("result", "").strip()

    @property
    def heading(self) -> str:
        """The answer in at most six words."""
        return self.visitor.heading

    def json(self) -> dict[str, Any]:
        """Return the same answer as a program gets it."""
        prefix = PREFIXES[self.visitor.language]
        answer = self.visitor.page.request.get(f"{prefix}/check/result/{self.id}.json")
        assert answer.status == 200
        said: dict[str, Any] = answer.json()
        return said

    def in_language(self, language: str) -> "Result":
        """Open the same result in another language."""
        result_id = self.id
        other = Visitor(self.visitor.page, language)
        return Result(other.open(f"/check/result/{result_id}"))

    def says(self, code: str) -> bool:
        """Tell whether heading, band and JSON are those of this result."""
        answer, said = RESULTS[code], self.json()
        chinese = self.visitor.language.startswith("zh")
        expected = answer.heading.chinese if chinese else answer.heading.english
        return (said["result"], self.heading, self.tone) == (code, expected, answer.band)


def check_number(visitor: Visitor, number: str, code: str) -> Result:
    """Type number and code."""
    return Result(visitor.open("/check").send("/check", number=number, code=code))


def check_link(visitor: Visitor, address: str) -> Result:
    """Open the link of a QR code: it names no language, the browser's is taken."""
    visitor.last = visitor.page.goto(address)
    return Result(visitor)


def check_files(visitor: Visitor, *files: Path) -> Result:
    """Choose files and send them."""
    return Result(visitor.open("/check").drop("/check/file", "upload", list(files)))
