"""The papers that pages hand out say what they are."""

from typing import Any

import pytest

from opensps.certification.services import certificate_pdf, draft_pdf
from opensps.formats.pdf import Mark
from opensps.formats.pdf_input import attached_files
from opensps.lifecycle import ApplicationState
from opensps.rules import Area, Finding, Level
from tests.factories import certificates as values
from tests.factories import certification
from tests.factories.certification import Cast
from tests.integration.web_workflow.conftest import SINCE, Enter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_demo", [True, False])
def test_the_paper_of_a_demo_is_a_specimen_on_every_page(
    people: Cast, enter: Enter, settings: Any, *, is_demo: bool
) -> None:
    settings.OPENSPS_DEMO = is_demo
    issued = certification.certificate_in(people, at=SINCE)
    wanted = {"authority": "XA", "number": issued.number, "is_demo": is_demo}
    own = enter(people.exporter)
    paper = own.file(f"/certificates/{issued.number}/file.pdf").content
    assert paper.startswith(certificate_pdf(**wanted)), "what follows is the signature"
    copy = own.client.post(f"/certificates/{issued.number}/print-copy").content
    assert copy.startswith(certificate_pdf(**wanted, mark=Mark.COPY))
    assert attached_files(copy).mark is Mark.COPY
    draft = certification.application_in(people, ApplicationState.DRAFT, at=SINCE).reference
    shown = own.file(f"/applications/{draft}/preview.pdf").content
    assert shown == draft_pdf(authority="XA", reference=draft, is_demo=is_demo)


def test_a_draft_that_cannot_be_printed_says_which_sign_it_is(people: Cast, enter: Enter) -> None:
    value = values.phytosanitary(consignment__consignee__name="Northland 😀")
    draft = certification.application_in(people, ApplicationState.DRAFT, at=SINCE, value=value)
    page = enter(people.exporter).open(f"/applications/{draft.reference}/preview.pdf")
    assert page.status == 409
    assert "😀 cannot be printed on the certificate." in page.words


def test_a_rule_that_stops_an_issue_is_named_to_the_officer(
    people: Cast, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = certification.application_in(people, ApplicationState.READY, at=SINCE)
    severe = Finding(Area.CONSISTENCY, Level.SEVERE, "consignment.consignee.name", "Made up for this test.", "TEST-1")
    monkeypatch.setattr("opensps.certification.queries.judging.check", lambda *_, **__: (severe,))
    page = enter(people.officer).post(f"/queue/{ready.reference}/prepare", {})
    assert page.status == 409
    assert "Made up for this test." in page.words
