"""Where the two interpreters disagree on a case.

What may differ: a number that is not rounded, by one unit of the 12th place. What is left out: a
value that lies, within its error bound, on a tie of the 12th place (or on the bound of 10^16, or
whose error bound lies on the guard): fixed digits cannot decide there, and no scheme can tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from grown_cases import Case

from hpf.core.facts import Checked
from hpf.core.formula import cells, exact
from hpf.core.formula import tree as t
from hpf.core.formula.scalar import Scalar
from hpf.core.formula.tree_json import canonical
from hpf.core.program import Program
from hpf.core.values import Trouble

UNIT = Fraction(1, 10**12)


class Careful(Scalar):
    """Interpreter two, noting where fixed digits cannot decide."""

    undecided = False

    def snap(self, cell: cells.Num, node: t.Node, here: cells.Here) -> Fraction | Trouble:
        off = abs((abs(cell.value) / UNIT) % 1 - Fraction(1, 2)) * UNIT
        if cell.err and off <= Fraction(cell.err):
            self.undecided = True
        return super().snap(cell, node, here)

    def bounded(self, value: Fraction, err: float, node: t.Node, here: cells.Here) -> cells.Cell:
        if err and abs(abs(value) - exact.BOUND) <= Fraction(err):
            self.undecided = True
        if abs(err / cells.GUARD - 1) < 1e-3:  # an error bound
            self.undecided = True
        return super().bounded(value, err, node, here)


def exactly_equal(node: t.Node) -> bool:
    """Whether a number is rounded, split, ranked or counted, so that not a digit may differ."""
    match node:
        case t.Round(_, t.Const(t.Rounding(step))):
            return step != 0
        case t.Rank() | t.Split() | t.Gather("count") | t.Window("count" | "streak"):
            return True
        case t.Only(_, body):
            return exactly_equal(body)
        case t.When(_, one, two):
            return exactly_equal(one) and exactly_equal(two)
    return False


def differences(lab: SimpleNamespace, case: Case) -> list[str] | None:
    """Where the interpreters disagree; None where fixed digits cannot decide."""
    prog, history = case.program(lab), case.history(lab)
    rows: Checked = lab.checked(prog, case.data)
    scalar = Careful(prog, rows, lab.resolved(prog), history)
    two = lab.outcomes(scalar, prog, rows)
    if scalar.undecided:
        return None
    one = lab.by_columns(prog, rows, history)
    trees = {(e, name): tree for e, name, _, tree in case.rules}
    found: list[str] = []
    for key, value in two.items():
        other = one[key]
        same = other == value
        if isinstance(value, Fraction) and isinstance(other, Fraction) and not same:
            same = abs(value - other) <= UNIT and not exactly_equal(trees[key[0], key[2]])
        if not same:
            tree = trees[key[0], key[2]]
            found.append(f"{key}: columns {other!r}, scalar {value!r} in {canonical(tree)}")
    for results in (one, two):
        found += conserved(prog, rows, scalar, results)
    return found


def conserved(
    prog: Program, rows: Checked, scalar: Scalar, results: Mapping[Any, Any]
) -> Iterator[str]:
    """Rules that are a bare split: each group's shares sum to its pool, rounded to the step."""
    for r in prog.rules:
        node = r.tree
        if not isinstance(node, t.Split):
            continue
        ids = rows.rows[r.entity].ids
        for group, anchor in enumerate(rows.rows[node.group].ids):
            members = scalar.grouping.members(r.entity, node.within, group)
            outcomes = [results[r.entity, ids[m], r.name] for m in members]
            shares = [s for s in outcomes if isinstance(s, Fraction)]
            pool = scalar.snapped(node.pool, cells.Here(node.group, group, r.qualified))
            if shares and isinstance(pool, Fraction):
                # said by hand, so that neither interpreter's rounding vouches for itself
                step = scalar.rounding(node.step).step
                whole = (2 * abs(pool) / step + 1) // 2 * step
                if sum(shares) != (whole if pool >= 0 else -whole):
                    yield f"{r.name} {anchor}: {[str(s) for s in shares]} is not {pool}"
