"""What fsck and audit of the log can find, in words. Without Django, so that the catalogue of sentences can read it."""

from collections.abc import Mapping
from types import MappingProxyType

from opensps.events.problems import Problem

_STOP = "Stop issuing, keep database and tiles as they are, and compare them with a backup and with the witnesses."
_REPAIR = "Restore the file from a backup, or remove it and let the worker write it again from the database."
_WRITE = "Let the worker run, or run: opensps log append"
MESSAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "leaf_missing": ("%(where)s: the leaf has disappeared.", _STOP),
        "root": ("%(where)s: the leaves do not give the root that the log stands at.", _STOP),
        "tile": ("%(where)s: the tile differs from what the leaves give, first at leaf %(index)s.", _REPAIR),
        "tile_missing": ("%(where)s: the tile is missing.", _REPAIR),
        "entries": (
            "%(where)s: the leaves in this file are not those of the database, first at leaf %(index)s.",
            _STOP,
        ),
        "unsigned": ("%(where)s: the newest tree is not signed by the key of the log.", _WRITE),
        "published": ("%(where)s: the checkpoint that is served belongs to another history.", _STOP),
        "not_published": ("%(where)s: no checkpoint is served.", _WRITE),
        "witnessed": ("%(where)s: witnesses have seen another history.", _STOP),
        "unordered": ("%(where)s: nobody here ordered this entry.", _STOP),
        "leaf": ("%(where)s: the leaf does not say what its event says.", _STOP),
        "not_logged": ("%(where)s: the event has no leaf and no due row will give it one.", _STOP),
        "head": ("%(where)s: the record of acts is not the one whose head was logged.", _STOP),
        "read_only": (
            "%(where)s: the log was stopped (%(reason)s).",
            "A witness has seen what is missing here: restore the newest backup, then ask opensps log status.",
        ),
        "witness_failing": ("%(where)s: this witness has not signed since %(since)s (%(why)s).", "Ask its operator."),
    }
)
"""Code -> (what is wrong, what to do), as templates for the translation catalogue."""


class LogProblem(Problem):
    """Something fsck, audit or the doctor must say of a log."""

    __slots__ = ()
    messages = MESSAGES
