"""Forms of connections with partners: one form for each kind of connection, with the fields that kind has.

Source: `exchange.md` 2.2, 3.6, 3.7, 4.3, 4.4, 4.8, 7.1. They parse and normalise; the service decides. Secrets are no
part of a connection: keys have pages of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opensps.exchange.queries.rows import Delivery, PartnerConnection, Side
from opensps.exchange.transports import Channel
from opensps.exchange.transports.http_address import read_url
from opensps.exchange.transports.http_result import Forbidden
from opensps.web.html.forms.acts import ActForm
from opensps.web.html.forms.fields import LineField

MOST_BYTES: Final = 104_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of connection as people choose it."""

    slug: str
    channel: Channel
    side: Side
    delivery: Delivery
    words: Promise
    text: Promise
    fields: tuple[str, ...]
    """Beside those that every connection has."""


_COMMON: Final = ("connection_code", "own_code")
_END: Final = ("direction", "rank", "is_active")
_CALLS: Final = ("calls_per_minute", "at_once")
_ROWS: Final = (
    Kind("hub", Channel.HUB, Side.CLIENT, Delivery.PUSH, _("Through a hub"),
         _("We take part in the IPPC ePhyto Hub or another hub with its contract, and call it."),
         ("address", "send_operation", "poll_seconds", "seconds", "content_bytes")),
    Kind("our-hub", Channel.HUB, Side.HOST, Delivery.PULL, _("Through our hub"),
         _("They call us with the Hub's contract, and collect what waits."), ("content_bytes",)),
    Kind("soap", Channel.SOAP, Side.HOST, Delivery.PULL, _("Our SOAP service"),
         _("They call our CertificateService and collect what waits."),
         ("authentication", "token_seconds", *_CALLS)),
    Kind("mail", Channel.SMTP, Side.CLIENT, Delivery.PUSH, _("Mail"),
         _("Each certificate goes in a signed mail; they answer by a signed mail."),
         ("address", "server", "tls_policy", "encryption", "receipts", "bytes", "oversize", "proof", "pdf")),
    Kind("their-rest", Channel.REST, Side.CLIENT, Delivery.PUSH, _("Their REST interface"),
         _("We call their interface, which speaks as ours does."), ("address", "token_url", "at_once")),
    Kind("our-rest", Channel.REST, Side.HOST, Delivery.PULL, _("Our REST interface"),
         _("Their programs call ours with access tokens, and collect what waits."), ()),
)  # fmt: skip
KINDS: Final[Mapping[str, Kind]] = MappingProxyType({each.slug: each for each in _ROWS})
"""Part of the address -> kind."""

_COLUMNS: Final = ("connection_code", "own_code", "address", "direction", "rank", "is_active")
_FURTHER: Final = ("send_operation", "tls_policy", "authentication")
_OPTIONS: Final = ("poll_seconds", "server", "encryption", "receipts", "oversize", "token_url")
_LIMITS: Final = ("seconds", "content_bytes", "calls_per_minute", "at_once", "token_seconds", "bytes", "proof", "pdf")


def kind_of(row: PartnerConnection) -> Kind | None:
    """Return the kind of a connection; None for one that has no form, such as the test channel."""
    return next((each for each in _ROWS if (each.channel, each.side) == (row.channel, row.side)), None)


def _number(label: Any, hint: Any, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=hint, min_value=least, max_value=most, required=False)


