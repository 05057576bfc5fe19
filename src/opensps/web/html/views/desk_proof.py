"""The proof of a check: a sealed PDF that carries its statement, and the public page that answers for it (`ux.md` 5.3).

A proof verifies itself three ways: the seal on the PDF, `opensps verify`, and the page behind its QR code, which holds
the attached statement against what we keep.
"""

from http import HTTPStatus
from typing import Any, Final

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from opensps.border.queries.verdicts import verdict_of
from opensps.border.verdicts import VerdictRecord
from opensps.codes import country_name
from opensps.formats.check_paper import CheckPaper, check_paper
from opensps.signing import SigningError
from opensps.signing.pdf_seals import seal_pdf
from opensps.verification.statement import FILE_NAME
from opensps.web.html import keys
from opensps.web.html.access import SignedInRequest, public, role_required
from opensps.web.html.acting import now
from opensps.web.html.answer import LINES
from opensps.web.html.context import authority_name
from opensps.web.html.installation import installation
from opensps.web.html.templatetags.parts import moment_in_words
from opensps.web.html.views.border_desk import FOR_YOU, field_rows, visible_verdict
from opensps.web.html.views.check import private
from opensps.web.html.views.desk_parts import READERS, class_tone, class_word, issuer_name
from opensps.web.html.views.errors import error_page

log = structlog.get_logger("opensps.web")


CHECK_LABELS: Final = {
    **{name: label for name, (label, _texts) in LINES.items()},
    "for_you": FOR_YOU[0],
}
CHECK_WORDS: Final = {
    "passed": gettext_noop("Passed"),
    "failed": gettext_noop("Failed"),
    "not_checked": gettext_noop("Could not be checked"),
}


@role_required(*READERS)
@never_cache
@require_safe
def desk_proof(request: SignedInRequest, verdict_id: str) -> HttpResponse:
    """Hand out the proof of a check, sealed where the key of this installation seals such papers."""
    verdict = visible_verdict(request, verdict_id)
    url = f"https://{installation().check_host}{reverse('check-proof', args=[verdict.pk])}"
    paper = check_paper(_paper(verdict, url), statement=bytes(verdict.statement), file_name=FILE_NAME)
    response = HttpResponse(_sealed(paper), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="check-{verdict.pk[:12]}.pdf"'
    return response


def _sealed(paper: bytes) -> bytes:
    """Return the paper sealed; where a signing service seals certificates alone, the page behind its code answers."""
    try:
        return seal_pdf(paper, signer=keys.signer(), at=now())
    except SigningError as error:
        log.info("proof_not_sealed", reason=type(error).__name__)
        return paper


def _paper(verdict: VerdictRecord, url: str) -> CheckPaper:
    said = verdict.words(get_language() or "en")
    return CheckPaper(
        title=("Proof of a check", "核验证明"),
        authority=authority_name(verdict.authority),
        heading=said["heading"],
        class_word=class_word(verdict.verdict_class),
        tone=class_tone(verdict.verdict_class),
        sentence=said["sentence"],
        rows=tuple((str(label), text) for label, text in _rows(verdict) if text),
        fields_heading=_("What was compared"),
        fields=tuple(
            (f"{row.label} {row.line}".strip(), row.typed, row.recorded or "–", str(row.word))
            for row in field_rows(verdict.fields)
        ),
        columns=(_("Field"), _("In front of you"), _("Signed"), _("Answer")),
        footer=(
            _("This paper says what was found at that time. It neither clears goods nor replaces a certificate."),
            _("Check it: open %(url)s yourself, or run: opensps verify FILE") % {"url": url},
        ),
        url=url,
        at=verdict.at,
        band=_("Demonstration: made up") if installation().is_demo else "",
    )


def _rows(verdict: VerdictRecord) -> list[tuple[Any, str]]:
    checked_by = country_name(verdict.country or verdict.authority[:2], get_language() or "en")
    return [
        (_("Certificate number"), verdict.number),
        (_("Issued by"), issuer_name(verdict.authority, verdict.issuer) if verdict.issuer else ""),
        (_("Checked"), moment_in_words(verdict.at)),
        (_("Checked for"), " ".join(part for part in (checked_by, verdict.office) if part)),
        (_("Your own reference"), verdict.reference),
        *((label, _(CHECK_WORDS[verdict.checks[name]])) for name, label in CHECK_LABELS.items()),
        (_("Digest of the record"), _spaced(verdict.compared_with.get("digest", ""))),
        (_("Check"), verdict.pk),
        (_("Digest of the statement"), _spaced(bytes(verdict.digest).hex())),
    ]


def _spaced(digest: str) -> str:
    """Return a digest in groups, so that a line of paper may end between them."""
    return " ".join(digest[at : at + 16] for at in range(0, len(digest), 16))


@public
@never_cache
@require_safe
def check_proof(request: HttpRequest, verdict_id: str) -> HttpResponse:
    """Answer for a proof to whoever holds it: what we keep under its id, and the digest its statement must have."""
    verdict = verdict_of(authority=installation().authority, verdict_id=verdict_id)
    if verdict is None:
        return error_page(request, HTTPStatus.NOT_FOUND)
    seen = request.GET.get("file", "")
    context = {
        "verdict": verdict,
        "tone": class_tone(verdict.verdict_class),
        "class_word": class_word(verdict.verdict_class),
        "said": verdict.words(get_language() or "en"),
        "digest": bytes(verdict.digest).hex(),
        "file": seen if seen in {"same", "other"} else "",
    }
    return private(render(request, "desk/proof.html", context))
