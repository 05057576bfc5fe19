"""Official rules, one small function each, named and worded by their source; they produce findings."""

from opensps.rules.findings import Area, Finding, Level

__all__ = ["Area", "Finding", "Level"]
