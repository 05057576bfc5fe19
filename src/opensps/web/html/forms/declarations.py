"""Step "Additional declarations": what the importing country asks the certificate to say (ISPM 12, part II)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from opensps.certificate import AdditionalDeclaration, Certificate, Text
from opensps.web.html.forms.fields import LinesField
from opensps.web.html.forms.step import EN, ZH, StepForm, texts_in, with_document, with_texts


class DeclarationsForm(StepForm):
    """Declarations, import permits and official information for the whole consignment."""

    paths: ClassVar[Mapping[str, str]] = {
        "exchanged_document.declarations": "additional_en",
        "exchanged_document.declarations.additional": "additional_en",
        "exchanged_document.declarations.import_permits": "permits",
        "exchanged_document.declarations.official_information": "information",
        "exchanged_document.declarations.distinguishing_marks": "marks",
    }

    additional_en = LinesField(
        label=_("Additional declarations, in English"),
        help_text=_(
            "Copy the wording the importing country asks for, one declaration a line. Leave empty if it asks for none."
        ),
        required=False,
        rows=4,
    )
    additional_zh = LinesField(
        label=_("Additional declarations, in Chinese"),
        help_text=_("The same, one a line."),
        required=False,
        rows=3,
    )
    permits = LinesField(
        label=_("Numbers of import permits"),
        help_text=_("Where the importing country gave a permit. One a line."),
        required=False,
        rows=2,
    )
    information = LinesField(
        label=_("Additional official information"),
        help_text=_("One piece of information a line."),
        required=False,
    )
    marks = LinesField(
        label=_("Distinguishing marks of the whole consignment"),
        help_text=_("One a line."),
        required=False,
        rows=2,
    )

    def shown(self, value: Certificate) -> dict[str, Any]:
        """Return what the fields show of the value."""
        said = value.exchanged_document.declarations
        additional = tuple(declaration.text for declaration in said.additional)
        return {
            "additional_en": texts_in(additional, EN),
            "additional_zh": texts_in(additional, ZH),
            "permits": said.import_permits,
            "information": texts_in(said.official_information, EN),
            "marks": texts_in(said.distinguishing_marks, EN),
        }

    def applied(self, value: Certificate) -> Certificate:
        """Return the value with the declarations as answered; inspection dates stay."""
        said, cleaned = value.exchanged_document.declarations, self.cleaned_data
        codes = {declaration.text: declaration.code for declaration in said.additional}
        texts = tuple(declaration.text for declaration in said.additional)
        texts = with_texts(with_texts(texts, ZH, cleaned["additional_zh"]), EN, cleaned["additional_en"])
        changed = replace(
            said,
            additional=tuple(AdditionalDeclaration(text, codes.get(text)) for text in texts),
            import_permits=cleaned["permits"],
            official_information=with_texts(said.official_information, EN, cleaned["information"]),
            distinguishing_marks=with_texts(said.distinguishing_marks, EN, cleaned["marks"]),
        )
        return with_document(value, declarations=changed)


def texts_of(declarations: tuple[AdditionalDeclaration, ...]) -> tuple[Text, ...]:
    """Return the texts of declarations, in order."""
    return tuple(declaration.text for declaration in declarations)
