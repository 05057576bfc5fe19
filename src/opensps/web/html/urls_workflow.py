"""Addresses of the pages behind sign-in: applications, inspections, the officer's queue, certificates."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
