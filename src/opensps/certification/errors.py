"""What can go wrong in the room `certification`.

    CertificationError
    +-- NotFound            no such application, inspection or certificate for this authority
    +-- VersionConflict     somebody changed the draft meanwhile
    +-- DocumentRefused     an upload is not kept; `reason` says why
    +-- ReadBackDiffers     our own XML does not read back as what was written
    +-- RulesBroken         rules with a SEVERE finding stop the act; `findings` lists them
    +-- BytesChanged        stored bytes are not those of the stored digest
    +-- NotConfigured       the authority lacks something that issuing needs
    +-- TemplateRefused     a template is not kept; `reason` says why
    +-- LogError            the transparency log does not go on
    +-- OutcomeRefused      a report of an importing authority is not kept; `reason` says why

`lifecycle.ActNotAllowed` passes through unchanged: it is the answer to an act that may not happen now.
"""

from opensps.rules import Finding


class CertificationError(Exception):
    """Base error of the room."""


class NotFound(CertificationError):
    """There is no such thing, or it belongs to another authority."""


class VersionConflict(CertificationError):
    """The draft was changed since it was read; nothing was written."""

    def __init__(self, *, given: int, stored: int) -> None:
        super().__init__(f"version {given} is not {stored}")
        self.given, self.stored = given, stored


class DocumentRefused(CertificationError):
    """An upload is not kept.

    `reason`: empty, too_large, too_many, total_too_large, media_type, unreadable, repeated, filename.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ReadBackDiffers(CertificationError):
    """The rendered XML, read back, is not the value it was made from."""


class RulesBroken(CertificationError):
    """Rules say no."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(", ".join(sorted({finding.rule for finding in findings})))
        self.findings = findings


class BytesChanged(CertificationError):
    """Bytes at rest do not have the digest stored with them: stop and look."""


class NotConfigured(CertificationError):
    """The authority's profile, office or trust list lacks something; `what` names it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class OutcomeRefused(CertificationError):
    """A report is not kept.

    `reason`: quantity_missing (accepted in part, but how much is not said), request_reused (another report came under
    the same request id).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TemplateRefused(CertificationError):
    """A template is not kept. `reason`: name, version, issuer, country, valid_until, reference, repeated."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LogError(CertificationError):
    """The log does not go on; `reason` names why, `detail` is English for logs.

    `reason`: none (no log was created), beaten (another writer was faster), read_only (somebody has seen more than we
    have), damaged (tiles or leaves are not those of the log's root), key (not the key of this log), exists,
    origin (not HOST/AUTHORITY/YEAR), not_logged.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
