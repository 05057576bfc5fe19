"""What every template may know about the installation."""

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, object]:
    """Return whether this is a demo and the reference number of the request."""
    return {"is_demo": settings.OPENSPS_DEMO, "request_reference": getattr(request, "reference", "")}
