"""People, their organisations and offices, the roles they hold for a time, and how they sign in.

Source: `lifecycles.md` 1 and 6 (end), `reliability.md` 4.2 and 4.3, `ux.md` 6.2. Every change is one event. No groups
and no permissions of the framework: what a person may do follows from roles and the tables of `lifecycle`.
"""
