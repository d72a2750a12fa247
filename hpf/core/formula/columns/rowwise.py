"""Compiling what stays in the row: a tree becomes one Polars expression with its masks.

Every guard follows docs/nodes.md. A guard that the static bounds make needless is not drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import polars as pl

from hpf.core.formula import tree as t
from hpf.core.formula.columns import col as c
from hpf.core.formula.columns.arithmetic import ARITHMETIC
from hpf.core.formula.columns.bands import band
from hpf.core.formula.columns.col import Col, either, outside, sure
from hpf.core.formula.columns.dates import days_between, months_later
from hpf.core.formula.columns.operators import both, compare, extreme, first, logic, only, plain
from hpf.core.formula.columns.rounding import rounded
from hpf.core.formula.columns.store import Frame
from hpf.core.formula.columns.windows import window
from hpf.core.periods import Period
from hpf.core.settings import Resolved

# entity, leaf or leaving node, periods back: the key its column is stored under
Lookup = Callable[[str, t.Node, int], str]


class Rowwise:
    """Compiles nodes of one program in one period.

    leaf(entity, node, back): under which key the column of an Own (`back` periods ago) or of a
    node that leaves the row is stored; frames: where, by entity.
    """

    def __init__(
        self,
        parameters: Mapping[str, Resolved],
        period: Period,
        leaf: Lookup,
        frames: Mapping[str, Frame],
    ) -> None:
        self.parameters, self.period, self.leaf, self.frames = parameters, period, leaf, frames

    def on(self, frame: Frame) -> Rowwise:
        """The same for some of an entity's rows."""
        return Rowwise(
            self.parameters, self.period, self.leaf, {**self.frames, frame.rows.entity: frame}
        )

    def compile(self, entity: str, node: t.Node, back: int = 0) -> Col:
        """The column of a node as rows of `entity` see it."""
        match node:
            case t.Const():
                return plain(node.value)
            case t.Param():
                return self._param(entity, node, back)
            case t.PeriodDay():
                day = self.period.first_day if node.edge == "first" else self.period.last_day
                return Col(pl.lit(day, dtype=pl.Date), number=False)
            case t.MonthsLater(date, months):
                return months_later(
                    self.compile(entity, date, back), self.compile(entity, months, back)
                )
            case t.DaysBetween(start, end):
                return days_between(
                    self.compile(entity, start, back), self.compile(entity, end, back)
                )
            case t.Own() | t.Look() | t.Gather() | t.Rank() | t.Split():
                return self.frames[entity].column(self.leaf(entity, node, back))
            case t.Arith():
                left = self.compile(entity, node.left, back)
                right = self.compile(entity, node.right, back)
                return ARITHMETIC[node.kind](left, right)
            case t.Compare():
                left = self.compile(entity, node.left, back)
                right = self.compile(entity, node.right, back)
                return compare(node.kind, left, right)
            case t.Logic():
                return logic(node.kind, [self.compile(entity, a, back) for a in node.args])
            case t.When():
                return self._when(entity, node, back)
            case t.Extreme():
                return extreme(node.kind, [self.compile(entity, a, back) for a in node.args])
            case t.Round():
                how = self.static(node.how)
                assert isinstance(how, t.Rounding)
                return rounded(self.compile(entity, node.value, back), how)
            case t.Band():
                top = self.compile(entity, node.top, back) if node.top else None
                scale: Any = self.parameters[node.scale].value
                return band(node.kind, scale, self.compile(entity, node.x, back), top)
            case t.Only():
                return only(
                    self.compile(entity, node.condition, back),
                    self.compile(entity, node.body, back),
                )
            case t.FirstOf():
                return reduce(first, [self.compile(entity, a, back) for a in node.args])
            case t.Past():
                return self.compile(entity, node.inner, back + node.steps)
            case t.Window():
                return self._window(entity, node, back)
        raise TypeError(f"no column for {node.op}")

    def static(self, node: t.Node) -> object | None:
        """The plain value of a node that no row changes (a switch), or None."""
        match node:
            case t.Const():
                return node.value
            case t.Param(name, None):
                return self.parameters[name].value
            case t.Compare("eq" | "ne", left, right):
                a, b = self.static(left), self.static(right)
                if a is None or b is None:
                    return None
                return (a == b) is (node.kind == "eq")
            case t.Logic("not", (inner,)):
                known = self.static(inner)
                return not known if isinstance(known, bool) else None
        return None

    def _param(self, entity: str, node: t.Param, back: int) -> Col:
        value = self.parameters[node.name].value
        if node.key is None:
            return plain(value)
        assert isinstance(value, Mapping)
        key = self.compile(entity, node.key, back)
        entries = {k: plain(v) for k, v in value.items()}
        missing = pl.lit(True) if not entries else ~key.value.is_in(list(entries))
        bad = either(key.bad, outside(sure(missing & key.value.is_not_null()), key.absent))
        if not entries:
            return Col(pl.lit(None, dtype=pl.Decimal(38, 0)), key.absent, bad)
        number = all(e.number for e in entries.values())
        places = c.common(*entries.values()) if number else 0
        found = pl.lit(None, dtype=c.dtype(places) if number else None)
        for k, e in reversed(entries.items()):
            one = c.at_scale(e, places) if number else e.value
            found = pl.when(key.value == k).then(one).otherwise(found)
        hi = max(e.hi for e in entries.values())
        lo = min(e.lo for e in entries.values())
        err = max(e.err for e in entries.values())
        vague = [k for k, e in entries.items() if e.err]  # a third, say: off by a unit of the last
        errs = (lambda: pl.when(key.value.is_in(vague)).then(err).otherwise(0.0)) if err else None
        return Col(found, key.absent, bad, number, places, hi, lo, err, errs)

    def _when(self, entity: str, node: t.When, back: int) -> Col:
        known = self.static(node.condition)
        if isinstance(known, bool):
            return self.compile(entity, node.then if known else node.other, back)
        condition = self.compile(entity, node.condition, back)
        a = self.compile(entity, node.then, back)
        b = self.compile(entity, node.other, back)
        places = c.common(a, b) if a.number else 0
        one = c.at_scale(a, places) if a.number else a.value
        two = c.at_scale(b, places) if b.number else b.value
        defined = condition.absent is None and condition.bad is None
        yes = condition.value if defined else sure(condition.value)
        no = ~condition.value if defined else sure(~condition.value)
        value = pl.when(yes).then(one).otherwise(two)
        if not defined:
            value = pl.when(yes).then(one).when(no).then(two)
        absent = either(both(yes, a.absent), both(no, b.absent))
        bad = either(
            None if defined else condition.value.is_null(),
            both(yes, a.bad),
            both(no, b.bad),
        )
        errs = None
        if a.err or b.err:
            errs = lambda: pl.when(yes).then(a.error()).otherwise(b.error())  # noqa: E731
        return Col(
            value, absent, bad, a.number, places, max(a.hi, b.hi), min(a.lo, b.lo),
            max(a.err, b.err), errs,
        )  # fmt: skip

    def _window(self, entity: str, node: t.Window, back: int) -> Col:
        span = node.span or self.period.earlier(back).year_to_date
        periods = [back + j for j in range(span)]
        values = [self.compile(entity, node.value, k) if node.value else None for k in periods]
        wheres = [self.compile(entity, node.where, k) if node.where else None for k in periods]
        return window(node.kind, values, wheres)
