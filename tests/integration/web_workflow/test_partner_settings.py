"""What staff set up for a partner in pages: connections and their test, keys by two people, messages, webhooks."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings

from opensps.events.models import Event, EventPayload
from opensps.exchange.models import (
    Envelope,
    GoldenRun,
    GoldenTalk,
    Partner,
    PartnerConnection,
    PartnerCredential,
    WebhookEndpoint,
    WebhookMessage,
)
from opensps.exchange.secrets import new_key_text
from opensps.exchange.transports.trying import Trial, Tried
from opensps.lifecycle import Role
from opensps.project.golden_talks import GoldenTalks
from tests.factories.certification import Cast, Keys, person
from tests.factories.client_certificates import client_identity
from tests.factories.partners import live_partner
from tests.factories.web import Visitor

SINCE = datetime.now(UTC) - timedelta(days=2)
Enter = Callable[..., Visitor]
NEW = "/partners/XB/connections/add"


@pytest.fixture
def manager(people: Cast, enter: Enter) -> Visitor:
    """Return the browser of a manager."""
    return enter(person("Mira Sand", Role.MANAGER, at=SINCE))


@pytest.fixture
def second(people: Cast, enter: Enter) -> Visitor:
    """Return the browser of another manager."""
    return enter(person("Olaf Stein", Role.MANAGER, at=SINCE))


@pytest.fixture
def partner(people: Cast) -> Partner:
    """Return a partner in live exchange over the test channel."""
    return live_partner("XB")


@pytest.fixture
def protected(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let secrets of partners be kept."""
    path = tmp_path_factory.mktemp("box") / "exchange.key"
    path.write_text(new_key_text(b"k" * 32), encoding="ascii")
    settings.OPENSPS_EXCHANGE_KEY = path


def test_a_connection_is_set_up_and_changed_in_a_form(manager: Visitor, partner: Partner) -> None:
    page = manager.open(NEW).link("Mail")
    refused = page.send(address="not an address", server="mx.xb.example")
    assert refused.errors == [
        "Enter a mail address, for example exchange@xc.example.",
        "Enter host and port, for example mx.xc.example:25.",
    ]
    saved = refused.send(address="exchange@xb.example", server="mx.xb.example:25", bytes="200000", rank="2")
    row = PartnerConnection.objects.get(channel="smtp")
    assert (row.address, row.limits, row.options["server"]) == (
        "exchange@xb.example",
        {"bytes": 200000},
        "mx.xb.example:25",
    )
    assert "mx.xb.example:25" in saved.words
    PartnerConnection.objects.filter(pk=row.pk).update(limits={"bytes": 200000, "other": 1})
    saved.link("Change the settings").send(bytes="", server="")
    row.refresh_from_db()
    assert row.limits == {"other": 1}, "what the form does not know stays"
    assert "server" not in row.options
    assert Event.objects.filter(act="partner.connection_set").count() == 3


def test_an_address_that_is_not_https_is_refused_beside_its_field(manager: Visitor, partner: Partner) -> None:
    for address in ("http://hub.example/x", "https://user:pass@hub.example/", "ftp://x", "//hub.example"):
        page = manager.open(f"{NEW}/hub").send(address=address)
        assert page.errors == ["Enter a complete address that begins with https:// and holds no password."]
    assert PartnerConnection.objects.count() == 1


