"""How a partner of the demo behaves: one word in a file that its program reads again at every step."""

from enum import StrEnum
from pathlib import Path


class Mood(StrEnum):
    """What a partner does with what reaches it."""

    WELL = "well"
    REMARK = "remark"
    """Acknowledges with a remark."""

    UNREADABLE = "unreadable"
    REFUSE = "refuse"
    SILENT = "silent"
    """Takes it and never answers; behind the hub it does not even collect."""

    AWAY = "away"
    """Cannot be reached; behind the hub it does not collect."""


def mood_file(directory: Path, partner: str) -> Path:
    """Return where the word of a partner lies."""
    return directory / f"{partner}.mood"


def mood_of(directory: Path, partner: str) -> Mood:
    """Return how the partner behaves now; well, where nobody said otherwise."""
    try:
        return Mood(mood_file(directory, partner).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return Mood.WELL


def mood_set(directory: Path, partner: str, mood: Mood) -> None:
    """Tell the partner how to behave from now on."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    mood_file(directory, partner).write_text(f"{mood}\n", encoding="ascii")
