"""Addresses of inquiries and questions."""

from django.urls import URLPattern, path

from opensps.web.html.views import inquiries, inquiry_acts

_ONE = "inquiries/<str:inquiry_number>"

urlpatterns: list[URLPattern] = [
    path("inquiries", inquiries.listed, name="inquiries"),
    path("inquiries/new", inquiry_acts.new, name="inquiry-new"),
    path("inquiries/question", inquiry_acts.question, name="inquiry-question"),
    path(_ONE, inquiries.one, name="inquiry"),
    path(f"{_ONE}/reply.cose", inquiries.reply, name="inquiry-reply"),
    path(f"{_ONE}/files/<int:attachment_id>", inquiries.file, name="inquiry-file"),
    path(f"{_ONE}/<slug:name>", inquiry_acts.acted, name="inquiry-act"),
]
