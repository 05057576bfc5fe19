"""The statements a kind of certificate attests: its templates, and how a chosen one becomes part of a draft. Pure.

Templates are data of the code list `opensps_attestation`. A draft carries the text itself, so that what was reviewed
and signed does not change when a template does; the examiner may word it anew (act `word_attestations`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from opensps import codes
from opensps.certificate import Attestation, Certificate, CertificateKind, Signatory, Text, Texts
from opensps.certificate.kinds import Mark, profile_of

SCHEME: Final = "opensps_attestation"
CERTIFIED_AS: Final = "CERTIFIED_AS_OR_FOR"
"""Which statement says what the goods are certified as or for."""

USES: Final = "opensps_certified_as"
_ON_REQUEST: Final = ":on_request"


@dataclass(frozen=True, slots=True)
class Statement:
    """A template of one statement."""

    number: str
    """As printed: ``II.1``, ``16.1``."""

    texts: Texts
    """English, then Chinese."""

    is_usual: bool
    """Stands in every certificate of the kind; otherwise only where the importing country asks for it."""


def statements_of(kind: CertificateKind) -> tuple[Statement, ...]:
    """Return the templates of a kind in the order they are numbered; none where it does not attest in words."""
    held = codes.get(SCHEME).entries
    own = ((code.partition(":")[2], entry) for code, entry in held.items() if code.partition(":")[0] == kind)
    return tuple(Statement(number, _texts(entry.names), not entry.group.endswith(_ON_REQUEST)) for number, entry in own)


def _texts(names: Mapping[str, str]) -> Texts:
    return tuple(Text(names[language], language) for language in ("en", "zh"))


def uses_of(kind: CertificateKind) -> tuple[str, ...]:
    """Return what goods of a kind can be certified as or for."""
    group = "products" if profile_of(kind).mark("lines.animals") is Mark.ABSENT else "animals"
    return tuple(code for code, entry in codes.get(USES).entries.items() if entry.group == group)


def attestation_of(statement: Statement) -> Attestation:
    """Return the statement as a draft carries it."""
    return Attestation(id=statement.number, scheme=SCHEME, texts=statement.texts)


def certified_as(code: str) -> Attestation:
    """Return the statement what the goods are certified as or for."""
    names = codes.get(USES).entries[code].names
    return Attestation(id=CERTIFIED_AS, code=code, scheme=SCHEME, texts=_texts(names))


def usual_attestations(kind: CertificateKind, *, use: str | None = None) -> tuple[Attestation, ...]:
    """Return what a certificate of a kind attests when nobody chose otherwise."""
    usual = tuple(attestation_of(each) for each in statements_of(kind) if each.is_usual)
    return (certified_as(use), *usual) if use else usual


def attestations_of(value: Certificate) -> tuple[Attestation, ...]:
    """Return what a draft or certificate attests."""
    signatory = value.certifying_signatory
    return signatory.attestations if signatory else ()


def with_attestations(value: Certificate, attestations: tuple[Attestation, ...]) -> Certificate:
    """Return the value attesting this."""
    signatories = value.exchanged_document.signatories
    first = replace(signatories[0] if signatories else Signatory(), attestations=attestations)
    document = replace(value.exchanged_document, signatories=(first, *signatories[1:]))
    return replace(value, exchanged_document=document)
