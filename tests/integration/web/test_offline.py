"""What a browser gets to check without a network: the page, its program, the lists, and the worker that keeps them."""

import base64
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings

from opensps.signing import TrustList
from opensps.verification.results import RESULTS
from opensps.web.html import keys, offline_program
from tests.factories import proofs
from tests.factories.signing import root_keys, signed_list

pytestmark = pytest.mark.django_db
PAGES = ("/check/offline", "/zh-hans/check/offline")


@pytest.mark.parametrize("address", PAGES)
def test_the_page_is_the_same_for_everybody_and_may_use_the_camera(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert not answer.cookies
    assert answer.headers["Permissions-Policy"].startswith("camera=(self),")
    assert answer.headers["Cache-Control"] == "no-cache"
    text = answer.content.decode()
    assert text.count("<template data-band=") == 5
    assert text.count("<template data-line=") == 3


def test_no_other_page_may_use_the_camera(client: Client) -> None:
    for address in ("/check", "/check/many", "/official-addresses", "/sign-in"):
        assert client.get(address).headers["Permissions-Policy"].startswith("camera=(),"), address


@pytest.mark.parametrize(("address", "heading"), [("", "Withdrawn – do not accept"), ("/zh-hans", "已撤销")])
def test_the_words_are_those_of_every_other_face(client: Client, address: str, heading: str) -> None:
    said = client.get(f"{address}/check/offline/words.json").json()
    assert said["results"].keys() == RESULTS.keys()
    assert said["results"]["withdrawn"]["heading"].startswith(heading)
    assert [line["label"] for line in said["lines"]][1:] != [""] * 3
    assert said["countries"]["XA"] != "XA"
    assert said["types"]["851"] != "851"
    assert said["units"]["KGM"] in {"kg", "千克"}


def test_every_sentence_the_programs_name_is_there(client: Client) -> None:
    phrases = client.get("/check/offline/words.json").json()["phrases"]
    programs = "".join(path.read_text() for path in _programs())
    named = set(re.findall(r"phrases\.(\w+)", programs)) | {"refused", "unreachable", "unsupported"}
    assert named <= phrases.keys()
    assert phrases.keys() <= named | {"age", "stale", "kept", "no_worker"}


def _programs() -> list[Path]:
    return [Path(offline_program.__file__).parent / "static" / name for name in offline_program.files()]


def test_what_is_handed_out_is_what_others_signed(client: Client, tmp_path: Path) -> None:
    trust, roots, log = tmp_path / "trust.note", tmp_path / "roots.txt", tmp_path / "log" / "xa" / "2026"
    trust.write_bytes(signed_list(proofs.trust().entries))
    roots.write_text("".join(f"{key}\n" for key in root_keys().keys))
    log.mkdir(parents=True)
    (log / "status").write_bytes(b"a list")
    named = {"OPENSPS_TRUST_FILE": trust, "OPENSPS_TRUST_ROOTS": roots, "OPENSPS_LOG_DIR": tmp_path / "log"}
    with override_settings(**named):
        answer = client.get("/check/offline/data.json")
    said = answer.json()
    assert TrustList.load_signed(base64.b64decode(said["trust"]), roots=root_keys()).entries == proofs.trust().entries
    assert said["roots"] == roots.read_text()
    (listed,) = said["logs"]
    assert (base64.b64decode(listed["status"]), listed["checkpoint"]) == (b"a list", None)
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies


def test_a_list_is_read_again_when_its_roots_are_put_right(tmp_path: Path) -> None:
    trust, roots = tmp_path / "trust.note", tmp_path / "roots.txt"
    trust.write_bytes(signed_list(proofs.trust().entries))
    roots.write_text("no keys\n")
    with override_settings(OPENSPS_TRUST_FILE=trust, OPENSPS_TRUST_ROOTS=roots):
        assert keys.trust_list() == TrustList(), "refused, so nobody is believed"
        roots.write_text("".join(f"{key}\n" for key in root_keys().keys))
        assert keys.trust_list().entries == proofs.trust().entries


def test_an_installation_without_lists_hands_out_none(client: Client) -> None:
    with override_settings(OPENSPS_TRUST_FILE=None, OPENSPS_TRUST_ROOTS=None, OPENSPS_LOG_DIR=None):
        said = client.get("/check/offline/data.json").json()
    assert (said["trust"], said["roots"], said["logs"]) == (None, "", [])


def test_the_worker_keeps_public_files_and_nothing_else(client: Client) -> None:
    answer = client.get("/check/offline/worker.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Service-Worker-Allowed"] == "/"
    found = re.match(r"const SETTLED = (\{.*?\n\});\n", answer.content.decode(), re.DOTALL)
    assert found is not None
    settled = json.loads(found[1])
    assert settled["pages"] == dict(zip(dict(settings.LANGUAGES), PAGES, strict=True))
    assert settled["version"] == offline_program.version()
    for address in settled["kept"]:
        if not address.startswith("/static/"):
            assert client.get(address).status_code == 200, address
    kept = [re.sub(r"\.[0-9a-f]{12}\.", ".", address) for address in settled["kept"]]
    assert {address for address in kept if not address.startswith("/static/")} == {
        *PAGES,
        *(f"{page}/words.json" for page in PAGES),
        "/theme.css",
    }
    assert len(_programs()) == sum(address.startswith("/static/") for address in kept)


def test_another_theme_or_program_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = offline_program.version()
    with override_settings(OPENSPS_CHECK_HOST="v.other.example"):
        assert offline_program.version() != before
    assert offline_program.version() == before
