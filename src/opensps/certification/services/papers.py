"""PDFs: of an issued certificate from its stored bytes, of an application as a draft (`trust.md` 4.7, `ux.md` 13).

Nothing is stored; the same bytes give the same paper. Only what was sealed gets a QR code.
"""

from opensps.accounts.queries import authority_profile
from opensps.certificate import Certificate as CertificateValue
from opensps.certification.errors import BytesChanged, NotConfigured, RulesBroken
from opensps.certification.queries.certificates import certificate_by_number, certificate_value
from opensps.certification.queries.rows import application_by_reference, application_draft
from opensps.formats.carriers import check_url
from opensps.formats.layouts import LAYOUT_OF_KIND
from opensps.formats.pdf import AttachedFile, Carrier, Mark, render
from opensps.formats.printing import unprintable


def certificate_pdf(*, authority: str, number: str, mark: Mark = Mark.ORIGINAL, is_demo: bool = False) -> bytes:
    """Return the paper of an issued certificate, with the sealed XML and its seal inside.

    `is_demo` marks every page as a specimen of a demo or course.
    """
    certificate = certificate_by_number(authority=authority, number=number)
    profile = authority_profile(authority)
    if profile is None:
        raise NotConfigured("authority")
    if certificate.xml is None or certificate.seal is None:
        raise BytesChanged(number)
    carrier = Carrier(
        url=check_url(profile.check_host, certificate.token),
        check_host=profile.check_host,
        number=certificate.number,
        code=certificate.code,
    )
    attached = (
        AttachedFile(f"{number}.xml", bytes(certificate.xml), "source", "application/xml", "Sealed certificate"),
        AttachedFile(f"{number}.xades", bytes(certificate.seal), "supplement", "application/xml", "Seal"),
    )
    return _rendered(certificate_value(certificate), mark, carrier, attached, is_demo=is_demo)


def draft_pdf(*, authority: str, reference: str, is_demo: bool = False) -> bytes:
    """Return how the certificate of an application would look, marked DRAFT, without number and QR code.

    Raises `RulesBroken` where a sign has no glyph.
    """
    draft = application_draft(application_by_reference(authority=authority, reference=reference))
    if findings := unprintable(draft):
        raise RulesBroken(findings)
    return _rendered(draft, Mark.DRAFT, None, (), is_demo=is_demo)


def _rendered(
    value: CertificateValue,
    mark: Mark,
    carrier: Carrier | None,
    attached: tuple[AttachedFile, ...],
    *,
    is_demo: bool,
) -> bytes:
    layout = LAYOUT_OF_KIND[value.kind]
    return render(value, layout=layout, mark=mark, carrier=carrier, attached=attached, is_demo=is_demo)
