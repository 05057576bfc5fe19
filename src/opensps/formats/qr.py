"""QR codes: written and read with zxing-cpp, drawn as SVG or as a grid of modules.

Source: ISO/IEC 18004; sizes and levels as `ux.md` 5.7 and `trust.md` 6.13 say.
"""

from collections.abc import Sequence
from typing import Any

import zxingcpp

QUIET_ZONE = 4
"""Modules of white around a code."""


def modules(text: str, *, level: str = "Q") -> tuple[tuple[bool, ...], ...]:
    """Return the modules of the code, row by row, true for black, without quiet zone; `level` is L, M, Q or H."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    image: Any = zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False)
    rows: list[list[int]] = memoryview(image).tolist()  # type: ignore[assignment]  # two dimensions
    return tuple(tuple(pixel == 0 for pixel in row) for row in rows)


def svg(text: str, *, level: str = "Q", module_mm: float = 0.6) -> str:
    """Return the code as a standalone SVG with its quiet zone, every module `module_mm` wide; no style attribute."""
    grid = modules(text, level=level)
    side = len(grid) + 2 * QUIET_ZONE
    size = f"{side * module_mm:.2f}mm"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="#fff"/>'
        f'<path fill="#000" d="{_path(grid)}"/></svg>'
    )


def _path(grid: Sequence[Sequence[bool]]) -> str:
    """Return the runs of black modules as one SVG path."""
    runs: list[str] = []
    for y, row in enumerate(grid):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                runs.append(f"M{start + QUIET_ZONE} {y + QUIET_ZONE}h{x - start}v1h-{x - start}z")
            x += 1
    return "".join(runs)
