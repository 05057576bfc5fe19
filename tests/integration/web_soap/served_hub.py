"""Our hub as participants meet it: on the partner port, by TLS with client certificates, on a database of its own."""

import contextlib
import http.client
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application

from opensps.project.serving import tls
from opensps.project.serving.partner_port import partner_port
from tests.databases import Blocker, Template
from tests.integration.web_soap.participants import ADDRESS, identity, participant


@dataclass(frozen=True, slots=True)
class ServedHub:
    """A running hub, and how its participants reach it."""

    port: int
    authority: Path
    """Certificate of the CA behind the server's."""

    directory: Path
    """Where the participants' certificates lie, each with its key: ``XB.pem``."""

    kept: dict[str, Any] = field(default_factory=dict)
    """Clients of the module's tests, made once."""

    @property
    def url(self) -> str:
        """Address of the service."""
        return f"https://localhost:{self.port}{ADDRESS}"

    def pem(self, code: str) -> Path:
        """Return the file with certificate and key of a participant."""
        path = self.directory / f"{code}.pem"
        if not path.exists():
            given = identity(code)
            path.write_bytes(given.key_pem + given.certificate_pem)
        return path

    def post(self, code: str, body: bytes | Iterator[bytes], **headers: str) -> tuple[int, str, bytes]:
        """Return status, content type and body of an answer; nothing but HTTP is known here."""
        context = ssl.create_default_context(cafile=str(self.authority))
        if code:
            context.load_cert_chain(self.pem(code))
        asking = http.client.HTTPSConnection("localhost", self.port, context=context, timeout=60)
        with contextlib.closing(asking):
            asking.request("POST", ADDRESS, body, {"Content-Type": "text/xml", **headers})
            answer = asking.getresponse()
            return answer.status, answer.headers["Content-Type"], answer.read()


@pytest.fixture(scope="module")
def served(
    database_template: Template, django_db_blocker: Blocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedHub]:
    """A hub with XB, XC and XD, running for a whole module."""
    directory = tmp_path_factory.mktemp("hub")
    files = tls.ensure(directory / "tls", names=tls.LOOPBACK, at=datetime.now(UTC))
    with django_db_blocker.unblock():
        fresh = database_template.copy()
        for code in ("XB", "XC", "XD"):
            participant(code)
        server = partner_port(
            ("127.0.0.1", 0), get_wsgi_application(), certificate=files.certificate, key=files.key, threads=24
        )
        server.prepare()
        thread = threading.Thread(target=server.serve)
        thread.start()
        try:
            yield ServedHub(server.bind_addr[1], files.authority, directory)
        finally:
            server.stop()
            thread.join()
            fresh.drop()
