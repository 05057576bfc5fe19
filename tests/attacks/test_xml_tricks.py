"""Attack 19: files bent to be read differently by two readers, or to cost us dear, dropped at the real doors."""

import base64
import gzip
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.attacks.doors import Answer, Door, network
from tests.attacks.world import World
from tests.factories.records import packed, sealed
from tests.factories.rest import ApiVisitor, partner_of
from tests.factories.signing import document
from tests.vectors.attacks.seals import ENVELOPED, INPUTS, SHAPES, enveloped

pytestmark = pytest.mark.django_db
REFUSED = {"file_altered", "malformed", "unreadable", "foreign_signature"}
XML = document()
PAIR = sealed(XML)
SEAL = PAIR.seal or b""
DTD = b'<?xml version="1.0"?><!DOCTYPE x [%s]>'


def laughs() -> bytes:
    """A billion laughs."""
    rows = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    return DTD % (b'<!ENTITY l0 "lol">' + rows) + b"<x>&l9;</x>"


BOMBS: dict[str, bytes] = {
    "billion_laughs": laughs(),
    "quadratic": DTD % (b'<!ENTITY a "' + b"a" * 50_000 + b'">') + b"<x>" + b"&a;" * 5_000 + b"</x>",
    "entity_of_a_file": DTD % b'<!ENTITY a SYSTEM "file:///etc/hostname">' + b"<x>&a;</x>",
    "entity_of_the_network": DTD % b'<!ENTITY a SYSTEM "http://127.0.0.1:9/a">' + b"<x>&a;</x>",
    "parameter_entity": DTD % b'<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;'.replace(b"%", b"%%") % () + XML,
    "external_dtd": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + XML,
    "include": XML.replace(
        b"<ram:Name/>", b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/hostname"/>'
    ),
    "ten_thousand_deep": b"<a>" * 10_000 + b"</a>" * 10_000,
    "a_hundred_thousand_attributes": b"<a " + b" ".join(b'b%d="1"' % n for n in range(100_000)) + b"/>",
    "a_million_elements": b"<a>" + b"<b/>" * 1_000_000 + b"</a>",
    "gzip": gzip.compress(XML * 1_000),
    "zip_bomb": packed(a_xml=b"<a>" + b" " * 80_000_000 + b"</a>"),
    "zip_in_zip": packed(a_zip=packed(a_xml=XML)),
    "zip_of_many": packed(**{f"a{n}_xml": XML for n in range(300)}),
    "climbing_names": packed(**{"../../../etc/passwd_xml": XML[:-10]}),
    "utf_7": b'<?xml version="1.0" encoding="UTF-7"?>+ADw-x+AD4-',
    "utf_32": XML.decode().encode("utf-32"),
    "nul": XML.replace(b"Garlic", b"Gar\x00lic"),
    "not_closed": XML[:-20],
    "empty": b"",
}
NO_SEAL = {"not_xml", "another_root"}
"""Bent so far that nobody takes it for a seal: two files of which one cannot be read."""

CONTROL = "not_recorded"
"""What the untouched file gets here: a good seal of ours that our register does not hold."""


def drop(public: Door, xml: bytes, seal: bytes = b"") -> Answer:
    files = [("certificate.xml", xml)] + ([("certificate.xades", seal)] if seal else [])
    return public.files(*files)


def test_the_untouched_file_is_none_of_them(public: Door) -> None:
    assert drop(public, XML, SEAL).said["result"] == CONTROL
    assert drop(public, enveloped()).said["result"] == CONTROL


def refused(answer: Answer) -> bool:
    return (
        answer.said["result"] in REFUSED
        and answer.said["class"] in {"red", "grey", "none"}
        and not answer.said["facts"]
    )


def bent(name: str, corpus: dict[str, tuple[str, Callable[[bytes], bytes]]], good: bytes) -> tuple[str, bytes]:
    reason, bend = corpus[name]
    return reason, bend(good)


def test_attack_19_every_bent_seal_is_refused_by_its_reason(public: Door, no_network: list[object]) -> None:
    wrong = {}
    for name in SHAPES:
        reason, seal = bent(name, SHAPES, SEAL)
        answer = drop(public, XML, seal)
        is_named = f"seal_shape.{reason}" in answer.reasons or name in NO_SEAL
        if not refused(answer) or not is_named:
            wrong[name] = (answer.verdict, sorted(answer.reasons))
    assert wrong == {}
    assert no_network == []


def test_attack_19_every_wrapped_signature_is_refused_by_its_reason(public: Door, no_network: list[object]) -> None:
    good, wrong = enveloped(), {}
    for name in ENVELOPED:
        reason, xml = bent(name, ENVELOPED, good)
        answer = drop(public, xml)
        if not refused(answer) or f"seal_shape.{reason}" not in answer.reasons:
            wrong[name] = (answer.verdict, sorted(answer.reasons))
    assert wrong == {}
    assert no_network == []


def test_attack_19_what_no_sealed_document_may_hold_is_refused_by_its_reason(public: Door) -> None:
    wrong = {}
    for name in INPUTS:
        reason, xml = bent(name, INPUTS, XML)
        answer = drop(public, xml, SEAL)
        if not refused(answer) or f"input.{reason}" not in answer.reasons:
            wrong[name] = (answer.verdict, sorted(answer.reasons))
    assert wrong == {}


def test_attack_19_bombs_are_unreadable_and_call_nobody(public: Door, no_network: list[object]) -> None:
    wrong = {}
    for name, data in BOMBS.items():
        response = public.client.post("/check/file", {"upload": _upload(name, data)}, REMOTE_ADDR=network())
        said: Any = response.json() if response.status_code == 200 else {}
        if response.status_code not in {200, 413, 422} or said.get("class") == "green" or said.get("facts"):
            wrong[name] = (response.status_code, said.get("result"))
    assert wrong == {}
    assert no_network == []


def _upload(name: str, data: bytes) -> Any:
    return SimpleUploadedFile(f"{name}.xml", data)


def test_attack_19_programs_of_partners_fare_no_better(world: World, db: None, no_network: list[object]) -> None:
    visitor, wrong = ApiVisitor.of(partner_of()), {}
    tries = {name: bend(XML) for name, (_, bend) in INPUTS.items()} | BOMBS
    for name, data in tries.items():
        if len(data) > 500_000:
            continue
        response = visitor.post("/checks", {"content": base64.b64encode(data).decode()})
        said = response.json()
        if response.status_code >= 500 or said.get("verdict") == "GREEN" or said.get("result") == "in_force":
            wrong[name] = (response.status_code, said.get("result"))
    assert wrong == {}
    assert no_network == []


def test_attack_19_the_corpus_is_large_enough() -> None:
    assert len(SHAPES) + len(ENVELOPED) + len(INPUTS) + len(BOMBS) >= 100
