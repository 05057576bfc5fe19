"""VerifyCertificate: the caller's officials check a certificate, once or as a presentation (`exchange.md` 3.2, 3.4)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from typing import Any, Final

from opensps.border.errors import PresentationRefused, TypingError
from opensps.border.queries import StoredResult
from opensps.border.services.for_partners import (
    Asking,
    partner_check_code,
    partner_check_content,
    partner_check_number,
)
from opensps.border.services.partner_presentations import presentation_record
from opensps.exchange.contracts.tables import Record
from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.queries.for_callers import Envelope, versions_for_caller
from opensps.verification import TypedError
from opensps.web.documents import proof_of
from opensps.web.html import keys
from opensps.web.html.installation import installation
from opensps.web.soap.binary import octets_of
from opensps.web.soap.callers import PartnerCaller
from opensps.web.soap.face import Call
from opensps.web.soap.service_envelopes import summary_of
from opensps.web.soap.service_faults import refused

MOST_FIELDS: Final = 200
_DOORS: Final = ("number", "content", "qrPayload")
_FRAUD: Final = frozenset(
    {
        *("never_issued", "not_recorded", "file_altered", "fields_differ", "foreign_signature", "key_not_valid"),
        *("address_not_official", "duplicate_number", "pages_mixed"),
    }
)
"""Red results of the kind suspected_fraud (`fraud.md` 2); every other red one is invalid."""


def verify_certificate(call: Call[Any], caller: PartnerCaller) -> Record:
    """Return the verdict, the same as on the page of a check."""
    asked = call.record
    if sum(name in asked for name in _DOORS) != 1:
        message = "Give exactly one of number, content and qrPayload."
        raise refused("ONE_OF_REQUIRED", trace=call.trace, message=message)
    if "verificationCode" in asked and "number" not in asked:
        raise refused("ONE_OF_REQUIRED", trace=call.trace, message="A verificationCode goes with a number.")
    asking = asking_of(call, caller)
    check = _check(asked)
    try:
        if asked.get("presentation"):
            return _presented(call, caller, asking, check)
        found = check(asking)
        return _answer(found.verdict, found.id, call, caller)
    except TypingError as error:
        name = "verificationCode" if error.field == "code" else "number"
        message = f"The check sign of {name} does not fit."
        fields = [(name, "check_sign", message)]
        raise refused("VALUE_OUT_OF_RANGE", trace=call.trace, message=message, fields=fields) from None
    except TypedError as error:
        message = f"The presented field {error.field} cannot be read: {error.reason}."
        fields = [(f"presentedField {error.field}", error.reason, message)]
        raise refused("VALUE_OUT_OF_RANGE", trace=call.trace, message=message, fields=fields) from None


def asking_of(call: Call[Any], caller: PartnerCaller) -> Asking:
    """Return who asks and under which terms. Raises `Faulted` for too many presented fields."""
    here = installation()
    return Asking(
        authority=here.authority,
        partner=caller.code,
        at=call.at,
        trust=keys.trust_list(),
        may_see=cache(partial(_was_sent, caller)),
        accepts_training=here.is_demo,
        proofs=proof_of,
        presented=presented_fields(call),
        country=next(iter(caller.partner.countries), ""),
    )


def _was_sent(caller: PartnerCaller, number: str) -> bool:
    return latest_of(caller, number) is not None


def latest_of(caller: PartnerCaller, number: str) -> Envelope | None:
    """Return the newest envelope about a certificate of ours that was sent to the caller."""
    try:
        return versions_for_caller(partner=caller.partner, number=number)[-1] if number else None
    except EnvelopeNotFound:
        return None


def presented_fields(call: Call[Any]) -> Mapping[str, str]:
    """Return field -> text of what was read on the paper; those of a line end in its number."""
    given = call.record["presentedField"]
    if len(given) > MOST_FIELDS:
        raise refused("TOO_MANY_ITEMS", trace=call.trace, message=f"At most {MOST_FIELDS} presented fields.")
    return {f"{each['name']}.{each['line']}" if "line" in each else each["name"]: each["value"] for each in given}


def _check(asked: Record) -> Callable[[Asking], StoredResult]:
    if "number" in asked:
        return partial(partner_check_number, number=asked["number"], code=asked.get("verificationCode", ""))
    if "content" in asked:
        return partial(partner_check_content, data=octets_of(asked["content"]))
    return partial(partner_check_code, text=asked["qrPayload"])


def _presented(
    call: Call[Any], caller: PartnerCaller, asking: Asking, check: Callable[[Asking], StoredResult]
) -> Record:
    asked = call.record
    if "requestId" not in asked or "location" not in asked:
        raise refused("ONE_OF_REQUIRED", trace=call.trace, message="A presentation needs requestId and location.")
    content = octets_of(asked["content"]).hex() if "content" in asked else ""
    question = {
        "number": asked.get("number", ""),
        "code": asked.get("verificationCode", ""),
        "qr": asked.get("qrPayload", ""),
        "content": content,
    }
    try:
        kept = presentation_record(
            asking, request_id=asked["requestId"], location=asked["location"], question=question, check=check
        )
    except PresentationRefused:
        raise refused("REQUEST_ID_REUSED", trace=call.trace) from None
    return _answer(kept.verdict, kept.check_number, call, caller)


def _answer(verdict: Mapping[str, Any], check_number: str, call: Call[Any], caller: PartnerCaller) -> Record:
    language = call.record.get("language", "en")
    said = verdict["zh" if language.startswith("zh") else "en"]
    envelope = latest_of(caller, said["number"] or "")
    return {
        "verdict": said["class"].upper() if said["class"] in _CLASSES else "GREY",
        "kind": _kind(said),
        "result": said["result"].upper(),
        "reasonCode": tuple(code.upper() for code in said["also"]),
        "sentence": {"#text": said["sentence"], "@languageID": "zh" if language.startswith("zh") else "en"},
        "fragment": tuple(map(_fragment, said["fragments"])) or (_whole(said),),
        "certificate": summary_of(envelope) if envelope is not None else None,
        "difference": tuple(map(_difference, said["differences"])),
        "checkedAt": _moment(said["checked_at"]) or call.at,
        "statusAsOf": _moment(said["as_of"]) or call.at,
        "checkNumber": check_number,
    }


_CLASSES: Final = frozenset({"green", "amber", "red", "grey"})


def _kind(said: Mapping[str, Any]) -> str | None:
    if said["class"] != "red":
        return None
    return "SUSPECTED_FRAUD" if said["result"] in _FRAUD else "INVALID"


def _fragment(each: Mapping[str, Any]) -> Record:
    return {
        "aspect": each["aspect"].upper(),
        "outcome": each["outcome"],
        "reasonCode": each["reason"].upper() or "NONE",
    }


def _whole(said: Mapping[str, Any]) -> Record:
    """Return one fragment for an answer that follows from none, such as NO_MATCH."""
    return {"aspect": "INPUT", "outcome": "ERROR", "reasonCode": said["result"].upper()}


def _difference(each: Mapping[str, Any]) -> Record:
    name, dot, line = each["field"].partition(".")
    is_line = bool(dot) and line.isdigit()
    return {
        "name": name if is_line else each["field"],
        "line": int(line) if is_line else None,
        "presented": each["presented"],
        "recorded": each["recorded"] or None,
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
