"""Addresses of the border desk: access, the desk, presentations, coordination, inquiries, alerts and cases, figures."""

from django.urls import URLPattern

from opensps.web.html import urls_coordination, urls_customs, urls_desk, urls_presentations

urlpatterns: list[URLPattern] = [
    *urls_desk.urlpatterns,
    *urls_presentations.urlpatterns,
    *urls_coordination.urlpatterns,
    *urls_customs.urlpatterns,
]
