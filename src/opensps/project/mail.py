"""The mail channel of this installation, from its settings: our address and keys, the relay, the scan.

Keys lie in directories, the first of which signs; further ones still open what partners sealed for an older key.
"""

import hashlib
import hmac
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import cast

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string

from opensps.exchange.mail.certificates import read_pinned
from opensps.exchange.mail.smime import ExchangeKey
from opensps.exchange.mail.words import address_of
from opensps.exchange.mail_terms import MailTerms, Scan
from opensps.exchange.services.mail_processing import MailProcessor
from opensps.exchange.services.messages import processor_register
from opensps.exchange.transports.mail_account import MailAccount, Relay
from opensps.exchange.transports.transport import Channel
from opensps.project.exits import Exit, Stopped
from opensps.project.mail_files import CERTIFICATE_FILE, KEY_FILE
from opensps.project.words import gettext_noop
from opensps.signing.errors import KeyFileError
from opensps.signing.keys import FileSigner

SUBMISSION_PORT, IMPLICIT_PORT = 587, 465


def own_address() -> str:
    """Return our exchange address; stops with a sentence when none is set or it is none."""
    found = address_of(settings.OPENSPS_MAIL_ADDRESS)
    if found is None:
        raise Stopped(Exit.USAGE, gettext_noop("No exchange address is set; name it in OPENSPS_MAIL_ADDRESS."))
    return found


@lru_cache(maxsize=4)
def _keys(directories: tuple[str, ...]) -> tuple[ExchangeKey, ...]:
    return tuple(_key(Path(each)) for each in directories)


def _key(directory: Path) -> ExchangeKey:
    try:
        held = FileSigner.load(key_path=directory / KEY_FILE, certificate_path=directory / CERTIFICATE_FILE)
    except KeyFileError as exc:
        raise Stopped(
            Exit.USAGE, gettext_noop("The exchange key in %(path)s cannot be used: %(why)s"), path=directory, why=exc
        ) from exc
    return ExchangeKey(held.key, held.certificate_der)


def own_keys() -> tuple[ExchangeKey, ...]:
    """Return our exchange keys, none where none is set: then nothing is sent and nothing sealed is opened."""
    return _keys(tuple(settings.OPENSPS_MAIL_KEYS))


def signing_ends_at() -> datetime | None:
    """Return when the certificate of the key that signs ends, ``None`` where there is no key."""
    held = own_keys()
    pinned = read_pinned(held[0].certificate_der) if held else None
    return pinned.not_after if pinned is not None else None


def token_secret() -> bytes:
    """Return what makes the tokens of return paths, from the secret of the installation."""
    return hmac.new(settings.SECRET_KEY.encode(), b"opensps.mail/return-path", hashlib.sha256).digest()


def mail_account() -> MailAccount:
    """Return who we are by mail. Stops with a sentence where address or key cannot be used."""
    base = settings.OPENSPS_PARTNER_URL.replace("%", "%%")
    return MailAccount(
        address=own_address(),
        name=f"SPS exchange {settings.OPENSPS_AUTHORITY}",
        secret=token_secret(),
        keys=own_keys(),
        relay=_relay(settings.OPENSPS_MAIL_RELAY),
        collect_address=f"{base}/api/v1/envelopes/%(delivery)s" if base else "",
        translated=_translated,
    )


def mail_terms() -> MailTerms:
    """Return what processing of mail needs. Stops with a sentence where address, key or scan cannot be used."""
    return MailTerms(
        address=own_address(), secret=token_secret(), keys=own_keys(), scan=_scan(settings.OPENSPS_MAIL_SCAN)
    )


@lru_cache(maxsize=2)
def _scan(name: str) -> Scan | None:
    if not name:
        return None
    try:
        return cast("Scan", import_string(name))
    except ImportError as exc:
        raise Stopped(
            Exit.USAGE, gettext_noop("The scan %(name)s of OPENSPS_MAIL_SCAN is not there."), name=name
        ) from exc


def _relay(text: str) -> Relay | None:
    """Return the relay of ``host:port``; port 465 speaks TLS from the first byte."""
    if not text:
        return None
    host, _colon, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise Stopped(Exit.USAGE, gettext_noop("OPENSPS_MAIL_RELAY is HOST:PORT."))
    password, authorities = settings.OPENSPS_MAIL_RELAY_PASSWORD_FILE, settings.OPENSPS_MAIL_RELAY_CA_FILE
    try:
        return Relay(
            host=host.strip("[]"),
            port=int(port),
            is_implicit=int(port) == IMPLICIT_PORT,
            user=settings.OPENSPS_MAIL_RELAY_USER,
            password=password.read_text(encoding="utf-8").strip() if password is not None else "",
            authorities_pem=authorities.read_bytes() if authorities is not None else b"",
        )
    except OSError as exc:
        raise Stopped(
            Exit.USAGE, gettext_noop("A file of the mail relay cannot be read: %(why)s"), why=exc.strerror
        ) from exc


def _translated(sentence: str, language: str) -> str:
    """Return a sentence of a mail in the language of the partner, English where it is not known."""
    known = (code for code, _name in settings.LANGUAGES if language and code.startswith(language.lower()))
    with translation.override(next(known, "en")):
        return str(translation.gettext(sentence))


def register_mail() -> None:
    """Let stored mail be processed; its settings are looked at when there is some."""
    processor_register(Channel.SMTP, MailProcessor(mail_terms))
