"""The mail channel from its settings: who we are, which key signs, which server takes our mail."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import override_settings

from opensps.exchange.mail.certificates import read_pinned
from opensps.project.commands.mail import mail
from opensps.project.examination import EXAMINATIONS
from opensps.project.exits import Exit, Stopped
from opensps.project.mail import CERTIFICATE_FILE, KEY_FILE, mail_account, mail_terms
from tests.factories import mail as mails
from tests.factories.https_servers import server_files

ADDRESS = "Exchange@ecert.xa.example"


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    """Give the installation an exchange address."""
    settings.OPENSPS_MAIL_ADDRESS = ADDRESS


def call(*arguments: str) -> Any:
    """Call ``opensps mail`` and return how it ended."""
    return CliRunner().invoke(mail, arguments)


def stopped(*arguments: str) -> Exit:
    """Return with which exit a call was stopped."""
    error = call(*arguments).exception
    assert isinstance(error, Stopped), error
    return error.exit


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a key made by the command."""
    directory = tmp_path_factory.mktemp("mail") / "keys"
    with override_settings(OPENSPS_MAIL_ADDRESS=ADDRESS):
        assert call("key", str(directory)).exit_code == 0
    return directory


def test_a_key_is_made_once_for_its_owner_alone_and_its_fingerprint_is_told(tmp_path: Path, settings: Any) -> None:
    made = tmp_path / "keys"
    done = call("key", str(made))
    assert done.exit_code == 0
    certificate = read_pinned((made / CERTIFICATE_FILE).read_bytes())
    assert certificate is not None
    assert done.output.strip() == f"SHA-256 {certificate.fingerprint}"
    assert (certificate.addresses, certificate.may_sign) == (frozenset({mails.XA}), True)
    assert (made / KEY_FILE).stat().st_mode & 0o077 == 0
    before = (made / KEY_FILE).read_bytes()
    assert stopped("key", str(made)) is Exit.NOT_ALLOWED
    assert (made / KEY_FILE).read_bytes() == before
    settings.OPENSPS_MAIL_KEYS = [str(made)]
    assert [key.certificate_der for key in mail_account().keys] == [certificate.der]
    assert mail_terms().address == mails.XA


def test_the_doctor_says_when_mail_cannot_be_signed_or_soon_will_not(made: Path, settings: Any) -> None:
    examine = EXAMINATIONS["Exchange by mail"]
    now = datetime.now(UTC)

    def codes(at: datetime = now) -> list[str]:
        return [complaint.code for complaint in examine("XA", at)]

    assert codes() == ["mail_key"]
    settings.OPENSPS_MAIL_KEYS = [str(made)]
    assert codes() == []
    assert codes(now + timedelta(days=700)) == ["mail_key_ends"]
    assert codes(now + timedelta(days=800)) == ["mail_key_ended"]
    settings.OPENSPS_MAIL_RELAY = "nonsense"
    assert codes() == ["mail_settings"]
    settings.OPENSPS_MAIL_ADDRESS = ""
    assert codes() == []


def test_the_secret_of_return_paths_is_that_of_the_installation(settings: Any) -> None:
    one = mail_account().secret
    settings.SECRET_KEY = "another one of fifty signs, as settings want them"
    assert mail_account().secret != one
    assert mail_account().secret == mail_terms().secret


def test_the_relay_is_read_with_its_files(settings: Any, tmp_path: Path) -> None:
    settings.OPENSPS_MAIL_RELAY = "mail.xa.example:465"
    settings.OPENSPS_MAIL_RELAY_USER = "xa"
    settings.OPENSPS_MAIL_RELAY_PASSWORD_FILE = tmp_path / "password"
    settings.OPENSPS_MAIL_RELAY_CA_FILE = tmp_path / "ca.pem"
    (tmp_path / "password").write_text("s3cret\n")
    (tmp_path / "ca.pem").write_text("pem")
    relay = mail_account().relay
    assert relay is not None
    assert (relay.host, relay.port, relay.is_implicit, relay.password) == ("mail.xa.example", 465, True, "s3cret")
    assert "s3cret" not in repr(relay)
    (tmp_path / "password").unlink()
    with pytest.raises(Stopped):
        mail_account()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENSPS_MAIL_ADDRESS", ""),
        ("OPENSPS_MAIL_ADDRESS", "nobody"),
        ("OPENSPS_MAIL_KEYS", ["/nowhere"]),
        ("OPENSPS_MAIL_RELAY", "host-without-port"),
        ("OPENSPS_MAIL_SCAN", "no.such.scan"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_takes_its_place(name: str, value: Any, settings: Any) -> None:
    setattr(settings, name, value)
    with pytest.raises(Stopped):
        assert not (mail_account(), mail_terms())


def test_a_scan_is_found_by_its_name(settings: Any) -> None:
    settings.OPENSPS_MAIL_SCAN = "tests.integration.project.test_mail_settings.is_clean"
    scan = mail_terms().scan
    assert scan is not None
    assert scan(b"", "text/plain")


def is_clean(data: bytes, kind: str) -> bool:
    """Stand for a scanner that finds nothing."""
    return True


def test_words_for_people_are_in_the_language_of_the_partner(settings: Any) -> None:
    said = mail_account().translated
    assert said("The certificate %(number)s is attached.", "zh-hans") == "随附证书 %(number)s。"
    assert said("The certificate %(number)s is attached.", "zh") == "随附证书 %(number)s。"
    assert said("The certificate %(number)s is attached.", "tlh") == "The certificate %(number)s is attached."


def test_the_collecting_address_is_on_the_partner_port(settings: Any) -> None:
    settings.OPENSPS_PARTNER_URL = "https://partners.xa.example"
    account = mail_account()
    assert account.collect_address % {"delivery": "D1"} == "https://partners.xa.example/api/v1/envelopes/D1"
    settings.OPENSPS_PARTNER_URL = ""
    assert mail_account().collect_address == ""


def test_beyond_this_machine_mail_is_taken_under_tls_only(tmp_path: Path) -> None:
    assert stopped("serve", "--listen", "nonsense") is Exit.USAGE
    assert stopped("serve", "--listen", "0.0.0.0:2525") is Exit.USAGE
    assert stopped("serve", "--listen", "mx.example:2525") is Exit.USAGE
    files = server_files(tmp_path)
    pair = ("--certificate", str(files.authority), "--key", str(files.key))
    assert stopped("serve", "--listen", "0.0.0.0:2525", *pair) is Exit.USAGE
