"""What all commands about partners share: who acts, and refusals in words."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from django.conf import settings

from opensps.accounts.queries import Actor, actor_for, person_by_email
from opensps.exchange.errors import ExchangeError, NotAllowed, PartnerNotFound, RecordRefused
from opensps.exchange.queries.partners import partner_by_code
from opensps.exchange.queries.rows import Partner
from opensps.lifecycle import ActNotAllowed
from opensps.project.exits import Exit, Stopped
from opensps.project.words import gettext_noop

_T = TypeVar("_T")
as_option = click.option("--as", "email", required=True, metavar="EMAIL", help="Who acts: a manager or administrator.")


def actor_named(email: str) -> Actor:
    """Return who acts by an e-mail address; stops with a sentence for somebody nobody knows."""
    person = person_by_email(authority=settings.OPENSPS_AUTHORITY, email=email)
    if person is None:
        raise Stopped(Exit.NOT_ALLOWED, gettext_noop("Nobody here has the address %(email)s."), email=email)
    return actor_for(person, datetime.now(UTC))


def said(do: Callable[..., _T], *, email: str, **given: Any) -> _T:
    """Call a service for somebody, now; a refusal becomes a sentence and an exit code."""
    try:
        return do(authority=settings.OPENSPS_AUTHORITY, actor=actor_named(email), at=datetime.now(UTC), **given)
    except PartnerNotFound as exc:
        raise Stopped(Exit.NOT_FOUND, gettext_noop("There is no partner %(partner)s."), partner=exc) from exc
    except NotAllowed as exc:
        sentence = gettext_noop("%(email)s is neither manager nor administrator, so this is not done.")
        raise Stopped(Exit.NOT_ALLOWED, sentence, email=email) from exc
    except ActNotAllowed as exc:
        sentence = gettext_noop("This step may not be taken now: %(why)s.")
        raise Stopped(Exit.NOT_ALLOWED, sentence, why=exc.detail or exc.reason) from exc
    except RecordRefused as exc:
        sentence = gettext_noop("The record does not take this: %(why)s.")
        raise Stopped(Exit.USAGE, sentence, why=f"{exc.reason} {exc.detail}".strip()) from exc
    except ExchangeError as exc:
        raise Stopped(Exit.NOT_ALLOWED, gettext_noop("This is refused: %(why)s."), why=exc) from exc


def found(code: str) -> Partner:
    """Return a partner; stops with a sentence where there is none."""
    try:
        return partner_by_code(authority=settings.OPENSPS_AUTHORITY, code=code)
    except PartnerNotFound as exc:
        raise Stopped(Exit.NOT_FOUND, gettext_noop("There is no partner %(partner)s."), partner=code) from exc
