"""A worker that processes what partners sent until somebody kills it; run by `test_conversation_kill`.

    python -m tests.heavy.processing

On standard output: ``round`` after each round of at most five messages.
"""

import os
import sys
import time
from datetime import UTC, datetime

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "opensps.project.settings"
django.setup()

from opensps.exchange.services.messages import messages_process_due  # noqa: E402 the rooms load after Django
from tests.factories.conversations import TERMS  # noqa: E402 as above

while True:
    if not messages_process_due(authority="XA", terms=TERMS, at=datetime.now(UTC), limit=5):
        time.sleep(0.05)
    sys.stdout.write("round\n")
    sys.stdout.flush()
