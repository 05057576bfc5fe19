"""Official rules, one small function each, named and worded by their source; they produce findings.

A rule sees one certificate and the policy, asks nobody and changes nothing. Adding a rule is adding a row. Ids are
permanent. The sentences are English templates; `web` translates them by the same templates (`MESSAGES`).
"""

from opensps.rules.case import Envelope, HubReceiver, Policy
from opensps.rules.findings import Area, Finding, Level
from opensps.rules.profiles import ALL_RULES, MESSAGES, PROFILES, SOURCES, Profile, check
from opensps.rules.rule import Rule

__all__ = [
    "ALL_RULES",
    "MESSAGES",
    "PROFILES",
    "SOURCES",
    "Area",
    "Envelope",
    "Finding",
    "HubReceiver",
    "Level",
    "Policy",
    "Profile",
    "Rule",
    "check",
]
