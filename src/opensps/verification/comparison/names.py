"""Names: of traders with their legal forms, of officers, of species with their authors (`fraud.md` 4)."""

import re

from opensps.verification.comparison.folding import folded

_FORMS = {
    "co": "co", "company": "co", "corp": "corp", "corporation": "corp", "inc": "inc", "incorporated": "inc",
    "ltd": "ltd", "limited": "ltd", "pte": "pte", "private": "pte", "pty": "pty", "proprietary": "pty",
    "llc": "llc", "llp": "llp", "plc": "plc", "gmbh": "gmbh", "mbh": "gmbh", "ag": "ag", "kg": "kg", "ohg": "ohg",
    "sa": "sa", "sarl": "sarl", "sas": "sas", "srl": "srl", "spa": "spa", "sl": "sl", "bv": "bv", "nv": "nv",
    "oy": "oy", "ab": "ab", "as": "as", "aps": "aps", "kk": "kk", "sdn": "sdn", "bhd": "bhd", "ooo": "ooo",
}  # fmt: skip
_CHINESE_FORMS = re.compile(r"(股份有限公司|有限责任公司|有限公司|合作社|公司)$")
_SIGNS = re.compile(r"[\s,.;:'&()/\-]+")
_DIGITS = re.compile(r"\d+")
_SPELLING, _SHARE = 2, 4
"""Letters that may differ, and the share of the name (a quarter) they may make up."""

_RANKS = {"subsp": "subsp", "ssp": "subsp", "var": "var", "f": "f", "forma": "f", "cv": "cv", "subvar": "subvar"}
_PARTICLES = frozenset({"ex", "et", "de", "von", "van", "der", "filius", "auct", "non", "in", "emend", "sensu", "and"})
_BINOMIAL = 2
_AUTHOR = re.compile(r"(?:[A-Z][^\W\d]*[.'\-]?)+|1[789][0-9]{2}|20[0-9]{2}|&")
_TAXON_SIGNS = re.compile(r"[\s,()\[\]&]+")


def trader(name: str) -> tuple[str, tuple[str, ...]]:
    """Return the proper name of a trader and the words of its legal form, in one spelling of each."""
    text = folded(name).replace("&", " and ")
    chinese = _CHINESE_FORMS.search(text)
    if chinese:
        return text[: chinese.start()].strip(), (chinese[1],)
    text = re.sub(r"\b(?:[a-z]\.\s?){2,}", lambda found: re.sub(r"[.\s]", "", found[0]) + " ", text)
    words = [word for word in _SIGNS.split(text) if word]
    forms = []
    while len(words) > 1 and words[-1] in _FORMS:
        forms.append(_FORMS[words.pop()])
    return " ".join(words), tuple(reversed(forms))


def judge_traders(left: str, right: str) -> str:
    """Return the reason for two names of traders that are not written alike."""
    (one, one_form), (other, other_form) = trader(left), trader(right)
    if one == other:
        if one_form == other_form:
            return "writing"
        return "changed" if one_form and other_form and not _abbreviates(one_form, other_form) else "legal_form"
    return "spelling" if is_misspelt(one, other) and one_form == other_form else "changed"


def _abbreviates(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether one legal form is the other with words left out: Co. Ltd and Ltd."""
    return set(one) <= set(other) or set(other) <= set(one)


def is_misspelt(one: str, other: str) -> bool:
    """Tell whether two names differ by so few letters that a slip explains it; a number is never a slip."""
    if _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    limit = min(_SPELLING, max(len(one), len(other)) // _SHARE)
    return limit > 0 and distance(one, other, limit) <= limit


def distance(one: str, other: str, limit: int) -> int:
    """Return how many letters must be changed, put in or left out; more than the limit is ``limit + 1``."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    row = list(range(len(other) + 1))
    for place, sign in enumerate(one, 1):
        above, row = row, [place]
        for column, against in enumerate(other, 1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (sign != against)))
        if min(row) > limit:
            return limit + 1
    return row[-1]


def judge_people(left: str, right: str) -> str:
    """Return the reason for two names of persons that are not written alike."""
    one, other = ([word for word in _SIGNS.split(folded(name)) if word] for name in (left, right))
    if one == other:
        return "writing"
    if not all(word.isalpha() for word in (*one, *other)):
        return "changed"
    if sorted(one) == sorted(other) or _is_initials(one, other) or _is_initials(other, one):
        return "name_form"
    return "changed"


def _is_initials(short: list[str], long: list[str]) -> bool:
    """Tell whether the short name is the long one with given names cut to their first letters."""
    if len(short) != len(long) or short == long:
        return False
    pairs = list(zip(short, long, strict=True))
    return any(len(a) > 1 and a == b for a, b in pairs) and all(a == b or (len(a) == 1 and b[0] == a) for a, b in pairs)


def taxon(name: str) -> tuple[str, str]:
    """Return a scientific name without its authors, in lower case, and its authors.

    What looks like no name of a genus or species is returned as it stands: nothing of it is taken for an author.
    """
    words = [word for word in _TAXON_SIGNS.split(name.replace("×", " × ")) if word]
    if not _is_taxon(words):
        return folded(name), ""
    kept, authors, is_shouted = [folded(words[0])], [], name.isupper()
    for word in words[1:]:
        plain = folded(word).strip(".")
        if plain in _RANKS and word.endswith("."):
            kept.append(_RANKS[plain])
        elif plain in {"×", "x"}:
            kept.append("×")
        elif plain in _PARTICLES or (_AUTHOR.fullmatch(word) and not (is_shouted and len(kept) == 1)):
            authors.append(plain)
        else:
            kept.append(plain)
    return " ".join(kept), " ".join(authors)


def _is_taxon(words: list[str]) -> bool:
    """Tell whether words begin like a scientific name: a genus, then an epithet, a hybrid sign or an author."""
    if len(words) < _BINOMIAL or not words[0].strip(".").isalpha() or not words[0][0].isupper():
        return False
    second = words[1]
    return (second.isalpha() and (second.islower() or second.isupper())) or second == "×" or second.endswith(".")


def judge_taxa(left: str, right: str) -> str:
    """Return the reason for two scientific names that are not written alike."""
    (one, author), (other, other_author) = taxon(left), taxon(right)
    if folded(left) == folded(right):
        return "writing"
    if one == other:
        return "other_author" if author and other_author and author != other_author else "authorship"
    return "genus_shortened" if _is_shortened(one, other) or _is_shortened(other, one) else "changed"


def _is_shortened(short: str, long: str) -> bool:
    genus, _, epithet = short.partition(" ")
    full, _, same = long.partition(" ")
    return bool(epithet) and epithet == same and len(genus.strip(".")) == 1 and full.startswith(genus.strip("."))
