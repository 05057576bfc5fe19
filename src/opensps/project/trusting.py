"""Where the trust list and its roots lie, for commands that work without Django as well as with it."""

from datetime import datetime
from pathlib import Path

from opensps.project import environment
from opensps.project.exits import Exit, Stopped
from opensps.project.words import gettext_noop
from opensps.signing import Roots, TrustError, TrustList
from opensps.signing.trust_memory import load

REFUSED = gettext_noop("The trust list is refused: %(why)s")
DEMO_TRUST = Path(".demo") / "keys" / "trust.txt"


def own_list_path() -> Path:
    """Return where the list of this installation lies. Stops with a sentence when no place is named."""
    path = environment.path("TRUST_FILE")
    if path is None:
        raise Stopped(Exit.USAGE, "No trust list is set; name it in OPENSPS_TRUST_FILE.")
    return path


def roots_at(named: Path | None) -> Roots | None:
    """Return the roots of a file, else those of the settings, else nothing. Stops where they cannot be read."""
    path = named or environment.path("TRUST_ROOTS")
    if path is None:
        return None
    try:
        return Roots.read(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, TrustError) as exc:
        raise Stopped(
            Exit.USAGE, gettext_noop("The root keys %(path)s cannot be read: %(why)s"), path=path, why=exc
        ) from exc


def needed_roots(named: Path | None) -> Roots:
    """Return the roots; stops where none are named."""
    roots = roots_at(named)
    if roots is None:
        raise Stopped(Exit.USAGE, gettext_noop("No root keys are set; name their file with --roots."))
    return roots


def list_at(path: Path, roots: Roots | None) -> TrustList:
    """Return the list of a file, unless a newer one was seen there. Stops with a sentence where it is refused."""
    try:
        return load(path, roots=roots)
    except OSError as exc:
        raise Stopped(
            Exit.USAGE, "The trust list %(path)s cannot be read: %(why)s", path=path, why=exc.strerror or exc
        ) from exc
    except TrustError as exc:
        raise Stopped(Exit.NOT_VALID, REFUSED, why=exc) from exc


def fetched_at(path: Path, now: datetime) -> datetime:
    """Return when a file was put where it is, as far as the file system knows; never later than now."""
    return min(datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo), now)
