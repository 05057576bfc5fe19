"""Where the first post of a form led to."""

from opensps.certification.models import FormToken


def form_answer(*, authority: str, operation: str, key: str) -> str:
    """Return the remembered answer of a one-time key, empty when there is none."""
    found = FormToken.objects.filter(authority=authority, operation=operation, key=key).first()
    return found.answer if found else ""
