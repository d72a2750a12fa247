"""Which rules' written results (12 places) are their exact values.

An explanation takes those from the run and works out the others anew: a third that was written
with 12 places and then multiplied by a large pool would explain another fen than was paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from hpf.core.formula import tree as t
from hpf.core.formula.exact import PLACES
from hpf.core.parameters import ScaleValue
from hpf.core.program import Rule
from hpf.core.settings import Resolved

# Rules are followed this far into one another. Lossless chains are short in practice, and a longer
# one is merely worked out anew; without an end a long chain of rules would exhaust the call stack.
_DEEP: Final = 5


class Lossless:
    """Answers for one program under its parameters."""

    def __init__(
        self, rules: Mapping[tuple[str, str], Rule], parameters: Mapping[str, Resolved]
    ) -> None:
        self._rules, self._parameters = rules, parameters
        self._found: dict[tuple[str, str], bool] = {}

    def rule(self, rule: Rule) -> bool:
        """Whether 12 places always hold the rule's exact value."""
        key = (rule.entity, rule.qualified)
        if key not in self._found:
            self._found[key] = not rule.type.is_number or self._node(rule.tree, 0)
        return self._found[key]

    def _node(self, node: t.Node, level: int) -> bool:
        match node:
            case t.Const(value):
                return isinstance(value, Fraction) and _short(value)
            case t.Param(name, _):
                held = self._parameters[name].value
                several = held.values() if isinstance(held, Mapping) else [held]
                return all(isinstance(v, Fraction) and _short(v) for v in several)
            case t.Own(entity, name):
                rule = self._rules.get((entity, name))
                if rule is None:
                    return True  # a fact has at most 12 places
                return level < _DEEP and self._node(rule.tree, level + 1)
            case t.Look(_, _, inner) | t.Only(_, inner) | t.Past(_, inner):
                return self._node(inner, level)
            case t.Rank() | t.DaysBetween() | t.Gather("count") | t.Window("count" | "streak"):
                return True
            case t.Gather("sum" | "max" | "min", value=value) if value is not None:
                return self._node(value, level)
            case t.Window("sum" | "max" | "min", value=value) if value is not None:
                return self._node(value, level)
            case t.Arith("add" | "sub", left, right) | t.When(_, left, right):
                return self._node(left, level) and self._node(right, level)
            case t.Extreme(_, args) | t.FirstOf(args):
                return all(self._node(a, level) for a in args)
            case t.Round(_, how) | t.Split(step=how):
                return self._step(how)
            case t.Band("bracket", scale, _, top):
                found = self._parameters[scale].value
                rates = [b.rate for b in found.bands] if isinstance(found, ScaleValue) else [None]
                known = all(_short(r) for r in rates if r is not None)
                return known and (None not in rates or (top is not None and self._node(top, level)))
        return False

    def _step(self, how: t.Node) -> bool:
        found = how.value if isinstance(how, t.Const) else None
        if isinstance(how, t.Param):
            held = self._parameters[how.name].value
            found = held if isinstance(held, t.Rounding) else None
        return isinstance(found, t.Rounding) and found.step != 0 and _short(found.step)


def _short(value: Fraction) -> bool:
    return 10**PLACES % value.denominator == 0
