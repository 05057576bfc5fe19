"""Published code lists as dated data files with their origin, and the one way to look a code up.

A list is loaded when first asked for and then kept; it never changes while the program runs. Entries may be
withdrawn, never deleted, because old certificates name them. A code without a name of ours is shown as itself.

`UnknownList`, raised for a list we do not carry, is the room's only error.
"""

from opensps.codes.countries import DEMO_COUNTRIES, countries, country_name, is_country
from opensps.codes.entries import CodeEntry, CodeList
from opensps.codes.lists import LIST_IDS, UnknownList, get, group_of, is_known, label

__all__ = [
    "DEMO_COUNTRIES",
    "LIST_IDS",
    "CodeEntry",
    "CodeList",
    "UnknownList",
    "countries",
    "country_name",
    "get",
    "group_of",
    "is_country",
    "is_known",
    "label",
]
