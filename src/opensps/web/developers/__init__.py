"""Pages for the people who write partners' programs: what can be done here, first calls, contracts, reference.

They sit beside the faces they describe and read them (`rest`, `soap`, `exchange.mail`): what a table of ours knows is
not written a second time by hand. Source: `ux.md` 6.8.
"""
