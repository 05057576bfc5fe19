"""Where a URL leads: its parts, its addresses, and whether we go there. The guard against forged destinations.

Source: `exchange.md` 5.3. A name is resolved once and the connection made to an address already judged, so that a
second answer of a name server changes nothing. Does not connect.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from opensps.exchange.transports.http_result import Forbidden, NotReached, Reason

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port -> addresses as text. Raises OSError where there is none."""

_HTTPS_PORT: Final = 443
_LONGEST_URL: Final = 2_000
_SPECIAL_4: Final = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
"""IANA, IPv4 Special-Purpose Address Registry; what the library of Python says of them changes with its version."""

_GLOBAL_6: Final = ipaddress.IPv6Network("2000::/3")
"""The only range of IPv6 given to the open Internet (RFC 4291, 2.4)."""

_SPECIAL_6: Final = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""Its last 32 bits are an IPv4 address (RFC 6052)."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes."""

    host: str
    """As in the URL, lower case, without brackets."""

    port: int
    path: str
    """With the query, never empty."""

    @property
    def authority(self) -> str:
        """Return what stands in the Host field."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _HTTPS_PORT else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses destinations inside our own or any other special network."""

    exceptions: frozenset[str] = frozenset()
    """Hosts (``name`` or ``name:port``) that may lie in such a network all the same: for tests and the demo."""

    def allows(self, target: Target, address: str) -> bool:
        """Tell whether we connect to the address for the sake of this target."""
        named = {target.host, f"{target.host}:{target.port}"}
        return bool(named & self.exceptions) or is_public(address)


def read_url(url: str) -> Target | Forbidden:
    """Return where a URL leads; only https, without user name, fragment, blank or control character."""
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return Forbidden(Reason.ADDRESS, "the address has a character it may not have, or is too long")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return Forbidden(Reason.ADDRESS, "the address cannot be read")
    fault = _fault(parts)
    if fault:
        return Forbidden(Reason.ADDRESS, fault)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(str(parts.hostname), _HTTPS_PORT if port is None else port, path)


def _fault(parts: SplitResult) -> str:
    if parts.scheme != "https":
        return "only https is called"
    if parts.username is not None or parts.password is not None:
        return "the address holds a user name"
    if parts.fragment:
        return "the address has a fragment"
    return "" if parts.hostname and "%" not in parts.hostname else "the address names no host"


def is_public(text: str) -> bool:
    """Tell whether an address is one of the open Internet, looking through IPv6 forms that hide an IPv4 address."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _SPECIAL_4)
    if address.ipv4_mapped is not None:
        return is_public(str(address.ipv4_mapped))
    if address in _TRANSLATED:
        return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    return address in _GLOBAL_6 and not any(address in network for network in _SPECIAL_6)


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a host, asked for once. Raises OSError where there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def addresses(target: Target, *, guard: Guard | None, ask: Resolve) -> tuple[str, ...] | Forbidden | NotReached:
    """Return the addresses to try, in order. One forbidden address among several forbids the target."""
    try:
        found = tuple(ask(target.host, target.port))
    except (OSError, UnicodeError):
        return NotReached(Reason.NAME, "the name does not resolve")
    if guard is not None and not all(guard.allows(target, address) for address in found):
        return Forbidden(Reason.NETWORK, "the name leads into a private or special network")
    return found or NotReached(Reason.NAME, "the name does not resolve")
