"""Benchmarks: one command prints one table; every figure is a ratio against a named baseline of the same run."""
