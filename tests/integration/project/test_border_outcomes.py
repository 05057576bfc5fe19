"""What our border decides about a partner's certificate reaches that partner once, as an SPSAcknowledgement (I34)."""

from datetime import timedelta

import pytest

from opensps.border.records import record_for
from opensps.events.queries import events_for
from opensps.events.services import worker_run_until_idle
from opensps.exchange.models import Envelope
from opensps.exchange.outcome_consumer import OUTCOME_CONSUMER
from opensps.formats import read_certificate
from opensps.lifecycle.presentation import PresentationAct as Act
from tests.factories.accounts import make_authority
from tests.factories.desk import ARRIVED_AT, arrived
from tests.factories.partners import live_partner
from tests.factories.presenting import OURS, act_on, presented

pytestmark = pytest.mark.django_db
AT = ARRIVED_AT + timedelta(days=1)


@pytest.mark.parametrize(
    ("act", "said", "status", "words"),
    [
        (Act.ACCEPT, {}, "39", "ACCEPT; XAPRT; line 1"),
        (Act.ACCEPT_PARTLY, {"accepted": {1: 1}}, "122", "ACCEPT_PARTLY; XAPRT; line 1: 1 KGM"),
        (Act.HOLD, {"reason_code": "sample_taken"}, "42", "HOLD; XAPRT; sample_taken"),
        (
            Act.REJECT,
            {"reason_code": "pest_or_disease_found", "measure": "destruction"},
            "41",
            "REJECT; XAPRT; pest_or_disease_found; destruction",
        ),
    ],
)
def test_an_outcome_goes_back_the_way_the_certificate_came(
    act: Act, said: dict[str, object], status: str, words: str
) -> None:
    make_authority()
    partner = live_partner("XB")
    number = arrived(partner=partner)
    paper = record_for(authority="XA", actor=OURS, issuer="XB", number=number)
    row = act_on(presented(paper, by=OURS, place="XAPRT", at=AT), act, by=OURS, at=AT, **said)

    worker_run_until_idle(at=AT)
    for event in events_for(authority="XA", object_kind="presentation", object_id=row.presentation_number):
        OUTCOME_CONSUMER.handle(event)

    answer = Envelope.objects.get(direction="out", kind="response")
    came = Envelope.objects.get(direction="in", kind="certificate")
    assert (answer.partner, answer.number, answer.status_code, answer.state) == (partner, number, status, "queued")
    assert answer.in_reply_to == came
    assert answer.content is not None
    document = read_certificate(bytes(answer.content.data or b"")).acknowledgement
    assert document is not None
    assert document.status_code == status
    assert document.reasons[0].value.startswith(words)
    assert document.references[0].id == number


def test_without_a_way_out_the_answer_waits_and_says_so() -> None:
    make_authority()
    partner = live_partner("XB")
    number = arrived(partner=partner)
    partner.connections.update(is_active=False)
    paper = record_for(authority="XA", actor=OURS, issuer="XB", number=number)
    act_on(presented(paper, by=OURS, place="XAPRT", at=AT), Act.ACCEPT, by=OURS, at=AT)
    worker_run_until_idle(at=AT)
    answer = Envelope.objects.get(direction="out", kind="response")
    assert (answer.state, answer.blocked_reason) == ("blocked", "no_channel")
