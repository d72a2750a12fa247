"""Benchmarks: one table of ratios, all from one run on the same data. `make bench` prints it.

docs/benchmarks.md says what each line measures and how to read it.
"""
