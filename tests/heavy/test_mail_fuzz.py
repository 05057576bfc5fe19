"""Mutated mails, ours and those of the reference: every one is read, set aside or refused, soon, and none forges."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from opensps.exchange.mail.certificates import read_pinned
from opensps.exchange.mail.preview import preview
from opensps.exchange.mail.reading import Automatic, ExchangeMail, MailPartner, Quarantined, ReportMail, read_mail
from opensps.exchange.mail.reports import delivery_report, disposition_report
from opensps.exchange.mail.smime import detached, signer_of
from opensps.exchange.mail.structure import read_parts
from tests.factories import mail as mails
from tests.property.exchange.test_mail import GOOD, RECEIPT, SEALED, XML, mutated

pytestmark = pytest.mark.heavy
LIMIT_SECONDS = 0.25
READ = (ExchangeMail, Quarantined, ReportMail, Automatic)


def test_mutated_mails_are_read_as_signed_or_not_at_all(reference: Path, heavy_count: Callable[[int], int]) -> None:
    choice = random.Random(11)  # noqa: S311  no secret
    folder = reference / "trust" / "mail-attacks"
    small = [path.read_bytes() for path in sorted(folder.glob("*.eml")) if path.stat().st_size < 200_000]
    samples = [GOOD, RECEIPT, SEALED, *small]
    addresses = (mails.XA, "ecert@aa.example")
    known = MailPartner(code="XA", addresses=addresses, pinned=mails.partner().pinned, must_sign=False)
    mails.read(GOOD)  # what is loaded once is loaded
    for number in range(heavy_count(100 * len(samples) * 10)):
        raw = mutated(samples[number % len(samples)], choice)
        begun = time.process_time()
        got = read_mail(
            raw,
            mail_from="a@b.example",
            partner_of=lambda address: known if address in addresses else None,
            keys=(mails.exchange_key(mails.XB, "rsa"),),
            at=mails.NOW,
        )
        if isinstance(got, ReportMail):
            delivery_report(got.part)
            disposition_report(got.part)
        preview(raw)
        assert time.process_time() - begun < LIMIT_SECONDS
        assert isinstance(got, READ)
        if isinstance(got, ExchangeMail) and got.signer:
            assert (got.xml, got.fields) == (XML, mails.fields(XML))


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_mutated_signatures_hold_only_where_nothing_that_counts_was_changed(
    kind: str, heavy_count: Callable[[int], int]
) -> None:
    """It may still hold where only the certificate it brings along was changed: that one is not used."""
    key = mails.exchange_key(mails.XA, kind)
    signed = read_parts(mails.certificate_mail(XML, key=key).data).parts[0].raw
    made, other = detached(signed, key), mails.pinned(mails.exchange_key("x@y.example"))
    choice = random.Random(13)  # noqa: S311  no secret
    assert signer_of(signed, made, (mails.pinned(key),)) is not None
    for _ in range(heavy_count(30_000)):
        altered = mutated(made, choice)
        begun = time.process_time()
        found = signer_of(signed, altered, (other, mails.pinned(key)))
        assert time.process_time() - begun < LIMIT_SECONDS
        assert found in (None, mails.pinned(key))
        assert signer_of(signed + b" ", altered, (mails.pinned(key),)) is None
        read_pinned(altered)
