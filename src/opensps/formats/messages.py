"""What the reader may find: one row per named case of `domain.md` 9.2, with its level, area and English sentence.

Ids are permanent. Cases that need no finding (level "–" there) have none here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from opensps.rules import Area, Finding, Level


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """Level, area and English template of a READ finding."""

    level: Level
    area: Area
    template: str


_SEVERE, _WARNING, _INFO = Level.SEVERE, Level.WARNING, Level.INFO
_SCHEMA, _MAPPING, _CODES = Area.SCHEMA, Area.MAPPING, Area.CODES

_ROWS: tuple[tuple[str, Level, Area, str], ...] = (
    # the document as a whole
    (
        "READ-UNDECLARED-PREFIX",
        _SEVERE,
        _SCHEMA,
        "Line %(line)s uses a namespace prefix that is not declared; the document cannot be read.",
    ),
    (
        "READ-MISMATCHED-PREFIX",
        _SEVERE,
        _SCHEMA,
        "Line %(line)s closes an element with another namespace prefix; the document cannot be read.",
    ),
    ("READ-NOT-WELL-FORMED", _SEVERE, _SCHEMA, "Line %(line)s is not well-formed XML; the document cannot be read."),
    ("READ-REFUSED", _SEVERE, _SCHEMA, "The document is refused before reading: %(reason)s."),
    ("READ-NO-CERTIFICATE", _SEVERE, _SCHEMA, "The document holds no official certificate."),
    ("READ-OTHER-VERSION", _SEVERE, _SCHEMA, "The certificate is in another version of the standard (%(namespace)s)."),
    ("READ-ACKNOWLEDGEMENT", _INFO, _SCHEMA, "The document is an acknowledgement, not a certificate."),
    ("READ-NO-REFERENCE", _SEVERE, _MAPPING, "The acknowledgement does not say which document it answers."),
    (
        "READ-FOREIGN-ROOT",
        _INFO,
        _SCHEMA,
        "The root element is in a namespace of its own (%(namespace)s); its content is official.",
    ),
    ("READ-BASE64-CONTENT", _INFO, _SCHEMA, "The certificate came encoded as base64 inside another document."),
    (
        "READ-MARKUP",
        _INFO,
        _SCHEMA,
        "The document holds comments, processing instructions or CDATA sections (%(count)s); they say nothing here.",
    ),
    (
        "READ-SIGNATURE-INSIDE",
        _INFO,
        _SCHEMA,
        "The document carries a signature inside; it is checked apart from the content.",
    ),
    # structure
    ("READ-ORDER", _WARNING, _SCHEMA, "The children of %(element)s are not in the order of the standard."),
    ("READ-SECOND-SINGLE", _WARNING, _SCHEMA, "%(element)s may occur once; only the first one counts."),
    (
        "READ-UNKNOWN-ELEMENT",
        _WARNING,
        _SCHEMA,
        "%(element)s is not part of the standard here; it is kept as received.",
    ),
    ("READ-FILLER-MISSING", _WARNING, _SCHEMA, "%(element)s is missing, which the schema asks for."),
    ("READ-NO-CLASS-NAME", _WARNING, _SCHEMA, "A classification has no ClassName, which the schema asks for."),
    ("READ-FILLER-NULL", _INFO, _MAPPING, "%(element)s says NULL; read as absent."),
    ("READ-NOTE-IN-TREATMENT", _WARNING, _SCHEMA, "A note stands inside a treatment; read as a note of the line."),
    # values
    ("READ-NOT-CONVERTED", _WARNING, _MAPPING, "%(element)s cannot be understood (%(text)s); it is kept as received."),
    ("READ-NO-TYPE-CODE", _SEVERE, _MAPPING, "The document does not say its %(element)s."),
    ("READ-EMPTY-COUNTRY", _WARNING, _MAPPING, "A country has no code."),
    ("READ-EMPTY-NUMBER", _SEVERE, _MAPPING, "The document has no certificate number."),
    ("READ-COUNTRY-OUTSIDE", _WARNING, _CODES, "%(code)s is not a country code of ISO 3166-1."),
    (
        "READ-CODE-LABEL",
        _INFO,
        _CODES,
        "The label \u201c%(label)s\u201d is not the name of code %(code)s (%(name)s); the code counts.",
    ),
    ("READ-EMPTY-TIME", _INFO, _MAPPING, "A date or time is empty."),
    ("READ-DATE-ONLY", _INFO, _MAPPING, "A date stands where date and time are expected."),
    ("READ-NO-OFFSET", _WARNING, _MAPPING, "A time has no offset from UTC; only its date is used."),
    ("READ-TIME-FORMAT", _WARNING, _MAPPING, "A time is written in format %(format)s, which is not read."),
    ("READ-FREE-TEXT-DATE", _WARNING, _MAPPING, "A date is written as free text; it is kept as text."),
    (
        "READ-NESTED-REFERENCE-DATE",
        _WARNING,
        _SCHEMA,
        "The date of a referenced document is nested; the standard has it plain.",
    ),
    ("READ-NO-UNIT", _SEVERE, _MAPPING, "A quantity has no unit."),
    ("READ-NUMBER-FORM", _INFO, _MAPPING, "The number %(text)s is read as %(value)s."),
    ("READ-COUNT-IN-VOLUME", _INFO, _MAPPING, "A volume has the unit %(unit)s, which is not a volume."),
    ("READ-BOOLEAN-CASE", _INFO, _MAPPING, "A box of the form says \u201c%(text)s\u201d instead of True or False."),
    ("READ-LANGUAGE-CASE", _INFO, _MAPPING, "The language \u201c%(text)s\u201d is not written in lower case."),
    # notes
    ("READ-UNKNOWN-TAG", _WARNING, _MAPPING, "The tag %(tag)s is not known here; its content is kept as a note."),
    ("READ-OLD-TAG", _INFO, _MAPPING, "The tag %(tag)s is an older form of %(instead)s."),
    (
        "READ-STATEMENT-KIND",
        _INFO,
        _MAPPING,
        "The statements do not belong to a certificate of type %(type)s; they are kept.",
    ),
    (
        "READ-STATEMENT-TEXT",
        _WARNING,
        _MAPPING,
        "A statement says \u201c%(text)s\u201d instead of the standard\u2019s.",
    ),
    # lines
    ("READ-LINE-FROM-0", _INFO, _MAPPING, "The lines are numbered from 0; they are shown from 1."),
    ("READ-PACKAGES-TWICE", _WARNING, _MAPPING, "Packages are given both as codes and as text; both are kept."),
    ("READ-HS-LENGTH", _INFO, _MAPPING, "The HS code %(code)s does not have six digits."),
    ("READ-HS-EMPTY", _WARNING, _MAPPING, "An HS classification has no code and is left out."),
    ("READ-PROCESS-CODE", _WARNING, _MAPPING, "A treatment has the process code %(code)s instead of ZZZ."),
    ("READ-EMPTY-TREATMENT", _WARNING, _MAPPING, "A treatment says nothing but its code and is left out."),
    ("READ-ENTRY-SCHEME", _INFO, _MAPPING, "The place %(id)s is given under a scheme for countries, or is a country."),
    ("CORE-KIND-GUESSED", _INFO, _MAPPING, "Type 853 stands for two kinds; this one is taken from the goods."),
    # attachments
    (
        "READ-ATTACHMENT-BROKEN",
        _WARNING,
        _MAPPING,
        "The attachment %(name)s cannot be decoded; only its digest is kept.",
    ),
    (
        "READ-ATTACHMENT-NAME",
        _WARNING,
        _MAPPING,
        "The attachment %(name)s has no file ending; its type is taken from its content.",
    ),
    ("READ-ATTACHMENT-URL", _INFO, _MAPPING, "An attachment is a link, which is kept and never followed."),
)

REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "dtd": "The document declares a document type (DTD); such documents are refused before reading.",
        "limits": "The document is too deep, too long or too crowded in one place; it is refused before reading.",
        "too_large": "The document is too large; it is refused before reading.",
        "encoding": "The document is in an encoding that is not read, or is not what its encoding says.",
    }
)
"""What READ-REFUSED says where the reason has words of its own."""

_ASK_FOR_ANOTHER = "Ask the sender for a document that can be read."
_ASK_FOR_FORM = "Use what was read; ask the sender to write the next one as the schema has it."
_ASK_FOR_VALUE = "Enter what is missing, or ask the sender for it."
_COMPARE = "Compare it with the document as received, and correct it where it means something else."
_ASK_FOR_FILE = "Ask the sender for the file again."
_NOTHING = "Nothing has to be done."

_REMEDIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        _ASK_FOR_ANOTHER: (
            "READ-UNDECLARED-PREFIX",
            "READ-MISMATCHED-PREFIX",
            "READ-NOT-WELL-FORMED",
            "READ-REFUSED",
            "READ-NO-CERTIFICATE",
            "READ-OTHER-VERSION",
        ),
        _ASK_FOR_FORM: (
            "SCHEMA",
            "READ-ORDER",
            "READ-FILLER-MISSING",
            "READ-NO-CLASS-NAME",
            "READ-NOTE-IN-TREATMENT",
            "READ-NESTED-REFERENCE-DATE",
            "READ-PROCESS-CODE",
        ),
        _ASK_FOR_VALUE: (
            "READ-NO-REFERENCE",
            "READ-NO-TYPE-CODE",
            "READ-EMPTY-COUNTRY",
            "READ-EMPTY-NUMBER",
            "READ-NO-UNIT",
            "READ-HS-EMPTY",
            "READ-EMPTY-TREATMENT",
        ),
        _ASK_FOR_FILE: ("READ-ATTACHMENT-BROKEN",),
    }
)
_REMEDY_OF = MappingProxyType({rule: remedy for remedy, named in _REMEDIES.items() for rule in named})

REMEDIES = (*_REMEDIES, _COMPARE, _NOTHING)
"""Every sentence that says what to do about what the reader found."""


def what_to_do(finding: Finding) -> str:
    """Return the English sentence that says what to do; a finding of a rule says it itself."""
    if finding.rule not in _REMEDY_OF and finding.rule not in READ_MESSAGES:
        return finding.message
    return _REMEDY_OF.get(finding.rule) or (_NOTHING if finding.level is _INFO else _COMPARE)


READ_MESSAGES: Mapping[str, ReadMessage] = MappingProxyType(
    {rule: ReadMessage(level, area, template) for rule, level, area, template in _ROWS}
)
"""Rule id to what it says."""


def read_finding(rule: str, field: str, params: Mapping[str, str]) -> Finding:
    """Return the finding of a named case at a path."""
    message = READ_MESSAGES[rule]
    return Finding(
        area=message.area,
        level=message.level,
        field=field,
        template=REFUSED.get(params["reason"], message.template) if rule == "READ-REFUSED" else message.template,
        rule=rule,
        params=MappingProxyType(dict(params)),
    )


GLYPH_TEMPLATE = "Write %(text)s with other signs: %(sign)s cannot be printed on the certificate."
"""What `printing` says."""
