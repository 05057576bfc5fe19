"""SPSAcknowledgement into a value (`domain.md` 6)."""

from lxml import etree

from opensps.certificate import Acknowledgement
from opensps.formats.reading import leaves
from opensps.formats.reading.references import referenced
from opensps.formats.reading.trail import Trail, local, plan, start
from opensps.formats.structure import RSM_ACKNOWLEDGEMENT

PATH = start("acknowledgement")
_DOCUMENT = f"{{{RSM_ACKNOWLEDGEMENT}}}SPSAcknowledgementDocument"
_PLAN = plan(
    "AcknowledgementDocument",
    {
        "IssueDateTime": ("issued", leaves.time),
        "StatusCode": ("status_code", leaves.code_value("K4405")),
        "ReasonInformation": ("reasons", leaves.text),
        "ReferenceSPSReferencedDocument": ("references", referenced),
    },
)


def acknowledgement(trail: Trail, root: etree._Element) -> Acknowledgement | None:
    """Return the acknowledgement of a payload root; ``None`` where it has no document part."""
    document: etree._Element | None = None
    for child in root:
        if child.tag == _DOCUMENT and document is None:
            document = child
        else:
            rule = "READ-SECOND-SINGLE" if child.tag == _DOCUMENT else "READ-UNKNOWN-ELEMENT"
            trail.say(rule, trail.xpath(child), element=local(child))
            trail.keep(child)
    trail.keep_attributes(root)
    if document is None:
        trail.say("READ-NO-CERTIFICATE", "")
        return None
    values = trail.record(document, _PLAN, PATH)
    if "status_code" not in values:
        trail.say("READ-NO-TYPE-CODE", (PATH, ".status_code"), element="StatusCode")
    value = {"status_code": "", "references": ()} | values
    if not value["references"]:
        trail.say("READ-NO-REFERENCE", (PATH, ".references"))
    return Acknowledgement(**value, residue=tuple(trail.residue))
