"""SOAP requests a second: GetCertificate of our own service with a certificate of 20 KB, without its neighbours.

Baseline: a spyne server that reads the same request and answers with the same bytes, without a database. Ours: the
dispatcher alone with a handler that does the same, and the whole service with middleware, caller, register on SQLite.
All by WSGI in one process, no sockets. ``python -m bench.soap_reading DATABASE_URL ROUNDS`` is one run.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from bench.timing import Row, medians, table
from bench.wsgi_calls import Application, called

CS = "urn:opensps:certificate-service:1"
BODY = (
    '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><c:GetCertificate xmlns:c="' + CS + '">'
    "<c:deliveryNumber>{number}</c:deliveryNumber></c:GetCertificate></S:Body></S:Envelope>"
)


def said(*, rounds: int) -> str:
    """Return the table."""
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/soap.sqlite3"
        command = [sys.executable, "-m", "bench.soap_reading", url, str(rounds)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})
    if done.returncode:
        return f"SOAP GetCertificate: not measured ({done.stderr.strip().splitlines()[-1:]})"
    found = json.loads(done.stdout.splitlines()[-1])
    baseline = found["spyne"]
    rows = [
        Row(f"{name}: {1_000_000 / micros:.0f} a second", micros, baseline / micros) for name, micros in found.items()
    ]
    return table("SOAP GetCertificate, speed against spyne (aim of the dispatcher: 3 or more)", rows)


def main(url: str, rounds: int) -> None:
    """Measure and print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "opensps.project.settings"
    os.environ["OPENSPS_DATABASE_URL"] = url
    os.environ.setdefault("OPENSPS_SECRET_KEY", "for this run only")
    import django  # noqa: PLC0415  settings read the environment that was just set
    from django.core.management import call_command  # noqa: PLC0415  the same

    django.setup()
    call_command("migrate", verbosity=0)
    number, content = _offered()
    body = BODY.format(number=number).encode()
    spyne, bare, whole = _spyne(content), _bare(content), _whole()
    # As the worker does: with nobody else at the database each call would end with a checkpoint of the whole log.
    neighbour = sqlite3.connect(url.removeprefix("sqlite:///"))
    neighbour.execute("SELECT count(*) FROM exchange_envelope").fetchone()
    works = {
        "spyne": lambda: _called(spyne, body),
        "our dispatcher alone": lambda: _called(bare, body),
        "our whole service, SQLite": lambda: _called(whole, body),
    }
    found = medians(works, rounds=rounds, clock=time.perf_counter_ns)
    neighbour.close()
    print(json.dumps(found))


def _offered() -> tuple[str, bytes]:
    """Put one certificate on offer; return its delivery number and its bytes."""
    from django.db import transaction  # noqa: PLC0415  after Django

    from bench.samples import of_size  # noqa: PLC0415  the same
    from opensps.formats import write_certificate  # noqa: PLC0415  the same
    from tests.factories.service_callers import offered, soap_partner  # noqa: PLC0415  the same

    data = write_certificate(of_size(20_000))
    with transaction.atomic():
        row = offered(soap_partner("XB"), data, at=datetime.now(UTC))
    return row.delivery_number, data


def _called(application: Application, body: bytes) -> bytes:
    """Return the answer of a WSGI application; it must be a good one."""
    path, action = "/soap/certificate-service", f"{CS}/GetCertificate"
    answer = called(application, body, path=path, action=action, certificate=_certificate())
    assert len(answer) > 20_000, answer[:400]
    return answer


@cache
def _certificate() -> bytes:
    from tests.factories.client_certificates import der_of  # noqa: PLC0415  after Django
    from tests.factories.service_callers import identity  # noqa: PLC0415  the same

    return der_of(identity("XB"))


_FACTS = {
    "number": "XA-2026-014-0000001-1",
    "version": 1,
    "typeCode": 851,
    "statusCode": 70,
    "exportCountry": "XA",
    "importCountry": "XB",
    "sha256": "0" * 64,
    "sizeBytes": 20_000,
    "trackingInfo": "PendingDelivery",
}


def _spyne(content: bytes) -> Application:
    """Return a spyne server that answers every request with the same certificate."""
    from spyne import Application as Served  # noqa: PLC0415  only this run needs it
    from spyne import ByteArray, ComplexModel, DateTime, Integer, ServiceBase, Unicode, rpc  # noqa: PLC0415  the same
    from spyne.protocol.soap import Soap11  # noqa: PLC0415  the same
    from spyne.server.wsgi import WsgiApplication  # noqa: PLC0415  the same

    kinds = {str: Unicode, int: Integer}
    facts = [("deliveryNumber", Unicode), *((name, kinds[type(value)]) for name, value in _FACTS.items())]
    facts += [("issuedAt", DateTime), ("changedAt", DateTime)]
    summary = type("CertificateSummary", (ComplexModel,), {"__namespace__": CS, "_type_info": facts})
    parts = [("summary", summary), ("content", ByteArray), ("contentMediaType", Unicode)]
    got = type("Got", (ComplexModel,), {"__namespace__": CS, "_type_info": parts})
    now = datetime.now(UTC)

    def get(_context: Any, deliveryNumber: str) -> Any:  # noqa: N803  the name on the wire
        told = summary(deliveryNumber=deliveryNumber, issuedAt=now, changedAt=now, **_FACTS)
        return got(summary=told, content=[content], contentMediaType="application/xml")

    get.__name__ = "GetCertificate"
    service = type("Certificates", (ServiceBase,), {"GetCertificate": rpc(Unicode, _returns=got)(get)})
    made: Application = WsgiApplication(Served([service], tns=CS, in_protocol=Soap11(), out_protocol=Soap11()))
    return made


def _bare(content: bytes) -> Application:
    """Return our dispatcher and nothing else, answering with the same certificate."""
    from django.core.handlers.wsgi import WSGIRequest  # noqa: PLC0415  after Django

    from opensps.web.soap.callers import Door  # noqa: PLC0415  the same
    from opensps.web.soap.certificate_service import FACE  # noqa: PLC0415  the same
    from opensps.web.soap.dispatcher import dispatch  # noqa: PLC0415  the same

    now = datetime.now(UTC)

    def answer(call: Any) -> Any:
        told = {**_FACTS, "deliveryNumber": call.record["deliveryNumber"], "issuedAt": now, "changedAt": now}
        return {"summary": told, "content": content, "contentMediaType": "application/xml"}

    face = replace(FACE, admit=lambda _request, _at: Door(None, is_secure=True, address=""), answer=answer)

    def application(environ: dict[str, Any], _start: Callable[..., Any]) -> Iterator[bytes]:
        response: Any = dispatch(face, WSGIRequest(environ), at=now)
        return iter(response)

    return application


def _whole() -> Application:
    """Return the application as it is served."""
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415  after Django

    from opensps.web.soap import limits  # noqa: PLC0415  the same

    vars(limits)["CALLS_A_MINUTE"] = 10**9
    made: Application = get_wsgi_application()
    return made


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
