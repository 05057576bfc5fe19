"""What the rules say of the reference samples: nothing of the golden ones, what deviates of the others."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from opensps import formats, rules

POLICY = rules.Policy(now=datetime(2026, 11, 22, tzinfo=UTC))
NORWEGIAN = "ippc-hub/mattilsynet_SPSCertificateContent.neutral.xml"
BOLIVIAN = "ippc-hub/maxguiver_BO_DeliverPhytoEnvelope.nsfixed.neutral.xml"


def found(reference: Path, sample: str, profile: str = "read", worst: rules.Level | None = None) -> set[str]:
    certificate = formats.read_certificate((reference / "sps" / "samples" / sample).read_bytes()).certificate
    assert certificate is not None
    findings = rules.check(certificate, profile=rules.PROFILES[profile], policy=POLICY)
    return {finding.rule for finding in findings if worst in {None, finding.level}}


GOLDEN = ("ephyto_851_full", "ephyto_657_reexport", "ephyto_851_replacement")
CODED = ("coded_853_animal_health", "coded_852_sanitary")
SUBMITTED = "traces/CreateAndSubmitChed-0101-Horse.neutral.xml"
INTERNAL = "traces/INTRA.EU.NL.2021.0000001.neutral.xml"
TRACES = (
    *(SUBMITTED, SUBMITTED.replace("Horse", "Horse-Replacing-CHEDA.ES.2019.0000011")),
    *("traces/CreateAndSubmitChed-01061900-Rats.neutral.xml", "traces/CHEDPP.DE.2018.0000015.nsfixed.neutral.xml"),
    "traces/CHEDPP.FR.2018.0028758.nsfixed.neutral.xml",
)


@pytest.mark.parametrize("name", [*GOLDEN, *CODED])
@pytest.mark.parametrize("profile", ["read", "d17a"])
def test_a_golden_sample_breaks_no_rule(reference: Path, name: str, profile: str) -> None:
    assert found(reference, f"golden/{name}.xml", profile) == set()


@pytest.mark.parametrize("name", GOLDEN)
def test_a_golden_sample_of_a_plant_certificate_breaks_no_rule_of_the_hub(reference: Path, name: str) -> None:
    assert found(reference, f"golden/{name}.xml", "hub") == set()


@pytest.mark.parametrize("sample", TRACES)
def test_an_entry_document_is_held_to_no_standard_of_export_certificates(reference: Path, sample: str) -> None:
    assert found(reference, sample) == set()


@pytest.mark.parametrize("sample", TRACES)
def test_what_traces_took_is_not_refused_for_traces(reference: Path, sample: str) -> None:
    assert found(reference, sample, "traces", worst=rules.Level.SEVERE) == set()


def test_a_movement_inside_the_union_adds_up_wrongly(reference: Path) -> None:
    assert found(reference, INTERNAL) == {"CORE-TOTALS"}


def test_the_norwegian_sample_deviates_in_what_everybody_can_see(reference: Path) -> None:
    assert {"CORE-KIND", "CORE-SEQUENCE", "CORE-HS", "ISPM12-II-INSPECTION-DATE"} <= found(reference, NORWEGIAN)


def test_the_bolivian_sample_has_no_units_and_no_offsets(reference: Path) -> None:
    assert {"CORE-UNIT", "CORE-TIME", "CORE-SEQUENCE"} <= found(reference, BOLIVIAN)
