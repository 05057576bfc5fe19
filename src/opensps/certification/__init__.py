"""Applications, inspections and certificates at rest: from first draft to sealed certificate, and what follows it.

Source: `architecture.md` 4, `lifecycles.md` 3, 4 and 8, `trust.md` 4. Which act may follow which is decided by the
tables of `lifecycle`; other rooms use `services` and `queries`.
"""
