"""Addresses of the register of agreed forms."""

from django.urls import URLPattern, path

from opensps.web.html.views import templates_agreed

urlpatterns: list[URLPattern] = [
    path("certificate-forms", templates_agreed.listed, name="certificate-forms"),
    path("certificate-forms/new", templates_agreed.new, name="certificate-form-new"),
    path("certificate-forms/<int:template_id>", templates_agreed.one, name="certificate-form"),
    path("certificate-forms/<int:template_id>/<slug:slug>", templates_agreed.step, name="certificate-form-act"),
]
