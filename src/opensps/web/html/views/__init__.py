"""Views: who is there, parse, one service or query, answer."""
