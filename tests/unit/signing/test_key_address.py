"""The address of a key in a device says everything but the PIN."""

from pathlib import Path

import pytest

from opensps.signing import KeyFileError
from opensps.signing.key_address import DeviceAddress

GOOD = "pkcs11:token=Seal%20box;object=xa-2026;id=%01%FF?module-path=/lib/p11.so&pin-source=file:/etc/pin"


def test_every_part_is_read() -> None:
    address = DeviceAddress.parse(GOOD + "&x-pin-source=env:SECOND&x-certificates=/etc/keys")
    assert address == DeviceAddress(
        module_path="/lib/p11.so",
        token="Seal box",
        object="xa-2026",
        id=b"\x01\xff",
        pin_sources=("file:/etc/pin", "env:SECOND"),
        certificates=Path("/etc/keys"),
    )


def test_a_key_is_named_by_object_or_by_id() -> None:
    assert DeviceAddress.parse(GOOD.replace("object=xa-2026;", "")).object is None
    assert DeviceAddress.parse(GOOD.replace(";id=%01%FF", ";type=private")).id is None


@pytest.mark.parametrize(
    "address",
    [
        "pkcs11:",
        GOOD.replace("token=Seal%20box;", ""),
        GOOD.replace("object=xa-2026;id=%01%FF", "type=private"),
        GOOD.replace("&pin-source=file:/etc/pin", ""),
        GOOD.replace("module-path=/lib/p11.so&", ""),
        GOOD + "&pin-value=1234",
        GOOD + "&pin-source=file:/other",
        GOOD + "&surprise=1",
        GOOD + "&x-certificates=",
        GOOD.replace("object=", "type=public;object="),
    ],
)
def test_what_is_not_understood_is_refused_and_a_pin_has_no_place(address: str) -> None:
    with pytest.raises(KeyFileError, match="uri"):
        DeviceAddress.parse(address)


def test_two_people_hold_a_half_each(tmp_path: Path) -> None:
    (tmp_path / "first").write_text("12\n")
    address = DeviceAddress.parse(
        GOOD.replace("file:/etc/pin", f"file:{tmp_path / 'first'}") + "&x-pin-source=env:SECOND"
    )
    assert address.pin({"SECOND": "34"}) == "1234"
    with pytest.raises(KeyFileError, match="pin"):
        address.pin({})


@pytest.mark.parametrize("source", ["file:/nowhere/pin", "http://host/pin", "1234"])
def test_without_a_pin_nothing_is_opened(source: str) -> None:
    with pytest.raises(KeyFileError, match="pin"):
        DeviceAddress.parse(GOOD.replace("file:/etc/pin", source)).pin({})
