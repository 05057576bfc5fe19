"""By which words a person is found: the parts of name and mail address, folded. Pure.

A directory of a hundred thousand people is searched by the beginnings of words, which an index answers. Words are kept
as bytes, because bytes sort the same in every database. What is not found: a piece from the middle of a word.
"""

import re
import unicodedata
from collections.abc import Iterator

LETTERS = 24
"""Of a word that count."""

_WORD = re.compile(r"[^\W_]+")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def _folded(text: str) -> str:
    """Return the text without accents and capitals, wide letters as narrow ones."""
    plain = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(sign for sign in plain if not unicodedata.combining(sign))).casefold()


def _starts(word: str) -> Iterator[str]:
    """Yield the word, and what follows each of its ideographs but the first: family and given name stand together."""
    yield word
    yield from (word[place:] for place in range(1, len(word)) if _IDEOGRAPH.match(word[place]))


def words_of(name: str, email: str) -> frozenset[bytes]:
    """Return the words a person is found by: of the name, and of the mail address before its at-sign."""
    local = email.partition("@")[0]
    found = _WORD.findall(_folded(f"{name} {local}"))
    return frozenset(start[:LETTERS].encode() for word in found for start in _starts(word))


def ranges_of(text: str) -> tuple[tuple[bytes, bytes], ...]:
    """Return for each word typed the first word it finds and the first one after all it finds; none for no words."""
    typed = " ".join(part.partition("@")[0] for part in text.split())
    begun = dict.fromkeys(word[:LETTERS].encode() for word in _WORD.findall(_folded(typed)))
    return tuple((word, word + b"\xff") for word in begun)
