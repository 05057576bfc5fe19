"""The catalogue of every sentence people see: collect, import, check and compile, without GNU gettext.

    python tools/messages.py update [--import FILE.tsv ...]   collect all sentences, add translations from tables
    python tools/messages.py check                            fail if one is missing, unused or has other placeholders
    python tools/messages.py compile                          write the .mo file Django reads

Sentences come from the Python files and templates of `web`, from the commands of `project`, and from the plain data of
the core rooms, whose English sentences are the keys: rules, findings of the readers, check results. A table for import
has two columns separated by a tab, English and Chinese, one pair a line; a line that begins with # is a remark.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from opensps.certification.log_problems import MESSAGES as LOG_PROBLEMS
from opensps.events.problems import MESSAGES as RECORD_PROBLEMS
from opensps.exchange.golden import TITLES as GOLDEN_MESSAGES
from opensps.exchange.inbound_rules import MESSAGES as ENVELOPE_FINDINGS
from opensps.exchange.mail.sentences import MESSAGES as MAILS
from opensps.formats import MESSAGES as FINDINGS
from opensps.rules import profiles

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src" / "opensps" / "web"
PROJECT = ROOT / "src" / "opensps" / "project"
PO = WEB / "html" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "Stopped": (2,),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")

Found = tuple[str, str | tuple[str, ...], str | None]
"""File, sentence (or singular and plural), context."""


def _from_source(path: Path, text: str) -> Iterator[Found]:
    lines = io.BytesIO(text.encode())
    for _line, message, _comments, context in extract("python", lines, keywords=KEYWORDS):
        yield str(path.relative_to(ROOT)), message, context


def _from_files() -> Iterator[Found]:
    for path in sorted((*WEB.rglob("*.py"), *PROJECT.rglob("*.py"))):
        yield from _from_source(path, path.read_text(encoding="utf-8"))
    for path in sorted(WEB.rglob("templates/**/*.html")):
        yield from _from_source(path, templatize(path.read_text(encoding="utf-8"), origin=str(path)))


def _from_data() -> Iterator[Found]:
    for sentence in profiles.MESSAGES:
        yield "opensps.rules", sentence, None
    for sentence in ENVELOPE_FINDINGS.values():
        yield "opensps.exchange", sentence, None
    for sentence in (*MAILS, *GOLDEN_MESSAGES.values()):
        yield "opensps.exchange", sentence, None
    for sentence in FINDINGS:
        yield "opensps.formats", sentence, None
    for sentence in sorted(
        {sentence for pair in (*RECORD_PROBLEMS.values(), *LOG_PROBLEMS.values()) for sentence in pair}
    ):
        yield "opensps.events", sentence, None


def collect() -> Catalog:
    """Return a catalogue of all sentences without translations."""
    catalog = _empty()
    for place, message, context in (*_from_files(), *_from_data()):
        catalog.add(message, locations=[(place, 0)], context=context)
    return catalog


def _empty() -> Catalog:
    return Catalog(
        locale="zh_Hans",
        project="OpenSPS",
        version="",
        copyright_holder="the OpenSPS authors",
        msgid_bugs_address="",
        header_comment="# Simplified Chinese of OpenSPS. Collected by tools/messages.py; edit the translations only.",
    )


def load() -> Catalog:
    """Return the catalogue as kept in the repository, an empty one before the first time."""
    if not PO.exists():
        return _empty()
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def merged(translations: Iterable[tuple[str, str]]) -> Catalog:
    """Return the sentences of now with the translations kept, and those of the tables added."""
    kept = {(_key(row), row.context): row.string for row in load() if row.id}
    told = dict(translations)
    catalog = collect()
    for row in catalog:
        if row.id:
            row.flags.discard("fuzzy")
            row.string = told.get(_key(row)) or told.get(_key(row).strip()) or kept.get((_key(row), row.context)) or ""
            if row.pluralizable and not isinstance(row.string, (list, tuple)):
                row.string = (row.string,)
    return catalog


def _key(row: Message) -> str:
    return row.id[0] if isinstance(row.id, (list, tuple)) else row.id


def _pairs(files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    for path in files:
        for line in path.read_text(encoding="utf-8").splitlines():
            english, tab, chinese = line.partition("\t")
            if tab and not line.startswith("#") and chinese.strip():
                yield english.replace("\\n", "\n"), chinese.replace("\\n", "\n").strip(" ")


def save(catalog: Catalog) -> None:
    """Write the catalogue in a form that changes only where a sentence changes."""
    catalog.creation_date = catalog.revision_date = None  # type: ignore[assignment]  # no dates: they change every time
    PO.parent.mkdir(parents=True, exist_ok=True)
    with io.BytesIO() as raw:
        write_po(raw, catalog, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
        text = raw.getvalue().decode()
    PO.write_text(re.sub(r'^"(POT-Creation|PO-Revision)-Date:.*\n', "", text, flags=re.MULTILINE), encoding="utf-8")


def problems() -> list[str]:
    """Return what is wrong with the catalogue in the repository: each a sentence for the person who repairs it."""
    kept = {(_key(row), row.context): row for row in load() if row.id}
    now = {(_key(row), row.context): row for row in collect() if row.id}
    found = [f"not in the catalogue: {key[0]!r}" for key in now if key not in kept]
    found += [f"no longer used: {key[0]!r}" for key in kept if key not in now]
    for row in kept.values():
        found.extend(_faults(row))
    return found


def _faults(row: Message) -> Iterator[str]:
    said = "".join(row.string) if isinstance(row.string, (list, tuple)) else row.string
    if not said:
        yield f"not translated: {_key(row)!r}"
    elif row.fuzzy:
        yield f"marked fuzzy: {_key(row)!r}"
    elif set(PLACEHOLDER.findall(said)) != set(PLACEHOLDER.findall(_key(row))):
        yield f"other placeholders: {_key(row)!r}"


def compile_catalogue() -> None:
    """Write django.mo beside django.po."""
    with PO.with_suffix(".mo").open("wb") as file:
        write_mo(file, load())


def main() -> int:
    """Run one command; return 1 when `check` finds a problem."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("update", "check", "compile"))
    parser.add_argument("--import", dest="tables", nargs="*", type=Path, default=[], metavar="FILE.tsv")
    chosen = parser.parse_args()
    if chosen.command == "update":
        save(merged(_pairs(chosen.tables)))
    if chosen.command in ("update", "compile"):
        compile_catalogue()
    if chosen.command == "compile":
        return 0
    found = problems()
    sys.stdout.writelines(f"{line}\n" for line in found)
    sys.stdout.write(f"{len(found)} problems, {len(collect())} sentences\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
