"""Attacks 5, 7, 9, 14 and 17 on the printed code: a photo is judged by what was signed, and no link is opened."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from opensps.project.commands.verify import verify
from opensps.signing.trust_lines import Entries
from tests.attacks.doors import Door, expect
from tests.attacks.world import HOST, World, trust
from tests.factories import proofs
from tests.factories.proofs import HOUR, at_hour, claims, code, proven
from tests.factories.records import sealed
from tests.factories.signing import document, signed_list, stranger

pytestmark = pytest.mark.django_db
OTHER = "XA-2026-014-0004513-6"
TOKEN = "CNJDQET660X0STG7JNY3"
LOOKS_LIKE = {
    "v": "uw",
    "e": "3aco",
    "c": "eok",
    "r": "nit",
    "t": "fl1i",
    "x": "k",
    "a": "e4o",
    "m": "nrw",
    "p": "qb",
    "l": "1i",
}
HOMOGLYPHS = {
    "e": "\u0435\u04bd\uff45",
    "c": "\u0441\u03f2",
    "a": "\u0430\u0251",
    "p": "\u0440\u03c1",
    "x": "\u0445\u04b3",
    "t": "\u03c4",
}
DOMAINS = (
    "com",
    "net",
    "org",
    "example.com",
    "examples",
    "exampl",
    "example.co",
    "ecert",
    "xyz",
    "info",
    "example.cn",
    "app",
    "gov",
    "org.example",
    "online",
    "site",
    "shop",
    "email",
    "digital",
    "zone",
)
BEFORE = ("www", "secure", "v2", "check", "gov", "xn--v-ecert", "login", "verify", "qr", "xa")


def look_alikes() -> Iterator[str]:
    """Addresses that a hurried reader takes for ours."""
    for place, sign in enumerate(HOST):
        for other in (*LOOKS_LIKE.get(sign, ""), *HOMOGLYPHS.get(sign, "")):
            yield HOST[:place] + other + HOST[place + 1 :]
        if sign != ".":
            yield HOST[:place] + HOST[place + 1 :]
            yield HOST[:place] + sign + HOST[place:]
            yield f"{HOST[:place]}-{HOST[place:]}"
            yield HOST[:place] + HOST[place : place + 2][::-1] + HOST[place + 2 :]
    stem = HOST.rpartition(".")[0]
    yield from (f"{stem}.{domain}" for domain in DOMAINS)
    yield from (f"{name}.{HOST}" for name in BEFORE)
    yield from (f"{HOST}.{name}.example" for name in BEFORE)
    yield from (f"{HOST}-{name}.example" for name in BEFORE)
    yield from (HOST.replace("ecert", f"{name}-ecert") for name in BEFORE)
    yield from (HOST.replace("ecert", f"ecert{name}") for name in BEFORE)
    yield from (f"{HOST}:{port}" for port in (80, 443, 444, 8443, 10443))
    yield from (f"{HOST}@{name}.example" for name in BEFORE)
    yield from (f"{name}@{HOST}" for name in ("a", "user:pass"))
    yield from (HOST.replace(".", "-"), HOST.replace(".", ""), f"{HOST}.", "[2001:db8::1]", "192.0.2.7", "127.0.0.1")


LOOK_ALIKES = tuple(each for each in dict.fromkeys(look_alikes()) if each != HOST)


def test_attack_09_two_hundred_look_alike_addresses_are_red_and_none_is_opened(
    public: Door, no_network: list[object]
) -> None:
    assert len(LOOK_ALIKES) >= 200
    links = [f"HTTPS://{host.upper() if host.isascii() else host}/C/{TOKEN}" for host in LOOK_ALIKES]
    answers = [each for at in range(0, len(links), 200) for each in public.many(links[at : at + 200])]
    wrong = [
        (host, answer.verdict)
        for host, answer in zip(LOOK_ALIKES, answers, strict=True)
        if answer.verdict != ("red", "address_not_official")
    ]
    assert wrong == []
    assert no_network == []


def test_attack_09_a_genuine_signed_code_behind_a_false_address(public: Door, no_network: list[object]) -> None:
    answer = public.photo(code(host="v.ecert.examp1e"))
    expect(answer, "red", "address_not_official", "consistency.host")
    assert "v.ecert.examp1e" in answer.said["sentence"]
    assert no_network == []


def test_attack_09_the_false_address_is_named_to_who_photographed_it(public: Door, no_network: list[object]) -> None:
    answer = public.photo(f"HTTPS://V.ECERT-EXAMPLE.COM/C/{TOKEN}")
    expect(answer, "red", "address_not_official", "consistency.host")
    assert "v.ecert-example.com" in answer.said["sentence"]
    assert no_network == []


def test_attack_05_a_code_printed_without_our_key_holds_nothing(public: Door) -> None:
    answer = public.photo(code(who=stranger()))
    assert answer.verdict[0] == "grey"
    assert answer.reasons == {"signer.unknown_key"}


def test_attack_05_a_code_signed_by_another_under_the_name_of_our_key(public: Door) -> None:
    forged = code(claims(number=OTHER))
    at = forged.index("#") + 150
    answer = public.photo(forged[:at] + ("B" if forged[at] != "B" else "C") + forged[at + 1 :])
    assert answer.verdict[0] == "red"
    assert answer.verdict[1] in {"file_altered", "malformed"}


def test_attack_05_the_code_of_one_certificate_with_the_link_of_another(public: Door, world: World) -> None:
    """Signed facts of one, the token of another of ours: the two do not belong together."""
    signed = code()
    token, _, facts = signed.rpartition("/C/")[2].partition("#")
    assert token
    expect(public.photo(f"HTTPS://{HOST.upper()}/C/{world.genuine.token}#{facts}"), "red", "fields_differ")


def test_attack_17_the_link_of_a_withdrawn_certificate(public: Door, world: World) -> None:
    expect(public.photo(f"HTTPS://{HOST.upper()}/C/{world.withdrawn.token}"), "red", "withdrawn", "status.withdrawn")


def pages(folder: Path, *texts: str) -> tuple[str, list[str]]:
    """Return result and reasons for the codes of all pages of one paper, from the command line."""
    note = folder / "trust.note"
    named = [part for text in texts for part in ("--qr", text)]
    roots = ["--trust", str(note), "--roots", str(folder / "roots.txt"), "--json"]
    done = CliRunner().invoke(verify, [*named, *roots], standalone_mode=False)
    said = json.loads(done.output)
    return said["result"], [each["reason"] for each in said["fragments"] if each["reason"]]


def test_attack_07_the_second_page_of_another_certificate(tmp_path: Path) -> None:
    assert trust().keys
    first, second = code(page=(1, 2)), code(page=(2, 2))
    assert pages(tmp_path, first, second)[0] != "pages_mixed"
    swapped = code(page=(2, 2), number=OTHER)
    result, reasons = pages(tmp_path, first, swapped)
    assert (result, "page" in reasons) == ("pages_mixed", True)
    assert pages(tmp_path, first, first)[0] == "pages_mixed"
    assert pages(tmp_path, first, code(page=(2, 3)))[0] == "pages_mixed"
    assert pages(tmp_path, first, code(page=(2, 2), copy=3))[0] == "pages_mixed"


def test_attack_14_a_date_printed_long_before_the_entry_in_the_log(tmp_path: Path) -> None:
    """The clock is that of the log; what is printed may be a day older and no more."""
    known = proofs.trust()
    listed = Entries(known.authorities, known.keys, known.logs, known.witnesses)
    note = signed_list(listed, issued_at=datetime.now(UTC).replace(microsecond=0))
    (tmp_path / "trust.note").write_bytes(note)
    results = []
    for hours in (1, 72):
        printed = (at_hour(HOUR) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
        held = proven(upload=sealed(document(issued=printed)))
        for name, data in (("c.xml", held.xml), ("c.xades", held.seal), ("c.tlog-proof", held.bundle)):
            (tmp_path / name).write_bytes(data or b"")
        roots = ["--trust", str(tmp_path / "trust.note"), "--roots", str(tmp_path / "roots.txt"), "--json"]
        done = CliRunner().invoke(verify, [str(tmp_path / "c.xml"), *roots], standalone_mode=False)
        said = json.loads(done.output)
        results.append((said["class"], said["result"]))
    assert results[0][1] != "backdated"
    assert results[1] == ("red", "backdated")
