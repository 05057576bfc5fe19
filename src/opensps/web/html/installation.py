"""What the pages know about the installation they run in: authority, names, addresses, demo or not.

`project` reads the environment once and hands the result over as Django settings named `OPENSPS_...`. This is the only
place of the pages that looks at them.
"""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Installation:
    """One installation of the service, as its pages need to know it."""

    authority: str
    """Code of the competent authority whose service this is; `XA` in the demo."""
    check_host: str
    """The one short host printed beside every QR code, in plain words in every footer."""
    is_demo: bool
    """A demonstration: band on every page, one-click roles, keys marked as training."""
    trust_file: str = ""
    """Path of the trust list; empty: nothing can be called genuine."""
    trust_roots: str = ""
    """Path of the three root keys of a signed trust list; empty: only an unsigned one can be read."""
    signing_key: str = ""
    """Address of the key that seals certificates; empty: issuing is refused."""
    demo_password: str = ""
    """Password of all demo people, shown on the sign-in page of a demo; empty elsewhere."""
    ca_certificate: str = ""
    """Path of the demo's own CA certificate (PEM), offered at `/demo/ca`; empty elsewhere."""
    log_directory: str = ""
    """Where the transparency logs lie; empty: this installation has none."""
    brand: str = ""
    """Colour of the page head, `#rrggbb`; empty keeps the theme's own."""
    brand_ink: str = ""
    """Colour of text on the brand colour; empty keeps the theme's own."""
    accent: str = ""
    """Colour of marks and bars; empty keeps the theme's own."""


def installation() -> Installation:
    """Return the installation this process serves."""
    return Installation(
        authority=settings.OPENSPS_AUTHORITY,
        check_host=settings.OPENSPS_CHECK_HOST,
        is_demo=settings.OPENSPS_DEMO,
        trust_file=str(settings.OPENSPS_TRUST_FILE or ""),
        trust_roots=str(settings.OPENSPS_TRUST_ROOTS or ""),
        signing_key=settings.OPENSPS_SIGNING_KEY or "",
        demo_password=getattr(settings, "OPENSPS_DEMO_PASSWORD", "") if settings.OPENSPS_DEMO else "",
        ca_certificate=str(settings.OPENSPS_DEMO_CA_FILE or ""),
        log_directory=str(settings.OPENSPS_LOG_DIR or ""),
        brand=getattr(settings, "OPENSPS_BRAND", ""),
        brand_ink=getattr(settings, "OPENSPS_BRAND_INK", ""),
        accent=getattr(settings, "OPENSPS_ACCENT", ""),
    )