class ConnectionForm(ActForm):
    """The settings of one connection."""

    connection_code = LineField(
        label=_("Their connection code"),
        help_text=_("What the hub or the partner calls them there, for example XB. It is not always the country."),
        max_length=100,
    )
    own_code = LineField(label=_("Our connection code"), help_text=_("What we are called there."), max_length=100)
    address = LineField(label=_("Address"), max_length=500)
    server = LineField(
        label=_("Their mail server"),
        help_text=_("host:port, for example mx.xc.example:25. Empty: our own mail server carries it."),
        max_length=200,
        required=False,
    )
    tls_policy = forms.ChoiceField(
        label=_("Security of the line"),
        choices=[
            ("required", _("TLS with the server's name checked")),
            ("required+pinned", _("TLS with exactly the server certificate that is on record")),
        ],
    )
    encryption = forms.ChoiceField(
        label=_("Encryption of the mail"),
        choices=[
            ("none", _("None; the line is secured")),
            ("aes256-cbc", "AES-256 CBC"),
            ("aes256-gcm", "AES-256 GCM"),
        ],
    )
    receipts = forms.BooleanField(label=_("Ask for a signed receipt (MDN)"), required=False)
    bytes = _number(_("Largest mail, in bytes"), _("Empty: 10 MiB."), 100_000, 26_214_400)
    oversize = forms.ChoiceField(
        label=_("A mail above that size"),
        choices=[
            ("", _("As usual: a notice if they can collect, else a task for a person")),
            ("notice", _("Send a notice; they collect the certificate")),
            ("hold", _("Hold it until a person has decided")),
        ],
        required=False,
    )
    proof = forms.BooleanField(label=_("Add the proof of the public log"), required=False)
    pdf = forms.BooleanField(label=_("Add the PDF"), required=False)
    token_url = LineField(
        label=_("Address of their access tokens"),
        help_text=_("Empty: /oauth2/token on the same host."),
        max_length=500,
        required=False,
    )
    send_operation = forms.ChoiceField(
        label=_("How we deliver"),
        choices=[
            ("validate", _("The hub checks each certificate first (ValidateAndDeliverEnvelope)")),
            ("plain", _("Without a check (DeliverEnvelope)")),
        ],
    )
    poll_seconds = _number(_("Seconds between two rounds"), _("Empty: 300."), 10, 86_400)
    seconds = _number(_("Seconds to wait for an answer"), _("Empty: 60."), 5, 300)
    content_bytes = _number(_("Largest certificate, in bytes"), _("Empty: 104 MB."), 10_000, MOST_BYTES)
    authentication = forms.ChoiceField(
        label=_("How they prove who they are"),
        choices=[
            ("mtls", _("Client certificate")),
            ("digest", _("User name and password digest (WS-Security)")),
            ("mtls+digest", _("Both")),
        ],
    )
    token_seconds = _number(_("Oldest password digest, in seconds"), _("Empty: 300."), 10, 600)
    calls_per_minute = _number(_("Calls a minute"), _("Empty: 600."), 1, 100_000)
    at_once = _number(_("Calls at the same time"), _("Empty: 8."), 1, 64)
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=[("both", _("Both directions")), ("out", _("Only from us to them")), ("in", _("Only from them to us"))],
    )
    rank = forms.IntegerField(
        label=_("Rank"),
        help_text=_("Where there are several connections, ours go over the one with the lowest."),
        min_value=1,
        max_value=99,
        initial=1,
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, kind: Kind, row: PartnerConnection | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {} if row is None else _initial(row))
        super().__init__(*args, **kwargs)
        self.kind, self.row = kind, row
        kept = (*_COMMON, *kind.fields, *_END)
        for name in set(self.fields) - set(kept):
            del self.fields[name]
        self.order_fields(list(kept))
        if "address" in self.fields:
            self.fields["address"].help_text = _HINTS[kind.slug]

    def clean_connection_code(self) -> str:
        """Return their code; a connection needs one."""
        return self._needed("connection_code", _("Enter what they are called there."))

    def clean_own_code(self) -> str:
        """Return our code; a connection needs one."""
        return self._needed("own_code", _("Enter what we are called there."))

    def _needed(self, name: str, message: Any) -> str:
        if not self.cleaned_data[name]:
            raise ValidationError(message, code="required")
        return str(self.cleaned_data[name])

    def clean_address(self) -> str:
        """Return the address: of mail, or a complete https address."""
        given = str(self.cleaned_data["address"])
        if self.kind.channel is Channel.SMTP:
            EmailValidator(_("Enter a mail address, for example exchange@xc.example."))(given)
        else:
            _web_address(given)
        return given

    def clean_token_url(self) -> str:
        """Return where tokens are asked for, empty for the usual place."""
        given = str(self.cleaned_data["token_url"])
        if given:
            _web_address(given)
        return given

    def clean_server(self) -> str:
        """Return host and port of a mail server, or nothing."""
        given = str(self.cleaned_data["server"])
        host, _colon, port = given.rpartition(":")
        if given and not (host and port.isascii() and port.isdecimal()):
            raise ValidationError(_("Enter host and port, for example mx.xc.example:25."), code="server")
        return given

    def settings(self) -> dict[str, Any]:
        """Return what `connection_set` is told; options and limits this form does not know stay as they are."""
        given = self.cleaned_data
        found: dict[str, Any] = {name: given[name] for name in (*_COLUMNS, *_FURTHER) if name in given}
        found["channel"], found["side"], found["delivery"] = self.kind.channel, self.kind.side, self.kind.delivery
        found["options"] = self._merged(self.row.options if self.row else {}, _OPTIONS)
        found["limits"] = self._merged(self.row.limits if self.row else {}, _LIMITS)
        return found

    def _merged(self, before: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
        shown = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        kept = {name: value for name, value in before.items() if name not in shown}
        return kept | {name: value for name, value in shown.items() if value not in ("", None, False)}


_HINTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "hub": _("https, the complete address of the service, for example https://hub.example/hub/DeliveryService."),
        "mail": _("Their exchange address, for example exchange@xc.example."),
        "their-rest": _("https, up to the version, for example https://sps.xb.example/api/v1."),
    }
)


def _web_address(given: str) -> None:
    if isinstance(read_url(given), Forbidden):
        raise ValidationError(
            _("Enter a complete address that begins with https:// and holds no password."), code="url"
        )


def _initial(row: PartnerConnection) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(row, name) for name in (*_COLUMNS, *_FURTHER)}
    return found | {name: row.options.get(name) for name in _OPTIONS} | {name: row.limits.get(name) for name in _LIMITS}
