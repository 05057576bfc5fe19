"""The TLS of our calls: version 1.2 or newer, an own list of authorities or pinned certificates, our own certificate.

Source: `exchange.md` 2.2 and 3.6. Nothing is taken from the environment: no variable can name another list of
authorities or have session keys written down. Does not connect.
"""

import hashlib
import os
import secrets
import ssl
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from opensps.exchange.transports.transport import Connection

_SYSTEM_LISTS: Final = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
"""Where systems keep the authorities they know, if the library was built for another place."""


class TlsSettingsFault(Exception):
    """Certificates or keys given for a connection cannot be used; says which."""


@dataclass(frozen=True, slots=True)
class ClientIdentity:
    """Our certificate for a server that asks for one."""

    certificate_pem: bytes
    """With its chain, ours first."""

    key_pem: bytes = field(repr=False)
    """Not encrypted."""


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """Whom we believe to be the server, and who we are."""

    authorities_pem: bytes = b""
    """Certificates of the authorities believed; empty: those this system knows."""

    pinned: frozenset[str] = frozenset()
    """SHA-256 (DER, hexadecimal) of server certificates believed, whoever signed them; with `authorities_pem` both
    must hold. The name is not compared for a pinned certificate alone, the dates always are."""

    client: ClientIdentity | None = None


def tls_of(connection: Connection) -> TlsSettings:
    """Return the TLS of a connection with a partner: our certificate, and their servers' pins or authorities."""
    ours = connection.credential("client_tls", is_ours=True)
    theirs = tuple(each for each in connection.credentials if each.use == "server_tls" and not each.is_ours)
    authorities = "".join(each.material for each in theirs if each.material)
    pinned = frozenset(each.fingerprint for each in theirs if each.fingerprint and not each.material)
    client = ClientIdentity(ours.material.encode(), ours.secret) if ours is not None and ours.secret else None
    return TlsSettings(authorities.encode(), pinned, client)


def context_for(settings: TlsSettings) -> ssl.SSLContext:
    """Return the context of a connection. Raises `TlsSettingsFault`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if settings.pinned and not settings.authorities_pem:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        _believe(context, settings.authorities_pem)
    if settings.client is not None:
        _show(context, settings.client)
    return context


def _believe(context: ssl.SSLContext, authorities_pem: bytes) -> None:
    if not authorities_pem:
        for path in (ssl.get_default_verify_paths().openssl_cafile, *_SYSTEM_LISTS):
            if Path(path).is_file():
                context.load_verify_locations(cafile=path)
                return
        raise TlsSettingsFault("this system has no list of authorities")
    try:
        context.load_verify_locations(cadata=authorities_pem.decode("ascii"))
    except (ssl.SSLError, ValueError) as exc:
        raise TlsSettingsFault("the list of authorities cannot be read") from exc


def _show(context: ssl.SSLContext, client: ClientIdentity) -> None:
    """Load certificate and key; the library reads files only, so the key lies encrypted in one for a moment."""
    password = secrets.token_hex(32)
    try:
        key = serialization.load_pem_private_key(client.key_pem, password=None)
        locked = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password.encode()),
        )
        opened, name = tempfile.mkstemp()
        try:
            with os.fdopen(opened, "wb") as file:
                file.write(client.certificate_pem.strip() + b"\n" + locked)
            context.load_cert_chain(name, password=password)
        finally:
            Path(name).unlink()
    except (ssl.SSLError, ValueError, TypeError) as exc:
        raise TlsSettingsFault("our client certificate and its key do not fit") from exc


def digest_of(der: bytes) -> str:
    """Return the SHA-256 of a certificate, hexadecimal."""
    return hashlib.sha256(der).hexdigest()


def is_pinned(der: bytes, pinned: frozenset[str]) -> bool:
    """Tell whether a server's certificate is one of the pinned ones and not out of date; True where none is pinned."""
    if not pinned:
        return True
    if digest_of(der) not in pinned:
        return False
    try:
        certificate = x509.load_der_x509_certificate(der)
    except ValueError:
        return False
    return certificate.not_valid_before_utc <= datetime.now(UTC) <= certificate.not_valid_after_utc
