"""The border desk as an officer meets it, through its pages; what was found is read from the verdict the page shows.

door = DeskDoor(foreign_officer("XB"))
found = door.number("XA-2026-014-0004512-0")     None where the page says beside the field what is wrong with it
found = door.paper(found, {"net_weight.1": "24001 KGM"})
"""

import itertools
import time
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from opensps.accounts.models import Person
from opensps.accounts.queries import OrganisationKind
from opensps.border.models import StoredList, VerdictRecord
from opensps.lifecycle import Role
from tests.attacks.doors import BACKEND, network
from tests.factories.accounts import grant, make_organisation, make_person

_people = itertools.count(1)


def foreign_officer(country: str = "XB", role: Role = Role.FOREIGN_OFFICER) -> Person:
    """Return a new officer of another country, approved for everything an officer may do."""
    who = f"desk{next(_people)}"
    theirs = make_organisation(f"{who} of {country}", kind=OrganisationKind.FOREIGN_AUTHORITY, country=country)
    person = make_person(f"{who}@{country.lower()}.example", password=None)
    grant(person, role, organisation_id=theirs.pk.hex)
    return person


def own_officer(role: Role = Role.BORDER_OFFICER) -> Person:
    """Return a new officer at our own border."""
    person = make_person(f"own{next(_people)}@example.org", password=None)
    grant(person, role, office_code="014")
    return person


class DeskDoor:
    """One officer at the desk."""

    def __init__(self, person: Person) -> None:
        self.client = Client(REMOTE_ADDR=network())
        self.client.force_login(person, backend=BACKEND)
        self.client.get("/desk")
        self.longest = 0.0
        """Processor seconds of the slowest answer, page included; the first page, which loads everything, is not."""

    def number(self, number: str, code: str = "") -> VerdictRecord | None:
        """Type or scan something into the one field of the desk."""
        return self._found(self._post("/desk", {"number": number, **({"code": code} if code else {})}))

    def files(self, *files: tuple[str, bytes]) -> VerdictRecord | None:
        """Drop the files of one certificate."""
        return self._found(self._post("/desk/upload", {"upload": [SimpleUploadedFile(*file) for file in files]}))

    def paper(self, found: VerdictRecord, typed: Mapping[str, str]) -> VerdictRecord | None:
        """Type what the paper and the goods say, beside a verdict."""
        return self._found(self._post(f"/desk/checks/{found.pk}/compare", dict(typed)))

    def many(self, rows: Iterable[str]) -> list[VerdictRecord | None]:
        """Paste a list of at most 500 rows; return the verdicts in its order, None for rows that are no question."""
        answer = self._post("/desk/list", {"lines": "\n".join(rows)})
        assert answer.status_code == 302, answer.content.decode()[:2000]
        kept = StoredList.objects.get(pk=answer.headers["Location"].rstrip("/").rpartition("/")[2])
        verdicts = VerdictRecord.objects.in_bulk([row["result"] for row in kept.rows if row["result"]])
        return [verdicts.get(row["result"]) for row in kept.rows]

    def _post(self, address: str, data: dict[str, Any]) -> Any:
        since = time.process_time()
        answer = self.client.post(address, data)
        self.longest = max(self.longest, time.process_time() - since)
        assert answer.status_code < 500, (address, answer.status_code)
        return answer

    def _found(self, answer: Any) -> VerdictRecord | None:
        if answer.status_code != 303:
            assert answer.status_code in {200, 413, 422}, (answer.status_code, answer.content.decode()[:2000])
            return None
        return VerdictRecord.objects.get(pk=answer.headers["Location"].rstrip("/").rpartition("/")[2])


def differing(found: VerdictRecord) -> list[str]:
    """Return the typed fields that the page calls different."""
    return [str(each["field"]) for each in found.fields if each["word"] == "differs"]
