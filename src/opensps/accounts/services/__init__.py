"""What writes accounts: people and organisations, roles, sign-in. Each act is one event."""

from opensps.accounts.services.passkeys import passkey_count, passkey_register, passkey_remove
from opensps.accounts.services.people import (
    password_set,
    person_create,
    person_restore,
    person_suspend,
    role_end,
    role_grant,
)
from opensps.accounts.services.places import (
    authority_change_check_host,
    authority_create,
    authority_set_approvals,
    office_create,
    organisation_create,
)
from opensps.accounts.services.signing_in import (
    Factor,
    SignIn,
    SignInOutcome,
    counters_purge,
    password_verify,
    sign_in_attempt,
    sign_in_demo,
)

__all__ = [
    "Factor",
    "SignIn",
    "SignInOutcome",
    "authority_change_check_host",
    "authority_create",
    "authority_set_approvals",
    "counters_purge",
    "office_create",
    "organisation_create",
    "passkey_count",
    "passkey_register",
    "passkey_remove",
    "password_set",
    "password_verify",
    "person_create",
    "person_restore",
    "person_suspend",
    "role_end",
    "role_grant",
    "sign_in_attempt",
    "sign_in_demo",
]
