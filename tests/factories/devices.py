"""A device for keys that is none: one SoftHSM2 token of this process, gone when the process ends."""

import atexit
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TOKEN, PIN = "opensps-tests", "hsm-4711-test"
MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)


@dataclass(frozen=True, slots=True)
class Device:
    """A token and the files around it."""

    module_path: str
    directory: Path

    def address(self, name: str, *, more: str = "", token: str = TOKEN, module_path: str = "") -> str:
        """Return the address of a key; its certificates lie in a directory of its name."""
        certificates = self.directory / name
        return (
            f"pkcs11:token={token};object={name}?module-path={module_path or self.module_path}"
            f"&pin-source=file:{self.directory / 'pin'}&x-certificates={certificates}{more}"
        )


@cache
def device() -> Device:
    """Return the device. Its configuration is read once in a process, so there is one."""
    directory = Path(tempfile.mkdtemp(prefix="softhsm-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    (directory / "tokens").mkdir()
    (directory / "pin").write_text(f"{PIN}\n")
    configuration = directory / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {directory / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    command = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--so-pin", "so-4711", "--pin", PIN]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return Device(next(path for path in MODULES if Path(path).exists()), directory)
