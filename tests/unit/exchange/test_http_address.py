"""The guard against forged destinations: every way known to write an address inside, and the names that lead there."""

import socket

import pytest

from opensps.exchange.transports.http_address import Guard, Target, addresses, is_public, read_url, resolve
from opensps.exchange.transports.http_result import Forbidden, NotReached, Reason

INSIDE = (
    "0.0.0.0",  # noqa: S104 an address to refuse
    "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::", "2002:0808:0808::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "100::1",
    "fe80::1%eth0", "fec0::1", "64:ff9b:1::1", "not an address", "",
)  # fmt: skip
OUTSIDE = ("8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public_in_any_form(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "[::1]", "[::ffff:127.0.0.1]", "localhost",
     "localhost.", "[0:0:0:0:0:ffff:7f00:1]", "0x7f.1", "017700000001"],
)  # fmt: skip
def test_every_spelling_of_loopback_is_refused_by_what_it_resolves_to(host: str) -> None:
    target = read_url(f"https://{host}/")
    assert isinstance(target, Target)
    # a spelling that this machine does not understand leads nowhere, which is as good
    assert isinstance(addresses(target, guard=Guard(), ask=resolve), Forbidden | NotReached)


@pytest.mark.parametrize(
    "url",
    ["http://a.example/", "ftp://a.example/", "file:///etc/passwd", "https:///x", "https://", "//a.example", "",
     "https://user@a.example/", "https://u:p@a.example/", "https://a.example@127.0.0.1/", "https://a.example:99999/",
     "https://a.example:x/", "https://a.example/#part", "https://a.example/ b", "https://a.example/\r\nX: y",
     "https://a.example\\@127.0.0.1/", "https://[fe80::1%25eth0]/", "https://[::1/", "https://ex\u00e4mple.example/",
     "https://a.example/" + "x" * 2000, "gopher://a.example/", "javascript:alert(1)", "https://\x00a.example/"],
)  # fmt: skip
def test_an_address_that_is_not_plainly_https_is_refused_before_any_question(url: str) -> None:
    result = read_url(url)
    assert isinstance(result, Forbidden)
    assert result.reason is Reason.ADDRESS


def test_a_url_is_read_into_host_port_path() -> None:
    assert read_url("https://A.Example:8443/x/y?z=1") == Target("a.example", 8443, "/x/y?z=1")
    assert read_url("https://[2606:4700::1]") == Target("2606:4700::1", 443, "/")
    assert Target("2606:4700::1", 8443, "/").authority == "[2606:4700::1]:8443"
    assert Target("a.example", 443, "/").authority == "a.example"


def test_one_address_inside_among_several_forbids_the_name() -> None:
    target = Target("a.example", 443, "/")
    mixed = ("8.8.8.8", "10.0.0.1")
    assert isinstance(addresses(target, guard=Guard(), ask=lambda *_: mixed), Forbidden)
    assert addresses(target, guard=None, ask=lambda *_: mixed) == mixed


def test_a_name_that_answers_differently_the_second_time_is_asked_only_once() -> None:
    answers = iter([("8.8.8.8",), ("127.0.0.1",)])
    found = addresses(Target("rebind.example", 443, "/"), guard=Guard(), ask=lambda *_: next(answers))
    assert found == ("8.8.8.8",), "the connection goes to this address, whatever the name says next"


def test_an_exception_is_one_host_and_port_not_its_neighbours() -> None:
    guard = Guard(frozenset({"demo.example:9443"}))
    inside = ("127.0.0.1",)
    assert addresses(Target("demo.example", 9443, "/"), guard=guard, ask=lambda *_: inside) == inside
    assert isinstance(addresses(Target("demo.example", 443, "/"), guard=guard, ask=lambda *_: inside), Forbidden)
    assert isinstance(addresses(Target("demo.example.evil", 9443, "/"), guard=guard, ask=lambda *_: inside), Forbidden)


def test_a_name_without_an_address_is_not_reached() -> None:
    def nobody(host: str, port: int) -> tuple[str, ...]:
        raise socket.gaierror

    target = Target("a.example", 443, "/")
    assert isinstance(addresses(target, guard=Guard(), ask=nobody), NotReached)
    assert isinstance(addresses(target, guard=Guard(), ask=lambda *_: ()), NotReached)
    assert isinstance(addresses(Target("a" * 70 + ".example", 443, "/"), guard=None, ask=resolve), NotReached)
