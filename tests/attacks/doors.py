"""The open doors of an installation, as a forger meets them, and what is answered there.

    door = Door()                       somebody without an account; Door(person) is signed in
    door.number(number, code)           each returns an `Answer`
    expect(answer, "red", "never_issued")

Every request comes from a network of its own, so that no limit hides an answer; the limits have tests of their own.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from opensps.accounts.models import Person
from opensps.border.models import StoredList, StoredResult
from tests.factories.photos import drawn, saved

BACKEND = "opensps.accounts.backends.PersonBackend"
_networks = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door said, as plain data."""

    said: Mapping[str, Any]

    @property
    def verdict(self) -> tuple[str, str]:
        """Class and check result."""
        return str(self.said["class"]), str(self.said["result"])

    @property
    def reasons(self) -> frozenset[str]:
        """``aspect.reason`` of everything that was not found good."""
        bad = (each for each in self.said["fragments"] if each["reason"])
        return frozenset(f"{each['aspect']}.{each['reason']}" for each in bad)

    @property
    def fields(self) -> frozenset[str]:
        """Fields that are named as different, or as different with an explanation."""
        return frozenset(str(each["field"]) for each in self.said["differences"] if each["kind"] != "identical")


def expect(answer: Answer, colour: str, result: str, reason: str = "") -> None:
    """Assert class and result of an answer and, where given, the reason behind it."""
    assert answer.verdict == (colour, result), answer.said
    assert not reason or reason in answer.reasons, answer.said


class Door:
    """The public check pages, through HTTP."""

    def __init__(self, person: Person | None = None) -> None:
        self.client = Client(headers={"Accept": "application/json"})
        if person is not None:
            self.client.force_login(person, backend=BACKEND)

    def number(self, number: str, code: str) -> Answer:
        """Type number and verification code."""
        return self._answer("/check", {"number": number, "code": code})

    def files(self, *files: tuple[str, bytes]) -> Answer:
        """Drop the files of one certificate."""
        return self._answer("/check/file", {"upload": [SimpleUploadedFile(*file) for file in files]})

    def photo(self, text: str) -> Answer:
        """Photograph a printed code."""
        return self._answer("/check/photo", {"upload": SimpleUploadedFile("photo.jpg", saved(drawn(text)))})

    def token(self, token: str) -> Answer:
        """Open the link of a code."""
        return Answer(self.client.get(f"/C/{token}", REMOTE_ADDR=network()).json())

    def many(self, rows: Iterable[str]) -> list[Answer]:
        """Paste a list of at most 200 rows; return the answers in its order."""
        page = self.client.post("/check/many", {"lines": "\n".join(rows)}, REMOTE_ADDR=network())
        assert page.status_code == 303, page.content.decode()[:2000]
        kept = StoredList.objects.get(pk=page.headers["Location"].rstrip("/").rpartition("/")[2])
        asked = [row["result"] for row in kept.rows]
        found = StoredResult.objects.in_bulk([each for each in asked if each])
        return [Answer(found[each].verdict["en"]) for each in asked if each]

    def _answer(self, address: str, data: dict[str, Any]) -> Answer:
        response = self.client.post(address, data, REMOTE_ADDR=network())
        assert response.status_code == 200, (response.status_code, response.content.decode()[:2000])
        return Answer(response.json())


def network() -> str:
    """Return an address in a network that nobody used."""
    place = next(_networks)
    return f"{10 + (place >> 16)}.{place >> 8 & 255}.{place & 255}.1"
