"""The open doors of the check, hammered: rubbish files get an answer and no failure, and guessing finds nothing."""

import io
import random
import zipfile
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from opensps.border.services import check_number, check_token
from opensps.certificate.numbers import IssuedNumber
from opensps.formats.carriers import new_salt, token, verification_code
from opensps.formats.pdf import Mark, render
from tests.factories import certification, records, signing
from tests.factories.certificates import phytosanitary
from tests.factories.certification import certificate_in

pytestmark = pytest.mark.django_db

NOW = certification.START + timedelta(days=2)
SPLICES = (
    b"\x00",
    b"<!DOCTYPE a>",
    b"%PDF-",
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"endstream",
    b"/Filter",
    b"\xff" * 9,
    b"<a>" * 99,
)
"""What makes one kind of file look like another, or a reader lose its way."""


def _files() -> dict[str, bytes]:
    """Return one good file of each kind a person may drop."""
    good = records.sealed()
    assert good.xml is not None
    assert good.seal is not None
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", good.xml)
        archive.writestr("a.xades", good.seal)
    paper = render(phytosanitary(), layout="phyto-export", mark=Mark.DRAFT)
    return {"a.xml": good.xml, "a.xades": good.seal, "a.zip": packed.getvalue(), "a.pdf": paper}


def _mutated(data: bytes, choice: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(choice.randint(1, 6)):
        place = choice.randrange(len(made) + 1)
        new = choice.choice((choice.choice(SPLICES), choice.randbytes(choice.randint(0, 4)), made[: place // 2]))
        made[place : place + choice.choice((0, 1, 4, 64, 4096))] = new
    return bytes(made)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", ["a.xml", "a.xades", "a.zip", "a.pdf"])
def test_no_file_breaks_the_check_page(
    name: str, client: Client, tmp_path: Path, heavy_count: Callable[[int], int]
) -> None:
    choice, data = random.Random(name), _files()[name]  # noqa: S311 the same every time
    for number in range(heavy_count(12_500)):
        changed = _mutated(data, choice)
        upload = SimpleUploadedFile(choice.choice(("a.pdf", "a.xml", "a.zip", name)), changed)
        network = f"10.{number >> 8 & 255}.{number & 255}.1"  # one of its own each time, so that no limit helps us
        answer = client.post(
            "/check/file", {"upload": upload}, headers={"Accept": "application/json"}, REMOTE_ADDR=network
        )
        if answer.status_code not in (HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY):
            (tmp_path / f"{number}-{name}").write_bytes(changed)
        assert answer.status_code in (HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY), f"kept as {number}-{name}"
        assert answer.status_code != HTTPStatus.OK or answer.json()["result"] != "in_force"


@pytest.mark.timeout(3600)
def test_nobody_guesses_a_code_or_a_link(heavy_count: Callable[[int], int]) -> None:
    """Well-formed codes and tokens only, each from a network of its own, so that no limit helps us."""
    choice, issued = random.Random(17), certificate_in(certification.cast())  # noqa: S311 the same every time
    for number in range(heavy_count(20_000)):
        asked = {
            "authority": "XA",
            "network": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
            "at": NOW,
            "trust": signing.trust_list(),
        }
        salt = new_salt(choice.randbytes)
        if number % 2:
            found = check_token(token_typed=token(salt, choice.randbytes(32)), **asked)
        else:
            guessed = IssuedNumber("XA", 2026, "014", choice.randint(1, 40))
            target = issued.number if number % 4 else str(guessed)
            found = check_number(number_typed=target, code_typed=verification_code(salt, target), **asked)
        assert found.verdict["en"]["result"] in ("no_match", "too_many_tries")
