"""Whether a text that came from outside names a request for access here; says nothing else of it."""

from opensps.accounts.models import AccessRequest


def access_references_known(*, authority: str, references: tuple[str, ...]) -> tuple[str, ...]:
    """Return which of these are references of requests for access."""
    rows = AccessRequest.objects.filter(authority=authority, reference__in=references)
    return tuple(rows.order_by("reference").values_list("reference", flat=True))
