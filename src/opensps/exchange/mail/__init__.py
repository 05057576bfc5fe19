"""Mail as bytes: building, signing, reading and judging; no Django, no database, no network.

Source: `exchange.md` 4. Sending is `transports/smtp.py`; receiving and what follows are services.
"""
