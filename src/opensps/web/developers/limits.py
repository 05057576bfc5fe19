"""The limits of every interface as a page shows them, read from where they are enforced (`exchange.md` 3.7, 5.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opensps.exchange.mail import structure
from opensps.exchange.services.request_keys import KEPT
from opensps.exchange.services.tokens import LIFE
from opensps.exchange.services.webhook_endpoints import MOST_ENDPOINTS, MOST_REPLAYED
from opensps.exchange.terms import MAX_CONTENT_BYTES
from opensps.exchange.transports.webhook import LIMITS as WEBHOOK
from opensps.exchange.webhook_notices import DISABLED_AFTER, MOST_OCTETS, STEPS
from opensps.exchange.webhook_signing import TOLERANCE
from opensps.web.rest.calling import LARGE, SMALL, Count
from opensps.web.rest.oauth import TRIES_A_MINUTE
from opensps.web.rest.paging import MOST
from opensps.web.soap import certificate_service, limits, service_checks, service_envelopes, service_inquiries

_BYTES: Final = _("%(count)s bytes")


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: what is limited, and how much."""

    what: Promise
    words: Promise
    given: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The limit in words."""
        grouped = f"{self.given['count']:,}"
        return str(self.words) % {"count": grouped if self.words is _BYTES else self.given["count"]}


def _limit(what: Any, words: Any, **given: Any) -> Limit:
    return Limit(what, words, MappingProxyType(given))


_A_MINUTE: Final = _("%(count)d a minute")
_PLAIN: Final = _("%(count)d")
_DAYS: Final = _("%(count)d days")
_SECONDS: Final = _("%(count)d seconds")
_MINUTES: Final = _("%(count)d minutes")

REST: Final = (
    _limit(_("Reading calls of a client"), _A_MINUTE, count=Count.READS.value[1]),
    _limit(_("Writing calls of a client"), _A_MINUTE, count=Count.WRITES.value[1]),
    _limit(_("Checks of a client"), _A_MINUTE, count=Count.CHECKS.value[1]),
    _limit(_("Requests for tokens from a network"), _A_MINUTE, count=TRIES_A_MINUTE),
    _limit(_("Life of an access token"), _MINUTES, count=int(LIFE.total_seconds() // 60)),
    _limit(_("Largest request"), _BYTES, count=SMALL),
    _limit(_("Largest request with a certificate (base64)"), _BYTES, count=LARGE),
    _limit(_("Longest page of a list"), _PLAIN, count=MOST),
    _limit(_("An Idempotency-Key is kept"), _DAYS, count=KEPT.days),
)
SOAP: Final = (
    _limit(_("Calls of a partner"), _A_MINUTE, count=limits.CALLS_A_MINUTE),
    _limit(_("Calls of a partner at the same time"), _PLAIN, count=limits.CALLS_AT_ONCE),
    _limit(_("Largest request"), _BYTES, count=certificate_service.MOST_BYTES),
    _limit(_("Largest answer; fetch more by REST"), _BYTES, count=service_envelopes.MOST_ANSWER),
    _limit(_("Acknowledgements in one call"), _PLAIN, count=service_envelopes.MOST_ITEMS),
    _limit(_("Presented fields in one check"), _PLAIN, count=service_checks.MOST_FIELDS),
    _limit(_("Attachment of an inquiry"), _BYTES, count=service_inquiries.MOST_FILE),
    _limit(_("Attachments of one message"), _PLAIN, count=service_inquiries.MOST_FILES),
)
HUB: Final = (_limit(_("Largest certificate"), _BYTES, count=MAX_CONTENT_BYTES),)
MAIL: Final = (
    _limit(_("Largest mail"), _BYTES, count=structure.MAX_BYTES),
    _limit(_("Parts of a mail"), _PLAIN, count=structure.MAX_PARTS),
    _limit(_("Parts within parts"), _PLAIN, count=structure.MAX_DEPTH),
    _limit(_("Longest line"), _PLAIN, count=structure.MAX_LINE),
)
WEBHOOKS: Final = (
    _limit(_("Endpoints of a partner"), _PLAIN, count=MOST_ENDPOINTS),
    _limit(_("We wait for an answer"), _SECONDS, count=int(WEBHOOK.total)),
    _limit(_("Tries of one message"), _PLAIN, count=len(STEPS) + 1),
    _limit(_("Failures and nothing else switch an endpoint off after"), _DAYS, count=DISABLED_AFTER.days),
    _limit(_("Largest body"), _BYTES, count=MOST_OCTETS),
    _limit(_("Messages in one replay"), _PLAIN, count=MOST_REPLAYED),
    _limit(_("Refuse a timestamp that is off by more than"), _MINUTES, count=int(TOLERANCE.total_seconds() // 60)),
)
SECTIONS: Final = (
    (_("REST"), REST),
    (_("SOAP: our own service"), SOAP),
    (_("The Hub's contract"), HUB),
    (_("Mail"), MAIL),
    (_("Webhooks"), WEBHOOKS),
)
