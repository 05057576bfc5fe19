"""Bounces and receipts, row by row of `exchange.md` 4.5 and 4.6, from the bytes of the report to what it means."""

import pytest

from opensps.exchange.mail import building, signals, tokens
from opensps.exchange.mail.reading import ReportMail
from opensps.exchange.mail.reports import DeliveryReport, DispositionReport, delivery_report, disposition_report
from opensps.exchange.mail.signals import NOTHING, Effect, Pause, Signal
from tests.factories import mail as mails

MIC = building.mic_of(b"what was signed")
PATH = tokens.return_path(mails.DELIVERY, domain="ecert.xa.example", secret=mails.SECRET)


def bounce(
    action: str, status: str, *, envelope_id: str = mails.DELIVERY, text: str = "smtp; 550 no"
) -> DeliveryReport:
    """Return the report of their server, read from its mail."""
    identified = f"Original-Envelope-Id: {envelope_id}\r\n" if envelope_id else ""
    body = (
        "--B\r\n\r\nFor people.\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.xb.example\r\n{identified}\r\n"
        f"Final-Recipient: rfc822; {mails.XB}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: {text}\r\n\r\n--B--"
    )
    raw = mails.plain_mail(
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
        body=body,
        sender="mailer@mx.example",
    )
    got = mails.read(raw)
    assert isinstance(got, ReportMail)
    found = delivery_report(got.part)
    assert found is not None
    return found


def judged(report: DeliveryReport, token: str | None = mails.DELIVERY) -> tuple[Effect, Pause]:
    """Return what a bounce does."""
    found = signals.of_delivery_report(report, delivery_in_token=token)
    return found.effect, found.pause


@pytest.mark.parametrize(
    ("action", "status", "effect", "pause"),
    [
        ("relayed", "2.0.0", Effect.HANDED_OVER, Pause.NONE),
        ("delivered", "2.0.0", Effect.HANDED_OVER, Pause.NONE),
        ("expanded", "2.0.0", Effect.HANDED_OVER, Pause.NONE),
        ("delayed", "4.4.1", Effect.LATE, Pause.NONE),
        ("failed", "4.4.7", Effect.RETRY, Pause.NONE),
        ("failed", "4.2.2", Effect.RETRY, Pause.NONE),
        ("failed", "5.1.1", Effect.RETRY, Pause.ADDRESS),
        ("failed", "5.1.10", Effect.RETRY, Pause.ADDRESS),
        ("failed", "5.2.1", Effect.RETRY, Pause.ADDRESS),
        ("failed", "5.2.2", Effect.RETRY, Pause.NONE),
        ("failed", "5.7.1", Effect.RETRY, Pause.POLICY),
        ("failed", "5.3.4", Effect.REJECTED, Pause.NONE),
        ("failed", "5.6.0", Effect.REJECTED, Pause.NONE),
        ("failed", "nonsense", Effect.RETRY, Pause.NONE),
        ("Failed", "5.0.0", Effect.REJECTED, Pause.NONE),
    ],
)
def test_a_bounce_means_what_its_status_says(action: str, status: str, effect: Effect, pause: Pause) -> None:
    assert judged(bounce(action, status)) == (effect, pause)


@pytest.mark.parametrize("action", ["relayed", "delivered", "delayed", "failed"])
def test_a_bounce_without_our_token_or_for_another_delivery_means_nothing(action: str) -> None:
    assert signals.of_delivery_report(bounce(action, "5.1.1"), delivery_in_token=None) is NOTHING
    other = bounce(action, "5.1.1", envelope_id="01JD0000000000000000000009")
    assert signals.of_delivery_report(other, delivery_in_token=mails.DELIVERY) is NOTHING


def test_a_server_that_keeps_no_envelope_id_is_believed_by_the_token() -> None:
    assert judged(bounce("failed", "5.6.0", envelope_id="")) == (Effect.REJECTED, Pause.NONE)


def test_no_bounce_ever_makes_a_delivery_received() -> None:
    effects = {
        judged(bounce(action, status))[0] for action in ("delivered", "relayed") for status in ("2.0.0", "5.0.0")
    }
    assert effects == {Effect.HANDED_OVER}


def test_their_words_are_cut_and_printable() -> None:
    found = signals.of_delivery_report(
        bounce("failed", "5.6.0", text="smtp; a\x07b " + "x" * 800), delivery_in_token=mails.DELIVERY
    )
    assert found.text.startswith("a b xx")
    assert len(found.text) == 500
    assert found.is_bounce


