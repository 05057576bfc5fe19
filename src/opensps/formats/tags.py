"""The tags of the ePhyto dialect: which note, on which level, says what, and in which order we write them.

Source: IPPC ePhyto guide 2.10 as in `domain.md` 4.4. Texts of the statements stand in room `codes`.
"""

from collections.abc import Mapping
from types import MappingProxyType

FINANCIAL_CLAUSE, REPLACEMENT_STATEMENT, RE_EXPORT_STATEMENT = "5", "4", "3"
"""Statement codes."""

DOCUMENT_DECLARATIONS: Mapping[str, str] = MappingProxyType(
    {
        "additional": "ADEDL",
        "import_permits": "ADIPEDL",
        "inspections": "ADDIEDL",
        "official_information": "ADAOEDL",
        "distinguishing_marks": "DMCL",
    }
)
LINE_DECLARATIONS: Mapping[str, str] = MappingProxyType(
    {
        "additional": "ADTLIL",
        "import_permits": "ADIPTLIL",
        "inspections": "ADDITLIL",
        "official_information": "ADAOTLIL",
        "distinguishing_marks": "DMTLIL",
    }
)
"""Field of `Declarations` to its tag."""

OLD_TAGS: Mapping[str, str] = MappingProxyType(
    {"ADCO": "additional", "ADIP": "import_permits", "ADDI": "inspections", "ADAO": "official_information"}
)
"""Older tags, read on both levels, never written."""

BOXES: Mapping[str, str] = MappingProxyType(
    {
        "RPCOR": "is_original",
        "RPCTC": "is_certified_true_copy",
        "RPCPK": "is_packed",
        "RPCRP": "is_repacked",
        "RPCOC": "in_original_containers",
        "RPCNC": "in_new_containers",
        "RPCPC": "based_on_original",
        "RPCAI": "with_additional_inspection",
    }
)
"""The eight boxes of a re-export, in the order of the form."""

DOCUMENT_TAGS = frozenset({"SPSFL", "ADRP", "ADRPN", "ADRPR", "ADRD", *DOCUMENT_DECLARATIONS.values(), *OLD_TAGS})
LINE_TAGS = frozenset(
    {"OPTND", "OQV", "OQU", "RPCST", "RPCCO", "RPCRF", *BOXES, *LINE_DECLARATIONS.values(), *OLD_TAGS}
)

TREATMENT_TAGS = ("TTL1", "TTL2", "TTCH", "TTTM", "TTCO", "TTAI", "TTFT")
"""In the order written."""

SYSTEMS: Mapping[str, str] = MappingProxyType({"HS": "HS", "IPPC_PLANT_PART": "IPPCPCVP", "IPPC_CONDITION": "IPPCPCC"})
"""Classification system of the model to its SystemName."""
"""IPPC's names of parts and conditions of plants."""

TREATMENT_CODE = "ZZZ"
TREATMENT_LISTS: Mapping[str, str] = MappingProxyType(
    {"TTL1": "ippc_treatment_types", "TTL2": "ippc_treatment_types", "TTCH": "codex_pesticides"}
)
"""The list a coded treatment fact is of."""

SEAL_SCHEME, LINK_FORMAT = "seal_number", "url"
"""Scheme of the number of a seal, and format of a link, where a dialect names them (`domain.md` 5.1, 5.2)."""

SELF_REFERENCE, REPLACES = "CAW", "ACW"
"""UNCL 1153 as the coded dialects use it: this very document, and the one it replaces."""

OTHER_ROLE = "ZZZ"
"""UNCL 3035: the role of an establishment that has no code of its own."""

PERMIT_TYPE, PERMIT_RELATION = "911", "IP"
"""UNCL 1001 and 1153 of an import permit, where it is a reference (`domain.md` 5.4)."""
