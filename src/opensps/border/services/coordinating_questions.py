"""A question to the enquiry point that several bodies answer together becomes a case of coordination.

Source: `lifecycles.md` 5.3: route, "coordination case if several bodies". The bodies read the question, not who asks.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.border.coordination import CoordinationCase
from opensps.border.coordination_terms import Matter, Task
from opensps.border.errors import CoordinationRefused
from opensps.border.models import Inquiry
from opensps.border.queries.coordination import coordination_of_question
from opensps.border.queries.inquiries import thread_of
from opensps.border.services.coordinating import coordination_open
from opensps.lifecycle.inquiry import InquiryAct
from opensps.lifecycle.question import Procedure


@transaction.atomic
def question_shared(
    *, authority: str, actor: Actor, inquiry_number: str, bodies: Sequence[str], at: datetime
) -> CoordinationCase:
    """Open the case of a question that was routed, with a part for each body; again, return the one there is.

    ``bodies`` are ids of organisations. Raises `ActNotAllowed`; `CoordinationRefused` not_found for what is none.
    """
    rows = Inquiry.objects.select_for_update().filter(authority=authority, inquiry_number=inquiry_number)
    question = rows.filter(kind=Inquiry.QUESTION).first()
    if question is None:
        raise CoordinationRefused("not_found")
    held = coordination_of_question(authority=authority, question=inquiry_number)
    if held is not None:
        return held
    asked = next((each for each in thread_of(question) if each.act == InquiryAct.OPEN), None)
    text = asked.texts[0][1] if asked is not None and asked.texts else ""
    matter = Matter(
        procedure=Procedure(question.procedure),
        subject=" ".join(text.split())[:120] or inquiry_number,
        details=text,
        question=inquiry_number,
    )
    tasks = [Task(organisation=each, text=text or inquiry_number, due_at=question.reply_due_at) for each in bodies]
    return coordination_open(authority=authority, actor=actor, matter=matter, tasks=tasks, at=at)
