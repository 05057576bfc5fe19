"""What tests need beyond Python packages. A test that misses something counts as not run, never as passed."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference"
"""The reference material beside the repository; it is used in place and never copied."""

NOT_RUN = "not run: needs "


def chromium() -> str | None:
    """Return the path of a Chromium or Chrome of the system."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


def _may_trace() -> bool:
    """Return whether a process may be traced here: some containers forbid it."""
    command = ["strace", f"--output={os.devnull}", "true"]
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0


PRESENT: Mapping[str, Callable[[], bool]] = MappingProxyType(
    {
        "reference": REFERENCE.is_dir,
        "chromium": lambda: chromium() is not None,
        "xmlsec1": lambda: shutil.which("xmlsec1") is not None,
        "openssl": lambda: shutil.which("openssl") is not None,
        "softhsm2-util": lambda: shutil.which("softhsm2-util") is not None,
        "pdfsig": lambda: shutil.which("pdfsig") is not None,
        "pdftoppm": lambda: shutil.which("pdftoppm") is not None,
        "strace": lambda: shutil.which("strace") is not None and _may_trace(),
        "postgres": lambda: True,  # given or private: a run that asks for it and has none does not start
    }
)
"""Need -> is it there."""


def required() -> frozenset[str]:
    """Return the needs named in ``OPENSPS_REQUIRE``; with any named, a test that was not run fails."""
    named = frozenset(filter(None, os.environ.get("OPENSPS_REQUIRE", "").replace(" ", "").split(",")))
    if unknown := named - PRESENT.keys():
        raise ValueError(f"OPENSPS_REQUIRE names {sorted(unknown)}, known are {sorted(PRESENT)}")
    return named
