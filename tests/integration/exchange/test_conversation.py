"""Many certificates, each event sent 1 to 10 times over three channels in any order: all of it comes to what happened.

The thousand, with a worker that is killed meanwhile, are in ``tests/heavy/test_conversation_kill.py``.
"""

from datetime import UTC, datetime

import pytest

from opensps.exchange.models import Envelope, IncomingCertificate
from opensps.exchange.services.messages import messages_process_due
from tests.factories.conversations import TERMS, Conversation, fates

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 7, tzinfo=UTC)


def test_every_certificate_ends_as_it_should_and_every_acknowledgement_is_matched() -> None:
    conversation = Conversation.begin(at=AT, seed=7)
    events, ends = fates(8, conversation.choice)
    sendings = conversation.sendings(events)
    for sending in sendings:
        conversation.send(sending)
        if conversation.choice.random() < 0.2:
            messages_process_due(authority="XA", terms=TERMS, at=AT, limit=3)
    while messages_process_due(authority="XA", terms=TERMS, at=AT):
        pass
    assert dict(IncomingCertificate.objects.values_list("number", "state")) == ends
    conversation.carry_answers()
    theirs = Envelope.objects.filter(authority="XB", direction="out")
    assert theirs.count() == len({sending.delivery for sending in sendings})
    assert set(theirs.values_list("state", flat=True)) <= {"received", "received_remarks"}
    answered = Envelope.objects.filter(authority="XA", direction="in")
    assert answered.count() == theirs.count()