@pytest.mark.parametrize(
    "body",
    [
        "--B\r\n\r\nno machine-readable part\r\n--B--",
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n--B--",
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nA: x\r\n\r\nAction: exploded\r\n--B--",
        "--B\r\nContent-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--B--",
    ],
)
def test_a_report_that_says_nothing_says_nothing(body: str) -> None:
    raw = mails.plain_mail('Content-Type: multipart/report; report-type=delivery-status; boundary="B"', body=body)
    got = mails.read(raw)
    assert isinstance(got, ReportMail)
    assert delivery_report(got.part) is None
    assert disposition_report(got.part) is None


def receipt(disposition: str, *, mic: str = MIC, is_signed: bool = True) -> tuple[DispositionReport, bool]:
    """Return their receipt as it is read from their mail, and whether it is proven."""
    made = building.receipt_mail(
        mails.letter(submitted=building.AUTO_REPLIED),
        original_message_id="01jd0000000000000000000001.sps@ecert.xb.example",
        disposition=disposition,
        mic=mic,
        text="Read.",
        protection=building.Protection(key=mails.exchange_key()),
    )
    known = mails.partner() if is_signed else mails.partner(mails.exchange_key(mails.XA, "rsa"))
    got = mails.read(made.data, by=known)
    assert isinstance(got, ReportMail)
    found = disposition_report(got.part)
    assert found is not None
    assert found.original_message_id == "01jd0000000000000000000001.sps@ecert.xb.example"
    return found, bool(got.signer)


@pytest.mark.parametrize(
    ("disposition", "mic", "effect"),
    [
        ("displayed", "", Effect.OPENED),
        ("processed", MIC, Effect.RECEIVED),
        ("processed", "", Effect.NONE),
        ("processed", building.mic_of(b"other"), Effect.NONE),
        ("processed/error", MIC, Effect.UNREADABLE),
        ("processed/Error: decryption-failed", "", Effect.UNREADABLE),
        ("processed/failure", MIC, Effect.REJECTED),
        ("processed/failure: unsupported format", MIC, Effect.REJECTED),
        ("processed/warning", MIC, Effect.RECEIVED_REMARKS),
        ("processed/warning,error", MIC, Effect.UNREADABLE),
        ("deleted", MIC, Effect.NONE),
        ("dispatched", MIC, Effect.NONE),
    ],
)
def test_a_signed_receipt_means_what_it_says_and_received_needs_our_digest(
    disposition: str, mic: str, effect: Effect
) -> None:
    report, is_proven = receipt(disposition, mic=mic)
    assert is_proven
    assert signals.of_disposition(report, is_proven=is_proven, our_mic=MIC).effect is effect


@pytest.mark.parametrize("disposition", ["displayed", "processed", "processed/error", "processed/failure"])
def test_a_receipt_that_the_partner_did_not_sign_means_nothing(disposition: str) -> None:
    report, is_proven = receipt(disposition, is_signed=False)
    assert not is_proven
    assert signals.of_disposition(report, is_proven=is_proven, our_mic=MIC) is NOTHING


def test_received_needs_a_digest_of_ours() -> None:
    report, _is_proven = receipt("processed", mic="")
    assert signals.of_disposition(report, is_proven=True, our_mic="") == Signal(Effect.NONE)


def test_the_words_about_an_error_are_theirs() -> None:
    report, _is_proven = receipt("processed/error: decryption-failed")
    assert signals.of_disposition(report, is_proven=True, our_mic=MIC).text == "decryption-failed"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (PATH, mails.DELIVERY),
        (PATH.upper(), mails.DELIVERY),
        (PATH.replace("ecert.xa", "ecert.xc"), None),
        (PATH.replace("bounce+01", "bounce+02"), None),
        (PATH[:-18] + "a" + PATH[-17:], None),
        ("bounce+x@ecert.xa.example", None),
        ("", None),
    ],
)
def test_only_we_can_write_our_return_path(address: str, found: str | None) -> None:
    assert tokens.delivery_of(address, domain="ecert.xa.example", secret=mails.SECRET) == found


def test_a_token_of_another_secret_is_none_of_ours() -> None:
    assert tokens.delivery_of(PATH, domain="ecert.xa.example", secret=b"other") is None
    assert tokens.looks_like_return_path(PATH, domain="ecert.xa.example")
    assert not tokens.looks_like_return_path(mails.XA, domain="ecert.xa.example")
    assert len(PATH.partition("@")[0]) <= 64
