"""Whatever the bytes are, the reader answers with findings or the room's own error, never with anything else."""

import copy
import json
import random
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from opensps.certificate import Certificate
from opensps.formats import (
    DIALECTS,
    FormatError,
    as_carried,
    json_form,
    locator,
    read_certificate,
    schema_findings,
    write_certificate,
)
from opensps.formats.xml_input import parse
from tests.factories.certificates import phytosanitary
from tests.factories.kinds import animals, sanitary
from tests.vectors.xml import NAMES, document

DOCUMENTS = [
    *(document(name) for name in NAMES),
    *(write_certificate(phytosanitary(), dialect=one) for one in ("ephyto", "intercom")),
    *(write_certificate(animals(), dialect="opensps"), write_certificate(sanitary(), dialect="opensps")),
]
HOSTILE = [
    b"<!DOCTYPE a>",
    b"<!--",
    b"]]>",
    b"&x;",
    b"<![CDATA[",
    b"\x00",
    b"\xff\xfe",
    b"</ram:ID>",
    b'="',
    b"NaN",
    b"1e999",
]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return the bytes with a few pieces removed, doubled, swapped or replaced."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.randint(0, 60))
        piece, other = data[start:end], chance.choice(HOSTILE)
        data = data[:start] + chance.choice((b"", piece * 2, other, piece + other, piece[::-1])) + data[end:]
    return data


def rewritten(value: Certificate, dialect: str) -> None:
    """Write in a dialect what was read, if it takes it, and read it again as announced."""
    carried = as_carried(value, dialect=dialect)
    try:
        data = write_certificate(value, dialect=dialect)
    except FormatError:
        return
    assert read_certificate(data).certificate == carried


def read_whole(data: bytes) -> None:
    """Read, judge and write what may be a certificate."""
    reading = read_certificate(data)
    assert reading.certificate is not None or reading.findings
    if reading.root is not None:
        schema_findings(reading.root)
    if reading.root is not None:
        places = locator(reading)
        assert all(places(one).xpath for one in reading.findings)
    if reading.certificate is not None:
        assert json_form.loads(json_form.dumps(reading.certificate)) == reading.certificate
        for dialect in DIALECTS:
            rewritten(reading.certificate, dialect)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_break_the_reader(data: bytes) -> None:
    read_whole(data)
    for sealed in (True, False):
        try:
            parse(data, sealed=sealed)
        except FormatError:
            continue


@settings(max_examples=150)
@given(st.sampled_from(DOCUMENTS), st.randoms(use_true_random=False))
def test_broken_documents_never_break_the_reader(data: bytes, chance: random.Random) -> None:
    broken = mutated(data, chance)
    read_whole(broken)
    try:
        parse(broken, sealed=True)
    except FormatError:
        return


@settings(max_examples=150)
@given(st.sampled_from(DOCUMENTS), st.randoms(use_true_random=False))
def test_strange_words_in_any_place_never_break_the_reader(data: bytes, chance: random.Random) -> None:
    root = parse(data, sealed=False)
    strange = (
        "",
        " ",
        "NULL",
        "-0",
        "1e5",
        "٣",
        "9" * 30,
        "2026-13-45",
        "2026-01-01T25:00:00Z",
        "True",
        "\u202e",
        "{",
        "é" * 9,
    )
    for element in chance.sample(list(root.iter()), 5):
        disturb(element, chance, strange)
    read_whole(etree.tostring(root, encoding="utf-8"))


def disturb(element: etree._Element, chance: random.Random, strange: tuple[str, ...]) -> None:
    """Say something strange in an element or its attributes, take it away, or say it twice."""
    parent = element.getparent()
    act = chance.randrange(4)
    if act == 0 or parent is None:
        element.text = chance.choice(strange)
    elif act == 1:
        for name in element.keys():  # noqa: SIM118  an element is no dictionary
            element.set(name, chance.choice(strange))
        element.set("schemeID", chance.choice(strange))
    elif act == 2:
        parent.remove(element)
    else:
        parent.append(copy.deepcopy(element))


def refusal(act: Callable[[], object]) -> str:
    """Return the code an act is refused with; one that succeeds counts as json_ok."""
    try:
        act()
    except FormatError as error:
        return error.code
    return "json_ok"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_arbitrary_json_is_a_certificate_or_an_error_of_the_room(value: object) -> None:
    assert refusal(lambda: json_form.loads(json.dumps(value))).startswith("json_")


@settings(max_examples=150)
@given(st.sampled_from(DOCUMENTS), st.randoms(use_true_random=False), json_values)
def test_json_with_one_strange_part_is_a_certificate_or_an_error(
    data: bytes, chance: random.Random, strange: object
) -> None:
    plain = json_form.to_plain(read_certificate(data).certificate)
    part = plain
    while isinstance(part, dict | list) and part and chance.random() < 0.8:
        key = chance.choice(list(part) if isinstance(part, dict) else range(len(part)))
        if not isinstance(part[key], dict | list):
            part[key] = strange
            break
        part = part[key]
    assert refusal(lambda: json_form.from_plain(plain)).startswith("json_")


@given(st.text(max_size=30))
def test_arbitrary_text_is_no_json_certificate(text: str) -> None:
    assert refusal(lambda: json_form.loads(text)).startswith("json_")
