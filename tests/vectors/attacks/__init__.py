"""Hostile certificates and seals, made when the tests run, each named for what it tries."""
