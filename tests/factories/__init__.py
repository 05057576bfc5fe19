"""Plain functions that build good values for tests."""
