"""Settings of the test run: the product's, the database of ``OPENSPS_TEST_DATABASE``, quick password hashes.

``OPENSPS_TEST_DATABASE`` is ``sqlite`` (default) or ``postgres``. A PostgreSQL server of your own is named by
``OPENSPS_TEST_POSTGRES_URL`` (``postgresql://user:password@host:5432/postgres``, a user that may create databases);
without it `tests.postgres` starts a private one. Variables of the caller's own installation are not inherited.
"""

import os
import tempfile
from pathlib import Path

from tests import postgres

ENGINE = os.environ.get("OPENSPS_TEST_DATABASE", "sqlite")
if ENGINE not in ("sqlite", "postgres"):
    raise SystemExit(f"OPENSPS_TEST_DATABASE is sqlite or postgres, not {ENGINE!r}")

for name in ("SIGNING_KEY", "TRUST_FILE", "DEMO_CA_FILE", "DEMO", "ALLOWED_HOSTS", "CHECK_HOST"):
    os.environ.pop(f"OPENSPS_{name}", None)
os.environ["OPENSPS_SECRET_KEY"] = "only for tests, never in a server"
if "OPENSPS_TEST_SCRATCH" not in os.environ:
    os.environ["OPENSPS_TEST_SCRATCH"] = tempfile.mkdtemp(prefix="opensps-test-")
SCRATCH = Path(os.environ["OPENSPS_TEST_SCRATCH"])
if ENGINE == "postgres":
    os.environ["OPENSPS_DATABASE_URL"] = postgres.address()
else:
    os.environ["OPENSPS_DATABASE_URL"] = f"sqlite:///{SCRATCH}/unused.sqlite3"

from opensps.project.settings import *  # noqa: E402,F403 the environment had to be set first
from opensps.project.settings import DATABASES  # noqa: E402 as above

PASSWORD_HASHERS = ["tests.hashers.QuickArgon2"]
DATABASES["default"]["CONN_MAX_AGE"] = 0
if ENGINE == "sqlite":
    # A file, not memory: threads and server processes of a test must meet in the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(SCRATCH / "test.sqlite3")}
