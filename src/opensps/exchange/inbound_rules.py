"""Findings about an envelope that no rule of a certificate can make: whom it is for, who speaks, how it is signed.

Ids are permanent, sentences are templates as in `rules`. Source: `exchange.md` 1.4, 7.4 (M10, M11), 8.4.
"""

from types import MappingProxyType

from opensps.rules import Area, Finding, Level

_ROWS: dict[str, tuple[Level, Area, str]] = {
    "EXCHANGE-ADDRESS": (Level.SEVERE, Area.ENVELOPE, "The envelope is addressed to %(code)s, which is not us."),
    "EXCHANGE-HEADER": (
        Level.SEVERE,
        Area.ENVELOPE,
        "The header of the envelope holds a text that is too long, or signs that cannot be printed.",
    ),
    "EXCHANGE-DESTINATION": (
        Level.SEVERE,
        Area.ENVELOPE,
        "The certificate is made out for %(country)s, not for us.",
    ),
    "EXCHANGE-ISSUER": (
        Level.SEVERE,
        Area.ENVELOPE,
        "The certificate comes from %(country)s, for which this sender does not speak.",
    ),
    "EXCHANGE-SANDBOX": (
        Level.SEVERE,
        Area.ENVELOPE,
        "The exchange with this sender is not open yet; until then only training numbers (T-...) are taken.",
    ),
    "EXCHANGE-SIZE": (Level.SEVERE, Area.ENVELOPE, "The certificate is larger than the %(limit)s bytes agreed."),
    "EXCHANGE-EMPTY": (Level.SEVERE, Area.ENVELOPE, "The envelope is empty."),
    "EXCHANGE-NESTED": (
        Level.SEVERE,
        Area.ENVELOPE,
        "The certificate is wrapped in another document; send it as it is.",
    ),
    "EXCHANGE-NOT-ALLOWED": (
        Level.WARNING,
        Area.ENVELOPE,
        "Type %(type)s with status %(status)s has not been agreed with this sender.",
    ),
    "EXCHANGE-SIGNATURE-MISSING": (
        Level.SEVERE,
        Area.SIGNATURE,
        "The signature is missing that was agreed with this sender.",
    ),
    "EXCHANGE-SIGNATURE": (Level.SEVERE, Area.SIGNATURE, "The signature does not hold: %(reason)s."),
    "EXCHANGE-SIGNATURE-CHANNEL": (
        Level.INFO,
        Area.SIGNATURE,
        "This change of status carries no signature; the channel proves who sent it.",
    ),
    "EXCHANGE-SAID": (
        Level.SEVERE,
        Area.ENVELOPE,
        "What the message says of itself is not what it holds: %(what)s.",
    ),
    "EXCHANGE-SIGNATURE-OPEN": (
        Level.INFO,
        Area.SIGNATURE,
        "The signature could not be checked: %(reason)s. None was agreed with this sender.",
    ),
    "EXCHANGE-CONFLICT": (
        Level.WARNING,
        Area.CONSISTENCY,
        "This number and status came before with other content; neither is applied until a person has decided.",
    ),
    "EXCHANGE-OLDER": (Level.WARNING, Area.CONSISTENCY, "Something later is known of this certificate; not applied."),
    "EXCHANGE-REUSED": (
        Level.WARNING,
        Area.ENVELOPE,
        "This delivery number came before with other content; it is set aside.",
    ),
    "EXCHANGE-STATUS": (Level.WARNING, Area.ENVELOPE, "Status %(status)s is not known here; not applied."),
    "EXCHANGE-OTHER": (Level.WARNING, Area.ENVELOPE, "This is not a certificate, and nobody here takes it."),
}

MESSAGES = MappingProxyType({rule: template for rule, (_, _, template) in _ROWS.items()})
"""Rule id -> English sentence; the keys of their translations."""


def found(rule: str, field: str = "", **params: str) -> Finding:
    """Return a finding of this table."""
    level, area, template = _ROWS[rule]
    return Finding(area, level, field, template, rule, MappingProxyType(params))
