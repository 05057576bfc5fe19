"""The small languages inside header fields: media types with parameters, addresses, message ids.

Sources: RFC 2045 5.1, RFC 5322 3.4 and 3.6.4. The reading of addresses is strict on purpose: an address that one reader
sees and another does not is how a sender is forged (`reliability.md` 3.3).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_WORD = r"[!#$%&'*+\-.^_`{|}~0-9A-Za-z]+"
_TYPE = re.compile(rf"\s*({_WORD})/({_WORD})\s*")
_PARAMETER = re.compile(rf';\s*({_WORD})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))\s*')
_ESCAPE = re.compile(r"\\(.)")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*")
_PHRASE = re.compile(r'(?:[A-Za-z0-9!#$%&\'*+/=?^_`{|}~. \t-]|"(?:[^"\\\r\n]|\\.)*")*')
_ID = re.compile(r"<([!-;=?-~]{1,250})>")
_MAX_ADDRESS = 254
_MAX_SENDER = 1_000
"""Signs of a From field, display name and comments included."""

_MAX_LOCAL = 64


@dataclass(frozen=True, slots=True)
class ContentType:
    """A media type and its parameters, names in lower case."""

    main: str
    sub: str
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def name(self) -> str:
        """Type and subtype, lower case."""
        return f"{self.main}/{self.sub}"

    def parameter(self, name: str) -> str:
        """Return a parameter, "" where it is not given."""
        return self.parameters.get(name, "")


PLAIN = ContentType("text", "plain")
"""What a part without a Content-Type is (RFC 2045 5.2)."""


def content_type(value: str) -> ContentType | None:
    """Return the media type a field names; ``None`` where it cannot be read or a parameter stands twice."""
    if not value:
        return PLAIN
    head = _TYPE.match(value)
    if head is None:
        return None
    at, found = head.end(), dict[str, str]()
    while at < len(value):
        given = _PARAMETER.match(value, at)
        if given is None:
            return ContentType(head[1].lower(), head[2].lower(), MappingProxyType(found)) if _ends(value, at) else None
        name = given[1].lower()
        if name in found:
            return None
        found[name] = given[3] if given[2] is None else _ESCAPE.sub(r"\1", given[2])
        at = given.end()
    return ContentType(head[1].lower(), head[2].lower(), MappingProxyType(found))


def _ends(value: str, at: int) -> bool:
    """A last semicolon with nothing behind it is a habit of some writers."""
    return value[at:].strip(" \t;") == ""


def sole_address(values: tuple[str, ...]) -> str | None:
    """Return the one address of the one field, lower case; ``None`` for none, several, or any doubt."""
    if len(values) != 1 or len(values[0]) > _MAX_SENDER:
        return None
    text = _without_comments(values[0])
    if text is None or "<" not in text:
        return address_of((text or "").strip())
    found = re.fullmatch(r"([^<>]*)<([^<>]+)>\s*", _quoted_blind(text))
    if found is None or not _PHRASE.fullmatch(text[: found.end(1)]):
        return None
    return address_of(text[found.start(2) : found.end(2)].strip())


def _quoted_blind(text: str) -> str:
    """Return the text with what stands in quotes made harmless, same length."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', lambda found: "q" * len(found[0]), text)


def _without_comments(text: str) -> str | None:
    """Return the text without its comments; ``None`` where they do not close."""
    depth, kept, in_quotes, at = 0, [], False, 0
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 1
            if depth == 0:
                kept.append(text[at - 1 : at + 1])
        elif sign == '"' and depth == 0:
            in_quotes = not in_quotes
            kept.append(sign)
        elif sign in "()" and not in_quotes:
            depth += 1 if sign == "(" else -1
            if depth < 0:
                return None
        elif depth == 0:
            kept.append(sign)
        at += 1
    return "".join(kept) if depth == 0 and not in_quotes else None


def address_of(text: str) -> str | None:
    """Return an address (dot-atom at domain, ASCII) in lower case, ``None`` where it is none."""
    local, sign, domain = text.rpartition("@")
    if not sign or len(text) > _MAX_ADDRESS or len(local) > _MAX_LOCAL or not text.isascii():
        return None
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        return None
    return text.lower()


def message_ids(value: str) -> tuple[str, ...]:
    """Return the message ids of a field, without their brackets, at most fifty."""
    return tuple(_ID.findall(value)[:50])


def message_id(value: str) -> str:
    """Return the one message id of a field, without brackets; "" where there is none or more than one."""
    found = message_ids(value)
    return found[0] if len(found) == 1 else ""
