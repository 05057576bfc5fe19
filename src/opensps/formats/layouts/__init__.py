"""Layouts of certificates on paper: a data file each, drawn by one template (`ux.md` 13).

A layout (`data/<name>.toml`) turns a certificate value into boxes, tables and sentences; the template `official.typ`
knows where these stand on the page. A kind names its layout; one that names none, or none of ours, is printed in
`generic`. Adding a layout is adding a data file.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from types import MappingProxyType

from opensps.certificate import Certificate, CertificateKind, profile_of
from opensps.formats.layouts.parts import Sheet
from opensps.formats.layouts.templates import Layout, LayoutError, read_layout

GENERIC = "generic"
"""The layout of kinds that name none."""


def _read() -> Iterator[tuple[str, Layout]]:
    folder = files("opensps.formats.layouts").joinpath("data")
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        name = file.name.removesuffix(".toml")
        if name != file.name:
            yield name, read_layout(name, file.read_text(encoding="utf-8"))


LAYOUTS: Mapping[str, Layout] = MappingProxyType(dict(_read()))
"""Every layout by name."""


def layout_of(kind: CertificateKind) -> str:
    """Return the name of the layout a kind is printed in unless a partner's template says otherwise."""
    name = profile_of(kind).layout or GENERIC
    return name if name in LAYOUTS else GENERIC


LAYOUT_OF_KIND: Mapping[CertificateKind, str] = MappingProxyType({kind: layout_of(kind) for kind in CertificateKind})
"""The layout of each kind."""


def sheet_of(value: Certificate, layout: str | None = None) -> Sheet:
    """Return what the paper of a certificate says, in the named layout or in that of its kind."""
    return LAYOUTS[layout or layout_of(value.kind)](value)


__all__ = [
    "GENERIC",
    "LAYOUTS",
    "LAYOUT_OF_KIND",
    "Layout",
    "LayoutError",
    "Sheet",
    "layout_of",
    "read_layout",
    "sheet_of",
]
