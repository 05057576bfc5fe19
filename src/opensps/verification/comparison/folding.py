"""Text brought to the form in which two writings of the same thing are equal (`fraud.md` 4, "normalised first").

Nothing here decides alone: what folds to the same text only differs in writing.
"""

import re
import unicodedata
from functools import lru_cache

_QUOTES = str.maketrans(dict.fromkeys('"`´‘’‚‛“”„‟«»‹›′″「」『』', "'") | dict.fromkeys("‐‑‒–—―−﹣－", "-"))
_SEPARATORS = re.compile(r"[\s\-_/\\.,:;#()'|+]+")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\-_/\\.,:;#()'|+]+(?=\d)")
_NUMBER_SEPARATOR = re.compile(r"(?<=\d)[.,](?=\d)")
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_PUNCTUATION = re.compile(r"[\s\-_/\\.,:;#()'|+]+")


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return the text without what only writing adds: case, width, kind of digits, quotes, dashes, blanks."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(str(unicodedata.decimal(sign, sign)) if sign.isdecimal() else sign for sign in text)
    return " ".join(text.translate(_QUOTES).casefold().split())


def same_writing(left: str, right: str) -> bool:
    """Tell whether two texts for people say the same word for word; punctuation at word ends does not count."""
    return folded(left) == folded(right) or _words(left) == _words(right)


def _words(text: str) -> list[str]:
    """Return the words; a dot or comma between digits stays, for it may make another number."""
    kept = _NUMBER_SEPARATOR.sub(lambda found: "\x01" if found[0] == "." else "\x02", folded(text))
    return _PUNCTUATION.sub(" ", kept).split()


def parts(text: str) -> tuple[str, ...]:
    """Return the parts of an identifier, between whatever separators."""
    return tuple(filter(None, _SEPARATORS.split(folded(text))))


def bare(text: str) -> str:
    """Return an identifier without any separator."""
    return "".join(parts(text))


def has_split_digits(text: str) -> bool:
    """Tell whether a separator stands between two digits, where leaving it out may make another identifier."""
    return _BETWEEN_DIGITS.search(folded(text)) is not None


def without_leading_zeros(text: str) -> tuple[str, ...]:
    """Return the parts of an identifier, each number without zeros in front."""
    return tuple(_LEADING_ZEROS.sub("", part) for part in parts(text))
