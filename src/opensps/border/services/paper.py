"""An official types what the paper says: each field is held against what was signed, and the check is kept.

Source: `fraud.md` 4 and 5 (S09). For officials of the issuing authority only: whoever learns which field differs can
find out what was signed.
"""

from collections.abc import Mapping
from datetime import datetime

from opensps.accounts.queries import Actor
from opensps.border.models import CheckAttempt, Door
from opensps.certification.errors import NotFound
from opensps.certification.queries import certificate_by_number, certificate_value
from opensps.lifecycle import OFFICERS
from opensps.verification import FieldAnswer, compare_paper
from opensps.verification.comparison import Word

_RESULTS = {Word.DIFFERS: "fields_differ", Word.EXPLAINED: "fields_explained"}


def check_paper(
    *, authority: str, number: str, typed: Mapping[str, str], checker: Actor, at: datetime
) -> tuple[FieldAnswer, ...]:
    """Return an answer for every field that was typed, in its order; nothing typed is no check.

    Raises `NotFound`, also for anybody but an official of this authority, and `verification.TypedError`.
    """
    if checker.authority != authority or not checker.roles & OFFICERS:
        raise NotFound(number)
    certificate = certificate_by_number(authority=authority, number=number)
    answers = compare_paper(certificate_value(certificate), typed)
    if answers:
        words = {each.word for each in answers}
        result = next((said for word, said in _RESULTS.items() if word in words), certificate.state)
        CheckAttempt.objects.create(
            authority=authority,
            at=at,
            door=Door.PAPER,
            result=result,
            number=number,
            checker=checker.id,
            fields=[each.field for each in answers if each.word is Word.DIFFERS],
        )
    return answers
