"""Faults of the CertificateService: one typed element with code, trace and advice in each, in both versions of SOAP.

Source: `exchange.md` 3.5. Messages are English, fit for a partner's technicians, and say nothing of anybody's data.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from opensps.exchange.contracts.certificate_service import CERTIFICATE_SERVICE
from opensps.exchange.contracts.certificate_service_types import CS
from opensps.exchange.contracts.soap_message import Fault
from opensps.exchange.contracts.tables import Record
from opensps.exchange.contracts.writer import Written, body_of
from opensps.exchange.username_token import WSSE, TokenCode, TokenRefused
from opensps.web.soap.face import SOAP_CODES, Faulted, Problem

ELEMENTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "InvalidRequest": (
            *("SCHEMA_INVALID", "XML_NOT_ALLOWED", "ACTION_MISMATCH", "UNKNOWN_OPERATION", "ONE_OF_REQUIRED"),
            *("VALUE_OUT_OF_RANGE", "CURSOR_INVALID"),
        ),
        "AuthenticationFailed": tuple(TokenCode),
        "AccessDenied": ("SCOPE_MISSING", "PARTNER_SUSPENDED", "CHANNEL_NOT_AGREED"),
        "NotFound": ("CERTIFICATE_NOT_FOUND", "VERSION_NOT_FOUND", "INQUIRY_NOT_FOUND"),
        "Conflict": ("REQUEST_ID_REUSED", "REQUEST_IN_PROGRESS", "INQUIRY_STATE"),
        "LimitExceeded": ("RATE_LIMIT", "TOO_MANY_ITEMS", "BODY_TOO_LARGE", "RESULT_TOO_LARGE"),
        "ServiceUnavailable": ("MAINTENANCE", "STORAGE_UNAVAILABLE", "TIMEOUT", "INTERNAL_ERROR"),
    }
)
"""Element of the detail -> its codes."""

RETRYABLE: Final = frozenset(
    {
        *("TOKEN_EXPIRED", "NONCE_REUSED", "REQUEST_IN_PROGRESS", "RATE_LIMIT"),
        *ELEMENTS["ServiceUnavailable"],
    }
)
RECEIVER: Final = frozenset(ELEMENTS["ServiceUnavailable"])
"""Codes for which we are to blame."""

SUMMARIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "MAINTENANCE": "The service is being maintained.",
        "STORAGE_UNAVAILABLE": "The register does not answer at the moment.",
        "TIMEOUT": "The call took too long.",
        "RATE_LIMIT": "Too many calls.",
        "PARTNER_SUSPENDED": "The exchange with you is suspended, or not open yet.",
        "CHANNEL_NOT_AGREED": "This channel was not agreed with you.",
        "CERTIFICATE_NOT_FOUND": "There is no such certificate for you.",
        "VERSION_NOT_FOUND": "There is no such version of this certificate for you.",
        "INQUIRY_NOT_FOUND": "There is no such inquiry of yours.",
        "REQUEST_ID_REUSED": "This requestId was used with another body.",
        "REQUEST_IN_PROGRESS": "The same request is being worked on.",
        "CURSOR_INVALID": "The cursor is not of this list, or older than 90 days. Begin again with changedSince.",
        "RESULT_TOO_LARGE": "The answer is too large for SOAP; fetch it by REST.",
        "CREDENTIAL_MISSING": "Show your client certificate or a UsernameToken, as agreed.",
        "CREDENTIAL_INVALID": "The credential is not valid here.",
    }
)
_ELEMENT_OF: Final = MappingProxyType({code: name for name, codes in ELEMENTS.items() for code in codes})
_PROBLEMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "too_large": "BODY_TOO_LARGE",
        "too_long": "BODY_TOO_LARGE",
        "encoding": "XML_NOT_ALLOWED",
        "dtd": "XML_NOT_ALLOWED",
        "limits": "XML_NOT_ALLOWED",
        "not_well_formed": "XML_NOT_ALLOWED",
        "unknown_operation": "UNKNOWN_OPERATION",
        "action_mismatch": "ACTION_MISMATCH",
        "range": "VALUE_OUT_OF_RANGE",
        "length": "VALUE_OUT_OF_RANGE",
        "internal_error": "INTERNAL_ERROR",
    }
)
"""Problem of the dispatcher -> code; every other is SCHEMA_INVALID."""

_WSSE: Final[Mapping[str, str]] = MappingProxyType({"TOKEN_EXPIRED": "MessageExpired"})
RETRY_SECONDS: Final = 30


def refused(
    code: str,
    *,
    trace: str,
    message: str = "",
    fields: Iterable[tuple[str, str, str]] = (),
    retry_after: int | None = None,
    is_malformed: bool = False,
    soap_code: str = "",
) -> Faulted:
    """Return a fault to raise; ``fields`` are name, code and message of what is to blame in the request."""
    text = message or SUMMARIES.get(code, code)
    wait = retry_after if retry_after is not None or code not in RECEIVER else RETRY_SECONDS
    record: dict[str, Any] = {
        "code": code,
        "message": text,
        "traceId": trace,
        "retryable": code in RETRYABLE,
        "field": tuple({"name": name, "code": why, "message": said} for name, why, said in fields),
    }
    if wait is not None:
        record["retryAfterSeconds"] = wait
    fault = Fault(
        text=text,
        is_sender=code not in RECEIVER,
        code=soap_code,
        subcode=_subcode(code, is_malformed=is_malformed),
        is_subcode_of_1_2=_ELEMENT_OF[code] != "AuthenticationFailed",
        detail=_detail(_ELEMENT_OF[code], record),
    )
    return Faulted(fault, headers={} if wait is None else {"Retry-After": str(wait)})


def _subcode(code: str, *, is_malformed: bool) -> tuple[str, str]:
    element = _ELEMENT_OF[code]
    if element != "AuthenticationFailed":
        return CS, element
    return WSSE, "InvalidSecurity" if is_malformed else _WSSE.get(code, "FailedAuthentication")


def _detail(element: str, record: Record) -> str:
    return Written(body_of(CERTIFICATE_SERVICE, f"{{{CS}}}{element}", record)).whole().decode()


def refused_token(error: TokenRefused, *, trace: str) -> Faulted:
    """Return the fault of a credential that was not taken."""
    message = error.detail[:1].upper() + error.detail[1:] + "." if error.detail else ""
    return refused(error.code, trace=trace, message=message, is_malformed=error.is_malformed)


def fault_of_problem(problem: Problem) -> Fault:
    """Return what the dispatcher found, as one of our faults."""
    code = _PROBLEMS.get(problem.code, "SCHEMA_INVALID")
    fields = [(problem.path, problem.code, problem.text)] if problem.path else []
    soap_code = SOAP_CODES.get(problem.code, "")
    return refused(code, trace=problem.trace, message=problem.text, fields=fields, soap_code=soap_code).fault
