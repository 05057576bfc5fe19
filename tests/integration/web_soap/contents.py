"""The certificate that XB sends to XC in these tests, and how it travels."""

import hashlib
from html import escape
from typing import Any

from opensps.certificate import Identifier, Location
from opensps.exchange.models import Envelope
from tests.factories.certificates import country, text
from tests.factories.incoming import NUMBER, theirs

TO_XC: dict[str, Any] = {
    "consignment__import_country": country("XC"),
    "consignment__point_of_entry": Location(id=Identifier("XCWMK", "un_locode"), names=text("Westmark Harbour")),
}
CERTIFICATE = theirs(**TO_XC)
"""As signed bytes end: with one line end."""

ESCAPED = escape(CERTIFICATE.decode(), quote=False)
DIGEST = hashlib.sha256(CERTIFICATE).hexdigest()


def digests() -> list[str]:
    """Return the digests of everything the hub holds, in order of arrival."""
    return list(Envelope.objects.order_by("pk").values_list("sha256", flat=True))


__all__ = ["CERTIFICATE", "DIGEST", "ESCAPED", "NUMBER", "TO_XC", "digests"]
