"""One run of the outbox in a process and a database of its own: ``python -m bench.outbox DATABASE_URL COUNT``.

Prints JSON. Throughput: certificates that are issued are followed, checked against the receiver's rules, leased, handed
to a partner of this process and acknowledged, every step as durable as in an installation. Latency: from the commit of
an issue to the first byte, with the pauses of the worker's own loop.
"""

import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

TARDY = 20
"""Certificates issued one by one for the latency."""


def main(url: str, count: int) -> None:
    """Measure and print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "opensps.project.settings"
    os.environ["OPENSPS_DATABASE_URL"] = url
    os.environ.setdefault("OPENSPS_SECRET_KEY", "for this run only")
    import django  # noqa: PLC0415  settings read the environment that was just set
    from django.core.management import call_command  # noqa: PLC0415  the same

    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(_measured(count)))


def _measured(count: int) -> dict[str, float]:
    from opensps.events.services import worker_run_until_idle  # noqa: PLC0415  models need the installation
    from opensps.exchange.models import Envelope  # noqa: PLC0415  the same
    from opensps.exchange.services import deliver_due, envelope_outcome  # noqa: PLC0415  the same
    from opensps.exchange.transports import Channel  # noqa: PLC0415  the same
    from opensps.exchange.transports.scripted import ScriptedTransport, TransportsByChannel  # noqa: PLC0415  the same
    from opensps.lifecycle import TrackingInfo  # noqa: PLC0415  the same
    from tests.factories.certification import cast, certificate_in  # noqa: PLC0415  the same
    from tests.factories.partners import live_partner  # noqa: PLC0415  the same

    people = cast(at=_now() - timedelta(hours=12))
    live_partner("XB", limits={"at_once": 16})
    transports = TransportsByChannel.of_pairs([(Channel.TEST, ScriptedTransport())])
    worker_run_until_idle(at=_now())
    for _ in range(count):
        certificate_in(people, at=_now() - timedelta(hours=2))
    begun = time.perf_counter()
    worker_run_until_idle(at=_now())
    followed = time.perf_counter()
    deliver_due(authority="XA", transports=transports, clock=_now)
    for number in Envelope.objects.values_list("delivery_number", flat=True):
        envelope_outcome(authority="XA", delivery_number=number, word=TrackingInfo.DELIVERED, at=_now())
    ended = time.perf_counter()
    assert Envelope.objects.filter(state="received").count() == count
    waits = sorted(_latencies(lambda: certificate_in(people, at=_now() - timedelta(hours=2)).number))
    return {
        "envelopes_per_minute": count * 60 / (ended - begun),
        "followed_ms": (followed - begun) * 1000 / count,
        "delivered_ms": (ended - followed) * 1000 / count,
        "latency_median_ms": statistics.median(waits) * 1000,
        "latency_p95_ms": waits[int(len(waits) * 0.95) - 1] * 1000,
    }


def _latencies(issue: Callable[[], str]) -> list[float]:
    """Issue one certificate after the other beside a loop like the worker's; return the seconds to the first byte."""
    from django.db import connection  # noqa: PLC0415  the installation

    from opensps.events.services import worker_run_once  # noqa: PLC0415  the same
    from opensps.exchange.services import Deliverer  # noqa: PLC0415  the same
    from opensps.exchange.transports import Answer, Channel, Outbound, Sent  # noqa: PLC0415  the same
    from opensps.exchange.transports.scripted import ScriptedTransport, TransportsByChannel  # noqa: PLC0415  the same
    from opensps.project.exchanging import BUSY_SECONDS, IDLE_SECONDS  # noqa: PLC0415  the same

    seen: dict[str, float] = {}
    stop = threading.Event()

    def script(outbound: Outbound) -> Answer:
        seen[outbound.number] = time.perf_counter()
        return Sent()

    def work() -> None:
        transports = TransportsByChannel.of_pairs([(Channel.TEST, ScriptedTransport(script))])
        deliverer = Deliverer("XA", transports, _now)
        while not stop.is_set():
            followed = worker_run_once(at=_now())
            is_idle = deliverer.step().is_idle and followed.is_idle
            deliverer.wait(IDLE_SECONDS if is_idle else BUSY_SECONDS)
        deliverer.close()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    issued = {}
    for _ in range(TARDY):
        number = issue()
        issued[number] = time.perf_counter()
        time.sleep(0.2)
    deadline = time.monotonic() + 30
    while issued.keys() - seen.keys() and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    thread.join()
    return [max(0.0, seen[number] - issued[number]) for number in issued]


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
