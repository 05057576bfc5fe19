"""The kinds of certificate by name. What each of them is stands in its folder (`profile.py`).

Kinds the code speaks of have their constant here; a folder without one becomes a member of the same enumeration
under its own name in capitals. Which fields, rules and papers a kind has is nowhere but in its folder.
"""

from collections.abc import Container
from enum import StrEnum
from importlib.resources import files
from typing import Final

PROFILE_FILE: Final = "kind.toml"
"""The file that makes a folder beside this module a kind."""

KINDS_FOLDER: Final = files("opensps.certificate.kinds")


def further_members(declared: Container[str]) -> dict[str, str]:
    """Return name and value of a member for each folder of a kind that has none yet, in alphabetical order."""
    folders = sorted(one.name.upper() for one in KINDS_FOLDER.iterdir() if one.joinpath(PROFILE_FILE).is_file())
    return {name: name for name in folders if name not in declared}


class Family(StrEnum):
    """What is certified."""

    PLANT = "PLANT"
    ANIMAL = "ANIMAL"
    FOOD = "FOOD"


class CertificateKind(StrEnum):
    """The kinds we know. OTHER is read, shown and kept, never issued."""

    PHYTOSANITARY = "PHYTOSANITARY"
    PHYTOSANITARY_REEXPORT = "PHYTOSANITARY_REEXPORT"
    VETERINARY_HEALTH = "VETERINARY_HEALTH"
    ANIMAL_HEALTH = "ANIMAL_HEALTH"
    SANITARY = "SANITARY"
    HEALTH = "HEALTH"
    OTHER = "OTHER"
    vars().update(further_members(vars()))
