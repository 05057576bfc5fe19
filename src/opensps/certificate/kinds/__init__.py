"""The kinds of certificate: a folder each, with a profile (`kind.toml`). Adding a kind is adding a folder.

All folders are read once, when the room is first imported: a folder that is not a kind stops the program with a
`ShapeError` instead of issuing something half known.
"""

from collections.abc import Mapping
from types import MappingProxyType

from opensps.certificate.kinds.kind import KINDS_FOLDER, PROFILE_FILE, CertificateKind, Family
from opensps.certificate.kinds.profile import Choice, KindProfile, Mark, read_profile


def _read(kind: CertificateKind) -> KindProfile:
    return read_profile(kind, KINDS_FOLDER.joinpath(kind.lower(), PROFILE_FILE).read_text(encoding="utf-8"))


PROFILES_OF_KINDS: Mapping[CertificateKind, KindProfile] = MappingProxyType(
    {kind: _read(kind) for kind in CertificateKind}
)


def profile_of(kind: CertificateKind) -> KindProfile:
    """Return the profile of a kind."""
    return PROFILES_OF_KINDS[kind]


TYPE_CODES: Mapping[CertificateKind, str] = MappingProxyType(
    {kind: one.type_code for kind, one in PROFILES_OF_KINDS.items() if one.type_code is not None}
)
"""Default UNCL 1001 code of each kind; a template agreed with a partner may say otherwise."""

FAMILIES: Mapping[CertificateKind, Family] = MappingProxyType(
    {kind: one.family for kind, one in PROFILES_OF_KINDS.items() if one.family is not None}
)

ISSUED_KINDS = tuple(kind for kind, one in PROFILES_OF_KINDS.items() if one.is_issued)
"""Kinds we issue."""

TITLES: Mapping[CertificateKind, tuple[str, str]] = MappingProxyType(
    {kind: one.titles for kind, one in PROFILES_OF_KINDS.items()}
)
"""English and Chinese title of each kind."""

__all__ = [
    "FAMILIES",
    "ISSUED_KINDS",
    "PROFILES_OF_KINDS",
    "TITLES",
    "TYPE_CODES",
    "CertificateKind",
    "Choice",
    "Family",
    "KindProfile",
    "Mark",
    "profile_of",
    "read_profile",
]
