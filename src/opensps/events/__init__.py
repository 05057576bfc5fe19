"""The permanent record of every act: insert-only in the database itself, chained, with due rows for consumers.

Source: `lifecycles.md` 1, `reliability.md` 4.4. Other rooms use `services` and `queries`.
Nothing here knows what an act means.
"""
