"""Interpreter one: whole columns at once, on Polars decimals, level by level.

`col` holds what a compiled column is, `rowwise` compiles what stays in the row, `groups` does what
leaves it (gatherings, ranks, splits), `plan` orders the work and `run` carries it out.
"""

from hpf.core.formula.columns.run import evaluate

__all__ = ["evaluate"]
