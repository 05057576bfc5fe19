"""What the rules say of the reference samples: nothing of the golden ones, what deviates of the others."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from opensps import formats, rules

POLICY = rules.Policy(now=datetime(2026, 11, 22, tzinfo=UTC))
NORWEGIAN = "ippc-hub/mattilsynet_SPSCertificateContent.neutral.xml"
BOLIVIAN = "ippc-hub/maxguiver_BO_DeliverPhytoEnvelope.nsfixed.neutral.xml"


def found(reference: Path, sample: str) -> set[str]:
    certificate = formats.read_certificate((reference / "sps" / "samples" / sample).read_bytes()).certificate
    assert certificate is not None
    return {finding.rule for finding in rules.check(certificate, profile=rules.PROFILES["read"], policy=POLICY)}


@pytest.mark.parametrize("name", ["ephyto_851_full", "ephyto_657_reexport", "ephyto_851_replacement"])
def test_a_golden_sample_breaks_no_rule(reference: Path, name: str) -> None:
    assert found(reference, f"golden/{name}.xml") == set()


def test_the_norwegian_sample_deviates_in_what_everybody_can_see(reference: Path) -> None:
    assert {"CORE-KIND", "CORE-SEQUENCE", "CORE-HS", "ISPM12-II-INSPECTION-DATE"} <= found(reference, NORWEGIAN)


def test_the_bolivian_sample_has_no_units_and_no_offsets(reference: Path) -> None:
    assert {"CORE-UNIT", "CORE-TIME", "CORE-SEQUENCE"} <= found(reference, BOLIVIAN)
