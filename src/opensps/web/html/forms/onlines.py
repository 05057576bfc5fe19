"""What hangs on lines of goods and is entered once for one line or for all: treatments, establishments."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from opensps.certificate import Certificate
from opensps.web.html.forms.origin import line_name
from opensps.web.html.forms.step import StepForm, with_line

ALL_LINES = "all"
_SEVERAL = 2


class OnLinesForm(StepForm):
    """One entry of one line, or, when it is new, of all lines; the field `for_line` asks which."""

    attribute: ClassVar[str] = ""
    """Field of a trade line that holds the entries."""

    def __init__(self, *args: Any, place: tuple[int, int] | None, **kwargs: Any) -> None:
        self.place = place
        """Line and entry, counted from 0; None for a new one."""
        super().__init__(*args, **kwargs)
        if place is not None or len(self.value.lines) < _SEVERAL:
            del self.fields["for_line"]
            return
        choices = [(str(n), line_name(line)) for n, line in enumerate(self.value.lines)]
        self.fields["for_line"].choices = [(ALL_LINES, _("All lines")), *choices]  # type: ignore[attr-defined]  # ChoiceField

    def chosen_lines(self, value: Certificate) -> Iterator[int]:
        """Give the places of the lines a new entry is for."""
        chosen = self.cleaned_data.get("for_line") or ALL_LINES
        yield from (n for n in range(len(value.lines)) if chosen in {ALL_LINES, str(n)})


def entries_of(line: Any, attribute: str) -> tuple[Any, ...]:
    """Return what hangs on a line."""
    found: tuple[Any, ...] = getattr(line, attribute)
    return found


def without(value: Certificate, attribute: str, line: int, place: int) -> Certificate:
    """Return the value without this entry of this line."""
    held = entries_of(value.lines[line], attribute)
    changes: dict[str, Any] = {attribute: (*held[:place], *held[place + 1 :])}
    return with_line(value, line, replace(value.lines[line], **changes))
