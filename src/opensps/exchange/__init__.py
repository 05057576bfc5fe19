"""Exchange with other authorities: partners, envelopes, outbox and inbox, transports. Source: `exchange.md`.

Faces (SOAP, REST, pages) are made in `web`. Border and exchange do not know each other: events carry what passes
between them.
"""
