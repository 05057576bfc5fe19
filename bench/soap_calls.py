"""One run of `soap` in a process and a database of its own: ``python -m bench.soap_calls DATABASE_URL ROUNDS``.

Prints JSON: name to median microseconds of one call, of processor time where no disk takes part, else of the wall.
"""

import importlib
import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from bench.samples import of_size
from bench.timing import medians
from bench.wsgi_calls import Application, called

BODY = (
    '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:e="http://ephyto.ippc.int/" '
    'xmlns:h="http://ephyto.ippc.int/HUB.Entities"><S:Body><e:DeliverEnvelope><e:env><h:From>XB</h:From><h:To>XC</h:To>'
    "<h:CertificateType>851</h:CertificateType><h:CertificateStatus>70</h:CertificateStatus>"
    "<h:NPPOCertificateNumber>{number}</h:NPPOCertificateNumber><h:Content>{content}</h:Content></e:env>"
    "</e:DeliverEnvelope></S:Body></S:Envelope>"
)

ACTION = "http://ephyto.ippc.int/IDeliveryService/DeliverEnvelope"


def main(url: str, rounds: int) -> None:
    """Measure and print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "opensps.project.settings"
    os.environ["OPENSPS_DATABASE_URL"] = url
    os.environ.setdefault("OPENSPS_SECRET_KEY", "for this run only")
    import django  # noqa: PLC0415  settings read the environment that was just set
    from django.core.management import call_command  # noqa: PLC0415  the same

    django.setup()
    call_command("migrate", verbosity=0)
    bodies = _bodies(rounds + 2)
    echo, spyne = _spyne(echoes=True), _spyne(echoes=False)
    works = {
        "spyne echo (baseline)": lambda: _called(echo, bodies[0]),
        "spyne, answering with the header": lambda: _called(spyne, bodies[0]),
        "our dispatcher alone": lambda: _called(_bare, bodies[0]),
    }
    computed = medians(works, rounds=rounds)
    hub, waiting = _hub(), iter(bodies)
    # As the worker does: with nobody else at the database each call would end with a checkpoint of the whole log.
    neighbour = sqlite3.connect(url.removeprefix("sqlite:///"))
    neighbour.execute("SELECT count(*) FROM exchange_envelope").fetchone()
    works["our whole hub, SQLite"] = lambda: _called(hub, next(waiting))
    del works["our dispatcher alone"], works["spyne, answering with the header"]
    waited = medians(works, rounds=rounds, clock=time.perf_counter_ns)
    neighbour.close()
    print(json.dumps({"computed": computed, "waited": waited}))


def _bodies(count: int) -> list[bytes]:
    """Return so many messages, each with a certificate of its own number."""
    from opensps.formats import write_certificate  # noqa: PLC0415  after Django

    value = of_size(20_000)
    xml = escape(write_certificate(value).decode(), quote=False)
    number = str(value.exchanged_document.number)
    return [BODY.format(number=f"B{at:08d}", content=xml.replace(number, f"B{at:08d}")).encode() for at in range(count)]


def _called(application: Application, body: bytes) -> bytes:
    """Return the answer of a WSGI application; it must be a good one."""
    answer = called(application, body, path="/hub/DeliveryService", action=ACTION, certificate=_certificate())
    assert b"XC</" in answer, answer[:400]
    return answer


def _certificate() -> bytes:
    from tests.integration.web_soap.participants import certificate  # noqa: PLC0415  after Django

    return certificate("XB")


def _spyne(*, echoes: bool) -> Application:
    """Return a spyne server that reads an envelope and answers with it, or with its header alone."""
    spyne: Any = importlib.import_module("spyne")
    soap: Any = importlib.import_module("spyne.protocol.soap")
    wsgi: Any = importlib.import_module("spyne.server.wsgi")
    Unicode, Integer, ComplexModel = spyne.Unicode, spyne.Integer, spyne.ComplexModel  # noqa: N806  as spyne has them

    eph, hub = "http://ephyto.ippc.int/", "http://ephyto.ippc.int/HUB.Entities"
    fields = [
        ("From", Unicode),
        ("To", Unicode),
        ("CertificateType", Integer),
        ("CertificateStatus", Integer),
        ("NPPOCertificateNumber", Unicode),
    ]
    header = type("EnvelopeHeader", (ComplexModel,), {"__namespace__": hub, "_type_info": fields})
    whole = type("Envelope", (ComplexModel,), {"__namespace__": hub, "_type_info": [*fields, ("Content", Unicode)]})

    def deliver(_context: Any, env: Any) -> Any:
        assert env.Content.startswith("<")
        return env if echoes else header(**{name: getattr(env, name) for name, _ in fields})

    deliver.__name__ = "DeliverEnvelope"
    service = type(
        "Delivery",
        (spyne.ServiceBase,),
        {"DeliverEnvelope": spyne.rpc(whole, _returns=whole if echoes else header, _args=("env",))(deliver)},
    )
    made: Application = wsgi.WsgiApplication(
        spyne.Application([service], tns=eph, in_protocol=soap.Soap11(), out_protocol=soap.Soap11())
    )
    return made


def _bare(environ: dict[str, Any], _start: Callable[..., Any]) -> Iterator[bytes]:
    """Answer with the header, through the dispatcher and nothing else."""
    from datetime import UTC, datetime  # noqa: PLC0415  after Django

    from django.core.handlers.wsgi import WSGIRequest  # noqa: PLC0415  the same

    from opensps.web.soap.dispatcher import dispatch  # noqa: PLC0415  the same

    response: Any = dispatch(_echo(), WSGIRequest(environ), at=datetime.now(UTC))
    return iter(response)


_FACES: list[Any] = []


def _echo() -> Any:
    if not _FACES:
        from dataclasses import replace  # noqa: PLC0415  after Django

        from opensps.exchange.contracts.hub_records import content_of, header_of, record_of  # noqa: PLC0415  the same
        from opensps.web.soap import hub  # noqa: PLC0415  the same

        face: Any = hub.FACE

        def answer(call: Any) -> Any:
            assert content_of(call.record["env"]).startswith(b"<")
            return {"DeliverEnvelopeResult": record_of(header_of(call.record["env"]))}

        _FACES.append(replace(face, admit=lambda _request, _at: None, answer=answer))
    return _FACES[0]


def _hub() -> Application:
    """Return the application as it is served, with two participants."""
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415  after Django

    from tests.integration.web_soap.participants import participant  # noqa: PLC0415  the same

    for code in ("XB", "XC"):
        participant(code)
    made: Application = get_wsgi_application()
    return made


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
