"""The row at hand in earlier periods: some periods ago, or gathered over several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hpf.core.formula import tree as t
from hpf.core.formula.fitting import join, numbers, what_to_gather
from hpf.core.formula.misuse import FormulaError
from hpf.core.formula.scope import NotAValue, Scope
from hpf.core.formula.symbols import Symbol, lift, node_of
from hpf.core.indicators import Type
from hpf.core.units import RATIO

if TYPE_CHECKING:
    from hpf.core.formula.rows import Row


@dataclass(frozen=True, slots=True, eq=False)
class PastRow(NotAValue):
    """The same row, some periods ago."""

    _row: Row
    _steps: int

    def __getattr__(self, name: str) -> Symbol:
        inner = _past_value(self._row, lambda m: getattr(m, name))
        node = t.Past(self._steps, inner._node)
        return Symbol(node, self._row._scope, inner._type, inner._unit, inner._choices)


def _past_value(row: Row, draw: Callable[[Row], Any]) -> Symbol:
    if row._path:
        raise FormulaError(
            "past",
            "往期只能从本行读取",
            "earlier periods are read from the row itself, not along a link",
            "请在那个实体上加一条规则，再沿链接查取",
            "Add a rule on that entity, then look it up along the link",
        )
    scope = Scope(row._scope.names, row._entity, past=True)
    symbol = lift(draw(type(row)(scope, row._entity)))
    if symbol._scope not in (None, scope):
        join(symbol, Symbol(symbol._node, scope, symbol._type))
    return symbol


@dataclass(frozen=True, slots=True, eq=False)
class WindowRows(NotAValue):
    """The row over several periods; gathered like members are."""

    _row: Row
    _span: int
    _where: Symbol | None = None
    _value: Symbol | None = None

    def __getattr__(self, name: str) -> WindowRows:
        return replace(self, _value=_past_value(self._row, lambda m: getattr(m, name)))

    def where(self, condition: Callable[[Row], Any]) -> WindowRows:
        """Only the periods in which `condition` holds."""
        return replace(self, _where=_and(self._where, _past_value(self._row, condition)))

    def _node(self, kind: str, draw: Callable[[Row], Any] | None) -> Symbol:
        value = _past_value(self._row, draw) if draw else self._value
        if value is None:
            raise what_to_gather(kind)
        numbers(kind, value)
        node = t.Window(kind, self._span, value._node, node_of(self._where))
        return Symbol(node, self._row._scope, Type.DECIMAL, value._unit)

    def sum(self, draw: Callable[[Row], Any] | None = None) -> Symbol:
        """Sum over the periods that have a value; 0 if none has."""
        return self._node("sum", draw)

    def mean(self, draw: Callable[[Row], Any] | None = None) -> Symbol:
        """Mean over the periods that have a value."""
        return self._node("mean", draw)

    def max(self, draw: Callable[[Row], Any] | None = None) -> Symbol:
        """The largest."""
        return self._node("max", draw)

    def min(self, draw: Callable[[Row], Any] | None = None) -> Symbol:
        """The smallest."""
        return self._node("min", draw)

    def count(self) -> Symbol:
        """How many periods `where` holds in (with a value: that have one)."""
        if self._where is None and self._value is None:
            raise what_to_gather("count")
        node = t.Window(
            "count",
            self._span,
            node_of(self._value),
            node_of(self._where),
        )
        return Symbol(node, self._row._scope, Type.DECIMAL, RATIO)

    def streak(self, condition: Callable[[Row], Any]) -> Symbol:
        """How many periods in a row, this one last, `condition` holds; a missing one ends it."""
        where = _and(self._where, _past_value(self._row, condition))
        node = t.Window("streak", self._span, None, where._node)
        return Symbol(node, self._row._scope, Type.DECIMAL, RATIO)


def _and(one: Symbol | None, two: Symbol) -> Symbol:
    if two._type is not Type.BOOLEAN:
        raise FormulaError(
            "type", "where 要求一个条件", "where needs a condition", "例如 m.x > 0", "e.g. m.x > 0"
        )
    return (
        two
        if one is None
        else Symbol(t.Logic("and", (one._node, two._node)), two._scope, Type.BOOLEAN)
    )
