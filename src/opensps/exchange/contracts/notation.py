"""A brief notation for contract tables, that of `exchange.md` 1 and 3: `number CertificateNumber, typeCode* int`.

A field is a name, a mark (`?` 0..1, `*` 0..n, `+` 1..n, else 1), a type and perhaps words: `nil` (nillable), `large`.
`@prefix:name` with a mark refers to a global element. A type is a name of XML Schema, of the home namespace, or has a
prefix. What is written wrongly fails when the module is imported.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from opensps.exchange.contracts.tables import XSD, Attribute, ComplexType, Element, Field, Form, SimpleType

_FIELD = re.compile(r"(@?[\w:]+)([?*+]?)(?: ([\w:]+))?((?: (?:nil|large))*)")
_OCCURRENCE: Mapping[str, tuple[int, int | None]] = {"": (1, 1), "?": (0, 1), "*": (0, None), "+": (1, None)}
_BUILTIN = frozenset(
    {
        "anyType", "base64Binary", "boolean", "date", "dateTime", "decimal", "double", "int", "language", "long",
        "positiveInteger", "string", "token",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Notation:
    """Writes tables of one namespace; `prefixes` are those its texts may use."""

    home: str
    prefixes: Mapping[str, str]

    def name(self, text: str) -> str:
        """Return the Clark name of `prefix:name`, of a built-in type, or of a name of the home namespace."""
        prefix, colon, bare = text.rpartition(":")
        if colon:
            return f"{{{self.prefixes[prefix]}}}{bare}"
        return f"{{{XSD if bare in _BUILTIN else self.home}}}{bare}"

    def fields(self, text: str, form: Form | None = None) -> tuple[Field, ...]:
        """Return the fields a text lists, with commas between."""
        return tuple(self._field(each, form) for each in _items(text))

    def _field(self, text: str, form: Form | None) -> Field:
        name, mark, type_name, words = _matched(text)
        least, most = _OCCURRENCE[mark]
        if name.startswith("@"):
            ref = self.name(name[1:])
            return Field(name=ref.rpartition("}")[2], ref=ref, least=least, most=most)
        return Field(
            name=name,
            type=self.name(type_name),
            least=least,
            most=most,
            is_nillable="nil" in words,
            is_large="large" in words,
            form=form,
        )

    def record(
        self, name: str, fields: str = "", *, attributes: str = "", base: str = "", form: Form | None = None
    ) -> ComplexType:
        """Return a type with children and attributes; `base` is the type it extends."""
        return ComplexType(
            name=f"{{{self.home}}}{name}",
            fields=self.fields(fields, form),
            attributes=self.attributes(attributes),
            base=self.name(base) if base else "",
        )

    def text(self, name: str, base: str, attributes: str = "") -> ComplexType:
        """Return a type with text and attributes."""
        return ComplexType(name=f"{{{self.home}}}{name}", text=self.name(base), attributes=self.attributes(attributes))

    def attributes(self, text: str) -> tuple[Attribute, ...]:
        """Return the attributes a text lists; `?` marks one that may be absent."""
        found = (_matched(each) for each in _items(text))
        return tuple(
            Attribute(name=name, type=self.name(type_name), is_required=mark != "?")
            for name, mark, type_name, _ in found
        )

    def choice(self, name: str, values: str) -> SimpleType:
        """Return a type of the listed words, with blanks between."""
        return SimpleType(name=f"{{{self.home}}}{name}", base=f"{{{XSD}}}string", values=tuple(values.split()))

    def elements(self, text: str) -> tuple[Element, ...]:
        """Return the global elements a text lists; only the word `nil` may follow."""
        found = (_matched(each) for each in _items(text))
        return tuple(
            Element(name=f"{{{self.home}}}{name}", type=self.name(type_name), is_nillable="nil" in words)
            for name, _, type_name, words in found
        )


def _items(text: str) -> Iterator[str]:
    return (item for each in text.split(",") if (item := " ".join(each.split())))


def _matched(text: str) -> tuple[str, str, str, str]:
    found = _FIELD.fullmatch(text)
    if found is None or not (found[3] or found[1].startswith("@")):
        raise ValueError(f"not a field: {text!r}")
    return found[1], found[2], found[3] or "", found[4]
