"""Translations: compile the catalogues, collect the sentences, and prove every sentence translated.

Usage: ``python tools/translations.py compile | update | check``. Pure Python (Babel); GNU gettext is not needed.
``update`` adds new sentences to the catalogues and drops those no longer used; ``check`` fails and names what is missing.
"""

import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).resolve().parent.parent / "src" / "opensps"
LOCALES = SOURCE / "web" / "html" / "locale"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "gettext_noop": None,
}


def catalogues() -> list[Path]:
    """Return the ``django.po`` of every language."""
    return sorted(LOCALES.glob("*/LC_MESSAGES/django.po"))


def compile_all() -> int:
    """Write each ``django.mo`` that is older than its ``django.po``."""
    for path in catalogues():
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
            content = io.BytesIO()
            write_mo(content, _read(path))
            compiled.write_bytes(content.getvalue())
    return 0


def update_all() -> int:
    """Bring the catalogues to the sentences of the sources; new ones come without a translation."""
    template = sentences()
    for path in catalogues():
        catalogue = _read(path)
        catalogue.update(template, no_fuzzy_matching=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=120, ignore_obsolete=True, include_lineno=False, sort_by_file=True)
    return 0


def check_all() -> int:
    """Print what a catalogue lacks; return 1 if anything is missing."""
    problems = [f"{path.parent.parent.name}: {problem}" for path in catalogues() for problem in missing(_read(path))]
    for problem in problems:
        print(problem)  # noqa: T201 the answer of this program
    return 1 if problems else 0


def missing(catalogue: Catalog) -> Iterator[str]:
    """Yield each sentence without a translation, and each translation that loses a placeholder."""
    for message in sentences():
        if not message.id:
            continue
        known = catalogue.get(message.id, message.context)
        if known is None or not _is_translated(known):
            yield f"not translated: {message.id!r} ({', '.join(file for file, _line in message.locations[:2])})"
        elif known.fuzzy:
            yield f"marked fuzzy: {message.id!r}"
        else:
            yield from (f"{message.id!r}: {error}" for error in known.check(catalogue))


def sentences() -> Catalog:
    """Collect every sentence of the package's Python modules and templates, and those its tables hold."""
    catalogue = Catalog(charset="utf-8")
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            _collect(catalogue, path, path.read_bytes())
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            _collect(catalogue, path, _templatized(path))
    for text, origin in _tables():
        catalogue.add(text, locations=[(origin, 0)])
    return catalogue


def _collect(catalogue: Catalog, path: Path, content: bytes) -> None:
    name = path.relative_to(SOURCE).as_posix()
    for line, message, comments, context in extract("python", io.BytesIO(content), KEYWORDS, ("Translators:",)):
        catalogue.add(message, locations=[(name, line)], auto_comments=comments, context=context)


def _templatized(path: Path) -> bytes:
    from django.utils.translation.template import templatize  # noqa: PLC0415 compile runs without Django's settings

    return templatize(path.read_text(encoding="utf-8"), origin=str(path)).encode()


def _tables() -> Iterator[tuple[str, str]]:
    """Sentences that stand in tables of core rooms, which know no gettext."""
    return iter(())


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def _is_translated(message: Message) -> bool:
    texts: Iterable[str] = (message.string,) if isinstance(message.string, str) else message.string
    return all(texts)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] != "compile":
        import os

        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opensps.project.settings")
        django.setup()
    sys.exit({"compile": compile_all, "update": update_all, "check": check_all}[sys.argv[1]]())
