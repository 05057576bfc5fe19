"""Kill -9 of the mail listener at random while mail comes: what was answered 250 is kept, to the byte."""

import contextlib
import os
import random
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from opensps.exchange.models import ReceivedMessage
from tests.databases import Fresh
from tests.factories import mail as mails

KILLS = 100
MAIL = b"From: a@b.example\r\nMessage-ID: <%d@b.example>\r\n\r\n" + b"x" * 70 + b"\r\n"


def _serve(database: Fresh, port: int) -> subprocess.Popen[bytes]:
    program = "from opensps.project.command import main; main()"
    own = {
        "DJANGO_SETTINGS_MODULE": "opensps.project.settings",
        "OPENSPS_DATABASE_URL": database.url,
        "OPENSPS_MAIL_ADDRESS": mails.XA,
    }
    arguments = [sys.executable, "-c", program, "mail", "serve", "--listen", f"127.0.0.1:{port}"]
    return subprocess.Popen(arguments, env=os.environ | own, stderr=subprocess.DEVNULL)


def _send(port: int, numbers: list[int], answered: list[int]) -> None:
    """Send mail after mail until the listener is gone; note what was answered 250."""
    with contextlib.suppress(OSError, smtplib.SMTPException), smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        while True:
            numbers.append(len(numbers))
            client.sendmail("a@b.example", [mails.XA], MAIL % numbers[-1])
            answered.append(numbers[-1])


def _listens(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("the listener did not start")


@pytest.mark.timeout(3600)
def test_what_was_answered_is_kept_whenever_the_listener_dies(
    fresh_database: Fresh, heavy_count: Callable[[int], int]
) -> None:
    choice = random.Random(7)  # noqa: S311 when to kill is no secret
    numbers: list[int] = []
    answered: list[int] = []
    for _ in range(heavy_count(KILLS)):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        listener = _serve(fresh_database, port)
        _listens(port)
        sender = threading.Thread(target=_send, args=(port, numbers, answered))
        sender.start()
        time.sleep(choice.uniform(0, 0.5))
        listener.kill()
        listener.wait()
        sender.join(20)
    kept = [bytes(raw or b"") for raw in ReceivedMessage.objects.values_list("raw", flat=True)]
    assert len(kept) == len(set(kept)), "one mail, one row: this sender repeats nothing"
    assert {MAIL % number for number in answered} <= set(kept)
    assert set(kept) <= {MAIL % number for number in numbers}
    assert answered
