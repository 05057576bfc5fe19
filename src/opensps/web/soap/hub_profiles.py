"""Participants of our hub as records of the Hub's contract: Nppo and Channel (`exchange.md` 1.3, 1.8)."""

from typing import Any

from cryptography import x509

from opensps import codes
from opensps.exchange.queries.hub_directory import NONE, Accepted, Participant, Rule


def nppo(one: Participant) -> dict[str, Any]:
    """Return a participant as Nppo; its signing certificate only where it can be read."""
    record: dict[str, Any] = {
        "Country": one.code,
        "Receive": one.receives,
        "Send": one.sends,
        "AllowedDocument": tuple(map(_allowed, one.accepted)),
    }
    signature = _signature(one.signer_certificate)
    if signature:
        record["Signature"] = signature
    if one.rules:
        record["ChannelRules"] = {"ChannelRule": tuple(map(_rule, one.rules))}
    return record


def channel(one: Participant) -> dict[str, Any]:
    """Return a participant as Channel."""
    return {"@Receive": one.receives != NONE, "@Send": one.sends != NONE, "Code": one.code, "Name": one.name}


def _allowed(one: Accepted) -> dict[str, Any]:
    return {
        "@active": one.is_active,
        "certificateType": _coded("un_1001", one.type_code),
        "certificateStatus": _coded("un_4405", one.status_code),
    }


def _coded(list_id: str, number: int) -> dict[str, Any]:
    return {"@number": number, "@value": codes.label(list_id, str(number))}


def _rule(one: Rule) -> dict[str, Any]:
    record: dict[str, Any] = {
        "@id": one.number,
        "@active": one.is_active,
        "@ruleType": one.rule_type,
        "@certificateType": one.type_code,
        "@certificateStatus": one.status_code,
        "@direction": one.direction,
    }
    return record | ({"@countryCode": one.country} if one.country else {})


def _signature(pem: str) -> dict[str, Any] | None:
    try:
        held = x509.load_pem_x509_certificate(pem.encode("ascii", "replace"))
    except ValueError:
        return None
    lines = (line for line in pem.splitlines() if line and not line.startswith("-----"))
    return {"dn": held.subject.rfc4514_string(), "certificate": "".join(lines)}
