"""The sample set of counterfeits: as many as wanted, the same every time, each with what a desk has to find.

`forgeries(world)` never ends and takes the families in turn, so any beginning of it holds all of them. Each item
bears the number of its attack. Nothing here is judged.
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from opensps.certificate.numbers import IssuedNumber
from opensps.formats import read_certificate, write_certificate
from opensps.formats.errors import FormatError
from opensps.signing import seal
from tests.attacks.desks import DeskDoor
from tests.attacks.test_codes import LOOK_ALIKES, TOKEN
from tests.attacks.test_honest import FORGED
from tests.attacks.world import World, sealed_files
from tests.factories import signing
from tests.factories.alterations import leaves, one_more, put, written
from tests.factories.genuine import read_off

SEED = 46
ALTERED = frozenset({"file_altered", "fields_differ", "malformed", "duplicate_number", "not_recorded", "never_issued"})
"""How a changed file may be called: what is said depends on whether its number and its form outlived the change."""

MOST_FILES = 400
"""Below the number of files one officer may hand in within ten minutes."""


@dataclass(frozen=True, slots=True)
class Forgery:
    """One counterfeit."""

    attack: int
    name: str
    given: Any
    """A number or the text of a code; files; or field -> what is typed from the paper."""

    results: frozenset[str]
    """Results it may be caught by."""

    number: str = ""
    """Genuine number a typed paper bears."""

    field: str = ""
    """The one field that has to be named."""

    def at(self, door: DeskDoor) -> Any:
        """Show it at a desk and return the verdict, None where nothing was found to judge."""
        if isinstance(self.given, str):
            return door.number(self.given)
        if isinstance(self.given, tuple):
            return door.files(*self.given)
        first = door.number(self.number)
        return door.paper(first, self.given) if first is not None else None


def forgeries(world: World) -> Iterator[Forgery]:
    """Give one counterfeit after the other; families that come to an end drop out."""
    choice = random.Random(SEED)  # noqa: S311  the same every time
    families = [invented(choice), typed(world, choice), altered(world), resealed(world), links(), stolen(world, choice)]
    while families:
        for family in tuple(families):
            found = next(family, None)
            if found is None:
                families.remove(family)
            else:
                yield found


def invented(choice: random.Random) -> Iterator[Forgery]:
    """Well-formed numbers that nobody issued."""
    for serial in itertools.count(choice.randrange(10_000, 20_000), 37):
        number = str(IssuedNumber("XA", choice.choice((2024, 2025, 2026)), f"{choice.randrange(1, 999):03}", serial))
        yield Forgery(1, f"invented {number}", number, frozenset({"never_issued"}))


def typed(world: World, choice: random.Random) -> Iterator[Forgery]:
    """Papers under a genuine number on which one field says something else; of other goods it is attack 10."""
    goods = {"containers", "seals", "scientific_name"}
    for turn in itertools.count():
        for certificate in (world.genuine, world.second):
            true = read_off(value_of(certificate))
            for field, text in true.items():
                forge = FORGED.get(field.partition(".")[0])
                if forge is None or (field in {"number", "export_country", "import_country"} and turn):
                    continue
                false = forge(text)
                for _ in range(turn if field.partition(".")[0] in {"net_weight", "gross_weight", "count"} else 0):
                    false = forge(false)
                false = _more(field, false, turn, choice)
                attack = 10 if field.partition(".")[0] in goods else 2
                name = f"{certificate.number} {field} {false}"
                yield Forgery(
                    attack, name, {field: false}, frozenset({"fields_differ"}), str(certificate.number), field
                )


def _more(field: str, text: str, turn: int, choice: random.Random) -> str:
    """Return another wrong text of the same field in later turns; a country has to be one that can be chosen."""
    if field.endswith("_country"):
        return "CN"
    if not turn or field.partition(".")[0] in {"net_weight", "gross_weight", "count", "number"}:
        return text
    if field == "issued_on":
        return f"{2025 - turn % 9}{text[4:]}"
    if field in {"containers", "seals"}:
        return f"{text[:-3]}{choice.randrange(100, 999)}"
    return f"{text} {choice.choice(('Import', 'Trading', 'Fruits', 'Holding'))} {turn}"


def altered(world: World) -> Iterator[Forgery]:
    """Files in which one thing was changed, under the genuine seal."""
    for certificate in (world.genuine, world.second):
        value = value_of(certificate)
        for path, held in leaves(value):
            try:
                xml = write_certificate(put(value, path, one_more(held)))
            except (FormatError, ValueError):
                continue
            if xml != certificate.xml:
                files = sealed_files(certificate, xml=xml)
                yield Forgery(8, f"{certificate.number} {written(path)}", files, ALTERED)


def resealed(world: World, most: int = 60) -> Iterator[Forgery]:
    """Genuine texts and raised ones under the seal of somebody else."""
    for turn in range(most):
        certificate = (world.genuine, world.second)[turn % 2]
        who = signing.UntrustedTestSigner.make(authority=("XA", "XB")[turn // 2 % 2])
        made = seal(bytes(certificate.xml or b""), signer=who, at=certificate.sealed_at)
        results = frozenset({"foreign_signature"})
        yield Forgery(6, f"stranger {turn}", sealed_files(certificate, seal=made), results)


def links() -> Iterator[Forgery]:
    """Codes that lead to addresses like ours."""
    for host in LOOK_ALIKES:
        link = f"HTTPS://{host.upper() if host.isascii() else host}/C/{TOKEN}"
        yield Forgery(9, host, link, frozenset({"address_not_official"}))


def stolen(world: World, choice: random.Random, most: int = 60) -> Iterator[Forgery]:
    """Certificates nobody registered, signed with the key of the authority."""
    for _ in range(most):
        number = str(IssuedNumber("XA", 2026, "014", choice.randrange(500_000, 900_000)))
        xml = signing.document(number=number)
        made = seal(xml, signer=signing.signer(), at=world.genuine.sealed_at)
        files = (("certificate.xml", xml), ("certificate.xades", made))
        yield Forgery(16, number, files, frozenset({"not_recorded"}))


def value_of(certificate: Any) -> Any:
    """Return what a certificate says."""
    value = read_certificate(bytes(certificate.xml or b"")).certificate
    assert value is not None
    return value
