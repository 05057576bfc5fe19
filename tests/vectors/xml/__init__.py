"""Our own sample documents, all fictional; `ORIGINS.md` says what each shows."""

from pathlib import Path

FOLDER = Path(__file__).parent

NAMES = (
    "phytosanitary-851.xml",
    "reexport-657.xml",
    "replacement-851.xml",
    "disordered-851.xml",
    "soap-851.xml",
    "soap-base64-851.xml",
    "signed-inside-851.xml",
    "sanitary-852.xml",
    "animal-853.xml",
)
"""Documents that hold a certificate."""

OTHERS = ("acknowledgement.xml", "undeclared-prefix.xml", "mismatched-prefix.xml", "other-version.xml")
"""Documents that hold none."""


def document(name: str) -> bytes:
    """Return the bytes of a sample."""
    return (FOLDER / name).read_bytes()
