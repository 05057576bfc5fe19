"""The operations of the API, one module for each kind of thing."""

from opensps.web.rest.endpoints import (
    acknowledgements,
    certificates,
    checks,
    code_lists,
    counterfeits,
    declarations,
    envelopes,
    inquiries,
    outcomes,
    partners,
    validations,
    webhooks,
)

ROUTERS = (
    partners.router,
    envelopes.router,
    acknowledgements.router,
    certificates.router,
    validations.router,
    checks.router,
    outcomes.router,
    inquiries.router,
    code_lists.router,
    counterfeits.router,
    webhooks.router,
    declarations.router,
)
