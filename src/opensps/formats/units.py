"""Which quantity a volume on the wire really is: counts travel as NetVolumeMeasure (`domain.md` 2.3, 9.2)."""

from enum import Enum

from opensps import codes


class VolumePlace(Enum):
    """Where a measure that came as a volume belongs."""

    VOLUME = "volume"
    COUNT = "count"
    NOWHERE = "nowhere"


def volume_place(unit: str | None) -> VolumePlace:
    """Return where a measure in this Rec 20 unit belongs; a unit we do not know may well be a volume."""
    dimension = codes.group_of("un_rec20", unit) if unit else ""
    if dimension == "count":
        return VolumePlace.COUNT
    return VolumePlace.VOLUME if dimension in {"volume", ""} else VolumePlace.NOWHERE