def test_the_test_of_a_connection_is_told_in_words_and_not_repeated_at_once(
    manager: Visitor, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Trial(tried=Tried.UNKNOWN_THERE, asked="hub", code="500", text="NPPO <b>unknown</b>")
    monkeypatch.setattr("opensps.web.html.trials.tried", lambda _row, _at: said)
    row = PartnerConnection.objects.get()
    page = manager.open(f"/partners/XB/connections/{row.pk}")
    assert "Nobody has tested it" in page.words
    done = page.send("/test")
    assert "They answered, but do not know us." in done.words
    assert "&lt;b&gt;unknown" in done.text
    assert "unknown_there" in str(EventPayload.objects.get(event__act="partner.connection_tried").body)
    assert "Wait ten seconds" in done.send("/test").words


def test_readers_see_a_connection_and_may_do_nothing_to_it(
    partner: Partner, people: Cast, enter: Enter, manager: Visitor
) -> None:
    row = PartnerConnection.objects.get()
    reader = enter(person("Ina Dole", Role.SENIOR_OFFICER, at=SINCE))
    base = f"/partners/XB/connections/{row.pk}"
    page = reader.open(base)
    assert page.status == 200
    assert "Test the connection" not in page.words
    for address in (f"{base}/change", f"{base}/pause", f"{base}/golden", NEW, "/partners/XB/keys/add"):
        assert reader.open(address).status == 404, address
    assert reader.post(f"{base}/test", {}).status == 404
    assert manager.open("/partners/XZ/connections/1").status == 404
    assert PartnerConnection.objects.get().tested_at is None


def test_a_connection_is_paused_and_resumed_with_a_reason(manager: Visitor, partner: Partner) -> None:
    row = PartnerConnection.objects.get()
    paused = manager.open(f"/partners/XB/connections/{row.pk}/pause").send(reason="Their server moves")
    assert "Somebody paused it: Their server moves" in paused.words
    assert "Paused" not in paused.link("Resume").send(reason="It moved").words


def test_a_key_is_written_down_by_one_person_and_confirmed_by_another(
    manager: Visitor, second: Visitor, partner: Partner
) -> None:
    form = manager.open("/partners/XB/keys/add/client")
    assert "private key" in form.send(text="-----BEGIN PRIVATE KEY-----").errors[0]
    assert "neither a certificate" in form.send(text="hello").errors[0]
    listed = form.send(text=client_identity("XB system").certificate_pem.decode())
    key = PartnerCredential.objects.get()
    assert (key.status, key.use, key.is_ours, key.valid_to is None) == ("next", "client_tls", False, False)
    own = listed.link("Confirm").send(fingerprint=key.fingerprint, how="telephone")
    assert "a second person has to confirm it" in own.words
    page = second.open(f"/partners/XB/keys/{key.pk}/confirm")
    assert "not the fingerprint on record" in page.send(fingerprint="ab" * 32, how="letter").errors[0]
    page.send(fingerprint=":".join(re.findall("..", key.fingerprint)), how="telephone")
    key.refresh_from_db()
    assert (key.status, key.confirmed_how) == ("active", "telephone")
    second.open(f"/partners/XB/keys/{key.pk}/retire").send()
    key.refresh_from_db()
    assert key.status == "retired"


def test_a_secret_is_shown_once_and_an_own_key_never(manager: Visitor, partner: Partner, protected: None) -> None:
    form = manager.open("/partners/XB/keys/add/soap")
    data = dict(form.form().form_values()) | {"name": "xb-program"}
    made = manager.post("/partners/XB/keys/add/soap", data)
    secret = re.search(r"[A-Za-z0-9+/]{43}=", made.text)
    assert secret is not None
    again = manager.post("/partners/XB/keys/add/soap", data)
    key = PartnerCredential.objects.get()
    assert secret[0] not in again.text
    assert secret[0].encode() not in bytes(key.secret or b"")
    assert all(secret[0] not in str(each.body) for each in EventPayload.objects.all())
    ours = manager.open("/partners/XB/keys/add/ours").send()
    assert "BEGIN CERTIFICATE" in ours.text
    assert "PRIVATE" not in ours.text
    assert PartnerCredential.objects.get(is_ours=True).valid_to is not None


def test_without_protection_no_secret_is_made(manager: Visitor, partner: Partner, settings: LazySettings) -> None:
    settings.OPENSPS_EXCHANGE_KEY = None
    assert "Nothing protects secrets" in manager.open("/partners/XB/keys/add/soap").send(name="xb").words
    assert not PartnerCredential.objects.exists()


def test_our_golden_messages_are_sealed_by_the_worker_and_reported(
    manager: Visitor, partner: Partner, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opensps.project.conversing.own_signer", lambda: keys.signer)
    row = PartnerConnection.objects.get()
    begun = manager.open(f"/partners/XB/connections/{row.pk}/golden").send(direction="out")
    assert "The worker makes and seals our messages." in begun.words
    GoldenTalks().step(datetime.now(UTC))
    talk = GoldenTalk.objects.get()
    assert Envelope.objects.filter(golden_run=talk.run).count() == 20
    Envelope.objects.filter(golden_step="M1").update(state="received", final_at=datetime.now(UTC))
    page = manager.open(begun.url)
    assert 'http-equiv="refresh"' in page.text
    assert "1 of 11 are done" in page.words
    assert "under way already" in manager.open(f"/partners/XB/connections/{row.pk}/golden").send(direction="out").words
    ended = page.send("/stop")
    assert "1 of 11 golden messages were passed." in ended.words
    assert GoldenRun.objects.filter(run=talk.run).count() == 11
    assert Envelope.objects.filter(golden_run=talk.run).exists()
    assert manager.open("/deliveries").words.count("Rejected by them") <= 1, "golden messages need nobody's attention"


def test_their_golden_messages_are_waited_for_until_their_time_is_over(manager: Visitor, partner: Partner) -> None:
    row = PartnerConnection.objects.get()
    begun = manager.open(f"/partners/XB/connections/{row.pk}/golden").send(direction="in")
    assert "0 of 11 are done" in begun.words
    GoldenTalks().step(datetime.now(UTC) + timedelta(hours=25))
    talk = GoldenTalk.objects.get()
    assert (talk.state, GoldenRun.objects.filter(run=talk.run, result="not_run").count()) == ("ended", 11)
    assert "0 of 11 golden messages were passed." in manager.open(begun.url).words


def test_webhooks_are_set_up_tested_and_told_again(manager: Visitor, partner: Partner, protected: None) -> None:
    made = manager.open("/partners/XB/webhooks").link("Add an endpoint")
    assert made.send(url="http://xb.example/hook").errors
    shown = made.send(url="https://xb.example/hook", signature="v1", events=["envelope.waiting"])
    assert "whsec_" in shown.text
    endpoint = WebhookEndpoint.objects.get()
    page = shown.link("Open the endpoint")
    assert "whsec_" not in page.text
    page = page.send("/test")
    assert "webhook.test" in page.words
    WebhookMessage.objects.update(state="failed", due_at=None)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    page.link("Tell it again").send(since=today, until=today)
    assert WebhookMessage.objects.get().state == "pending"
    off = manager.open(f"/partners/XB/webhooks/{endpoint.pk}").send("/switch")
    assert "Switched off" in off.words
    acts = set(Event.objects.filter(act__startswith="partner.webhook").values_list("act", flat=True))
    assert len(acts) == 4
