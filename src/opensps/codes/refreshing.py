"""A newer edition of a list against the one we hold: what would be added, changed and withdrawn.

Pure: it reads texts and makes lists; who fetched them and where they are kept is not its matter. A list is never
shortened: what a complete edition lacks is withdrawn, and what looks like no edition of the list at all is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from opensps.codes.entries import NO_NAMES, CodeEntry, CodeList
from opensps.codes.files import ListUnreadable, parsed
from opensps.codes.lists import LIST_IDS, get

PUBLISHED: Mapping[str, str] = MappingProxyType(
    {
        "UNECE_DocumentNameCode": "un_1001",
        "UNECE_ReferenceTypeCode": "un_1153",
        "UNECE_PartyRoleCode": "un_3035",
        "UNECE_AgencyIdentificationCode": "un_3055",
        "UNECE_AddressType": "un_3131",
        "UNECE_LocationFunctionCode": "un_3227",
        "UNECE_StatusCode": "un_4405",
        "UNECE_TemperatureTypeCode": "un_6245",
        "UNECE_MeasuredAttributeCode": "un_6313",
        "UNECE_PackagingLevelCode": "un_7075",
        "UNECE_CargoTypeClassificationCode": "un_7085",
        "UNECE_ProcessTypeCode": "un_7187",
        "UNECE_GovernmentActionCode": "un_9417",
        "UNECE_TransportModeCode_Rec19": "un_rec19",
        "UNECE_MeasurementUnitCommonCode_Rec20": "un_rec20",
        "UNECE_PackageTypeCode_Rec21": "un_rec21",
        "IPPC_ePhyto_tag_acronyms": "ippc_tags",
    }
)
"""Beginning of the file name of a published table (`code`, `name`, more columns) to its list."""

_MOST_WITHDRAWN = 2
"""An edition that would withdraw more than one code in so many is taken for another list, or a part of one."""

_NAME_COLUMNS = ("name", "description")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a newer edition would do to the list we hold."""

    list_id: str
    version: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    withdrawn: tuple[str, ...]
    newer: CodeList
    """Only entries that are new, changed or withdrawn: what has to be kept to overlay the list held."""

    @property
    def is_empty(self) -> bool:
        """Whether the newer edition says nothing new."""
        return not (self.added or self.changed or self.withdrawn)


def read_file(name: str, text: str, *, at: date) -> CodeList:
    """Return the list of a data file of ours, or of a table of `code` and `name` known by its file name.

    Raises `ListUnreadable`. Of a code that stands twice in a table, as in the two lists of UNCL 4405, the first counts.
    """
    if text.startswith("# list: "):
        found = parsed(text)
        if found.id not in LIST_IDS:
            raise ListUnreadable(f"there is no list {found.id[:40]}")
        return found
    if (own := name.partition(".")[0]) in LIST_IDS:
        return _table(text, list_id=own, version="", at=at)
    stem = next((beginning for beginning in PUBLISHED if name.startswith(beginning)), None)
    if stem is None:
        raise ListUnreadable("neither its first line nor its name says which list it is")
    return _table(text, list_id=PUBLISHED[stem], version=name.removeprefix(stem).partition(".")[0].strip("_"), at=at)


def _table(text: str, *, list_id: str, version: str, at: date) -> CodeList:
    header, *rows = [line.split("\t") for line in text.splitlines() if line.strip()] or [[""]]
    column = next((header.index(name) for name in _NAME_COLUMNS if name in header), None)
    if header[0] != "code" or column is None:
        raise ListUnreadable("the columns are not code and name")
    entries: dict[str, CodeEntry] = {}
    for place, cells in enumerate(rows, 2):
        if len(cells) <= column or not cells[0].strip():
            raise ListUnreadable(f"row {place} has no code or no name")
        names = MappingProxyType({"en": cells[column].strip()}) if cells[column].strip() else NO_NAMES
        entries.setdefault(cells[0].strip(), CodeEntry(cells[0].strip(), names))
    return CodeList(list_id, version or at.isoformat(), get(list_id).origin, at, MappingProxyType(entries))


def named(list_id: str, rows: Iterable[CodeEntry], *, origin: str, at: date) -> CodeList:
    """Return a list of what a service answered; the first of two entries of a code counts, with all their names."""
    entries: dict[str, CodeEntry] = {}
    for row in rows:
        known = entries.get(row.code)
        names = MappingProxyType({**row.names, **known.names}) if known is not None else row.names
        entries[row.code] = replace(known or row, names=names)
    return CodeList(list_id, at.isoformat(), origin, at, MappingProxyType(entries))


def proposed(newer: CodeList, *, at: date, is_complete: bool, keeps_names: bool) -> Proposal:
    """Return what the newer edition would do.

    `is_complete`: what it lacks is withdrawn from that day on; else it only adds and names. `keeps_names`: a name we
    have stays, for it is in our words and in two languages. Raises `ListUnreadable` for what can be no edition.
    """
    held = get(newer.id).entries
    if not newer.entries:
        raise ListUnreadable("it has no codes")
    entries = {code: _merged(entry, held.get(code), keeps_names=keeps_names) for code, entry in newer.entries.items()}
    gone = [entry for code, entry in held.items() if code not in entries and not entry.withdrawn] if is_complete else []
    if len(gone) * _MOST_WITHDRAWN > len(held):
        raise ListUnreadable(f"it would withdraw {len(gone)} of {len(held)} codes; that is no newer edition")
    added = [code for code in entries if code not in held]
    ended = [code for code, entry in entries.items() if code in held and entry.withdrawn and not held[code].withdrawn]
    changed = [code for code, entry in entries.items() if code in held and entry != held[code] and code not in ended]
    kept = {code: entries[code] for code in (*added, *changed, *ended)}
    kept |= {entry.code: replace(entry, withdrawn=True, withdrawn_on=at) for entry in gone}
    withdrawn = (*ended, *(entry.code for entry in gone))
    overlay = replace(newer, entries=MappingProxyType(kept))
    return Proposal(newer.id, newer.version, tuple(added), tuple(changed), withdrawn, overlay)


def _merged(entry: CodeEntry, held: CodeEntry | None, *, keeps_names: bool) -> CodeEntry:
    if held is None:
        return entry
    names = held.names if keeps_names and held.names else {**held.names, **entry.names}
    ended = held.withdrawn_on if entry.withdrawn and entry.withdrawn_on is None else entry.withdrawn_on
    return replace(
        entry,
        names=MappingProxyType(dict(names)) if names else NO_NAMES,
        group=entry.group or held.group,
        since=entry.since or held.since,
        withdrawn_on=ended,
    )
