"""PDFs: of an issued certificate from its stored bytes, of an application as a draft (`trust.md` 4.7, `ux.md` 13).

Nothing is stored; the same bytes give the same paper. Only what was sealed gets a QR code.
"""

from opensps.accounts.queries import authority_profile
from opensps.certificate import Certificate as CertificateValue
from opensps.certification.errors import BytesChanged, NotConfigured, RulesBroken
from opensps.certification.queries.certificates import certificate_by_number, certificate_value
from opensps.certification.queries.log import log_place
from opensps.certification.queries.rows import application_by_reference, application_draft
from opensps.certification.services.paper_codes import CodeSigner, PaperFacts, page_codes
from opensps.formats.carriers import check_url
from opensps.formats.layouts import LAYOUT_OF_KIND
from opensps.formats.pdf import AttachedFile, Carrier, Mark, render
from opensps.formats.printing import unprintable


def certificate_pdf(
    *,
    authority: str,
    number: str,
    mark: Mark = Mark.ORIGINAL,
    is_demo: bool = False,
    codes: CodeSigner | None = None,
    bundle: bytes | None = None,
) -> bytes:
    """Return the paper of an issued certificate, with the sealed XML, its seal and its proof inside.

    `is_demo` marks every page as a specimen of a demo or course. `codes` signs what the printed codes say; without
    it, or where its key may not, the codes are plain links. `bundle` is the proof, once the log has the certificate.
    """
    certificate = certificate_by_number(authority=authority, number=number)
    profile = authority_profile(authority)
    if profile is None:
        raise NotConfigured("authority")
    if certificate.xml is None or certificate.seal is None:
        raise BytesChanged(number)
    copies = certificate.copy_count
    place = log_place(authority=authority, number=number)
    value, url = certificate_value(certificate), check_url(profile.check_host, certificate.token)
    facts = PaperFacts(certificate, value, place, profile.offset_minutes, 0 if mark is not Mark.COPY else copies)
    carrier = Carrier(
        url=url,
        url_of_page=page_codes(facts, host=profile.check_host, codes=codes),
        check_host=profile.check_host,
        number=certificate.number,
        code=certificate.code,
        log_position=None if place is None else str(place),
        copy_number=copies if mark is Mark.COPY and copies else None,
    )
    attached: tuple[AttachedFile, ...] = (
        AttachedFile(f"{number}.xml", bytes(certificate.xml), "source", "application/xml", "Sealed certificate"),
        AttachedFile(f"{number}.xades", bytes(certificate.seal), "supplement", "application/xml", "Seal"),
    )
    if bundle is not None:
        proof = AttachedFile(
            f"{number}.tlog-proof", bundle, "supplement", "text/plain", "Proof of its place in the log"
        )
        attached = (*attached, proof)
    return _rendered(value, mark, carrier, attached, is_demo=is_demo)


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
