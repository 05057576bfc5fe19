"""Words of access and accounts: why an act is refused, what an event is called, what a scope allows."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, str | Promise]

REFUSALS: Final[Words] = MappingProxyType(
    {
        "other_country": _("This belongs to another country."),
        "no_agreement": _("There is no agreement with this country yet."),
        "other_domain": _("Use your official mail address. Private addresses are not accepted."),
        "incomplete": _("Something is still missing. Fill in what is marked, and add the letter."),
        "other_embassy": _("Choose the embassy of your own country."),
        "no_second_factor": _("Set up one-time codes for your account first, then sign in again."),
        "no_note": _("Enter the reference of the note or letter."),
        "beyond_agreement": _("The agreement with this country does not include what is asked for."),
        "reviewed_by_you": _("You took part in this before, so a colleague has to approve it."),
        "link_over": _("The link has ended. The department has to approve again."),
        "terms_not_accepted": _("Accept the terms of use."),
        "not_late": _("The deadline has not ended yet."),
        "not_approved": _("The embassy and the department have to agree first."),
        "no_inheritance": _("The agreement does not let administrators of your country open accounts."),
        "own_account": _("Nobody confirms his own account."),
        "no_agent": _("Choose an agent."),
        "offer_waits": _("An offer to this agent waits for an answer. End it first."),
        "no_scope": _("Tick what the agent may do, and for which certificates."),
        "no_last_day": _("Enter the last day."),
        "term_out_of_reach": _("The last day lies between today and three years from now."),
        "no_mandate": _("There is no mandate of this exporter. Ask for one first."),
        "mandate_over": _("The mandate has ended. Ask the exporter for a new one."),
        "beyond_mandate": _("The mandate does not include this. Ask the exporter for another one."),
        "machine_administers": _("A program cannot look after the officials of a country."),
        "no_partner": _(
            "No partner serves this country alone, so a key would belong to nobody. Write the partner down first."
        ),
        "no_program": _("This is not the account of a program."),
        "term_over": _("The access that was approved has ended. A new request is needed."),
        "address_taken": _("There is an account with this mail address already."),
    }
)
"""Sentences for the reason codes of the guards of access."""

SCOPES: Final[Words] = MappingProxyType(
    {
        "view": _("See certificates made out for the country"),
        "verify": _("Check certificates and compare them"),
        "inquire": _("Ask about certificates"),
        "receive": _("Record what arrived"),
        "country_admin": _("Look after the officials of the country"),
    }
)

MANDATE_SCOPES: Final[Words] = MappingProxyType(
    {
        "prepare": _("Begin applications and fill them in"),
        "submit": _("Submit applications"),
        "answer": _("Answer when changes are asked for"),
        "collect": _("See certificates and take their files"),
    }
)

SUSPENSIONS: Final[Words] = MappingProxyType(
    {
        "moved": _("The official has moved to another post"),
        "abuse": _("The account was misused"),
        "precaution": _("As a precaution"),
    }
)

ACCOUNT_REASONS: Final[Words] = MappingProxyType(
    {
        **SUSPENSIONS,
        "unused": _("Nobody signed in for 90 days"),
        "not_reconfirmed": _("The country did not confirm it in time"),
        "revoked": _("Closed for good by the department"),
    }
)

MISSING: Final[Words] = MappingProxyType(
    {
        "name": _("Full name"),
        "email": _("Official mail address"),
        "post": _("Post"),
        "office": _("Office or border post"),
        "responsible": _("Responsible person"),
        "nominating_authority": _("Authority that nominates you"),
        "reason": _("What you need access for"),
        "kinds": _("Certificates you work with"),
        "scopes": _("What you need to do"),
        "letter": _("Letter of your authority"),
    }
)
"""Fields of a request, as the forms call them."""

EVENTS: Final[Words] = MappingProxyType(
    {
        "template.published": _("Form published"),
        "template.recorded": _("Form of the partner recorded"),
        "template.acknowledged": _("Acknowledged by the partner"),
        "template.acknowledgement_recorded": _("Letter of acknowledgement noted"),
        "template.ended": _("Last day of issue set"),
        "template.withdrawn": _("Form taken back"),
        "access.apply": _("Request begun"),
        "access.change": _("Request changed"),
        "access.send": _("Sent to the embassy"),
        "access.endorse": _("Confirmed by the embassy"),
        "access.return": _("Returned for changes"),
        "access.refuse": _("Refused"),
        "access.review": _("Review begun"),
        "access.approve": _("Approved"),
        "access.hand_over": _("One-time link made for the applicant"),
        "access.enrol": _("Account opened by the applicant"),
        "access.remind": _("Reminder: waiting for ten working days"),
        "access.stall": _("Waiting for twenty working days"),
        "access.changes_clock_ends": _("Closed because no answer came in time"),
        "access.link_ends": _("The link ended unused"),
        "official.open": _("Account opened"),
        "official.open_inherited": _("Account opened by the administrator of the country"),
        "official.reconfirm": _("Confirmed by the country"),
        "official.reconfirm_clock_ends": _("Suspended: not confirmed in time"),
        "official.unused_clock_ends": _("Suspended: not used for 90 days"),
        "official.suspend": _("Suspended"),
        "official.restore": _("Opened again"),
        "official.revoke": _("Closed for good"),
        "official.renew_key": _("New key made, the former one ended"),
        "official.end_key": _("Key ended"),
        "mandate.offer": _("Mandate offered"),
        "mandate.accept": _("Mandate accepted"),
        "mandate.decline": _("Mandate declined"),
        "mandate.end": _("Mandate ended"),
        "mandate.term_ends": _("Mandate ended: its last day is over"),
        "person.created": _("Account created"),
        "person.invited": _("Invited"),
        "person.joined": _("Invitation accepted"),
        "person.password_set": _("Password set"),
        "person.password_changed": _("Password changed by its owner"),
        "person.suspended": _("Account closed for now"),
        "person.restored": _("Account opened again"),
        "person.left": _("Left the authority"),
        "person.sessions_ended": _("All sessions ended"),
        "person.reset_asked": _("Reset asked for"),
        "person.reset_confirmed": _("Reset confirmed by a second administrator"),
        "person.reset_declined": _("Reset declined"),
        "person.reset_used": _("Access set up anew"),
        "person.passkey_registered": _("Passkey registered"),
        "person.passkey_removed": _("Passkey removed"),
        "person.one_time_codes_set": _("One-time codes set up"),
        "person.one_time_codes_removed": _("One-time codes removed"),
        "person.recovery_code_used": _("Recovery code used"),
        "person.code_refused": _("Wrong one-time code"),
        "person.passkey_counter_back": _("Passkey refused: its counter went back, it may have been copied"),
        "person.password_given": _("Password given, code asked for"),
        "person.signed_in": _("Signed in"),
        "person.approval_failed": _("Wrong password at an approval"),
        "role.granted": _("Role given"),
        "role.ended": _("Role ended"),
    }
)
"""What an event is called in a timeline, by its permanent name."""
