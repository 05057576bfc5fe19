"""Tables of certification: applications, inspections, intentions to issue, certificates at rest, numbers, the log."""

from opensps.certification.models.applications import Application, ApplicationDocument, ReturnedField
from opensps.certification.models.approvals import IssueApproval, SignedPaper
from opensps.certification.models.certificates import Certificate, IssueIntention
from opensps.certification.models.inspections import Inspection
from opensps.certification.models.log import LogCheckpoint, LogLeaf, LogWitness, TransparencyLog
from opensps.certification.models.numbers import BurntNumber, FormToken, NumberSeries
from opensps.certification.models.outcomes import ReportedOutcome
from opensps.certification.models.templates import CertificateTemplate

__all__ = [
    "Application",
    "ApplicationDocument",
    "BurntNumber",
    "Certificate",
    "CertificateTemplate",
    "FormToken",
    "Inspection",
    "IssueApproval",
    "IssueIntention",
    "LogCheckpoint",
    "LogLeaf",
    "LogWitness",
    "NumberSeries",
    "ReportedOutcome",
    "ReturnedField",
    "SignedPaper",
    "TransparencyLog",
]
