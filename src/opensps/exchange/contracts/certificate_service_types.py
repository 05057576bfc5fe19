"""Types of our own CertificateService, in the order of the wire (`exchange.md` 3.3).

``CertificateSummary/state`` is added: a hold has no code of UNCL 4405, and would look like nothing had changed.
"""

from collections.abc import Mapping
from types import MappingProxyType

from opensps.exchange.contracts.notation import Notation
from opensps.exchange.contracts.tables import XSD, ComplexType, SimpleType
from opensps.lifecycle import AcknowledgementCode, TrackingInfo

CS = "urn:opensps:certificate-service:1"
"""Messages and types; a breaking change is ``:2`` at an address of its own."""

PREFIXES: Mapping[str, str] = MappingProxyType({"cs": CS})
IN_CS = Notation(CS, PREFIXES)


def _limited(name: str, base: str, shortest: int, longest: int) -> SimpleType:
    return SimpleType(name=f"{{{CS}}}{name}", base=f"{{{XSD}}}{base}", shortest=shortest, longest=longest)


def _shaped(name: str, pattern: str) -> SimpleType:
    return SimpleType(name=f"{{{CS}}}{name}", base=f"{{{XSD}}}token", pattern=pattern)


RECORDS: tuple[ComplexType, ...] = (
    IN_CS.record(
        "CertificateSummary",
        """deliveryNumber? DeliveryNumber, number CertificateNumber, version positiveInteger, typeCode int,
        statusCode int, issuedAt dateTime, changedAt dateTime, exportCountry CountryCode, importCountry CountryCode,
        replaces* CertificateNumber, replacedBy* CertificateNumber, sha256 Sha256, sizeBytes long,
        trackingInfo? TrackingInfo, state? token""",
    ),
    IN_CS.record(
        "AcknowledgementItem",
        """deliveryNumber DeliveryNumber, sha256? Sha256, result AcknowledgementCode, message? LongText,
        finding* Finding""",
    ),
    IN_CS.record(
        "AcknowledgementResult",
        "deliveryNumber DeliveryNumber, trackingInfo TrackingInfo, changed boolean, message? string",
    ),
    IN_CS.record("Finding", "area FindingArea, level FindingLevel, field? string, rule? token, message string"),
    IN_CS.record("Fragment", "aspect token, outcome FragmentOutcome, reasonCode token, message? LocalText"),
    IN_CS.record("FieldValue", "name token, line? int, value string"),
    IN_CS.record("FieldDifference", "name token, line? int, presented string, recorded? string"),
    IN_CS.record("LineQuantity", "line int, value decimal, unitCode token"),
    IN_CS.record("Alert", "code token, message LocalText"),
    IN_CS.record(
        "Attachment",
        "fileName ShortText, mediaType AttachmentType, sha256? Sha256, sizeBytes? long, content? base64Binary large",
    ),
    IN_CS.record(
        "Inquiry",
        """inquiryNumber token, number? CertificateNumber, state InquiryState, priority InquiryPriority,
        openedAt dateTime, replyDueAt? dateTime, flag* InquiryFlag, machineFinding? token, message* InquiryMessage,
        finding? InquiryFinding, measure* InquiryMeasure, certificate? CertificateSummary""",
    ),
    IN_CS.record(
        "InquiryMessage",
        "sequence int, from InquiryParty, sentAt dateTime, text* LocalText, attachment* Attachment",
    ),
    IN_CS.record(
        "ServiceFault",
        """code token, message string, traceId token, retryable boolean, retryAfterSeconds? int,
        field* FaultField""",
    ),
    IN_CS.record("FaultField", "name string, code token, message string"),
    IN_CS.text("LocalText", "LongText", "languageID language"),
)

VALUES: tuple[SimpleType, ...] = (
    _limited("CertificateNumber", "token", 1, 60),
    _limited("DeliveryNumber", "token", 1, 64),
    _limited("RequestId", "token", 16, 64),
    _limited("Cursor", "token", 1, 512),
    _limited("ShortText", "token", 1, 200),
    _limited("LongText", "string", 0, 4000),
    SimpleType(name=f"{{{CS}}}PageSize", base=f"{{{XSD}}}int", lowest=1, highest=1000),
    _shaped("Sha256", "[0-9a-f]{64}"),
    _shaped("CountryCode", "[A-Z]{2}"),
    _shaped("LocationCode", "[A-Z]{2}[A-Z2-9]{3}"),
    IN_CS.choice("Representation", "DETACHED_SIGNATURE PROOF_BUNDLE PDF"),
    IN_CS.choice("AttachmentType", "application/pdf image/jpeg image/png application/xml"),
    IN_CS.choice("TrackingInfo", " ".join(TrackingInfo)),
    IN_CS.choice("AcknowledgementCode", " ".join(AcknowledgementCode)),
    IN_CS.choice("FindingArea", "MANDATORY_ELEMENTS MAPPING SCHEMA CODES CONSISTENCY SIGNATURE ENVELOPE"),
    IN_CS.choice("FindingLevel", "SEVERE WARNING INFO"),
    IN_CS.choice("FragmentOutcome", "VALID INVALID ERROR SKIPPED"),
    IN_CS.choice("Outcome", "PRESENTED HELD ACCEPTED ACCEPTED_PARTLY REJECTED FORWARDED ANNULLED"),
    IN_CS.choice(
        "Measure",
        """RELEASE RELEASE_OTHER_GROUND TREATMENT RE_EXPORT TRANSFORMATION OTHER_USE QUARANTINE SEIZURE
        DESTRUCTION""",
    ),
    IN_CS.choice("InquiryAct", "OPEN SUPPLY REPORT_ACTION CONTEST WITHDRAW_INQUIRY"),
    IN_CS.choice("InquirySubject", "GENUINENESS CONTENT STATUS MISSING_CERTIFICATE OTHER"),
    IN_CS.choice("InquiryPriority", "PERISHABLE HELD_AT_PORT ROUTINE"),
    IN_CS.choice("InquiryParty", "CALLER AUTHORITY SYSTEM"),
    IN_CS.choice("InquiryState", "OPEN ACKNOWLEDGED WITH_OFFICE WAITING_ASKER ANSWERED CLOSED"),
    IN_CS.choice("InquiryFlag", "OVERDUE ASKED_AGAIN ESCALATED"),
    IN_CS.choice("VerdictClass", "GREEN AMBER RED GREY"),
    IN_CS.choice("VerdictKind", "INVALID SUSPECTED_FRAUD"),
    IN_CS.choice(
        "InquiryFinding",
        "GENUINE GENUINE_WITH_CORRECTION ALTERED COUNTERFEIT DUPLICATE_USE ISSUED_IN_ERROR UNRESOLVED",
    ),
    IN_CS.choice(
        "InquiryMeasure",
        "RELEASE_ADVISED REPLACE WITHDRAW SEIZE_ADVISED RETURN INVESTIGATE EXPORTER_SUSPENDED NONE",
    ),
)
