"""Who takes part in a hub and what each accepts, read from `GetActiveNppos`. Source: `exchange.md` 1.3."""

from collections.abc import Iterator
from dataclasses import dataclass

from opensps.exchange.transports.hub_client import Failure, HubClient
from opensps.exchange.transports.hub_reply import Faulted, Response, child, text_of
from opensps.formats.xml_stream import Node

_YES = frozenset({"true", "1"})


@dataclass(frozen=True, slots=True)
class Participant:
    """One active participant."""

    code: str
    """Connection code."""

    accepts: frozenset[tuple[str, str]]
    """Pairs of type (UNCL 1001) and status (UNCL 4405) that are active."""


def participants_of(client: HubClient) -> dict[str, Participant] | Faulted | Failure:
    """Return the participants by code; one that is named twice accepts what both entries say."""
    return client.read("GetActiveNppos", _read)


def _read(reply: Response) -> dict[str, Participant]:
    found: dict[str, Participant] = {}
    for node in reply.items("Nppo"):
        code = text_of(node, "Country").strip()
        if code:
            before = found[code].accepts if code in found else frozenset[tuple[str, str]]()
            found[code] = Participant(code, before | frozenset(_pairs(node)))
    return found


def _pairs(node: Node) -> Iterator[tuple[str, str]]:
    for each in node.children:
        if each.local == "AllowedDocument" and each.attributes.get("active", "").strip().lower() in _YES:
            numbers = tuple(_number(each, name) for name in ("certificateType", "certificateStatus"))
            if all(numbers):
                yield numbers[0], numbers[1]


def _number(node: Node, name: str) -> str:
    found = child(node, name)
    return "" if found is None else found.attributes.get("number", "").strip()
