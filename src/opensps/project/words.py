"""The words of the command line, without Django, from the catalogue of the pages."""

import gettext
import os
from collections.abc import Callable
from pathlib import Path

Translate = Callable[[str], str]

_PACKAGE = Path(__file__).resolve().parent.parent
_FOLDERS = {"zh-hans": "zh_Hans"}
LANGUAGES = ("en", "zh-hans")


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the catalogue; it is translated where it is said."""
    return sentence


def language_from(chosen: str | None) -> str:
    """Return the language asked for, else that of the terminal, else English."""
    if chosen:
        return chosen
    terminal = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "zh-hans" if terminal.lower().startswith("zh") else "en"


def translator(language: str) -> Translate:
    """Return the function that turns an English sentence into ``language``; English itself where none is known."""
    if language not in _FOLDERS:
        return str
    catalogues = _PACKAGE / "web" / "html" / "locale"
    return gettext.translation("django", catalogues, [_FOLDERS[language]], fallback=True).gettext
