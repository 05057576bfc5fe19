"""Lengths that several tables share."""

AUTHORITY = 3
PARTNER = 16
CODE = 60
PERSON = 64
NUMBER = 100
"""Ours have at most 60; those of others are kept exactly as they came."""

CONNECTION_CODE = 100
REMOTE = 300
DIGEST = 64
"""SHA-256 in hexadecimal."""

DELIVERY = 26
NAME = 200
ADDRESS = 500
