"""This installation behind a real HTTPS server, so that our own client can speak with our own API."""

from typing import Any

from django.db import connections
from django.test import Client

from opensps.web.soap.identity import PORT_KEY
from tests.factories.https_servers import Received, Step, answer


def installation(request: Received) -> list[Step]:
    """Answer a request as this installation does."""
    given: dict[str, Any] = {"HTTP_HOST": request.headers["host"]}
    if request.client:
        given[PORT_KEY] = request.client
    names = ("authorization", "idempotency-key", "content-digest", "if-match", "if-none-match")
    headers = {name: request.headers[name] for name in names if name in request.headers}
    try:
        response = Client(raise_request_exception=False).generic(
            request.method,
            request.path,
            request.body,
            request.headers.get("content-type", "application/octet-stream"),
            secure=True,
            headers=headers,
            **given,
        )
    finally:
        connections.close_all()
    kept = {name: value for name, value in response.items() if name.lower() != "content-length"}
    return answer(response.content, status=response.status_code, headers=kept)
