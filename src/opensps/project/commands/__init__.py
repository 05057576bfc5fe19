"""One module a command; each parses, calls one service or core function, and answers."""
