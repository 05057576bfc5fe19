"""What the browser gets to check a printed code itself: public keys, official hosts, and a place to say the answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from opensps.signing import TrustList
from tests.factories import certification, signing

NOW = datetime.now(UTC)
Use = Callable[[TrustList], dict[str, object]]


@pytest.fixture
def keys_of(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Return what an installation with a trust list answers."""

    def asked(trust: TrustList) -> dict[str, object]:
        monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: trust)
        response = Client().get("/check/keys.json")
        assert response.status_code == 200
        assert not response.cookies
        found: dict[str, object] = response.json()
        return found

    return asked


def test_keys_that_sign_codes_are_offered_with_their_limits(keys_of: Use) -> None:
    listed = signing.trust_list(signing.trusted(uses=("xml", "qr")))
    (key,) = keys_of(listed)["keys"]  # type: ignore[misc]  # JSON
    assert key["kid"] == signing.signer().kid.hex()
    assert (key["authority"], key["algorithm"], key["ended"]) == ("XA", "ES256", False)
    assert "851" in key["types"]


@pytest.mark.parametrize("end", [NOW - timedelta(days=1), NOW + timedelta(days=1)])
def test_a_key_whose_period_is_over_is_marked(keys_of: Use, end: datetime) -> None:
    key = replace(signing.trusted(uses=("qr",)), to_at=end)
    (offered,) = keys_of(signing.trust_list(key))["keys"]  # type: ignore[misc]  # JSON
    assert offered["ended"] is (end < NOW)


def test_no_key_of_another_use_and_none_of_an_expired_list(keys_of: Use) -> None:
    assert keys_of(signing.trust_list(signing.trusted(uses=("xml",))))["keys"] == []
    old = replace(signing.trust_list(signing.trusted(uses=("qr",))), expires_at=NOW - timedelta(days=1))
    assert keys_of(old)["keys"] == []


@pytest.mark.django_db
def test_the_page_of_a_link_holds_the_sentences_and_other_results_do_not(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = certification.certificate_in(certification.cast())
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: certification.keys().trust)
    page = client.get(f"/C/{issued.token}").content.decode()
    assert f'data-keys="/check/keys.json" data-number="{issued.number}"' in page
    assert page.count("data-say=") == 4
    assert 'data-number=""' in client.get("/C/" + "0" * 20).content.decode()
    posted = client.post("/check", {"number": issued.number, "code": issued.code})
    assert "code.js" not in client.get(posted.headers["Location"]).content.decode()
