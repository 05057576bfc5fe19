"""Addresses of the border desk: checks, verdicts, lists, records, proofs. Numbers of partners hold any sign."""

from django.urls import URLPattern, path

from opensps.web.html.views import border_desk, desk_lists, desk_many, desk_proof, desk_record, desk_turning

_RECORD = "desk/record/<str:issuer>/<path:number>"

urlpatterns: list[URLPattern] = [
    path("desk", border_desk.desk, name="desk"),
    path("desk/upload", border_desk.desk_upload, name="desk-upload"),
    path("desk/coming", desk_lists.coming, name="desk-coming"),
    path("desk/coming.csv", desk_lists.coming_csv, name="desk-coming-csv"),
    path("desk/list", desk_many.desk_list, name="desk-list"),
    path("desk/list/<slug:list_id>", desk_many.desk_listed, name="desk-listed"),
    path("desk/list/<slug:list_id>.csv", desk_many.desk_listed_csv, name="desk-listed-csv"),
    path("desk/checks/<slug:verdict_id>", border_desk.desk_result, name="desk-result"),
    path("desk/checks/<slug:verdict_id>/compare", border_desk.desk_compare_page, name="desk-compare"),
    path("desk/checks/<slug:verdict_id>/present/<slug:name>", desk_turning.turn, name="desk-turning"),
    path("desk/checks/<slug:verdict_id>/proof.pdf", desk_proof.desk_proof, name="desk-proof"),
    path("check/proof/<slug:verdict_id>", desk_proof.check_proof, name="check-proof"),
    path("desk/file/<str:issuer>/<path:number>", desk_record.desk_record_file, name="desk-record-file"),
    path(_RECORD, desk_record.desk_record, name="desk-record"),
]
