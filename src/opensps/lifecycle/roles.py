"""Who acts, in which states things are, and what can be done to them. Codes are permanent.

Source: `lifecycles.md` 1 to 4 and 8. Words for people stand in `words`; which act is allowed when, in the tables.
"""

from enum import StrEnum


class Role(StrEnum):
    """A role a person, or the system itself, acts in."""

    EXPORTER = "exporter"
    TRADE_AGENT = "trade_agent"
    """Acts for exporters, under a mandate of each."""

    EXAMINER = "examiner"
    REVIEWER = "reviewer"
    PLANNER = "planner"
    INSPECTOR = "inspector"
    CERTIFYING_OFFICER = "certifying_officer"
    SENIOR_OFFICER = "senior_officer"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    BORDER_OFFICER = "border_officer"
    """Of our own: checks what partners certified."""

    BORDER_SUPERVISOR = "border_supervisor"
    CASE_OFFICER = "case_officer"
    """Holds the files of counterfeit cases."""

    INQUIRY_DESK = "inquiry_desk"
    """Answers officials abroad about our certificates."""

    ENQUIRY_DESK = "enquiry_desk"
    """The enquiry point under the SPS Agreement: general questions."""

    COORDINATOR = "coordinator"
    """Between the ministries: opens cases of coordination, gives them out, follows and closes them (A01)."""

    LIAISON = "liaison"
    """Of a ministry or another body: sees and works on what the coordinator gave to that body, and no more."""

    CUSTOMS = "customs"
    """Declares goods, asks whether they are clear, presents certificates (A09)."""

    ACCESS_REVIEWER = "access_reviewer"
    ACCESS_APPROVER = "access_approver"
    FOREIGN_OFFICER = "foreign_officer"
    """Official of another country: sees certificates whose destination that country is."""

    COUNTRY_ADMIN = "country_admin"
    """Looks after the officials of another country."""

    EMBASSY = "embassy"
    """Confirms who an official of its country is."""

    SYSTEM = "system"
    """What follows from another act, in the same transaction."""

    CLOCK = "clock"
    """A deadline that ended."""


OFFICERS = frozenset(
    {Role.EXAMINER, Role.REVIEWER, Role.PLANNER, Role.INSPECTOR, Role.CERTIFYING_OFFICER, Role.SENIOR_OFFICER}
)
"""Any officer of the issuing authority."""

OWN_STAFF = OFFICERS | {
    Role.MANAGER,
    Role.ADMINISTRATOR,
    Role.BORDER_OFFICER,
    Role.BORDER_SUPERVISOR,
    Role.CASE_OFFICER,
    Role.INQUIRY_DESK,
    Role.ENQUIRY_DESK,
    Role.COORDINATOR,
    Role.ACCESS_REVIEWER,
    Role.ACCESS_APPROVER,
}
"""Who works for the authority itself. A role that is not named here sees no colleague's name."""

OUTSIDE = frozenset({Role.LIAISON, Role.CUSTOMS})
"""Roles of people of our own country who work for another body than the authority."""

APPLICANTS = frozenset({Role.EXPORTER, Role.TRADE_AGENT})
"""Who applies: for the own organisation, or for those whose mandate one holds."""

FOREIGN = frozenset({Role.FOREIGN_OFFICER, Role.COUNTRY_ADMIN, Role.EMBASSY})
"""Roles of people of another country; nobody holds one of them beside a role of our own."""


class ApplicationState(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_EXAMINATION = "in_examination"
    RETURNED = "returned"
    IN_INSPECTION = "in_inspection"
    READY = "ready"
    ISSUED = "issued"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    DELETED = "deleted"


class ApplicationAct(StrEnum):
    """What can be done to an application."""

    CREATE = "create"
    EDIT = "edit"
    SUBMIT = "submit"
    DELETE = "delete"
    TAKE_BACK = "take_back"
    OPEN = "open"
    RETURN_FOR_CHANGES = "return_for_changes"
    ANSWER = "answer"
    ANSWER_CLOCK_ENDS = "answer_clock_ends"
    WORD_ATTESTATIONS = "word_attestations"
    ORDER_INSPECTION = "order_inspection"
    INSPECTION_PASSED = "inspection_passed"
    INSPECTION_ENDED = "inspection_ended"
    INSPECTION_FAILED = "inspection_failed"
    MARK_READY = "mark_ready"
    SEND_BACK = "send_back"
    PREPARE_ISSUE = "prepare_issue"
    INTEND_ISSUE = "intend_issue"
    APPROVE_SECOND = "approve_second"
    ISSUE = "issue"
    REFUSE = "refuse"
    REOPEN_ON_APPEAL = "reopen_on_appeal"
    AGREE_TO_CANCEL = "agree_to_cancel"
    CANCEL = "cancel"


class CertificateState(StrEnum):
    """Where an issued certificate stands."""

    IN_FORCE = "in_force"
    ON_HOLD = "on_hold"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class CertificateAct(StrEnum):
    """What can be done to an issued certificate."""

    ISSUE = "issue"
    PRINT_COPY = "print_copy"
    REPORT_COPY_LOST = "report_copy_lost"
    HOLD = "hold"
    EXTEND_HOLD = "extend_hold"
    HOLD_CLOCK_ENDS = "hold_clock_ends"
    LIFT = "lift"
    PROPOSE_WITHDRAWAL = "propose_withdrawal"
    CONFIRM_WITHDRAWAL = "confirm_withdrawal"
    DECLINE_WITHDRAWAL = "decline_withdrawal"
    VALIDITY_ENDS = "validity_ends"


class InspectionState(StrEnum):
    """Where an inspection stands."""

    REQUESTED = "requested"
    INSPECTION_BOOKED = "inspection_booked"
    IN_PROGRESS = "in_progress"
    LAB_WAIT = "lab_wait"
    INSPECTED = "inspected"
    REPORT_SIGNED = "report_signed"
    CLOSED = "closed"
    NO_SHOW = "no_show"
    WAIVED = "waived"
    CANCELLED = "cancelled"


class InspectionAct(StrEnum):
    """What can be done to an inspection."""

    REQUEST = "request"
    PLAN = "plan"
    CONFIRM = "confirm"
    RESCHEDULE = "reschedule"
    START = "start"
    NOBODY_THERE = "nobody_there"
    RECORD = "record"
    SAMPLE = "sample"
    RESULTS_IN = "results_in"
    CONCLUDE = "conclude"
    ORDER_TREATMENT = "order_treatment"
    SIGN_REPORT = "sign_report"
    CLOSE = "close"
    WAIVE = "waive"
    CANCEL = "cancel"
