"""The demo's partners abroad, as programs of their own: Northland behind our hub, Westmark by mail.

They know nothing of our database: they hold their own keys and speak over TLS as any partner would. Both can be told to
misbehave (`moods`). Of no use outside a demo.
"""
