"""Step "What the certificate attests": the statements asked for, and what the goods are certified as or for.

Source: WOAH Terrestrial Code, 5.10, part II; CXG 38, box 16 (`domain.md` 5.4). The applicant chooses from the templates
of the kind; `WordingForm` lets the examiner change the words before the review.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opensps import codes
from opensps.certificate import Attestation, Certificate, Texts
from opensps.certification.queries import (
    CERTIFIED_AS,
    STATEMENTS,
    Statement,
    attestation_of,
    attestations_of,
    certified_as,
    statements_of,
    uses_of,
    with_attestations,
)
from opensps.web.html.forms.acts import ActForm
from opensps.web.html.forms.fields import ChosenField, DraftField, LineField, language
from opensps.web.html.forms.step import EN, ZH, Group, StepForm, text_in, with_text

LONGEST: Final = 2000
"""Characters of one statement in one language."""


class ChosenManyField(DraftField, forms.MultipleChoiceField):
    """Several of the choices, or none yet."""


class AttestationsForm(StepForm):
    """Which statements the certificate makes, and for what use the goods are certified."""

    paths: ClassVar[Mapping[str, str]] = {
        "exchanged_document.signatories": "statements",
        "exchanged_document.signatories[0].attestations": "statements",
        "certifying_signatory.attestations": "statements",
    }

    use = ChosenField(label=_("What the goods are certified as or for"), widget=forms.RadioSelect)
    statements = ChosenManyField(
        label=_("Statements"),
        help_text=_(
            "Leave those ticked that stand in every certificate of this kind; add what the importing country asks for."
            " The officer signs them word for word."
        ),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, value: Certificate, **kwargs: Any) -> None:
        super().__init__(*args, value=value, **kwargs)
        uses, statements = (self._choices(name) for name in ("use", "statements"))
        uses.choices = [(code, codes.label("opensps_certified_as", code, language())) for code in uses_of(value.kind)]
        held = {each.id: each.texts for each in attestations_of(value)}
        statements.choices = [
            (each.number, f"{each.number} {in_language(held.get(each.number) or each.texts)}")
            for each in statements_of(value.kind)
        ]

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def shown(self, value: Certificate) -> dict[str, Any]:
        """Return what is attested; before anything is, what every certificate of the kind attests."""
        held = attestations_of(value)
        use = next((each.code or "" for each in held if each.id == CERTIFIED_AS), "")
        usual = [each.number for each in statements_of(value.kind) if each.is_usual]
        return {"use": use, "statements": [each.id for each in held if each.id != CERTIFIED_AS] if held else usual}

    def applied(self, value: Certificate) -> Certificate:
        """Return the value with what was chosen; a statement that stands there keeps its words."""
        held, chosen = attestations_of(value), self.cleaned_data["statements"]
        offered = {each.number: each for each in statements_of(value.kind)}
        known = {each.id: each for each in held}
        picked = [known.get(number) or attestation_of(offered[number]) for number in offered if number in chosen]
        others = [each for each in held if each.id not in offered and each.id != CERTIFIED_AS]
        return with_attestations(value, (*_use(held, self.cleaned_data["use"]), *picked, *others))


def _use(held: tuple[Attestation, ...], code: str) -> tuple[Attestation, ...]:
    before = tuple(each for each in held if each.id == CERTIFIED_AS and each.code == code)
    return before or ((certified_as(code),) if code else ())


def in_language(texts: Texts) -> str:
    """Return a statement in the reader's language, else in the first it has."""
    return text_in(texts, ZH if language() == "zh" else EN) or next((text.value for text in texts), "")


class WordingForm(ActForm):
    """The words of every statement, and one more if needed; a statement without words is taken out."""

    def __init__(self, *args: Any, value: Certificate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.value = value
        self.held = attestations_of(value)
        self.number = next_number(statements_of(value.kind), self.held)
        for n, each in enumerate(self.held):
            if each.id != CERTIFIED_AS:
                self._ask(str(n), text_in(each.texts, EN), text_in(each.texts, ZH))
        self._ask("new", "", "")

    def _ask(self, place: str, english: str, chinese: str) -> None:
        for name, label, text in (("en", _("In English"), english), ("zh", _("In Chinese"), chinese)):
            field = LineField(
                label=label, required=False, max_length=LONGEST, initial=text, widget=forms.Textarea(attrs={"rows": 3})
            )
            self.fields[f"{name}_{place}"] = field

    def grouped(self) -> list[tuple[Group, list[list[BoundField]]]]:
        """Return the fields statement by statement."""
        found = [(each.id or "", str(n)) for n, each in enumerate(self.held) if each.id != CERTIFIED_AS]
        further = gettext("Another statement, numbered %(number)s") % {"number": self.number}
        legends = [
            *((gettext("Statement %(number)s") % {"number": number}, n) for number, n in found),
            (further, "new"),
        ]
        return [(Group(legend, ()), [[self[f"en_{n}"]], [self[f"zh_{n}"]]]) for legend, n in legends]

    def clean(self) -> dict[str, Any]:
        """Ask for the English words where there are Chinese ones: the officer signs both."""
        cleaned = super().clean() or {}
        for name in [name for name in cleaned if name.startswith("zh_")]:
            if cleaned[name] and not cleaned.get(f"en_{name[3:]}"):
                self.add_error(f"en_{name[3:]}", _("Enter the statement in English too."))
        return cleaned

    def attestations(self) -> tuple[Attestation, ...]:
        """Return the statements as worded."""
        worded = [(each, self._texts(str(n), each)) for n, each in enumerate(self.held) if each.id != CERTIFIED_AS]
        fresh = Attestation(self.number, scheme=STATEMENTS)
        worded.append((fresh, self._texts("new", fresh)))
        uses = tuple(each for each in self.held if each.id == CERTIFIED_AS)
        return (*uses, *(replace(each, texts=texts) for each, texts in worded if texts))

    def _texts(self, place: str, before: Attestation) -> Texts:
        cleaned = self.cleaned_data
        return with_text(with_text(before.texts, EN, cleaned[f"en_{place}"]), ZH, cleaned[f"zh_{place}"])


def next_number(statements: tuple[Statement, ...], held: tuple[Attestation, ...]) -> str:
    """Return the number a further statement gets: one more than the highest offered or held, ``II.8``."""
    numbers = [*(each.number for each in statements), *(each.id or "" for each in held)]
    places = [number.rpartition(".") for number in numbers if number.rpartition(".")[2].isdecimal()]
    prefix = places[0][0] if places else ""
    last = max((int(place[2]) for place in places), default=0)
    return f"{prefix}.{last + 1}" if prefix else str(last + 1)
