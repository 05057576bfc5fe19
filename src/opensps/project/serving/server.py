"""The process that serves the pages: granian over TLS. Arguments: address, port, certificate file, key file."""

import sys
from pathlib import Path

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from opensps.project import lifeline

THREADS = 4
"""Each thread opens its own database connection."""


def main(host: str, port: str, certificate: str, key: str) -> None:
    """Serve until SIGTERM, or until standard input closes."""
    lifeline.terminate_when_stdin_closes()
    Server(
        "opensps.project.wsgi:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        ssl_cert=Path(certificate),
        ssl_key=Path(key),
    ).serve()


if __name__ == "__main__":
    main(*sys.argv[1:5])
