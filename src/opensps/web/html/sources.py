"""What a re-export asks of the certificates its goods came in with, as an examiner reads it. Nothing here writes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opensps.certification.models import Application
from opensps.certification.queries import GuardAnswer, source_answers
from opensps.certification.sources import BY_PAPER
from opensps.lifecycle import APPLICATION_ENDS, ApplicationState

_TONES: Final[Mapping[str, str]] = MappingProxyType({"": "ok", **dict.fromkeys(BY_PAPER, "warn")})
_WORDS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "": gettext_lazy("Covered"),
        "not_on_record": gettext_lazy("Not on our record: go by the paper"),
        "other_holder": gettext_lazy("Came to us for somebody else: go by the paper"),
        "source_gone": gettext_lazy("Its content is not kept here"),
        "balance_exceeded": gettext_lazy("More than is left"),
        "no_such_goods": gettext_lazy("No such goods on it"),
        "other_unit": gettext_lazy("Measured in another unit"),
        "source_not_in_force": gettext_lazy("Not in force"),
    }
)


def source_rows(application: Application, *, at: datetime) -> list[dict[str, str]]:
    """Return a row for each line of an application that is not decided yet; none for other kinds."""
    if application.kind != Application.RE_EXPORT or ApplicationState(application.state) in APPLICATION_ENDS:
        return []
    return [
        {
            "line": str(each.line),
            "originals": ", ".join(each.originals),
            "asked": f"{each.asked:f} {each.unit}" if each.unit else _("whole"),
            "left": f"{each.left:f} {each.unit}" if each.unit and each.reason not in BY_PAPER else "–",
            "tone": _TONES.get(each.reason, "bad"),
            "word": str(_WORDS.get(each.reason, each.reason)),
        }
        for each in source_answers(application, at=at)
    ]


def asked_guards(application: Application, guards: Iterable[GuardAnswer]) -> tuple[GuardAnswer, ...]:
    """Return the guards a reader is told of: that of the sources only where goods are re-exported."""
    is_reexport = application.kind == Application.RE_EXPORT
    return tuple(each for each in guards if is_reexport or each.name != "sources_cover_lines")
