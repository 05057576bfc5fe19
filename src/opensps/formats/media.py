"""The media type of attached bytes, decided from the bytes and never from a name (`domain.md` 2.2)."""

_MARKS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def media_type_of(content: bytes) -> str | None:
    """Return the media type of a PDF, PNG, JPEG or GIF; ``None`` for anything else."""
    return next((kind for mark, kind in _MARKS if content.startswith(mark)), None)
