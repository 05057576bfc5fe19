"""One-time keys of forms, so that a double click or a repeated post is one act (`reliability.md` 2.2)."""

from datetime import datetime

from django.db import IntegrityError, transaction

from opensps.accounts.queries import Actor
from opensps.certification.models import FormToken


def form_token_use(*, authority: str, operation: str, key: str, actor: Actor, at: datetime) -> bool:
    """Use the key of a form; return False when it was used before.

    Call it inside the transaction of the act: an act that fails gives its key back.
    """
    try:
        with transaction.atomic():
            FormToken.objects.create(authority=authority, operation=operation, key=key, person=actor.id, used_at=at)
    except IntegrityError:
        return False
    return True


def form_token_answer(*, authority: str, operation: str, key: str, answer: str) -> None:
    """Remember where the first post led to, for the second."""
    FormToken.objects.filter(authority=authority, operation=operation, key=key).update(answer=answer)
