"""What kind of mail it is (`exchange.md` 4.7, step 2). Looking at a mail this way proves nothing about it."""

from enum import StrEnum

from opensps.exchange.mail.structure import Part

_REPORTS = frozenset({"delivery-status", "disposition-notification"})
_SILENT = frozenset({"bulk", "junk", "list", "auto_reply"})


class MailClass(StrEnum):
    """The three kinds; only the last may lead to an answer."""

    REPORT = "report"
    AUTOMATIC = "automatic"
    EXCHANGE = "exchange"


def report_type(part: Part) -> str:
    """Return the report-type of a multipart/report, lower case, "" for any other part."""
    return part.kind.parameter("report-type").lower() if part.kind.name == "multipart/report" else ""


def class_of(mail: Part, *, mail_from: str) -> MailClass:
    """Return the kind of a mail; `mail_from` is the sender of the SMTP conversation, "" for the null sender.

    A report may be signed; a mail that is sealed or carries our profile is an exchange message however it calls itself.
    """
    inner = mail.parts[0] if mail.kind.name == "multipart/signed" and mail.parts else mail
    if report_type(inner) in _REPORTS:
        return MailClass.REPORT
    if inner.first("sps-profile") or mail.kind.name == "application/pkcs7-mime":
        return MailClass.EXCHANGE
    return MailClass.AUTOMATIC if is_automatic(mail, mail_from=mail_from) else MailClass.EXCHANGE


def is_automatic(mail: Part, *, mail_from: str) -> bool:
    """Return whether no person and no system waits for an answer (RFC 3834, 2): such a mail is never answered."""
    submitted = mail.first("auto-submitted").partition(";")[0].strip().lower()
    if submitted not in {"", "no", "auto-generated"} or not mail_from:
        return True
    return mail.first("precedence").lower() in _SILENT or bool(mail.first("x-autoreply") or mail.first("list-id"))
