"""Addresses of coordination between ministries."""

from django.urls import URLPattern, path

from opensps.web.html.views import coordination

_ONE = "coordination/<str:number>"

urlpatterns: list[URLPattern] = [
    path("coordination", coordination.listed, name="coordination"),
    path("coordination/new", coordination.new, name="coordination-new"),
    path("coordination/bodies", coordination.bodies_page, name="coordination-bodies"),
    path(_ONE, coordination.one, name="coordination-one"),
    path(f"{_ONE}/assign", coordination.assign, name="coordination-assign"),
    path(f"{_ONE}/act/<slug:name>", coordination.case_act, name="coordination-act"),
    path(f"{_ONE}/parts/<int:place>/<slug:name>", coordination.part_act, name="coordination-part"),
]
