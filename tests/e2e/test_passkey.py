"""An officer signs with a passkey in a real browser: registered, asked for the very document, verified (A6)."""

import pytest
from playwright.sync_api import BrowserContext

from opensps.project.demo.world import PASSWORD
from tests.e2e.visitor import Enter, fill

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(300)]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_authenticator(context: BrowserContext) -> None:
    """Put Chromium's own virtual authenticator into the browser of this page."""
    devtools = context.new_cdp_session(context.pages[0])
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def test_an_officer_registers_a_passkey_and_signs_with_it_by_keyboard(enter: Enter) -> None:
    officer = enter("officer2")
    give_authenticator(officer.page.context)
    officer.open("/passkeys")
    fill(officer.form(), "former", PASSWORD)
    with officer.page.expect_navigation():
        officer.page.locator("[data-passkey=register] button").press("Enter")
    assert officer.page.locator("main section .num.long").count() == 2, officer.words
    officer.open("/queue")
    officer.page.locator("tbody a").first.click()
    reference = officer.path.rpartition("/")[2]
    officer.send("/prepare")
    with officer.page.expect_navigation():
        officer.page.locator("[data-passkey=approve] button").press("Enter")
    assert officer.path == f"/queue/{reference}/issued", officer.words
    officer.open("/passkeys").page.locator('main a[href*="/passkeys/remove?"]').click()
    officer.send(former=PASSWORD)
    assert officer.path == "/passkeys", officer.words
    assert officer.page.locator("main section").count() == 0
