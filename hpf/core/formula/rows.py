"""Rows in a formula: the row at hand, and rows gathered over links."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from hpf.core.errors import Text, did_you_mean
from hpf.core.formula import tree as t
from hpf.core.formula.earlier import PastRow, WindowRows
from hpf.core.formula.fitting import join, numbers, what_to_gather
from hpf.core.formula.misuse import FormulaError, refuse
from hpf.core.formula.scope import Declared, Names, NotAValue, Scope, way
from hpf.core.formula.symbols import Symbol, lift, node_of
from hpf.core.indicators import Type
from hpf.core.units import RATIO, Unit


class Row(NotAValue):
    """One row of an entity, `path` links away from the scope's own row."""

    __hash__ = None  # type: ignore[assignment]  # rows are compared by nobody

    def __init__(self, scope: Scope, entity: str, path: t.Path = ()) -> None:
        self._scope, self._entity, self._path = scope, entity, path

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        names = self._scope.names
        declared = names.values[self._entity].get(name)
        if declared:
            return self._value(declared)
        if self._scope.past:
            raise FormulaError(
                "past",
                f"往期只能取本行的结果，{name} 不是",
                f"an earlier period has only the row's own results; '{name}' is none",
            )
        step = names.links[self._entity].get(name)
        if step:
            return Row(self._scope, step.to, (*self._path, name))
        back = names.collections[self._entity].get(name)
        if back:
            return Members(self, back[0], (back[1],))
        raise unknown_name(names, self._entity, name)

    def _value(self, declared: Declared) -> Symbol:
        if self._scope.past and not declared.is_rule:
            short = declared.name.rpartition(".")[2]
            raise FormulaError(
                "past",
                f"往期只保存规则结果，{short} 是填报指标",
                f"earlier periods keep results of rules; '{short}' is a reported fact",
                f"请加一条规则记下它：return row.{short}",
                f"Add a rule that records it: return row.{short}",
            )
        node: t.Node = t.Own(self._entity, declared.name)
        if self._path:
            node = t.Look(self._path, self._entity, node)
        return Symbol(node, self._scope, declared.type, declared.unit, declared.choices)

    def past(self, steps: int) -> PastRow:
        """The same row `steps` periods ago (1: the period before)."""
        if steps < 1:
            raise FormulaError(
                "past",
                f"past({steps}) 不是往期，至少为 1",
                f"past({steps}) is no earlier period: it takes at least 1",
                "本期的值请直接写 row.x；上期写 row.past(1).x",
                "Write row.x for this period's value, row.past(1).x for the one before",
            )
        return PastRow(self, steps)

    def window(self, periods: int) -> WindowRows:
        """The last `periods` periods, this one included."""
        if periods < 1:
            raise FormulaError("past", "窗口至少为 1 期", "a window has at least one period")
        return WindowRows(self, periods)

    def year_to_date(self) -> WindowRows:
        """The periods of this year up to this one."""
        return WindowRows(self, 0)

    def __bool__(self) -> bool:
        raise refuse("bool")

    def __format__(self, spec: str) -> str:
        raise refuse("format")

    def __eq__(self, other: object) -> Any:
        raise FormulaError(
            "not_a_value",
            "整行不能相比",
            "whole rows cannot be compared",
            "请比较某个指标，例如 a.code == b.code",
            "Compare one of their values",
        )

    def __repr__(self) -> str:
        return f"<row of {self._entity}>"


def unknown_name(names: Names, entity: str, name: str) -> FormulaError:
    """The error for a name an entity does not have, with the way to it or the nearest one."""
    known = [*names.values[entity], *names.links[entity], *names.collections[entity]]
    near = did_you_mean(name, known)
    if path := ".".join(way(names, entity, name)):
        near = Text(f"是否想写 m.{path}？", f"Did you mean m.{path}?")
    elsewhere = [e for e, values in names.values.items() if name in values]
    hint_zh = f"(它属于 {'、'.join(elsewhere)})" if elsewhere else ""
    hint_en = f" (it belongs to {', '.join(elsewhere)})" if elsewhere else ""
    return FormulaError(
        "unknown_name",
        f"{entity} 没有 {name}{hint_zh}",
        f"{entity} has no '{name}'{hint_en}",
        near.zh,
        near.en,
    )


