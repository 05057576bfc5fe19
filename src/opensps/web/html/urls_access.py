"""Addresses of access and accounts: asking for it, the desks, official accounts, people, one's own account."""

from django.urls import URLPattern, path

from opensps.web.html.views import (
    access_apply,
    access_desk,
    account,
    enrolment,
    mandates,
    office_roles,
    official_accounts,
    own_account,
    people,
)

_OWN = "officials/requests/<str:key>"
_REQUEST = "access/requests/<str:reference>"
_ACCOUNT = "access/accounts/<str:account_id>"
_PERSON = "people/<str:person_id>"

urlpatterns: list[URLPattern] = [
    path("officials/request-access", access_apply.request_access, name="access-apply"),
    path(_OWN, access_apply.own, name="access-own"),
    path(f"{_OWN}/change", access_apply.change, name="access-own-change"),
    path(f"{_OWN}/send", access_apply.send, name="access-own-send"),
    path("enrol/<str:link>", enrolment.enrol, name="enrol"),
    path("sign-in/code", account.sign_in_code, name="sign-in-code"),
    path("access", access_desk.requests, name="access"),
    path("access/agreements", access_desk.agreed, name="access-agreements"),
    path("access/agreements/new", access_desk.agreement_new, name="access-agreement-new"),
    path("access/agreements/<str:country>", access_desk.agreement, name="access-agreement"),
    path("access/accounts", official_accounts.listed, name="access-accounts"),
    path("access/accounts/new", official_accounts.let_in, name="access-let-in"),
    path(_ACCOUNT, official_accounts.one, name="access-account"),
    path(f"{_ACCOUNT}/link", official_accounts.new_link, name="access-account-link"),
    path(f"{_ACCOUNT}/reconfirm", official_accounts.reconfirm, name="access-account-reconfirm"),
    path(f"{_ACCOUNT}/key/<slug:slug>", official_accounts.key, name="access-account-key"),
    path(f"{_ACCOUNT}/<slug:slug>", official_accounts.decide, name="access-account-decide"),
    path(_REQUEST, access_desk.one, name="access-request"),
    path(f"{_REQUEST}/letters/<int:document_id>", access_desk.letter, name="access-letter"),
    path(f"{_REQUEST}/decide/<slug:slug>", access_desk.decide, name="access-request-decide"),
    path(f"{_REQUEST}/<slug:slug>", access_desk.do, name="access-request-act"),
    path("people", people.listed, name="people"),
    path("people/invite", people.invite, name="person-invite"),
    path("people/offices", office_roles.change, name="office-roles"),
    path(_PERSON, people.one, name="person"),
    path(f"{_PERSON}/link", people.new_link, name="person-link"),
    path(f"{_PERSON}/roles/add", people.role_add, name="person-role-add"),
    path(f"{_PERSON}/roles/<str:grant>/end", people.role_over, name="person-role-end"),
    path(f"{_PERSON}/reset/<slug:slug>", people.reset, name="person-reset"),
    path(f"{_PERSON}/<slug:slug>", people.decide, name="person-decide"),
    path("join/<str:link>", own_account.join, name="join"),
    path("account", own_account.own, name="account"),
    path("account/password", own_account.password, name="account-password"),
    path("account/codes", own_account.codes, name="account-codes"),
    path("account/sessions", own_account.end_sessions, name="account-sessions"),
    path("mandates", mandates.listed, name="mandates"),
    path("mandates/new", mandates.offer, name="mandate-new"),
    path("mandates/<str:mandate_id>", mandates.one, name="mandate"),
    path("mandates/<str:mandate_id>/end", mandates.end, name="mandate-end"),
    path("mandates/<str:mandate_id>/<slug:slug>", mandates.answer, name="mandate-answer"),
    path("organisation", own_account.organisation, name="organisation"),
]
