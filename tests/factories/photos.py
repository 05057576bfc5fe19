"""Photos of printed codes, as somebody takes them at a desk."""

import io
from typing import Any

from PIL import Image, ImageFilter

from opensps.formats.qr import modules


def drawn(text: str, *, scale: int = 6, around: int = 300, turned: float = 7.0) -> Image.Image:
    """Return a code as it lies on a grey desk, turned a little and not quite sharp."""
    grid = modules(text, level="M")
    sign = Image.new("L", (len(grid) + 8, len(grid) + 8), 255)
    for y, row in enumerate(grid):
        for x, is_black in enumerate(row):
            sign.putpixel((x + 4, y + 4), 0 if is_black else 255)
    sign = sign.resize((sign.width * scale, sign.height * scale), Image.Resampling.NEAREST)
    desk = Image.new("L", (sign.width + 2 * around, sign.height + 2 * around), 150)
    desk.paste(sign, (around, around))
    return desk.rotate(turned, fillcolor=150).filter(ImageFilter.GaussianBlur(1))


def saved(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
