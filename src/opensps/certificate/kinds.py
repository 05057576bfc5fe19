"""The kinds of certificate and the family each belongs to.

Source: UNCL 1001, ISPM 12, WOAH 5.10, CXG 38 (`domain.md` 2.1). Which fields a kind has is a rule of its profile.
"""

from enum import StrEnum


class Family(StrEnum):
    """What is certified."""

    PLANT = "PLANT"
    ANIMAL = "ANIMAL"
    FOOD = "FOOD"


class CertificateKind(StrEnum):
    """The kinds we know. OTHER is read, shown and kept, never issued."""

    PHYTOSANITARY = "PHYTOSANITARY"
    PHYTOSANITARY_REEXPORT = "PHYTOSANITARY_REEXPORT"
    VETERINARY_HEALTH = "VETERINARY_HEALTH"
    ANIMAL_HEALTH = "ANIMAL_HEALTH"
    SANITARY = "SANITARY"
    HEALTH = "HEALTH"
    OTHER = "OTHER"


TYPE_CODES = {
    CertificateKind.PHYTOSANITARY: "851",
    CertificateKind.PHYTOSANITARY_REEXPORT: "657",
    CertificateKind.VETERINARY_HEALTH: "853",
    CertificateKind.ANIMAL_HEALTH: "853",
    CertificateKind.SANITARY: "852",
    CertificateKind.HEALTH: "636",
}
"""Default UNCL 1001 code of each kind; a template agreed with a partner may say otherwise."""

FAMILIES = {
    CertificateKind.PHYTOSANITARY: Family.PLANT,
    CertificateKind.PHYTOSANITARY_REEXPORT: Family.PLANT,
    CertificateKind.VETERINARY_HEALTH: Family.ANIMAL,
    CertificateKind.ANIMAL_HEALTH: Family.ANIMAL,
    CertificateKind.SANITARY: Family.FOOD,
    CertificateKind.HEALTH: Family.FOOD,
}

ISSUED_KINDS = (CertificateKind.PHYTOSANITARY, CertificateKind.PHYTOSANITARY_REEXPORT)
"""Kinds this version issues."""

TITLES = {
    CertificateKind.PHYTOSANITARY: ("Phytosanitary certificate", "植物检疫证书"),
    CertificateKind.PHYTOSANITARY_REEXPORT: ("Phytosanitary certificate for re-export", "植物转口检疫证书"),
    CertificateKind.VETERINARY_HEALTH: ("Veterinary (health) certificate", "兽医（卫生）证书"),
    CertificateKind.ANIMAL_HEALTH: ("Animal health certificate", "动物卫生证书"),
    CertificateKind.SANITARY: ("Sanitary certificate", "卫生证书"),
    CertificateKind.HEALTH: ("Health certificate", "健康证书"),
    CertificateKind.OTHER: ("Other official document", "其他官方文件"),
}
"""English and Chinese title of each kind."""
