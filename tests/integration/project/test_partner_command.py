"""A real installation brings a partner in by commands alone: from the first record to the sandbox, each by somebody."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from opensps.exchange.models import Partner, PartnerCredential
from opensps.lifecycle import Role
from opensps.project.commands.partner import partner
from opensps.project.exits import Exit, Stopped
from tests.factories.accounts import grant, make_authority, make_person
from tests.factories.client_certificates import client_identity

pytestmark = pytest.mark.usefixtures("fresh_database")
FIRST, SECOND, OFFICER = "manager@demo.example", "second@demo.example", "officer@demo.example"
Run = Callable[..., Result]


@pytest.fixture
def run(settings: Any, tmp_path: Path) -> Run:
    """Return what runs a command as the first manager, in an installation with a key for secrets."""
    make_authority()
    for email, role in ((FIRST, Role.MANAGER), (SECOND, Role.ADMINISTRATOR), (OFFICER, Role.EXAMINER)):
        grant(make_person(email), role)
    CliRunner().invoke(partner, ["key", "protect", str(tmp_path / "exchange.key")], catch_exceptions=False)
    settings.OPENSPS_EXCHANGE_KEY = tmp_path / "exchange.key"

    def invoke(*arguments: str, by: str = FIRST) -> Result:
        named = () if arguments[0] in {"list", "show"} else ("--as", by)
        return CliRunner().invoke(partner, [*arguments, *named], catch_exceptions=True)

    return invoke


def refusal(result: Result) -> Stopped:
    """Return why a command stopped."""
    assert isinstance(result.exception, Stopped), result.output
    return result.exception


def test_a_partner_reaches_the_sandbox_by_commands_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "xb.pem").write_bytes(client_identity("xb").certificate_pem)
    run("create", "XB", "--name", "Northland", "--name-zh", "北地国", "--countries", "XB")
    assert refusal(run("advance", "XB", "fill_profile")).exit is Exit.NOT_ALLOWED
    for role in ("policy", "technical", "duty_desk"):
        run("contact", "XB", "--role", role, "--name", f"The {role}")
    run("allow", "XB", "--direction", "out", "--pair", "851/70", "--pair", "851/40")
    run(
        "connect", "XB", "--channel", "soap", "--code", "XB", "--own-code", "XA", "--side", "host", "--delivery", "pull"
    )
    added = run("key", "add", "XB", "--use", "client_tls", "--certificate", str(tmp_path / "xb.pem"))
    number, fingerprint = added.output.split()
    confirm = ("key", "confirm", number, "--fingerprint", fingerprint, "--how", "telephone")
    assert refusal(run(*confirm)).exit is Exit.USAGE
    assert run(*confirm, by=SECOND).output == "active\n"
    assert run("advance", "XB", "fill_profile").output == "profile_set\n"
    assert run("advance", "XB", "open_sandbox").output == "sandbox\n"
    shown = run("show", "XB").output
    assert "documents out: 851/40 851/70" in shown
    assert "next certify: not_passed_soap_in" in shown
    assert "XB       sandbox" in run("list").output


def test_a_secret_is_shown_once_and_kept_encrypted(run: Run) -> None:
    run("create", "XC", "--name", "Westmark", "--countries", "XC")
    added = run("key", "add", "XC", "--use", "wsse_key", "--name", "xc-program", "--generate")
    secret = added.output.split()[-1]
    assert len(secret) == 44
    assert secret not in run("show", "XC").output
    assert secret.encode() not in bytes(PartnerCredential.objects.get().secret or b"")


@pytest.mark.parametrize(
    ("arguments", "by", "code"),
    [
        (("create", "XB", "--name", "N", "--countries", "Northland"), FIRST, Exit.USAGE),
        (("create", "XB", "--name", "N", "--countries", "XB"), OFFICER, Exit.NOT_ALLOWED),
        (("create", "XB", "--name", "N", "--countries", "XB"), "nobody@x.example", Exit.NOT_ALLOWED),
        (("advance", "XQ", "suspend", "--reason", "x"), FIRST, Exit.NOT_FOUND),
        (("allow", "XB", "--direction", "out", "--pair", "all"), FIRST, Exit.USAGE),
        (("key", "add", "XB", "--use", "wsse_key"), FIRST, Exit.USAGE),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_written(
    run: Run, arguments: tuple[str, ...], by: str, code: Exit
) -> None:
    assert refusal(run(*arguments, by=by)).exit is code
    assert not Partner.objects.exists()
