"""Bytes to certificate and back."""
