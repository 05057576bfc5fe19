"""Addresses of counterfeit cases, alerts, concerns and the public figures."""

from django.urls import URLPattern, path

from opensps.web.html.views import alerts, case_opening, cases, concerns, counterfeits, figures, limit_tables

_CASE = "cases/<str:number>"
_CONCERN = "concerns/<str:reference>"

urlpatterns: list[URLPattern] = [
    path("cases", cases.cases, name="cases"),
    path("cases/new", case_opening.new, name="case-new"),
    path("cases/opened/<str:number>", case_opening.opened, name="case-opened"),
    path(_CASE, cases.case, name="case"),
    path(f"{_CASE}/log", cases.log, name="case-log"),
    path(f"{_CASE}/add/<slug:what>", cases.add, name="case-add"),
    path(f"{_CASE}/act/<slug:name>", cases.move, name="case-act"),
    path(f"{_CASE}/files/<int:file_id>", cases.file, name="case-file"),
    path(f"{_CASE}/evidence.zip", cases.evidence, name="case-evidence"),
    path("counterfeits", counterfeits.counterfeits, name="counterfeits"),
    path("alerts", alerts.alerts, name="alerts"),
    path("alerts/limits", limit_tables.limit_tables, name="alert-limits"),
    path("alerts/limits/<slug:name>", limit_tables.limit_table, name="alert-limit"),
    path("alerts/<str:number>", alerts.alert, name="alert"),
    path("alerts/<str:number>/false-alarm", alerts.false_alarm, name="alert-false"),
    path("figures", figures.figures, name="figures"),
    path("figures/service", figures.managing, name="figures-service"),
    path("concern", concerns.concern, name="concern"),
    path("concern/sent/<slug:reference>", concerns.sent, name="concern-sent"),
    path("concerns", concerns.concerns, name="concerns"),
    path(_CONCERN, concerns.one, name="concern-one"),
    path(f"{_CONCERN}/close", concerns.close, name="concern-close"),
    path(f"{_CONCERN}/files/<int:file_id>", concerns.file, name="concern-file"),
]
