"""Lengths that several tables share."""

AUTHORITY = 3
PERSON = 64
"""Opaque id of a person, an organisation or ``system``."""

REFERENCE = 32
NUMBER = 60
CODE = 60
TEMPLATE = 45
"""Name and version of an agreed template."""

NAME = 450
DIGEST = 32
"""Bytes of a SHA-256."""
