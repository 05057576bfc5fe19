"""The form of our data files: read and written here, so that a refreshed list has the form of a shipped one.

A file is tab-separated: comment lines give list, version, valid_from and origin; then a header line and rows of
`code en zh group withdrawn since`. A row whose code is `*` carries, in place of a name, several codes we have no
name for. `withdrawn` is a date, or the word where nobody says when; the last two columns may be missing.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

from opensps.codes.entries import NO_NAMES, CodeEntry, CodeList

COLUMNS = ("code", "en", "zh", "group", "withdrawn", "since")
_HEAD = ("list", "version", "valid_from", "origin")


class ListUnreadable(ValueError):
    """A text is no data file of this room; the argument says why, in English, for logs and operators."""


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _entries(rows: Iterable[Mapping[str, str | None]]) -> Iterator[CodeEntry]:
    for row in rows:
        code, group, ended = row["code"] or "", row.get("group") or "", row.get("withdrawn") or ""
        times = (bool(ended), group, _day(ended), _day(row.get("since")))
        if code == "*":
            yield from (CodeEntry(each, NO_NAMES, *times) for each in (row["en"] or "").split())
        else:
            names = {language: row.get(language) or "" for language in ("en", "zh")}
            kept = {language: name for language, name in names.items() if name}
            yield CodeEntry(code, MappingProxyType(kept) if kept else NO_NAMES, *times)


def parsed(text: str) -> CodeList:
    """Return the list a data file's text holds; raise `ListUnreadable` for anything that is none."""
    lines = text.splitlines()
    head = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# ") and ": " in line)
    missing = [name for name in _HEAD if not head.get(name)]
    began = _day(head.get("valid_from"))
    if missing or began is None:
        raise ListUnreadable(f"the head lacks {', '.join(missing) or 'a date in valid_from'}")
    body = [line for line in lines if not line.startswith("# ")]
    if not body or body[0].split("\t")[:2] != ["code", "en"]:
        raise ListUnreadable("the columns do not begin with code and en")
    found = list(_entries(csv.DictReader(body, delimiter="\t", quoting=csv.QUOTE_NONE)))
    entries = {entry.code: entry for entry in found}
    if len(entries) < len(found):
        twice = sorted({entry.code for entry in found if entries[entry.code] is not entry})
        raise ListUnreadable(f"it has a code twice: {', '.join(twice)[:80]}")
    if "" in entries:
        raise ListUnreadable("a row has no code")
    return CodeList(head["list"], head["version"], head["origin"], began, MappingProxyType(entries))


def written(held: CodeList) -> str:
    """Return the list as the text of a data file, which `parsed` reads back as the same list."""
    head = (held.id, held.version, held.valid_from.isoformat(), held.origin)
    lines = [f"# {name}: {' '.join(value.split())}" for name, value in zip(_HEAD, head, strict=True)]
    rows = ["\t".join(map(_cell, _row(entry))).rstrip("\t") for entry in held.entries.values()]
    return "\n".join((*lines, "\t".join(COLUMNS), *rows, ""))


def _cell(text: str) -> str:
    return " ".join(text.split())


def _row(entry: CodeEntry) -> tuple[str, ...]:
    ended = entry.withdrawn_on.isoformat() if entry.withdrawn_on else "withdrawn" if entry.withdrawn else ""
    names = (entry.names.get("en", ""), entry.names.get("zh", ""))
    return (entry.code, *names, entry.group, ended, entry.since.isoformat() if entry.since else "")
