"""Errors of contracts: a message or a value does not fit its table."""

from opensps.exchange.errors import ExchangeError


class ContractBroken(ExchangeError):
    """A message or a value does not fit the contract.

    Codes: missing, repeated, unexpected, order, type, value, range, length, too_long. `path` is made of element
    names, `Envelope/CertificateType`; `detail` is English, fit for a partner's technicians, and holds no content.
    """

    def __init__(self, code: str, path: str, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.code, self.path, self.detail = code, path, detail


class SoapBroken(ExchangeError):
    """A message is no SOAP message we take.

    Codes: not_an_envelope, version, no_body, must_understand, body_empty, body_crowded.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail
