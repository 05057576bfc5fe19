"""A process that adds leaves and lets the log grow until somebody kills it; run by `test_log_kill`.

    python -m tests.heavy.log_writing LOG_DIRECTORY LEAVES

On standard output: ``begun``, then each size once its checkpoint was published; ``beaten`` and the end where another
writer was faster. LEAVES: how many this process adds before it stops; 0 adds none and only writes what waits.
"""

import os
import sys
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "opensps.project.settings"
django.setup()

from django.db import transaction  # noqa: E402 the rooms load after Django

from opensps.certification.errors import LogError  # noqa: E402 as above
from opensps.certification.log_directory import LogDirectory  # noqa: E402 as above
from opensps.certification.models import LogLeaf  # noqa: E402 as above
from opensps.certification.services.log_growth import log_append  # noqa: E402 as above
from opensps.certification.services.log_leaves import log_locked, next_index  # noqa: E402 as above
from tests.factories import logs  # noqa: E402 as above

directory, leaves = LogDirectory(Path(sys.argv[1])), int(sys.argv[2])


def say(word: str) -> None:
    """Tell the test, at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


@transaction.atomic
def add(count: int) -> None:
    """Give some leaves their index, as the consumer does."""
    log = log_locked("XA")
    first = next_index(log)
    LogLeaf.objects.bulk_create(
        LogLeaf(authority="XA", log=log, index=first + n, kind=13, data=os.urandom(100)) for n in range(count)
    )


say("begun")
sys.stdin.readline()
added = 0
while True:
    if added < leaves:
        add(37)
        added += 37
    try:
        done = log_append(authority="XA", directory=directory, signer=logs.LOG, limit=101)
    except LogError as error:
        say(error.reason)
        sys.exit(7)
    if done.leaves:
        say(str(done.log.size))
    elif added >= leaves:
        break
say("done")
