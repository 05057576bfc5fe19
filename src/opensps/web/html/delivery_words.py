"""What became of a delivery, in sentences an official would use: what happened, and what happens next.

Source: `exchange.md` 8.1, 4.5; `ux.md` 4 and 9. The word of a state stands in `lifecycle.words`.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opensps.exchange.queries.rows import Envelope
from opensps.lifecycle import DeliveryState, OnboardingState
from opensps.web.html.templatetags.parts import moment_in_words

Words = Mapping[str, str | Promise]

TRIES_END: Final = timedelta(hours=72)
ANSWER_WITHIN: Final = timedelta(days=15)

CHANNELS: Final[Words] = MappingProxyType(
    {
        "hub": _("Hub"),
        "soap": _("They collect it (SOAP)"),
        "smtp": _("Mail"),
        "rest": _("REST"),
        "webhook": _("Notice, then they collect it"),
        "test": _("Test channel"),
    }
)

BLOCKED: Final[Words] = MappingProxyType(
    {
        "no_channel": _("there is no active connection with this partner"),
        "pair_not_allowed": _("the partner does not take this type of certificate with this status"),
        "findings": _("our own check found something that must be corrected"),
        "rules": _("our own check found something that must be corrected"),
        "partner_suspended": _("exchange with this partner is suspended"),
        "too_large": _("the certificate is larger than the partner takes"),
        "no_key": _("the key of this connection is not configured"),
    }
)
"""Code of a reason why something was not sent."""

PAUSED: Final[Words] = MappingProxyType(
    {
        "not_known_there": _("The other side does not know our client certificate. Send it to their administrators."),
        "forbidden": _("The other side refused us three times in a row (HTTP 403). Ask their administrators."),
        "redirect": _("The other side answered with a redirect, which is not followed. Check the address."),
        "pin": _("The other side showed a certificate that was not agreed. Ask them before you resume."),
        "address": _("The address cannot be used. Correct it."),
        "network": _("The address leads into a private network. Correct it."),
        "key_ended": _("A key of this connection has ended. Record the new one, have it confirmed, then resume."),
        "by_hand": _("Somebody paused it:"),
        "mail_address": _("Their mail server says that the address does not exist. Ask for the right one."),
        "mail_policy": _("Their mail server refuses our mail by its rules. Ask their administrators."),
    }
)
"""Code of a reason why a connection was paused."""

ONBOARDING: Final[Words] = MappingProxyType(
    {
        OnboardingState.APPLIED: _("Applied"),
        OnboardingState.PROFILE_SET: _("Profile complete"),
        OnboardingState.SANDBOX: _("In the sandbox"),
        OnboardingState.CERTIFIED: _("Golden messages passed"),
        OnboardingState.PARALLEL: _("Parallel with paper"),
        OnboardingState.LIVE: _("Live"),
        OnboardingState.SUSPENDED: _("Suspended"),
    }
)

ONBOARDING_TONES: Final = MappingProxyType(
    {
        OnboardingState.PARALLEL: "info",
        OnboardingState.LIVE: "ok",
        OnboardingState.SUSPENDED: "bad",
    }
)

STAGES: Final[Words] = MappingProxyType(
    {
        "communicated": _("In contact"),
        "agreed": _("Agreed"),
        "signed": _("Agreement signed"),
        "live": _("Live"),
    }
)
"""Stages of the agreement (A20, A42, A43)."""

MODES: Final[Words] = MappingProxyType(
    {
        "paper": _("Paper"),
        "hybrid": _("Paper, with an electronic copy"),
        "parallel": _("Paper and electronic, compared"),
        "paperless": _("Electronic only"),
        "fallback": _("Paper again for now"),
    }
)

CREDENTIALS: Final[Words] = MappingProxyType(
    {
        "client_tls": _("Client certificate (TLS)"),
        "server_tls": _("Server certificate (TLS)"),
        "wsse_key": _("Key for SOAP tokens"),
        "oauth_client": _("REST client"),
        "smime_sign": _("Signing of mail"),
        "smime_encrypt": _("Encryption of mail"),
        "certificate_signer": _("Seal of certificates"),
        "webhook": _("Webhooks"),
    }
)
"""What a key is for."""

CONTACTS: Final[Words] = MappingProxyType(
    {"policy": _("policy"), "technical": _("technical"), "duty_desk": _("duty desk")}
)

GOLDEN: Final[Words] = MappingProxyType(
    {
        "passed": _("Passed"),
        "failed": _("Not passed"),
        "waiting": _("Waits for an answer"),
        "not_applicable": _("Does not apply to this channel"),
        "not_run": _("Not run"),
    }
)
GOLDEN_TONES: Final = MappingProxyType(
    {"passed": "ok", "failed": "bad", "waiting": "info", "not_applicable": "none", "not_run": "none"}
)

INCOMING: Final[Words] = MappingProxyType(
    {
        "in_force": _("In force"),
        "withdrawn": _("Withdrawn"),
        "replaced": _("Replaced"),
        "split": _("Split"),
        "expired": _("Out of date"),
        "held": _("Held for a person to look at"),
        "conflict": _("Two contents contradict each other"),
        "unknown": _("Status not known"),
    }
)
"""States of certificates of partners."""

INCOMING_TONES: Final = MappingProxyType(
    {
        "in_force": "ok",
        "withdrawn": "bad",
        "replaced": "info",
        "split": "info",
        "held": "warn",
        "conflict": "warn",
        "unknown": "warn",
    }
)

RECEIPTS: Final[Words] = MappingProxyType(
    {
        "arrived": _("Arrived, not checked yet"),
        "checked": _("Checked"),
        "received": _("Taken"),
        "received_remarks": _("Taken with remarks"),
        "unreadable": _("Not readable"),
        "rejected": _("Refused"),
        "quarantined": _("Set aside"),
    }
)
"""What became of an envelope that came to us."""

RECEIPT_TONES: Final = MappingProxyType(
    {"received": "ok", "received_remarks": "warn", "unreadable": "bad", "rejected": "bad", "quarantined": "warn"}
)

QUARANTINE: Final[Words] = MappingProxyType(
    {
        "STRUCTURE": _("The message is not built as it should be"),
        "UNKNOWN_SENDER": _("The sender is none of our partners"),
        "SIGNATURE": _("The signature is missing or does not verify"),
        "CONTENT": _("It does not hold exactly one certificate or acknowledgement"),
        "REPLAY": _("The same number came before with another content"),
        "MALWARE": _("The virus scan stopped it"),
        "SCAN_FAILED": _("The virus scan did not answer"),
        "COLLECT": _("A certificate too large for mail waits at the sender until it is collected"),
        "REPLY_NOT_AUTHENTIC": _("A reply to an inquiry that the authority we asked did not sign"),
        "INQUIRY_UNREADABLE": _("A message of an inquiry that cannot be read"),
        "INQUIRY_OUT_OF_TURN": _("A message of an inquiry that does not fit where the inquiry stands"),
        "PROCESSING": _("It could not be processed; the operators of this system are told"),
    }
)
"""Why a message was set aside."""

WAYS: Final[Words] = MappingProxyType({"out": _("from us"), "in": _("to us")})

ATTEMPTS: Final[Words] = MappingProxyType(
    {
        "sent": _("Taken over by the other side"),
        "refused": _("Refused"),
        "unreachable": _("Not reached"),
        "uncertain": _("The connection ended before the answer"),
        "known": _("They have it"),
        "unknown": _("They do not know it"),
        "lease_lost": _("The worker was stopped"),
    }
)
"""Result of an attempt."""

SENT_AS: Final[Words] = MappingProxyType(
    {
        "70": _("Issue"),
        "40": _("Withdrawal"),
        "44": _("Replacement"),
        "68": _("Split"),
        "74": _("Expiry"),
        "39": _("Our answer: accepted"),
        "122": _("Our answer: accepted in part"),
        "41": _("Our answer: refused"),
        "42": _("Our answer: held"),
    }
)
"""What a wire status tells the partner; the last four about goods under a certificate of theirs."""


def said(words: Words, code: str) -> str:
    """Return the words of a code; a code without words stands for itself."""
    return str(words.get(code, code))


_OTHER_KINDS: Final[Words] = MappingProxyType(
    {"inquiry": _("Message of an inquiry"), "response": _("Our decision at the border")}
)


_ANSWERS: Final = frozenset(("response", code) for code in ("39", "122", "41", "42"))
"""Decisions at the border that say which they are."""


def what_is_sent(row: Envelope) -> str:
    """Return what an envelope of ours tells the partner: a hold has no status of its own on the wire."""
    if row.kind in _OTHER_KINDS and (row.kind, row.status_code) not in _ANSWERS:
        return said(_OTHER_KINDS, row.kind)
    if row.certificate_state == "on_hold":
        return str(_("On hold"))
    if row.status_code == "70" and row.version > 1:
        return str(_("Hold lifted"))
    return said(SENT_AS, row.status_code)


def what_happened(row: Envelope, partner: str) -> tuple[str, str]:
    """Return tone and sentences about where a delivery stands and what comes next."""
    words = row.tracking_text.strip() or gettext("(without a word)")
    given = {
        "partner": partner,
        "number": row.number,
        "words": words,
        "time": moment_in_words(row.due_at) if row.due_at else "–",
        "end": moment_in_words(row.first_attempt_at + TRIES_END) if row.first_attempt_at else "–",
        "at": moment_in_words(row.final_at) if row.final_at else "–",
        "reason": said(BLOCKED, row.blocked_reason),
        "deadline": moment_in_words(row.sent_at + ANSWER_WITHIN) if row.sent_at else "–",
    }
    tone, sentence = _SENTENCES[DeliveryState(row.state)]
    return tone, str(sentence) % given


_SENTENCES: Final[Mapping[DeliveryState, tuple[str, str | Promise]]] = MappingProxyType(
    {
        DeliveryState.QUEUED: ("info", _("It leaves within seconds. You need not do anything.")),
        DeliveryState.BLOCKED: (
            "bad",
            _(
                "It was not sent: %(reason)s. Nothing was lost. Correct the cause, send it in spite of it, or mark it "
                "as not needed."
            ),
        ),
        DeliveryState.SENDING: ("info", _("It is being sent at this moment.")),
        DeliveryState.RETRYING: (
            "warn",
            _("%(partner)s could not be reached. The next try is at %(time)s; tries go on until %(end)s."),
        ),
        DeliveryState.UNCERTAIN: (
            "warn",
            _(
                "The connection ended before the answer, so %(partner)s may have it or not. We ask before anything is "
                "sent again."
            ),
        ),
        DeliveryState.WAITING: ("info", _("It is ready, and waits until %(partner)s collects it.")),
        DeliveryState.SENT: (
            "info",
            _("It was handed over. %(partner)s has not confirmed it yet; we wait until %(deadline)s."),
        ),
        DeliveryState.RECEIVED: ("ok", _("%(partner)s confirmed it on %(at)s.")),
        DeliveryState.RECEIVED_REMARKS: (
            "warn",
            _("%(partner)s confirmed it on %(at)s, with this remark: “%(words)s”"),
        ),
        DeliveryState.UNREADABLE: (
            "bad",
            _(
                "%(partner)s received certificate %(number)s and could not read it: “%(words)s”. It was sent again "
                "once. Ask what they could not read, then send it again."
            ),
        ),
        DeliveryState.REJECTED: (
            "bad",
            _(
                "%(partner)s refused certificate %(number)s: “%(words)s”. Nothing was lost, and nothing is sent "
                "again by itself. Correct it and send it again, or mark it as not needed."
            ),
        ),
        DeliveryState.EXPIRED: (
            "bad",
            _("%(partner)s did not answer within 15 days. Ask them, then send it again or mark it as not needed."),
        ),
        DeliveryState.DEAD: (
            "bad",
            _(
                "%(partner)s could not be reached for 72 hours. Nothing was lost. When the connection works again, "
                "send it again."
            ),
        ),
        DeliveryState.NOT_NEEDED: ("none", _("Somebody decided that it need not be delivered.")),
    }
)
