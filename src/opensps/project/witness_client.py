"""Asking witnesses over HTTPS, all at once: short waits, small answers, no redirect, no exception.

Source: `trust.md` 6.10. What the answers mean is decided in `certification`.
"""

import hashlib
import http.client
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog

from opensps.certification.services.log_witnesses import Question, Reply

logger = structlog.get_logger("opensps.log")

SECONDS = 5.0
MAX_ANSWER = 65_536
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class WitnessClient:
    """Asks the witnesses of a log."""

    tls: ssl.SSLContext
    seconds: float = SECONDS

    def __call__(self, questions: Sequence[Question]) -> Sequence[Reply]:
        """Return the replies in the order of the questions; status 0 where none came."""
        with ThreadPoolExecutor(max_workers=min(len(questions), AT_ONCE) or 1) as pool:
            return tuple(pool.map(self._one, questions))

    def newest(self, url: str, *, origin: str) -> bytes | None:
        """Return the newest checkpoint a witness has signed of a log, None when it does not answer or knows none."""
        name = hashlib.sha256(origin.encode()).hexdigest()
        reply = self._send("GET", url, f"{name}/checkpoint")
        return reply.body if reply.status == http.client.OK else None

    def _one(self, question: Question) -> Reply:
        return self._send("POST", question.url, "add-checkpoint", question.body)

    def _send(self, method: str, url: str, path: str, body: bytes | None = None) -> Reply:
        parts = urlsplit(url)
        if parts.scheme != "https" or parts.hostname is None:
            return Reply(0)
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=self.seconds, context=self.tls)
        try:
            connection.request(method, f"{parts.path.rstrip('/')}/{path}", body)
            response = connection.getresponse()
            return Reply(response.status, response.read(MAX_ANSWER))
        except (OSError, http.client.HTTPException) as exc:
            logger.info("witness_not_reached", witness=url, kind=type(exc).__name__)
            return Reply(0)
        finally:
            connection.close()
