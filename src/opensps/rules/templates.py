"""Templates agreed with a partner: which holds on a day of issue, and whether a certificate is on one that does.

Source: `fraud.md` 3, attack 13; `lifecycles.md` 3 (template_acknowledged, template_current). A template is the form of
a kind of certificate for one destination, in a version, from one day of issue to another. Days are those of the office
that issues. Who agreed to what, and when, is kept by `certification`; nothing here knows a database.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from opensps.certificate import Certificate, ModelRef

NOT_ACKNOWLEDGED, NONE_IN_FORCE, NOT_CURRENT = (
    "template_not_acknowledged",
    "no_template_in_force",
    "template_not_current",
)
"""Why nothing may be submitted, or issued, on a day."""


@dataclass(frozen=True, slots=True)
class AgreedTemplate:
    """One version of the form of one kind of certificate, between two authorities."""

    id: str
    version: str
    valid_from: date
    """First day of issue."""

    valid_until: date | None = None
    """Last day of issue; ``None`` while nobody ended it."""

    is_acknowledged: bool = True
    """Whether the other side confirmed this very version."""

    authority_name: str = ""
    """The issuing authority's name as this version prints it; empty where the version says nothing of it."""

    @property
    def reference(self) -> str:
        """Id and version as a certificate carries them: ``XB-VET/2``."""
        return f"{self.id}/{self.version}"

    def holds_on(self, day: date) -> bool:
        """Tell whether a certificate issued on this day may be on it."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


def template_for(templates: Iterable[AgreedTemplate], day: date) -> AgreedTemplate | None:
    """Return the template a certificate of this day is made on: the newest one in force that was acknowledged."""
    usable = [each for each in templates if each.holds_on(day) and each.is_acknowledged]
    return max(usable, key=lambda each: (each.valid_from, each.version), default=None)


def why_no_template(templates: Iterable[AgreedTemplate], day: date) -> str:
    """Return why no template can be used on a day; ``""`` where one can, or where none was agreed by then.

    Before the first day of the first template nothing was agreed, and nothing is asked.
    """
    begun = [each for each in templates if each.valid_from <= day]
    if not begun or template_for(begun, day) is not None:
        return ""
    return NOT_ACKNOWLEDGED if any(each.holds_on(day) for each in begun) else NONE_IN_FORCE


def why_not_current(templates: Iterable[AgreedTemplate], used: str, day: date) -> str:
    """Return why what was prepared on the template ``used`` (``ID/VERSION``, or nothing) cannot be issued on a day."""
    held = tuple(templates)
    if reason := why_no_template(held, day):
        return reason
    if template_for(held, day) is None:
        return NOT_CURRENT if used else ""
    is_usable = any(each.reference == used and each.holds_on(day) and each.is_acknowledged for each in held)
    return "" if is_usable else NOT_CURRENT


def is_on_wrong_template(
    templates: Iterable[AgreedTemplate], *, day: date, model: ModelRef | None, authority_name: str = ""
) -> bool:
    """Tell whether a certificate issued on a day is on a template that did not hold then.

    A certificate that names its template is judged by that; one that names none, by the name of the authority it
    prints, if that is the name of another version only: the old authority the day after its end. Where nothing was
    agreed for the day, nothing is wrong.
    """
    held = tuple(templates)
    holding = [each for each in held if each.holds_on(day)]
    if model is not None:
        named = f"{model.id}/{model.version}"
        others = [each for each in held if each.reference == named]
        return not any(each.holds_on(day) for each in others) if others else bool(holding)
    return _has_former_name(held, holding, _folded(authority_name))


def certificate_is_on_wrong_template(
    templates: Iterable[AgreedTemplate], value: Certificate, *, used: str = ""
) -> bool:
    """Tell it of a certificate; ``used`` is the template our own register holds it was issued on."""
    document = value.exchanged_document
    held = tuple(templates)
    if not held or document.issued is None:
        return False
    model = value.model
    if model is None and used:
        model = ModelRef(*used.rsplit("/", 1))
    name = document.issuer.name if document.issuer is not None and document.issuer.name else ""
    return is_on_wrong_template(held, day=document.issued.on, model=model, authority_name=name)


def _has_former_name(held: tuple[AgreedTemplate, ...], holding: list[AgreedTemplate], name: str) -> bool:
    if not name or not holding:
        return False
    allowed = {_folded(each.authority_name) for each in holding}
    return "" not in allowed and name not in allowed and name in {_folded(each.authority_name) for each in held}


def _folded(name: str) -> str:
    """Return a name by its letters and digits alone, in small ones."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in folded if sign.isalnum())
