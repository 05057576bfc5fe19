"""The closed lists are complete: code for code what SPSCertificate D17A enumerates."""

from pathlib import Path

import pytest

from opensps import codes

FILES = {
    "un_1001": "UNECE_DocumentNameCode_D16B",
    "un_1153": "UNECE_ReferenceTypeCode_D16B",
    "un_3035": "UNECE_PartyRoleCode_D16B",
    "un_3055": "UNECE_AgencyIdentificationCode_D16B",
    "un_3131": "UNECE_AddressType_D16B",
    "un_3227": "UNECE_LocationFunctionCode_D16B",
    "un_4405": "UNECE_StatusCode_D16B",
    "un_6245": "UNECE_TemperatureTypeCode_D16B",
    "un_6313": "UNECE_MeasuredAttributeCode_D16B",
    "un_7075": "UNECE_PackagingLevelCode_D16B",
    "un_7085": "UNECE_CargoTypeClassificationCode_D16B",
    "un_7187": "UNECE_ProcessTypeCode_D16B",
    "un_9417": "UNECE_GovernmentActionCode_D16B",
    "un_rec19": "UNECE_TransportModeCode_Rec19_2",
    "un_rec20": "UNECE_MeasurementUnitCommonCode_Rec20_9",
    "un_rec21": "UNECE_PackageTypeCode_Rec21_2006",
    "ippc_tags": "IPPC_ePhyto_tag_acronyms",
}


def published(reference: Path, name: str) -> set[str]:
    rows = (reference / "sps" / "codelists" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {row.split("\t")[0] for row in rows}


@pytest.mark.parametrize("list_id", sorted(FILES))
def test_a_list_has_every_published_code_and_no_other(reference: Path, list_id: str) -> None:
    assert set(codes.get(list_id).entries) == published(reference, FILES[list_id])


def test_the_countries_of_today_are_those_of_the_schema(reference: Path) -> None:
    assert {entry.code for entry in codes.countries()} == published(reference, "ISO_3166-1_alpha2_SecondEdition2006")


def test_the_languages_are_those_of_the_schema(reference: Path) -> None:
    listed = {code for code in published(reference, "ISO_639-1_2006-10-27") if code.islower()}
    held = codes.get("iso_639_1").entries
    assert {entry.code for entry in held.values() if entry.code in listed or not entry.withdrawn} == listed


def test_hs_2022_is_carried_in_full() -> None:
    assert len(codes.get("wco_hs").entries) == 5613
