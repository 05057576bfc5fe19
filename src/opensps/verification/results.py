"""The answers of a check: order of precedence, band, the four check lines, exit code, words. Data: `results.tsv`.

Source: `ux.md` 5.4, `lifecycles.md` 2.1; headings and classes come from `lifecycle.words`. A reason of `fraud.md` 2
that has no heading of its own takes the word of its class.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from opensps.lifecycle.words import CHECK_RESULTS, CheckResult

CHECKS = ("known", "unchanged", "signed", "in_force")
"""The four lines of a result page: known to us, unchanged, signed by an authorised officer, still in force."""

_CLASS_WORDS = (
    CheckResult("malformed", "red", "Do not accept", "不予接受", is_for_officials=False),
    CheckResult("duplicate_number", "red", "Do not accept", "不予接受", is_for_officials=False),
    CheckResult("pages_mixed", "red", "Do not accept", "不予接受", is_for_officials=False),
    CheckResult("backdated", "red", "Do not accept", "不予接受", is_for_officials=False),
    CheckResult("template_not_valid", "red", "Do not accept", "不予接受", is_for_officials=False),
    CheckResult("logged_late", "amber", "Look closer", "需核查", is_for_officials=False),
    CheckResult("not_sealed", "amber", "Look closer", "需核查", is_for_officials=False),
)


@dataclass(frozen=True, slots=True)
class Result:
    """One answer. Sentences may hold {number}, {date} and the like; `words` fills them in."""

    code: str
    """Permanent."""

    order: int
    """When several apply the lowest gives the band."""

    band: str
    """ok, info, warn, bad, none: the colour for everybody."""

    checks: str
    """One sign for each of `CHECKS`: P passed, F failed, - could not be checked."""

    exit_code: int
    """Of `opensps check` and `opensps verify`."""

    heading: CheckResult
    """Heading in both languages, class for officials."""

    english_sentence: str
    chinese_sentence: str
    english_next: str
    chinese_next: str

    @property
    def english_heading(self) -> str:
        """The heading; may hold {country} or {age}."""
        return self.heading.english


def _rows() -> Iterator[Mapping[str, str]]:
    text = files(__package__).joinpath("results.tsv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def _result(order: int, row: Mapping[str, str], headings: Mapping[str, CheckResult]) -> Result:
    return Result(
        code=row["code"],
        order=order,
        band=row["band"],
        checks=row["checks"],
        exit_code=int(row["exit"]),
        heading=headings[row["code"]],
        english_sentence=row["sentence"],
        chinese_sentence=row["sentence_zh"],
        english_next=row["next"],
        chinese_next=row["next_zh"],
    )


def _results() -> Mapping[str, Result]:
    headings = {**CHECK_RESULTS, **{each.code: each for each in _CLASS_WORDS}}
    return MappingProxyType({row["code"]: _result(order, row, headings) for order, row in enumerate(_rows())})


RESULTS = _results()
"""Code -> answer, in order of precedence."""
