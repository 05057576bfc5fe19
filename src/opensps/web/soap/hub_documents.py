"""What both faces of the Hub's contract share: the WSDL with our address, and how large a request may be."""

from functools import lru_cache

from opensps.exchange.contracts.hub import CONTRACT
from opensps.exchange.contracts.wsdl import wsdl

MOST_BYTES = 150_000_000
"""Of a request: a certificate of 104 MB, escaped or as base64, and its envelope."""


@lru_cache(maxsize=8)
def _wsdl(address: str) -> bytes:
    return wsdl(CONTRACT, address=address)


def document(name: str, _value: str, address: str) -> bytes | None:
    """Serve the contract with our address."""
    return _wsdl(address) if name == "wsdl" else None
