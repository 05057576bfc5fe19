"""Kinds of certificate: a folder each, read once, refused when it is not a kind."""

from typing import cast

import pytest

from opensps import certificate
from opensps.certificate import CertificateKind, Family, KindProfile, Mark, ShapeError, profile_of
from opensps.certificate.kinds import read_profile

PHYTOSANITARY = CertificateKind.PHYTOSANITARY
SMALLEST = 'title = { en = "Fish certificate", zh = "水产品证书" }\nstandard = "CXG 38"\n'


def test_every_kind_has_a_profile_and_all_but_other_are_issued() -> None:
    assert [profile_of(kind).kind for kind in CertificateKind] == list(CertificateKind)
    assert set(CertificateKind) - set(certificate.ISSUED_KINDS) == {CertificateKind.OTHER}


@pytest.mark.parametrize(
    ("kind", "type_code", "family", "title"),
    [
        ("PHYTOSANITARY", "851", Family.PLANT, "植物检疫证书"),
        ("PHYTOSANITARY_REEXPORT", "657", Family.PLANT, "植物转口检疫证书"),
        ("VETERINARY_HEALTH", "853", Family.ANIMAL, "兽医（卫生）证书"),
        ("ANIMAL_HEALTH", "853", Family.ANIMAL, "动物卫生证书"),
        ("SANITARY", "852", Family.FOOD, "卫生证书"),
        ("HEALTH", "636", Family.FOOD, "健康证书"),
    ],
)
def test_the_tables_of_kinds_come_from_the_folders(kind: str, type_code: str, family: Family, title: str) -> None:
    one = CertificateKind(kind)
    assert certificate.TYPE_CODES[one] == type_code
    assert certificate.FAMILIES[one] is family
    assert certificate.TITLES[one][1] == title


@pytest.mark.parametrize("kind", certificate.ISSUED_KINDS)
def test_a_kind_we_issue_has_all_that_issuing_takes(kind: CertificateKind) -> None:
    profile = profile_of(kind)
    assert all((profile.type_code, profile.family, profile.dialect, profile.layout, profile.rules))
    assert profile.mark("exchanged_document.number") is Mark.MANDATORY
    assert profile.mark("consignment.carrier") is Mark.OPTIONAL
    for choice in profile.choices:
        assert all(profile.mark(path) is Mark.OPTIONAL for path in choice.fields)


def test_of_a_document_of_another_kind_nothing_is_asked() -> None:
    assert profile_of(CertificateKind.OTHER) == KindProfile(
        kind=CertificateKind.OTHER, titles=("Other official document", "其他官方文件"), standard="UNCL 1001"
    )


def test_a_profile_that_says_little_is_one() -> None:
    assert read_profile(PHYTOSANITARY, SMALLEST) == KindProfile(
        kind=PHYTOSANITARY, titles=("Fish certificate", "水产品证书"), standard="CXG 38"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "Invalid value"),
        ('standard = "CXG 38"', "title"),
        ('title = { en = "Fish certificate" }\nstandard = "CXG 38"', "zh"),
        ('title = "Fish certificate"\nstandard = "CXG 38"', "string"),
        (SMALLEST + 'family = "FISH"', "FISH"),
        (SMALLEST + 'colour = "blue"', "unknown entry colour"),
        (SMALLEST + '[marks]\n"lines.animals" = "X"', "'X' is not a valid Mark"),
    ],
)
def test_a_file_that_is_not_a_profile_stops_the_program(text: str, said: str) -> None:
    with pytest.raises(ShapeError, match=said):
        read_profile(PHYTOSANITARY, text)


@pytest.mark.parametrize("name", ["K" * 31, "FISH-OIL", "2ND", "鱼"])
def test_a_name_that_could_not_be_stored_stops_the_program(name: str) -> None:
    with pytest.raises(ShapeError, match="at most 30 letters"):
        read_profile(cast("CertificateKind", name), SMALLEST)
