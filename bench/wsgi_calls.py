"""A call of a SOAP address by WSGI, without sockets: the same for every application that is measured."""

import io
from collections.abc import Callable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


def called(application: Application, body: bytes, *, path: str, action: str, certificate: bytes) -> bytes:
    """Return the answer of a WSGI application to a POST of SOAP 1.1; it must not be a fault."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "HTTP_SOAPACTION": f'"{action}"',
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "https",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "opensps.client_certificate": certificate,
    }
    pieces = application(environ, lambda *_: None)
    answer = b"".join(pieces)
    if hasattr(pieces, "close"):
        pieces.close()
    assert b"Fault" not in answer, answer[:400]
    return answer
