"""Our WSDL of the Hub says what the Hub's own says; only the address differs (`exchange.md` 10, contract)."""

from pathlib import Path

import pytest
import zeep
from lxml import etree

from opensps.exchange.contracts.hub import CONTRACT
from opensps.exchange.contracts.wsdl import wsdl
from tests.conformance.exchange.wsdl_structure import Facts, structure

ADDRESS = "https://hub.example/hub/DeliveryService"


@pytest.fixture(scope="module")
def ours() -> bytes:
    return wsdl(CONTRACT, address=ADDRESS)


@pytest.fixture(scope="module")
def theirs(reference: Path) -> bytes:
    return (reference / "hub" / "wsdl" / "ephyto-hub-production.wsdl").read_bytes()


@pytest.fixture(scope="module")
def both(ours: bytes, theirs: bytes) -> tuple[dict[str, Facts], dict[str, Facts]]:
    return structure(ours), structure(theirs)


@pytest.mark.parametrize("kind", ["elements", "types", "messages", "operations", "bindings", "services"])
def test_our_contract_equals_the_hubs(kind: str, both: tuple[dict[str, Facts], dict[str, Facts]]) -> None:
    ours, theirs = both
    assert ours[kind].keys() == theirs[kind].keys()
    assert {name: ours[kind][name] for name in theirs[kind]} == theirs[kind]


def test_the_comparison_sees_every_kind_of_fact(both: tuple[dict[str, Facts], dict[str, Facts]]) -> None:
    counts = {kind: len(facts) for kind, facts in both[1].items()}
    assert counts == {"elements": 126, "types": 139, "messages": 55, "operations": 27, "bindings": 27, "services": 1}


def test_only_the_address_is_ours(ours: bytes) -> None:
    address = next(etree.fromstring(ours).iter("{http://schemas.xmlsoap.org/wsdl/soap/}address"))
    assert address.get("location") == ADDRESS


def test_the_reference_and_ours_load_in_a_strict_client_with_all_operations(
    ours: bytes, theirs: bytes, tmp_path: Path
) -> None:
    for name, document in (("ours", ours), ("theirs", theirs)):
        path = tmp_path / f"{name}.wsdl"
        path.write_bytes(document)
        client = zeep.Client(str(path), settings=zeep.Settings(strict=True))  # type: ignore[no-untyped-call]  # untyped library
        (binding,) = client.wsdl.bindings.values()
        assert len(binding._operations) == 27


def test_nothing_of_ours_is_a_copy_of_the_hubs_text(ours: bytes, theirs: bytes) -> None:
    assert len(set(ours.splitlines()) & set(theirs.splitlines())) < 60
