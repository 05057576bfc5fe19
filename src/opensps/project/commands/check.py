"""``opensps check``: the same answer as the check page, from this installation's register."""

from datetime import UTC, datetime
from typing import Any

import click
from django.conf import settings
from django.db import DatabaseError

from opensps.border.errors import TypingError
from opensps.border.services import check_code, check_number
from opensps.project.commands.manners import json_option, language_option, verbose_option
from opensps.project.commands.verdicts import print_answer
from opensps.project.exits import Exit, Stopped
from opensps.project.keys import own_trust
from opensps.project.log_installation import own_proof
from opensps.project.words import gettext_noop, language_from

LOOPBACK = "127.0.0.1"
TYPING_ERRORS = {
    "number": gettext_noop("Check the number: one character looks wrong. It should look like XA-2026-014-0004512-0."),
    "code": gettext_noop("Check the code: one character looks wrong. It should look like 0A1S-5HDR-ANA5."),
}


@click.command()
@click.argument("number")
@click.argument("code", required=False)
@json_option
@language_option
@verbose_option
def check(*, number: str, code: str | None, as_json: bool, language: str | None) -> int:
    """Check a certificate by its number and verification code, both as printed, or by the text of its printed code.

    Wrong codes are counted as on the page. A typing error is not counted.

    \b
    Examples:
      opensps check XA-2026-014-0004512-0 0A1S-5HDR-ANA5
      opensps check XA-2026-014-0004512-0 0A1S-5HDR-ANA5 --json
      opensps check "HTTPS://V.XA.EXAMPLE/C/CNJDQET660X0STG7JNY3#1..."
    """
    chosen = language_from(language)
    circumstances: dict[str, Any] = {
        "authority": settings.OPENSPS_AUTHORITY,
        "network": LOOPBACK,
        "at": datetime.now(UTC),
        "trust": own_trust(),
        "accepts_training": settings.OPENSPS_DEMO,
        "proofs": own_proof,
    }
    try:
        stored = (
            check_number(number_typed=number, code_typed=code, **circumstances)
            if code is not None
            else check_code(text=number, **circumstances)
        )
    except TypingError as exc:
        raise Stopped(Exit.USAGE, TYPING_ERRORS[exc.field]) from exc
    except DatabaseError as exc:
        raise Stopped(Exit.TRY_LATER, "The database does not answer (%(why)s).", why=type(exc).__name__) from exc
    answer = stored.verdict["zh" if chosen == "zh-hans" else "en"]
    return print_answer(answer, language=chosen, as_json=as_json)
