"""Addresses of the pages about exchange: deliveries, what comes in, partners."""

from django.urls import URLPattern, path

from opensps.web.html.views import connections, deliveries, golden, incoming, partner_keys, partner_webhooks, partners

urlpatterns: list[URLPattern] = [
    path("deliveries", deliveries.listed, name="deliveries"),
    path("deliveries/<slug:delivery_number>", deliveries.one, name="delivery"),
    path("deliveries/<slug:delivery_number>/<slug:slug>", deliveries.decide, name="delivery-act"),
    path("incoming", incoming.listed, name="incoming"),
    path("incoming/set-aside", incoming.quarantine, name="quarantine"),
    path("incoming/set-aside/<int:message_id>", incoming.set_aside_page, name="set-aside"),
    path("incoming/set-aside/<int:message_id>/release", incoming.release, name="set-aside-release"),
    path("incoming/set-aside/<int:message_id>/reject", incoming.reject, name="set-aside-reject"),
    path("incoming/<int:incoming_id>", incoming.one, name="incoming-one"),
    path("incoming/<int:incoming_id>/file.xml", incoming.file, name="incoming-file"),
    path("incoming/<int:incoming_id>/decide/<slug:digest>", incoming.decide, name="incoming-decide"),
    path("partners/<slug:code>", partners.one, name="partner"),
    path("partners/<slug:code>/connections/add", connections.kinds, name="connection-kinds"),
    path("partners/<slug:code>/connections/add/<slug:slug>", connections.add, name="connection-add"),
    path("partners/<slug:code>/connections/<int:connection_id>", connections.one, name="connection"),
    path("partners/<slug:code>/connections/<int:connection_id>/change", connections.change, name="connection-change"),
    path("partners/<slug:code>/connections/<int:connection_id>/test", connections.try_it, name="connection-try"),
    path("partners/<slug:code>/connections/<int:connection_id>/pause", connections.pause, name="connection-pause"),
    path("partners/<slug:code>/connections/<int:connection_id>/resume", connections.resume, name="connection-resume"),
    path("partners/<slug:code>/connections/<int:connection_id>/golden", golden.start, name="golden-start"),
    path("partners/<slug:code>/golden/<slug:run>", golden.one, name="golden"),
    path("partners/<slug:code>/golden/<slug:run>/stop", golden.stop, name="golden-stop"),
    path("partners/<slug:code>/keys/add", partner_keys.kinds, name="key-kinds"),
    path("partners/<slug:code>/keys/add/<slug:slug>", partner_keys.add, name="key-add"),
    path("partners/<slug:code>/keys/<int:key_id>/confirm", partner_keys.confirm, name="key-confirm"),
    path("partners/<slug:code>/keys/<int:key_id>/retire", partner_keys.retire, name="key-retire"),
    path("partners/<slug:code>/webhooks", partner_webhooks.listed, name="partner-webhooks"),
    path("partners/<slug:code>/webhooks/add", partner_webhooks.add, name="partner-webhook-add"),
    path("partners/<slug:code>/webhooks/<uuid:endpoint_id>", partner_webhooks.one, name="partner-webhook"),
    path("partners/<slug:code>/webhooks/<uuid:endpoint_id>/test", partner_webhooks.try_it, name="partner-webhook-try"),
    path(
        "partners/<slug:code>/webhooks/<uuid:endpoint_id>/switch",
        partner_webhooks.switch,
        name="partner-webhook-switch",
    ),
    path(
        "partners/<slug:code>/webhooks/<uuid:endpoint_id>/replay",
        partner_webhooks.replay,
        name="partner-webhook-replay",
    ),
    path("partners/<slug:code>/<slug:slug>", partners.decide, name="partner-act"),
]
