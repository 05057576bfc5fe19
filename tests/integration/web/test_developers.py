"""Pages for the programmers of partners: open to everybody, in both languages, and no link of ours leads nowhere."""

import re
from base64 import b64encode
from collections.abc import Iterator
from email import message_from_bytes, policy
from hashlib import sha256
from html import unescape
from urllib.parse import urldefrag

import pytest
from django.conf import LazySettings
from django.test import Client

from opensps.web.rest.api import api
from opensps.web.rest.description import described
from opensps.web.rest.problems import KINDS, slug

pytestmark = pytest.mark.django_db
PAGES = ("", "/quick-start", "/soap", "/mail", "/keys", "/webhooks", "/codes", "/limits", "/reference")
HEADINGS = {"": "For developers", "/zh-hans": "供开发人员使用"}


def _read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def _links(page: str) -> Iterator[str]:
    main = page[page.index("<main") : page.index("</main>")]
    yield from (unescape(found) for found in re.findall(r'href="([^"]+)"', main))


@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
def test_every_page_opens_and_every_link_on_it_leads_somewhere(client: Client, prefix: str) -> None:
    leads: dict[str, str] = {}
    for name in PAGES:
        page = _read(client, f"{prefix}/developers{name}")
        for link in _links(page):
            address, fragment = urldefrag(link)
            target = page if not address else leads.setdefault(address, client.get(address).content.decode())
            assert not fragment or f'id="{fragment}"' in target, link
    dead = [address for address in leads if client.get(address).status_code != 200]
    assert dead == []
    assert HEADINGS[prefix] in _read(client, f"{prefix}/developers")


def test_the_footer_leads_to_them_from_everywhere(client: Client) -> None:
    assert 'href="/developers"' in _read(client, "/check")


def test_addresses_are_those_of_this_installation(client: Client, settings: LazySettings) -> None:
    settings.OPENSPS_PARTNER_URL = "https://partners.xa.example:8444"
    settings.OPENSPS_MAIL_ADDRESS = "exchange@ecert.xa.example"
    page = _read(client, "/developers")
    assert "https://testserver/api/v1" in page
    assert "https://partners.xa.example:8444/soap/certificate-service" in page
    assert "exchange@ecert.xa.example" in page


def test_the_reference_shows_every_operation_form_and_problem(client: Client) -> None:
    page, description = _read(client, "/developers/reference"), described(api)
    names = {each["operationId"] for methods in description["paths"].values() for each in methods.values()}
    missing = [name for name in names if f'id="{name}"' not in page]
    missing += [name for name in description["components"]["schemas"] if f'id="form-{name}"' not in page]
    missing += [code for code in KINDS if f'/developers/errors/{slug(code)}"' not in page]
    assert missing == []


def test_the_sample_of_a_mail_is_one_of_ours_and_its_digest_holds(client: Client) -> None:
    """What a programmer tries his reader on must be right in every field."""
    got = client.get("/developers/mail/sample.eml")
    assert got.headers["Content-Type"] == "message/rfc822"
    whole = message_from_bytes(got.content, policy=policy.default)
    signed, _signature = whole.iter_parts()
    content = next(each for each in signed.iter_parts() if each.get_content_type() == "application/xml")
    digest = b64encode(sha256(content.get_payload(decode=True)).digest()).decode()
    assert whole["SPS-Content-Digest"] == signed["SPS-Content-Digest"] == f"sha-256=:{digest}:"
