"""Addresses of the pages about exchange: deliveries, what comes in, partners."""

from django.urls import URLPattern, path

from opensps.web.html.views import deliveries, incoming, partners

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
    path(
        "partners/<slug:code>/connections/<int:connection_id>/resume",
        partners.resume_connection,
        name="connection-resume",
    ),
    path("partners/<slug:code>/<slug:slug>", partners.decide, name="partner-act"),
]
