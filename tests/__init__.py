"""Tests of OpenSPS; run them as ``python -m pytest`` (or ``make test``) from the root of the repository."""
