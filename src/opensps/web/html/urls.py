"""Addresses of all pages: lower-case nouns, no trailing slash, the language in front for all but English."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, path, re_path

from opensps.web.html import urls_access, urls_workflow
from opensps.web.html.views import (
    account,
    check,
    check_many,
    code_keys,
    official,
    offline,
    partners,
    proof,
    public,
    scan,
)

plain: list[URLPattern | URLResolver] = [
    path("theme.<slug:digest>.css", public.stylesheet, name="stylesheet"),
    path("healthz", public.healthz, name="healthz"),
    path("readyz", public.readyz, name="readyz"),
    path("check/keys.json", code_keys.code_keys, name="code-keys"),
    path("check/offline/worker.js", offline.worker, name="offline-worker"),
    path("check/offline/data.json", offline.data, name="offline-data"),
    path("robots.txt", public.robots, name="robots"),
    path(".well-known/sps-verification.json", official.verification, name="sps-verification"),
]
pages: list[URLPattern | URLResolver] = [
    path("", public.front, name="front"),
    path("check", check.check, name="check"),
    path("check/file", check.check_files, name="check-file"),
    path("check/scan", scan.scan, name="check-scan"),
    path("check/photo", scan.photo, name="check-photo"),
    path("check/many", check_many.check_lines, name="check-many"),
    path("check/many/<slug:list_id>", check_many.listed, name="check-list"),
    path("check/many/<slug:list_id>.csv", check_many.listed_csv, name="check-list-csv"),
    path("check/offline", offline.offline, name="offline"),
    path("check/offline/words.json", offline.words, name="offline-words"),
    re_path(r"^[Cc]/(?P<token>[^/]{1,80})$", check.check_link, name="check-link"),
    re_path(r"^[Cc]/(?P<token>[^/]{1,80})/bundle$", proof.bundle, name="check-bundle"),
    path("check/result/<slug:result_id>", check.result, name="check-result"),
    path("check/result/<slug:result_id>.json", check.result, {"form": "json"}, name="check-result-json"),
    path("partners", partners.listed, name="partners"),
    path("official-addresses", official.official_addresses, name="official-addresses"),
    path("help", public.guide, name="help"),
    path("help/fields", public.fields_of_a_certificate, name="help-fields"),
    path("demo/ca", public.demo_ca, name="demo-ca"),
    path("demo/ca.crt", public.demo_ca_file, name="demo-ca-file"),
    path("sign-in", account.sign_in, name="sign-in"),
    path("sign-in/demo", account.sign_in_demo, name="sign-in-demo"),
    path("sign-out", account.sign_out, name="sign-out"),
    *urls_access.urlpatterns,
    *urls_workflow.urlpatterns,
]
urlpatterns: list[URLPattern | URLResolver] = [*plain, *i18n_patterns(*pages, prefix_default_language=False)]

handler400 = "opensps.web.html.views.errors.bad_request"
handler403 = "opensps.web.html.views.errors.forbidden"
handler404 = "opensps.web.html.views.errors.not_found"
handler500 = "opensps.web.html.views.errors.broken"
