"""The lists of codes an installation refreshed: where they lie, how they are read in a directory, how they are kept."""

import csv
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from opensps.codes import CodeList, ListUnreadable, overlaid, parsed, read_also, written
from opensps.codes.packages import places_of
from opensps.codes.refreshing import PUBLISHED, Proposal, proposed, read_file
from opensps.project import environment
from opensps.project.exits import Exit, Stopped

MAX_BYTES = 20_000_000
PLACES = "*UNLOCODE CodeListPart*.csv"
"""The parts of UN/LOCODE as UNECE publishes them."""

_OURS = "# list: "


def directory() -> Path | None:
    """Return where newer lists are kept, None when the setting says nothing."""
    return environment.path("CODES_DIR")


def use_newer() -> None:
    """Let the newer lists of this installation overlay the shipped ones."""
    read_also(directory())


def proposals_of(folder: Path, *, at: date) -> Iterator[Proposal]:
    """Give what the tables of a directory would change; every file is read before the first is given.

    Stops with the name of the file when one is no list.
    """
    if not folder.is_dir():
        raise Stopped(Exit.NOT_VALID, "There is no directory %(name)s.", name=folder)
    files = [path for path in sorted(folder.iterdir()) if path.suffix in {".tsv", ".txt"} and path.is_file()]
    parts = sorted(folder.glob(PLACES))
    if not files and not parts:
        raise Stopped(Exit.NOT_FOUND, "There is no .tsv file in %(name)s.", name=folder)
    found = [_proposal(path, at=at) for path in files if _is_meant(path)]
    yield from [*found, _proposal_of_places(parts, at=at)] if parts else found


def _proposal_of_places(parts: list[Path], *, at: date) -> Proposal:
    """Return what the parts of a newer UN/LOCODE would change; the edition is the first word of their names."""
    try:
        newer = places_of(parts, version=parts[0].name.split()[0], origin="UNECE, UN/LOCODE", valid_from=at)
        return proposed(newer, at=at, is_complete=True, keeps_names=False)
    except (OSError, ValueError, csv.Error) as exc:
        raise _refused(parts[0], exc) from exc


def _is_meant(path: Path) -> bool:
    """Leave out published tables of subjects we carry no list of."""
    with path.open("rb") as file:
        is_ours = file.read(len(_OURS)) == _OURS.encode()
    return is_ours or path.name.startswith(tuple(PUBLISHED)) or not path.name.startswith(("UNECE_", "ISO_"))


def _proposal(path: Path, *, at: date) -> Proposal:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ListUnreadable("it is too large")
        text = path.read_bytes().decode("utf-8-sig")
        return proposed(
            read_file(path.name, text, at=at), at=at, is_complete=True, keeps_names=not text.startswith(_OURS)
        )
    except UnicodeDecodeError as exc:
        raise _refused(path, ListUnreadable("it is not text in UTF-8")) from exc
    except (OSError, ValueError) as exc:  # ListUnreadable is a ValueError
        raise _refused(path, exc) from exc


def _refused(path: Path, why: Exception) -> Stopped:
    return Stopped(
        Exit.NOT_VALID, "%(name)s is no list of codes: %(why)s. Nothing was changed.", name=path.name, why=why
    )


def keep(proposals: list[Proposal], folder: Path) -> None:
    """Write what was proposed; all files are complete before the first one takes its place."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            for each in proposals:
                newer = _on_top(folder / f"{each.list_id}.tsv", each.newer)
                (Path(scratch) / f"{each.list_id}.tsv").write_text(written(newer), encoding="utf-8")
            for each in proposals:
                (Path(scratch) / f"{each.list_id}.tsv").replace(folder / f"{each.list_id}.tsv")
    except OSError as exc:
        raise Stopped(Exit.NOT_VALID, "%(name)s cannot be written: %(why)s.", name=folder, why=exc.strerror) from exc


def _on_top(path: Path, newer: CodeList) -> CodeList:
    """Return the newer entries on top of those that were kept before."""
    return overlaid(parsed(path.read_text(encoding="utf-8")), newer) if path.is_file() else newer
