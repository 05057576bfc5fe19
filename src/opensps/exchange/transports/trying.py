"""Trying a connection: one harmless request over its channel, and what came of it as a value. No Django here.

A hub is asked for our profile and who takes part; an API for a token and our own record; a mail server whether it takes
mail for the address, without a mail; our own door, where the partner calls us, for its contract. Source: `exchange.md`
2.2, 4.4, 5.1, 7.1. Nothing is sent that counts; nothing is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from opensps.exchange.redaction import cut
from opensps.exchange.transports.http_address import Guard
from opensps.exchange.transports.http_client import HttpClient, Limits
from opensps.exchange.transports.http_result import Answer, Reason, Request
from opensps.exchange.transports.http_tls import TlsSettings, tls_of
from opensps.exchange.transports.hub_client import Failure, HubClient
from opensps.exchange.transports.hub_nppos import participants_of
from opensps.exchange.transports.hub_reply import Faulted, Response, text_of
from opensps.exchange.transports.rest import RestTransport
from opensps.exchange.transports.smtp import SmtpTransport
from opensps.exchange.transports.smtp_conversation import NotTaken, Server, would_take
from opensps.exchange.transports.transport import Connection, Uncertain, Unreachable

LIMITS: Final = Limits(connect=5.0, read=15.0, total=20.0, answer=5_000_000)
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_NOT_KNOWN: Final = "not_known_there"


class Tried(StrEnum):
    """How a trial ended."""

    WORKS = "works"
    NOT_REACHED = "not_reached"
    """No answer; `code` says where the way ended (`http_result.Reason`, or the phase of a mail conversation)."""

    UNKNOWN_THERE = "unknown_there"
    """They do not know our certificate, client or name."""

    REFUSED = "refused"
    DISTURBED = "disturbed"
    """Something answered, but not what was asked."""

    OTHER_NAME = "other_name"
    NOT_A_MEMBER = "not_a_member"
    """The hub works; the partner does not take part in it."""

    MISSING = "missing"
    """Something is missing on our side: `code` says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of a trial."""

    tried: Tried
    asked: str
    """What was asked: ``hub``, ``api``, ``mail``, ``relay``, ``door``, ``folder``."""

    code: str = ""
    text: str = ""
    """Their words, cut and without secrets."""

    facts: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    @property
    def works(self) -> bool:
        """Whether the connection can be used."""
        return self.tried is Tried.WORKS


def try_hub(connection: Connection, *, guard: Guard) -> Trial:
    """Ask a hub under which name it knows us, and whether the partner takes part."""
    http = HttpClient(tls_of(connection), LIMITS, guard)
    client = HubClient(connection.address, http, http)
    name = client.read("GetProfile", _own_name)
    if not isinstance(name, str):
        return _no_hub(name)
    if name != connection.own_code:
        return Trial(tried=Tried.OTHER_NAME, asked="hub", facts={"name": name, "ours": connection.own_code})
    members = participants_of(client)
    if not isinstance(members, dict):
        return _no_hub(members)
    there = members.get(connection.connection_code)
    if there is None:
        return Trial(tried=Tried.NOT_A_MEMBER, asked="hub", facts={"name": connection.connection_code})
    return Trial(tried=Tried.WORKS, asked="hub", facts={"name": name, "pairs": str(len(there.accepts))})


def _own_name(reply: Response) -> str:
    found = reply.result()
    return "" if found is None else text_of(found, "Country").strip()[:60]


def _no_hub(answer: Faulted | Failure) -> Trial:
    if isinstance(answer, Faulted):
        tried = Tried.UNKNOWN_THERE if answer.is_unknown_caller else Tried.REFUSED
        return Trial(tried=tried, asked="hub", code="500", text=cut(answer.message))
    return _no_answer("hub", answer.code, answer.text)


def try_api(connection: Connection, *, guard: Guard) -> Trial:
    """Get a token and ask for our own record."""
    found = RestTransport(guard=guard).own_record(connection)
    if isinstance(found, Unreachable) and found.code == "ours":
        return Trial(tried=Tried.MISSING, asked="api", code="key")
    if isinstance(found, Unreachable | Uncertain):
        is_unknown = isinstance(found, Unreachable) and found.pauses == _NOT_KNOWN
        if is_unknown:
            return Trial(tried=Tried.UNKNOWN_THERE, asked="api", code=found.code, text=cut(found.text))
        return _no_answer("api", found.code, found.text)
    if found.status == 200:  # noqa: PLR2004  RFC 9110, 15.3.1
        return Trial(tried=Tried.WORKS, asked="api", code="200")
    return _no_answer("api", str(found.status), "")


def try_mail(connection: Connection, transport: SmtpTransport) -> Trial:
    """Ask the server whether it takes mail for the address; no mail is sent."""
    server = transport.server_of(connection)
    asked = "mail" if connection.options.get("server") else "relay"
    if not isinstance(server, Server):
        if server.code in {Reason.NETWORK, Reason.NAME}:
            return _no_answer(asked, server.code, server.text)
        return Trial(tried=Tried.MISSING, asked=asked, code=server.code or server.pauses, text=cut(server.text))
    ending = would_take(connection.address, server, sender=transport.account.address)
    if not isinstance(ending, NotTaken):
        return Trial(tried=Tried.WORKS, asked=asked, code="250", text=cut(ending.text), facts={"server": server.host})
    tried = Tried.REFUSED if ending.code else Tried.NOT_REACHED
    facts = {"server": server.host, "phase": ending.phase}
    return Trial(tried=tried, asked=asked, code=str(ending.code or ending.phase), text=cut(ending.text), facts=facts)


def try_door(url: str, *, tls: TlsSettings, marker: bytes) -> Trial:
    """Ask our own door, where the partner calls us, for its description; `marker` has to stand in it."""
    if not url:
        return Trial(tried=Tried.MISSING, asked="door", code="partner_url")
    result = HttpClient(tls, LIMITS).send(Request("GET", url, {"Accept": "*/*"}))
    if not isinstance(result, Answer):
        return _no_answer("door", str(result.reason), result.text, facts={"url": url})
    if result.status != 200 or marker not in result.body:  # noqa: PLR2004  RFC 9110, 15.3.1
        return _no_answer("door", str(result.status), "", facts={"url": url})
    return Trial(tried=Tried.WORKS, asked="door", code="200", facts={"url": url})


def _no_answer(asked: str, code: str, text: str, facts: Mapping[str, str] = _NOTHING) -> Trial:
    """Return a trial that got no answer, or not the one that was asked for."""
    tried = Tried.DISTURBED if code.isdecimal() else Tried.NOT_REACHED
    return Trial(tried=tried, asked=asked, code=code, text=cut(text), facts=facts)
