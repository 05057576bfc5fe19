"""One message of an inquiry as the call of a REST API that is like ours (`exchange.md` 5.2). Pure.

The API of the other side keeps who asked and answers with its own number; what it says later is asked for.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from opensps.exchange.transports.transport import Outbound, Unreachable

INQUIRY_SCOPES: Final = "inquiries:read inquiries:write"


@dataclass(frozen=True, slots=True)
class InquiryCall:
    """Where to and what."""

    path: str
    body: Mapping[str, Any]


def inquiry_call(outbound: Outbound) -> InquiryCall | Unreachable:
    """Return the call for a message of ours; unreachable while their number of the inquiry is not known."""
    try:
        said = json.loads(outbound.content)
        texts = [_words(each) for each in said.get("texts", ())] or [{"text": "-"}]
        files = [_file(each) for each in said.get("files", ())]
        act = str(said["act"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return Unreachable("the message cannot be read", code="ours", is_about_envelope=True)
    if act == "open":
        return InquiryCall("/inquiries", {**_question(said), "text": texts, "attachment": files})
    if not outbound.in_reply_to_remote:
        return Unreachable("their number of the inquiry is not known yet", code="ours", is_about_envelope=True)
    path = f"/inquiries/{quote(outbound.in_reply_to_remote, safe='')}/messages"
    return InquiryCall(path, {"act": act.upper(), "text": texts, "attachment": files})


def _question(said: Mapping[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "subject": str(said["subject"]).upper(),
        "priority": str(said["priority"]).upper(),
        "presented_field": [_presented(name, value) for name, value in said.get("presented", {}).items()],
    }
    if said.get("certificate"):
        asked["number"] = said["certificate"]
    if said.get("location"):
        asked["location"] = said["location"]
    return asked


def _presented(name: str, value: str) -> dict[str, Any]:
    """Return a field as the API takes it: the line beside the name."""
    field, dot, line = name.rpartition(".")
    if dot and line.isdigit():
        return {"name": field, "line": int(line), "value": value}
    return {"name": name, "value": value}


def _words(each: Mapping[str, Any]) -> dict[str, str]:
    return {"text": each["text"], **({"language": each["language"]} if each.get("language") else {})}


def _file(each: Mapping[str, Any]) -> dict[str, str]:
    return {
        "file_name": each["name"],
        "media_type": each["media_type"],
        "sha256": each["sha256"],
        "content": each["content"],
    }
