"""The papers that pages hand out say what they are."""

from typing import Any

import pytest

from opensps.certification.services import certificate_pdf
from opensps.formats.pdf import Mark
from opensps.formats.pdf_input import attached_files
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
    assert own.file(f"/certificates/{issued.number}/file.pdf").content == certificate_pdf(**wanted)
    copy = own.client.post(f"/certificates/{issued.number}/print-copy").content
    assert copy == certificate_pdf(**wanted, mark=Mark.COPY)
    assert attached_files(copy).mark is Mark.COPY
