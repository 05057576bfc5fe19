"""Takes an upload into memory only, and no more of it than the page allows: no part of it ever meets the disk."""

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import HttpRequest


class TooMuch(Exception):
    """More octets arrived than the page takes."""


class InMemoryOnly(MemoryFileUploadHandler):
    """Keep the files in memory; stop reading when there are more than `most_octets` in all."""

    def __init__(self, request: HttpRequest, *, most_octets: int) -> None:
        super().__init__(request)
        self.most_octets = most_octets
        self.received = 0
        self.was_stopped = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Take the file into memory whatever length was announced; `receive_data_chunk` counts."""
        self.activated = True
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Count, and stop at the limit."""
        self.received += len(raw_data)
        if self.received > self.most_octets:
            self.was_stopped = True
            raise StopUpload(connection_reset=True)
        return super().receive_data_chunk(raw_data, start)


def limit(request: HttpRequest, *, most_octets: int) -> InMemoryOnly:
    """Put the request under the limit before its body is read; raise `TooMuch` when it announces more."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdecimal() and int(announced) > most_octets + 100_000:
        raise TooMuch
    handler = InMemoryOnly(request, most_octets=most_octets)
    request.upload_handlers = [handler]
    return handler
