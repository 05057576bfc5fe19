"""Published code lists as dated data files with their origin, and the one way to look a code up.

A list is loaded when first asked for and then kept; it changes only when an installation names its newer lists at
start (`read_also`). Entries may be withdrawn, never deleted, because old certificates name them. A code without a
name of ours is shown as itself. `in_base` says what a quantity is in the base unit of its dimension.

`UnknownList`, raised for a list we do not carry, `ListUnreadable` for a text that is no list and `ListBroken` for a
refreshed list that was damaged since are the room's only errors.
"""

from opensps.codes.countries import DEMO_COUNTRIES, TRADE_COUNTRIES, countries, country_name, is_country
from opensps.codes.entries import CodeEntry, CodeList
from opensps.codes.files import ListUnreadable, parsed, written
from opensps.codes.lists import (
    LIST_IDS,
    ListBroken,
    UnknownList,
    get,
    group_of,
    is_known,
    label,
    overlaid,
    read_also,
    shipped,
)
from opensps.codes.units import in_base, size_of

__all__ = [
    "DEMO_COUNTRIES",
    "LIST_IDS",
    "TRADE_COUNTRIES",
    "CodeEntry",
    "CodeList",
    "ListBroken",
    "ListUnreadable",
    "UnknownList",
    "countries",
    "country_name",
    "get",
    "group_of",
    "in_base",
    "is_country",
    "is_known",
    "label",
    "overlaid",
    "parsed",
    "read_also",
    "shipped",
    "size_of",
    "written",
]
