"""Code or words: how the dialect tells them apart where it carries both in the same place (`domain.md` 4.5)."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from opensps.certificate import Code, Text
from opensps.formats.tags import TREATMENT_LISTS

_FORMS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {"TTL1": re.compile(r"[A-Z]{1,4}\Z"), "TTL2": re.compile(r"[A-Z]{1,4}\Z"), "TTCH": re.compile(r"[0-9]{1,4}\Z")}
)


def fact(tag: str, text: Text) -> Code | Text:
    """Return a treatment fact as a code if it has the form of one and no language, else as the words it is."""
    is_code = text.language is None and _FORMS[tag].match(text.value) is not None
    return Code(text.value, TREATMENT_LISTS[tag]) if is_code else text
