"""The six steps in a browser: apply, inspect, decide, sign, download, check; then a withdrawal by two people.

In English, in Chinese, and with JavaScript off.
"""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.e2e import acts
from tests.e2e.checking import check_files, check_link, check_number
from tests.e2e.papers import Issued, issued_from, qr_codes
from tests.e2e.running import RunningDemo
from tests.e2e.visitor import Enter, Visitor

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(900)]


@dataclass(frozen=True, slots=True)
class Way:
    """In which language, and how, everybody works."""

    language: str
    destination: str
    options: dict[str, Any]


WAYS = {
    "english": Way("en", "Northland", {}),
    "chinese": Way("zh-hans", "北境国", {"locale": "zh-CN"}),
    "without_javascript": Way("en", "Northland (XB)", {"java_script_enabled": False}),
}


@pytest.fixture(params=["english", pytest.param("chinese", marks=pytest.mark.heavy), "without_javascript"])
def way(request: pytest.FixtureRequest) -> Way:
    """Each way of working."""
    return WAYS[request.param]


def test_an_application_becomes_a_certificate_that_everybody_can_check(
    way: Way, enter: Enter, new_context: Callable[..., BrowserContext], demo: RunningDemo, tmp_path: Path
) -> None:
    def person(mailbox: str) -> Visitor:
        return enter(mailbox, way.language, **way.options)

    exporter, officer = person("exporter"), person("officer")
    number = _issue(person, exporter, officer, way)
    issued = issued_from(exporter, number, tmp_path)
    (printed,) = qr_codes(new_context(), issued.pdf)
    assert printed.startswith(f"{demo.address}/C/{issued.token}#1".upper())
    assert demo.opensps("verify", "--qr", printed).returncode == 4, "signed; what happened since is not known offline"
    _check_in_every_way(enter("", way.language, **way.options), issued, printed)
    _check_with_tools(issued, demo)
    acts.withdraw(officer, person("senior"), number)
    for result in (
        check_number(enter("", way.language, **way.options), number, issued.code),
        check_files(enter("", way.language, **way.options), issued.pdf),
    ):
        assert result.says("withdrawn")


def _issue(person: Callable[[str], Visitor], exporter: Visitor, officer: Visitor, way: Way) -> str:
    reference = acts.begin(exporter, destination=way.destination)
    acts.fill_in(exporter, reference)
    acts.submit(exporter, reference)
    inspection = acts.order_inspection(person("examiner"), reference)
    acts.plan(person("planner"), exporter, reference, inspection)
    acts.inspect(person("inspector"), inspection)
    acts.mark_ready(person("reviewer"), reference)
    return acts.sign(officer, reference)


def _check_in_every_way(stranger: Visitor, issued: Issued, printed: str) -> None:
    """Nobody is signed in."""
    assert check_number(stranger, issued.number, issued.code).says("in_force")
    assert check_number(stranger, issued.number.lower().replace("-", " "), issued.code.lower()).says("in_force")
    assert check_link(stranger, printed).says("in_force")
    for files in ([issued.pdf], [issued.zip], [issued.xml, issued.xades], [issued.xml]):
        assert check_files(stranger, *files).says("in_force"), files


def _check_with_tools(issued: Issued, demo: RunningDemo) -> None:
    root = demo.directory / "keys" / "chain.pem"
    command = ["xmlsec1", "--verify", "--trusted-pem", str(root)]
    command += ["--url-map:urn:ecert:document", str(issued.xml), str(issued.xades)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert demo.opensps("check", issued.number, issued.code).returncode == 0
    assert demo.opensps("verify", str(issued.pdf)).returncode == 4, "signed; what happened since is not known offline"
