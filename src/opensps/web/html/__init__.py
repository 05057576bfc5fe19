"""Pages for people: public check, sign-in, and the work of every role (`ux.md` of the design).

A view asks who is there, parses the request, calls one service or query, and renders. It holds no rule and writes
nothing.
"""
