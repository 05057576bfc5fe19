"""What there is to attack: certificates in several states, whom the installation believes, and their files."""

from dataclasses import dataclass

from opensps.accounts.models import Person
from opensps.accounts.queries import Actor, person_by_id
from opensps.certification.models import Certificate
from opensps.signing import TrustList
from opensps.signing.trust_entries import TrustedAuthority
from opensps.signing.trust_lines import Entries
from tests.factories import signing
from tests.factories.certification import Cast

HOST = "v.ecert.example"
USES = ("xml", "qr", "status")


@dataclass(frozen=True, slots=True)
class World:
    """What there is to attack."""

    people: Cast
    genuine: Certificate
    """In force."""

    second: Certificate
    """In force too, of the same exporter on the same day."""

    withdrawn: Certificate
    on_hold: Certificate

    def person(self, actor: Actor) -> Person:
        """Return somebody of the cast as who signs in."""
        found = person_by_id(authority="XA", person_id=actor.id)
        assert found is not None
        return found


def entries() -> Entries:
    """Return who is believed: our authority at its official address, with one key."""
    ours = TrustedAuthority("XA", "Plant and Animal Health Service of Examplia", (HOST,))
    return Entries((ours,), (signing.trusted(uses=USES),))


def trust() -> TrustList:
    """Return the same as a list in memory."""
    return TrustList(entries().authorities, entries().keys)


def sealed_files(certificate: Certificate, **changes: bytes) -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    """Return XML and seal of a certificate, as files; `xml` and `seal` may be given anew."""
    held = {"xml": bytes(certificate.xml or b""), "seal": bytes(certificate.seal or b"")} | changes
    return ("certificate.xml", held["xml"]), ("certificate.xades", held["seal"])
