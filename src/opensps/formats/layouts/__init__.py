"""Layouts of certificates on paper: a field map and a template each (`ux.md` 13).

A layout turns a certificate value into boxes, tables and sentences; the template `official.typ` knows where these
stand on the page. Adding a layout is adding a module with a function of the shape of `FieldMap` and a row here.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from opensps.certificate import Certificate, CertificateKind
from opensps.formats.layouts import phytosanitary
from opensps.formats.layouts.parts import Sheet

FieldMap = Callable[[Certificate], Sheet]
"""What a layout prints of a certificate."""

LAYOUTS: Mapping[str, FieldMap] = MappingProxyType(
    {"phyto-export": phytosanitary.export_sheet, "phyto-reexport": phytosanitary.reexport_sheet}
)

LAYOUT_OF_KIND: Mapping[CertificateKind, str] = MappingProxyType(
    {
        CertificateKind.PHYTOSANITARY: "phyto-export",
        CertificateKind.PHYTOSANITARY_REEXPORT: "phyto-reexport",
    }
)
"""Which layout a kind is printed in unless a partner's template says otherwise."""

__all__ = ["LAYOUTS", "LAYOUT_OF_KIND", "FieldMap", "Sheet"]
