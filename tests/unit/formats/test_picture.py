"""Codes in photos: found where a camera would find them, refused by limits before a decoder runs, never a surprise."""

import random
import resource
import struct
import time
import zlib
from typing import Any

import pytest
from PIL import Image

from opensps.formats.errors import FormatError
from opensps.formats.picture import MAX_BYTES, codes_in, is_picture
from tests.factories.photos import drawn, saved
from tests.factories.proofs import code


@pytest.mark.parametrize(
    ("kind", "options"), [("JPEG", {"quality": 40}), ("PNG", {}), ("WEBP", {"quality": 60}), ("JPEG", {"quality": 90})]
)
def test_the_code_of_a_photo_is_read(kind: str, options: dict[str, Any]) -> None:
    text = code()
    assert codes_in(saved(drawn(text), kind, **options)) == (text,)


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "1", "P", "I;16"])
def test_whatever_its_colours(mode: str) -> None:
    text = code()
    kind = "JPEG" if mode in {"RGB", "CMYK"} else "PNG"
    picture = drawn(text, turned=0).convert("I") if mode == "I;16" else drawn(text, turned=0)
    assert codes_in(saved(picture.convert(mode), kind)) in {(text,), ()}


def test_a_large_photo_is_made_smaller_and_still_read() -> None:
    text = code()
    wide = drawn(text, scale=20, around=1500)
    assert wide.width > 4000
    assert codes_in(saved(wide, quality=70)) == (text,)


def test_several_codes_come_each_once() -> None:
    one, two = drawn("https://v.ecert.example/C/one", turned=0), drawn("two", turned=0)
    both = Image.new("L", (one.width + 2 * two.width, max(one.height, two.height)), 150)
    for picture, at in ((one, 0), (two, one.width), (two, one.width + two.width)):
        both.paste(picture, (at, 0))
    assert sorted(codes_in(saved(both, "PNG"))) == ["https://v.ecert.example/C/one", "two"]


def test_a_picture_without_a_code_has_none() -> None:
    assert codes_in(saved(Image.new("RGB", (800, 600), (200, 180, 40)))) == ()


@pytest.mark.parametrize("data", [b"", b"GIF89a....", b"%PDF-1.7", b"<svg/>", b"\0\0\0\x18ftypheic", b"RIFF....WAVE"])
def test_other_files_are_no_pictures_for_us(data: bytes) -> None:
    assert not is_picture(data)
    with pytest.raises(FormatError) as caught:
        codes_in(data)
    assert caught.value.code == "picture"


def test_too_many_octets_are_not_looked_at() -> None:
    with pytest.raises(FormatError) as caught:
        codes_in(b"\xff\xd8\xff" + bytes(MAX_BYTES))
    assert caught.value.code == "too_large"


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (13_000, 10), (9_000, 9_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_unpacks_to_far_more_is_refused_by_its_head(width: int, height: int) -> None:
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(FormatError) as caught:
        codes_in(_png(width, height, zlib.compress(bytes(10_000_000), 9)))
    assert caught.value.code in {"too_large", "picture"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
    assert time.process_time() - started < 0.5


def _png(width: int, height: int, body: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_damaged_pictures_are_said_to_be_damaged_and_nothing_else_happens() -> None:
    choice, picture = random.Random(3), drawn("HTTPS://V.ECERT.EXAMPLE/C/0000", scale=3, around=40)  # noqa: S311 the same
    said = set()
    for kind in ("JPEG", "PNG", "WEBP"):
        good = saved(picture, kind)
        for _ in range(60):
            made = bytearray(good)
            for _change in range(choice.randint(1, 6)):
                made[choice.randrange(8, len(made))] = choice.randrange(256)
            data = bytes(made[: choice.randrange(20, len(made))]) if choice.random() < 0.3 else bytes(made)
            try:
                codes_in(data)
            except FormatError as error:
                said.add(error.code)
    assert said <= {"picture", "too_large"}
