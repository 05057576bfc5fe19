"""Our schema beside UN/CEFACT's: the same verdict on every document, or a difference that has a name and a reason."""

from functools import cache
from pathlib import Path

from lxml import etree

from opensps.formats.schema import schema_findings
from opensps.formats.structure import SPS_ACKNOWLEDGEMENT, SPS_CERTIFICATE
from tests.factories.documents import Maker
from tests.needs import REFERENCE

SCHEMAS = REFERENCE / "sps" / "xsd" / "17A" / "uncefact" / "data" / "standard"
FILES = {SPS_CERTIFICATE: "SPSCertificate_17p0.xsd", SPS_ACKNOWLEDGEMENT: "SPSAcknowledgement_17p0.xsd"}

JUSTIFIED = {
    "SCHEMAV_CVC_ENUMERATION_VALID": (
        "closed-list: D17A enumerates codes and countries of one edition. Ours takes any code; membership is for rules "
        "with dated lists (CORE-CODES, CORE-COUNTRY), so that old and future codes can be read and shown."
    ),
    "SCHEMAV_CVC_AU": (
        "fixed-attribute: D17A fixes list id, agency and version beside a closed code. Real senders write others; they "
        "change nothing the code says."
    ),
}
"""Kind of error of the reference schema, where ours has none, to the name and reason of the difference."""


@cache
def reference_schema(root: str) -> etree.XMLSchema:
    """Return the compiled reference schema of a root element."""
    return etree.XMLSchema(file=str(Path(SCHEMAS) / FILES[root]))


def disagreement(document: etree._Element) -> str:
    """Return "" where both schemas say the same or the difference is justified, else what the one says."""
    ours, schema = schema_findings(document), reference_schema(str(document.tag))
    is_valid = schema.validate(document)
    if is_valid != bool(ours):
        return ""
    if is_valid:
        return f"only ours refuses: {ours[0].message}"
    unjustified = [entry for entry in schema.error_log if entry.type_name not in JUSTIFIED]
    return f"only the reference refuses: {unjustified[0].message}" if unjustified else ""


def disagreements(seed: str, count: int) -> list[str]:
    """Return the disagreements on so many documents that follow the table, and on as many that were changed."""
    maker, found = Maker(seed), []
    for number in range(count):
        document = maker.document(SPS_CERTIFICATE if number % 8 else SPS_ACKNOWLEDGEMENT)
        if schema_findings(document) or not reference_schema(str(document.tag)).validate(document):
            found.append(f"a document of the table is refused: {etree.tostring(document)[:2000]!r}")
        changed = maker.mutated(document)
        if said := disagreement(changed):
            found.append(f"{said}\n{etree.tostring(changed)[:2000]!r}")
    return found
