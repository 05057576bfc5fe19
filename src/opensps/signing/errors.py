"""What can go wrong in the room `signing`.

SigningError
+-- NoSigningKey     signing was asked for and no key is configured
+-- KeyFileError     a key, certificate or chain cannot be used
+-- TryLater         whoever holds the key does not answer now; nothing else may sign instead
|   +-- DeviceUnavailable    the device is gone, busy or broken
|   +-- ServiceUnavailable   the signing service does not answer
+-- EvidenceRefused  an officer's approval does not hold
+-- ServiceRefused   the signing service does not seal this, and says why
+-- TrustError       a trust file says something it may not say
+-- SealError        a seal is not of the allowed shape, does not fit, or its key may not speak
"""


class SigningError(Exception):
    """Base error of the room."""


class NoSigningKey(SigningError):
    """Signing was asked for and no key is configured. Nothing is ever issued unsigned."""


class KeyFileError(SigningError):
    """A key file cannot be used.

    `reason`: missing, permissions, key, certificate, mismatch, uri, exists, pin, policy, journal, pdf.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class TryLater(SigningError):
    """Whoever holds the key does not answer now. What was intended stays intended; nobody else may sign instead."""


class DeviceUnavailable(TryLater):
    """The device is gone, busy or broken; the text names the kind of fault."""


class ServiceUnavailable(TryLater):
    """The signing service does not answer."""


class EvidenceRefused(SigningError):
    """An officer's approval does not hold.

    `reason`: form, digests, method, credential, signature, registration, age, missing, second_officer.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ServiceRefused(SigningError):
    """The signing service refuses for good.

    `reason`: request, not_a_document, use, authority, type, limit, not_sealed, or the reason of the evidence.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TrustError(SigningError):
    """A line of a trust file is refused; `line` counts from 1, 0 is the file as a whole."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


class SealError(SigningError):
    """A seal is refused. `aspect` and `reason` are the permanent words of `trust.md` 7.1."""

    def __init__(self, aspect: str, reason: str) -> None:
        super().__init__(f"{aspect}.{reason}")
        self.aspect = aspect
        self.reason = reason
