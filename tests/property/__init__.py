"""Properties that hold for every value, looked for by hypothesis."""
