"""Addresses of the border desk: access, the desk, presentations, inquiries, alerts and cases, figures."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
