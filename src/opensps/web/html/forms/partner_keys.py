"""Forms of keys: writing one down by its public part, making a secret, confirming a fingerprint.

Source: `exchange.md` 3.6, 7.1. No form ever shows a secret, and a private key that is pasted is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opensps.exchange.queries.clients import SCOPES
from opensps.exchange.queries.rows import CredentialUse
from opensps.exchange.services import MADE_HERE, SECOND_WAYS
from opensps.web.html.forms.acts import ActForm
from opensps.web.html.forms.fields import LineField


@dataclass(frozen=True, slots=True)
class KeyKind:
    """A kind of key as people choose it."""

    slug: str
    use: CredentialUse
    words: Promise
    text: Promise
    fields: tuple[str, ...]
    is_made: bool = False
    """Made here instead of written down."""

    is_ours: bool = False


_Use = CredentialUse
_PUBLIC: Final = ("text", "fingerprint")
_ROWS: Final = (
    KeyKind("client", _Use.CLIENT_TLS, _("Their client certificate"),
            _("With it their programs prove who they are when they call us: hub, SOAP, REST."),
            (*_PUBLIC, "connection")),
    KeyKind("rest", _Use.OAUTH_CLIENT, _("Key of their REST program"),
            _("Its public key. With it the program signs the statement by which it gets access tokens."),
            ("name", "text", "scopes")),
    KeyKind("soap", _Use.WSSE_KEY, _("User name and secret for our SOAP service"),
            _("We make the secret and show it once. Better is a client certificate."), ("name",), is_made=True),
    KeyKind("mail", _Use.SMIME_SIGN, _("Their certificate for signing mail"),
            _("Mail from them counts only with a signature of this key."), ("text",)),
    KeyKind("mail-encrypt", _Use.SMIME_ENCRYPT, _("Their certificate for encrypting mail"),
            _("Where mail to them is encrypted, it is for this key."), ("text",)),
    KeyKind("seal", _Use.CERTIFICATE_SIGNER, _("Their seal of certificates"),
            _("Certificates of theirs that carry a seal must carry one of this key."), ("text",)),
    KeyKind("server", _Use.SERVER_TLS, _("Their server, or the authority of its certificate"),
            _("When we call them, nobody else may answer. A fingerprint alone pins exactly one certificate."),
            (*_PUBLIC, "connection")),
    KeyKind("ours", _Use.CLIENT_TLS, _("Our client certificate for them"),
            _("We make key and certificate here. The certificate goes to their administrators; the key stays here."),
            ("connection",), is_made=True, is_ours=True),
)  # fmt: skip
KEY_KINDS: Final[Mapping[str, KeyKind]] = MappingProxyType({each.slug: each for each in _ROWS})
"""Part of the address -> kind."""

_WAYS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "telephone": _("By telephone, with a number known before"),
        "letter": _("By letter"),
        "meeting": _("In a meeting"),
        "diplomatic_note": _("By diplomatic note"),
        "video_call": _("In a video call with somebody known"),
    }
)


class KeyForm(ActForm):
    """A key of one kind."""

    name = LineField(
        label=_("Name"), help_text=_("The name their program uses, for example xb-system."), max_length=100
    )
    text = forms.CharField(
        label=_("Certificate or public key"),
        help_text=_("The text from “-----BEGIN” to the last “-----”, or the JWK. Never a private key."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        max_length=20_000,
        required=False,
    )
    fingerprint = LineField(
        label=_("Or only its fingerprint"),
        help_text=_("SHA-256, 64 hexadecimal digits; colons do not matter."),
        max_length=200,
        required=False,
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=[(each, each) for each in SCOPES], widget=forms.CheckboxSelectMultiple
    )
    connection = forms.ChoiceField(label=_("For which connection?"), required=False)

    def __init__(self, *args: Any, kind: KeyKind, connections: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"scopes": list(SCOPES)})
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(kind.fields):
            del self.fields[name]
        self.order_fields(list(kind.fields))
        if "connection" in self.fields:
            self.fields["connection"].choices = [("", _("All of this partner")), *connections]  # type: ignore[attr-defined]  # ChoiceField

    def given(self) -> dict[str, Any]:
        """Return what the service is told."""
        names = ("name", "text", "fingerprint", "scopes")
        found: dict[str, Any] = {name: self.cleaned_data[name] for name in names if name in self.fields}
        if "connection" in self.fields:
            chosen = self.cleaned_data["connection"]
            found["connection_id"] = int(chosen) if chosen else None
        return found


class ConfirmKeyForm(ActForm):
    """The fingerprint as another way gave it."""

    fingerprint = LineField(
        label=_("Fingerprint as they told it"),
        help_text=_("Type what they read out or wrote, not what stands on this page. Colons and blanks do not matter."),
        max_length=200,
    )
    how = forms.ChoiceField(
        label=_("How did they tell it?"),
        choices=[(way, _WAYS[way]) for way in SECOND_WAYS if way != MADE_HERE],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the second way by which the fingerprint was compared.")},
    )
