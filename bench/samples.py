"""What is measured: one sealed certificate of about 20 KB, with keys made for the run."""

import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from opensps.certificate import Certificate, TradeLineItem
from opensps.formats import write_certificate
from opensps.signing import Signer, TrustList, seal, signer_from
from opensps.signing.ceremony import make_demo_keys
from tests.factories.certificates import ISSUED_AT, phytosanitary

SIZE = 20_000
"""Bytes of XML aimed at."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sealed certificate with everything needed to check it."""

    value: Certificate
    xml: bytes
    xades: bytes
    signer: Signer
    trust: TrustList
    now: datetime


def of_size(size: int) -> Certificate:
    """Return a certificate whose XML has about `size` bytes: the lines of the factory's, repeated."""
    value = phytosanitary()
    item = value.consignment.items[0]
    lines: tuple[TradeLineItem, ...] = ()
    while len(write_certificate(value)) < size:
        lines = (*lines, *item.trade_line_items)
        numbered = tuple(replace(line, sequence=place) for place, line in enumerate(lines, 1))
        goods = replace(value.consignment, items=(replace(item, trade_line_items=numbered),))
        value = replace(value, consignment=goods)
    return value


def sample(size: int = SIZE) -> Sample:
    """Return a sealed certificate of about `size` bytes of XML."""
    with tempfile.TemporaryDirectory() as directory:
        keys = make_demo_keys(Path(directory) / "keys", authority="XA", at=ISSUED_AT - timedelta(days=30))
        signer = signer_from(keys.key_uri)
        trust = TrustList.load(keys.trust_path.read_text())
    value = of_size(size)
    xml = write_certificate(value)
    return Sample(value, xml, seal(xml, signer=signer, at=ISSUED_AT), signer, trust, datetime.now(UTC))
