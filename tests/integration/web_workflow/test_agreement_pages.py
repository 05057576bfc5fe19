"""The register of agreements on its pages: recorded by staff, counted for everybody (A20, A42, A43)."""

import pytest

from opensps.lifecycle import Role
from tests.factories import certification
from tests.factories.certification import Cast
from tests.factories.web import Visitor
from tests.integration.web_workflow.conftest import SINCE, Enter

pytestmark = pytest.mark.django_db


def test_a_stage_is_recorded_by_staff_kept_and_shown_to_everybody(people: Cast, enter: Enter) -> None:
    manager = enter(certification.person("Max Odell", Role.MANAGER, office="014", at=SINCE))
    page = manager.open("/partners").link("Add a partner")
    assert page.send(code="XQ", name_en="Quietland", stage="communicated", types="phyto").errors
    too_long = page.send(code="X" * 17, name_en="Quietland", stage="communicated")
    assert "two to sixteen" in too_long.words
    assert "Enter the name." in page.send(code="XQ", name_en=" ", stage="communicated").words
    page = page.send(code="xq", name_en="Quietland", name_zh="静国", stage="communicated", on="1 May 2024", types="851")
    page = page.link("Record a stage").send(stage="signed", on="", types="851, 853", note="Note of the ministry")
    assert "Note of the ministry" in page.words
    assert page.words.index("Agreement signed") < page.words.index("In contact"), "the newest first, the first kept"
    assert "Max Odell" in page.words
    again = manager.open("/partners/new").send(code="XQ", name_en="Quietland", stage="agreed")
    assert again.errors
    public = Visitor().open("/figures")
    assert "Quietland" in public.words
    assert "851, 853" in public.words
    assert "静国" in Visitor().open("/zh-hans/figures").words
    officer = enter(certification.person("Lin", Role.EXAMINER, office="014", at=SINCE))
    for address in ("/partners/new", "/partners/XQ/agreement", "/partners/XQ/agreement/record"):
        assert officer.open(address).status == 404
        assert Visitor().open(address).status in {302, 404, 200}
