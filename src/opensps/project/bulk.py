"""Many eCert files at once: one report, several processes, memory that does not grow with their number.

Files are read in chunks; only names of the chunks under way and the counts are kept. The report is written row by row
beside its name and put in place when it is whole.
"""

import csv
import json
import os
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import Any, TextIO

from opensps import formats, rules
from opensps.codes import DEMO_COUNTRIES
from opensps.project.exits import Exit, Stopped
from opensps.rules import Level
from opensps.web.html.spreadsheet import inert

CHUNK = 25
"""Files one process takes at a time."""

ENOUGH_FOR_SEVERAL = 200
"""Below so many files, starting further processes costs more than it saves."""

COLUMNS = ("file", "result", "rule", "area", "level", "field", "xpath", "line", "message", "what_to_do", "source")
UNREADABLE = "unreadable"
START = "fork" if "fork" in get_all_start_methods() else "spawn"
"""A forked process has everything loaded; no thread runs here that a fork could leave in an odd state."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a process needs to judge a file."""

    directory: str
    profile: str
    now: datetime
    most_bytes: int


@dataclass(slots=True)
class Counts:
    """The figures of a run."""

    files: int = 0
    results: Counter[str] = field(default_factory=Counter)
    """valid, warnings, invalid or unreadable to so many files."""

    found: Counter[str] = field(default_factory=Counter)
    """Rule to so many findings."""

    def add(self, result: str, findings: list[dict[str, str]]) -> None:
        """Count one file."""
        self.files += 1
        self.results[result] += 1
        self.found.update(finding["rule"] for finding in findings)

    @property
    def is_clean(self) -> bool:
        """Whether no file must be corrected."""
        return not self.results["invalid"] and not self.results[UNREADABLE]

    def plain(self, seconds: float) -> dict[str, Any]:
        """Return the figures as plain data."""
        return {
            "files": self.files,
            **{name: self.results[name] for name in ("valid", "warnings", "invalid", UNREADABLE)},
            "rules": dict(self.found.most_common()),
            "seconds": round(seconds, 2),
            "files_per_second": round(self.files / seconds, 1) if seconds else 0.0,
        }


def names_in(directory: Path) -> Iterator[str]:
    """Give the XML files below a directory, by name, relative to it; links to directories are not followed."""
    for folder, folders, names in os.walk(directory):
        folders.sort()
        for name in sorted(names):
            if name.lower().endswith(".xml"):
                yield os.path.relpath(os.path.join(folder, name), directory)  # noqa: PTH118  millions of names


def judged(asked: Asked, names: list[str]) -> list[tuple[str, str, list[dict[str, str]]]]:
    """Return file, result and findings of each; runs in a process of its own."""
    return [(name, *_judged(asked, name)) for name in names]


def _judged(asked: Asked, name: str) -> tuple[str, list[dict[str, str]]]:
    try:
        with (Path(asked.directory) / name).open("rb") as file:
            data = file.read(asked.most_bytes + 1)
    except OSError as error:
        return UNREADABLE, [_row(UNREADABLE, f"The file cannot be read: {error.strerror}.")]
    if len(data) > asked.most_bytes:
        return UNREADABLE, [_row(UNREADABLE, f"The file is larger than {asked.most_bytes // 1_000_000} MB.")]
    policy = rules.Policy(extra_countries=DEMO_COUNTRIES, now=asked.now)
    outcome = formats.validate(data, profile=rules.PROFILES[asked.profile], policy=policy)
    levels = {finding.level for finding in outcome.findings}
    if outcome.reading.certificate is None and outcome.reading.root is None:
        result = UNREADABLE
    else:
        result = "invalid" if Level.SEVERE in levels else "warnings" if Level.WARNING in levels else "valid"
    place_of = formats.locator(outcome.reading)
    return result, [_plain(finding, place_of(finding)) for finding in outcome.findings]


def _row(rule: str, message: str) -> dict[str, str]:
    return {"rule": rule.upper(), "area": "", "level": Level.SEVERE, "field": "", "line": "", "message": message}


def _plain(finding: rules.Finding, place: formats.Place) -> dict[str, str]:
    return {
        "rule": finding.rule,
        "area": finding.area,
        "level": finding.level,
        "field": finding.field,
        "xpath": place.xpath,
        "line": str(place.line or ""),
        "message": finding.message,
        "what_to_do": formats.what_to_do(finding),
        "source": rules.SOURCES.get(finding.rule, ""),
    }


def run(asked: Asked, *, jobs: int) -> Iterator[tuple[str, str, list[dict[str, str]]]]:
    """Give file, result and findings of every file, in the order of the names."""
    chunks = _chunks(names_in(Path(asked.directory)))
    if jobs == 1:
        for chunk in chunks:
            yield from judged(asked, chunk)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context(START)) as pool:
        under_way: deque[Future[list[tuple[str, str, list[dict[str, str]]]]]] = deque()
        try:
            for chunk in chunks:
                under_way.append(pool.submit(judged, asked, chunk))
                if len(under_way) >= 2 * jobs:
                    yield from under_way.popleft().result()
            while under_way:
                yield from under_way.popleft().result()
        except BrokenProcessPool as exc:
            raise Stopped(
                Exit.UNEXPECTED, "A process died while it read a file. Run it again with --jobs 1 to see which."
            ) from exc


def _chunks(names: Iterator[str]) -> Iterator[list[str]]:
    while chunk := list(islice(names, CHUNK)):
        yield chunk


@contextmanager
def report(path: Path) -> Iterator["Report"]:
    """Open a report, CSV or JSON by its name; it takes its place when all of it is written, and not before."""
    if path.suffix not in {".csv", ".json"}:
        raise Stopped(Exit.USAGE, "Name the report .csv or .json, so that its form is known.")
    beside = path.with_name(f"{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            writer: Report = Table(file) if path.suffix == ".csv" else Document(file)
            yield writer
        beside.replace(path)
    except OSError as exc:
        raise Stopped(Exit.NOT_VALID, "%(name)s cannot be written: %(why)s.", name=path, why=exc.strerror) from exc
    finally:
        beside.unlink(missing_ok=True)


class Report:
    """Takes one file after the other, then the figures."""

    def file(self, name: str, result: str, findings: list[dict[str, str]]) -> None:
        """Write what was found in a file."""
        raise NotImplementedError

    def close(self, figures: dict[str, Any]) -> None:
        """Write the figures."""


class Table(Report):
    """CSV: a row per finding, and one for a file without any."""

    def __init__(self, file: TextIO) -> None:
        self._rows = csv.DictWriter(file, COLUMNS, restval="")
        self._rows.writeheader()

    def file(self, name: str, result: str, findings: list[dict[str, str]]) -> None:
        """Write the rows of a file; no cell is taken for a formula."""
        for finding in findings or [{}]:
            row = {"file": name, "result": result, **finding}
            self._rows.writerow({key: inert(value) for key, value in row.items()})


class Document(Report):
    """JSON: one document, `files` then `summary`, written as it comes."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._between = '{"files": ['

    def file(self, name: str, result: str, findings: list[dict[str, str]]) -> None:
        """Write the object of a file."""
        said = json.dumps({"file": name, "result": result, "findings": findings}, ensure_ascii=False)
        self._file.write(f"{self._between}\n{said}")
        self._between = ","

    def close(self, figures: dict[str, Any]) -> None:
        """Write the figures and end the document."""
        opening = self._between if self._between != "," else ""
        self._file.write(f'{opening}\n],\n"summary": {json.dumps(figures, ensure_ascii=False)}}}\n')
