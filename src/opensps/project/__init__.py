"""The fuse box: settings, addresses, servers, the ``opensps`` command and the wiring of event consumers.

Not a room: nothing imports it, and it holds no rule, no write and no words of the trade.
"""
