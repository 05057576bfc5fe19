"""The public check as a record: attempts, results kept for a day, limits on wrong codes.

Source: `ux.md` 5.1, `trust.md` 8. What is true of a certificate decides `verification`; pages are made in `web`.
"""
