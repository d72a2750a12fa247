"""Interpreter one: whole columns at once, on Polars decimals, level by level.

`col` holds what a compiled column is, `rowwise` compiles what stays in the row, `groups` does what
leaves it (gatherings, ranks, splits), `simplify` prepares the trees, `plan` orders the work and
`run` carries it out; `branches` works out a choice between ways on the rows of each way alone.
"""

from hpf.core.formula.columns.run import evaluate

__all__ = ["evaluate"]