class Members(NotAValue):
    """Rows of `member` whose links lead to the anchor row; path runs from member to anchor."""

    __hash__ = None  # type: ignore[assignment]  # a set of rows is no key

    def __init__(
        self,
        anchor: Row,
        member: str,
        path: t.Path,
        where: t.Node | None = None,
        value: Symbol | None = None,
    ) -> None:
        self._anchor, self._member, self._path = anchor, member, path
        self._filter, self._value = where, value

    def __getattr__(self, name: str) -> Members:
        if name.startswith("__"):
            raise AttributeError(name)
        names = self._anchor._scope.names
        if name in names.values[self._member]:
            value = self._draw(lambda m: getattr(m, name))
            return Members(self._anchor, self._member, self._path, self._filter, value)
        back = names.collections[self._member].get(name)
        if back and self._filter is None:
            return Members(self._anchor, back[0], (back[1], *self._path))
        raise unknown_name(names, self._member, name)

    def _draw(self, draw: Callable[[Row], Any]) -> Symbol:
        scope = Scope(self._anchor._scope.names, self._member)
        symbol = lift(draw(Row(scope, self._member)))
        if symbol._scope is not None and symbol._scope is not scope:
            join(symbol, Symbol(symbol._node, scope, symbol._type))
        return symbol

    def where(self, condition: Callable[[Row], Any]) -> Members:
        """Only the members for which `condition(member)` holds."""
        drawn = self._draw(condition)
        if drawn._type is not Type.BOOLEAN:
            raise FormulaError("type", "where 要求一个条件", "where needs a condition")
        node = drawn._node
        if self._filter is not None:
            node = t.Logic("and", (self._filter, node))
        return Members(self._anchor, self._member, self._path, node, self._value)

    def _gather(self, kind: str, draw: Callable[[Row], Any] | None) -> Symbol:
        value = self._draw(draw) if draw else self._value
        if value is None:
            raise what_to_gather(kind)
        numbers(kind, value)
        return self._symbol(
            t.Gather(kind, self._member, self._path, value._node, self._filter), value._unit
        )

    def _symbol(self, node: t.Node, unit: Unit | None) -> Symbol:
        anchor = self._anchor
        if anchor._path:
            node = t.Look(anchor._path, anchor._entity, node)
        return Symbol(node, anchor._scope, Type.DECIMAL, unit)

    def sum(self, draw: Callable[[Row], Any] | None = None) -> Symbol:
        """Sum over the members that have a value; 0 if none has."""
        return self._gather("sum", draw)

    def mean(self, draw: Callable[[Row], Any] | None = None) -> Symbol:
        """Mean over the members that have a value."""
        return self._gather("mean", draw)

    def max(self, draw: Callable[[Row], Any] | None = None) -> Symbol:
        """The largest."""
        return self._gather("max", draw)

    def min(self, draw: Callable[[Row], Any] | None = None) -> Symbol:
        """The smallest."""
        return self._gather("min", draw)

    def count(self) -> Symbol:
        """How many members there are (with a value: that have one)."""
        value = node_of(self._value)
        return self._symbol(t.Gather("count", self._member, self._path, value, self._filter), RATIO)

    def __bool__(self) -> bool:
        raise refuse("bool")

    def __iter__(self) -> NoReturn:
        raise refuse("iter")

    def __len__(self) -> int:
        raise refuse("len")

    def _no_arithmetic(self, other: Any) -> NoReturn:
        raise FormulaError(
            "gather",
            "一组行不能直接参加运算",
            "a group of rows cannot be computed with",
            "请先汇总：.sum()、.mean()，或 .sum(lambda m: m.x * m.y)",
            "Gather first: .sum(), .mean(), or .sum(lambda m: m.x * m.y)",
        )

    __add__ = __radd__ = __sub__ = __rsub__ = _no_arithmetic
    __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _no_arithmetic
    __lt__ = __le__ = __gt__ = __ge__ = _no_arithmetic

    def __repr__(self) -> str:
        return f"<rows of {self._member}>"
