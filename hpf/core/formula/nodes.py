"""The nodes a rule writes as functions: round_to, when, larger, smaller, rank, split, dates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hpf.core.errors import did_you_mean
from hpf.core.formula import tree as t
from hpf.core.formula.fitting import alike, common_unit, dates, join, numbers
from hpf.core.formula.misuse import FormulaError
from hpf.core.formula.params import RoundingSymbol
from hpf.core.formula.rows import Row
from hpf.core.formula.symbols import Symbol, lift
from hpf.core.indicators import Type
from hpf.core.parameters import MOST_MONTHS, are_months, rounding_step
from hpf.core.units import DAY, MONTH, RATIO


def round_to(value: Any, step: Any = "0.01", mode: str = "half_up") -> Symbol:
    """Round to a step by a named mode; `step` may be a rounding parameter (`p.step`).

    step: text such as '0.01' or '1' in the value's unit. Modes: docs/rounding.md.
    """
    symbol = lift(value)
    numbers("round_to", symbol)
    return Symbol(
        t.Round(symbol._node, _rounding(step, mode)), symbol._scope, Type.DECIMAL, symbol._unit
    )


def _rounding(step: Any, mode: str) -> t.Node:
    if isinstance(step, RoundingSymbol):
        return step.node
    if isinstance(step, Symbol):
        raise FormulaError(
            "type",
            "取整步长不能是这个值",
            "this cannot be a step",
            "请写 '0.01' 这样的文字，或用 kind: rounding 的参数",
            "Write a text such as '0.01', or use a parameter of kind rounding",
        )
    if mode not in t.MODES:
        near = did_you_mean(mode, t.MODES)
        raise FormulaError(
            "mode", f"没有取整方式 {mode}", f"no rounding mode '{mode}'", near.zh, near.en
        )
    try:
        size = rounding_step(step)
    except ValueError as error:
        raise FormulaError(
            "step",
            f"步长 {step!r} 不是精确的数",
            f"step: {error}",
            "请写成文字，例如 round_to(x, '0.01')",
            "Write it as text, e.g. round_to(x, '0.01')",
        ) from None
    return t.Const(t.Rounding(size, mode))


def when(condition: Any, then: Any, other: Any) -> Symbol:
    """`then` where the condition holds, else `other`; only the taken one is computed."""
    c, a, b = lift(condition), lift(then), lift(other)
    if c._type is not Type.BOOLEAN:
        raise FormulaError(
            "type",
            "when 的第一项要是条件",
            "when begins with a condition",
            "请写成比较，例如 when(x > 0, a, b)",
            "Write a comparison, e.g. when(x > 0, a, b)",
        )
    type_, unit, choices = alike("when", a, b)
    return Symbol(t.When(c._node, a._node, b._node), join(c, a, b), type_, unit, choices)


def larger(*values: Any) -> Symbol:
    """The largest of the values, as one row has them."""
    return _extreme("larger", values)


def smaller(*values: Any) -> Symbol:
    """The smallest of the values, as one row has them."""
    return _extreme("smaller", values)


def _extreme(kind: str, values: Iterable[Any]) -> Symbol:
    symbols = [lift(v) for v in values]
    if len(symbols) < 2:
        raise FormulaError(
            "arity",
            f"{kind} 至少要两项",
            f"{kind} takes at least two values",
            f"请写 {kind}(a, b)；要在多行之间比较，用 x.max() 或 x.min()",
            f"Write {kind}(a, b); across rows it is x.max() or x.min()",
        )
    numbers(kind, *symbols)
    unit = common_unit(kind, *symbols)
    node = t.Extreme(kind, tuple(s._node for s in symbols))
    return Symbol(node, join(*symbols), Type.DECIMAL, unit)


def rank(value: Any, within: Any, descending: bool = True) -> Symbol:
    """Place among the rows with the same `within`, 1 first; equal values share the place."""
    symbol = lift(value)
    numbers("rank", symbol)
    path = _group(within, symbol)
    return Symbol(t.Rank(symbol._node, path, descending), symbol._scope, Type.DECIMAL, RATIO)


def _group(within: Any, *symbols: Symbol) -> t.Path:
    if not isinstance(within, Row) or not within._path:
        raise FormulaError(
            "within",
            "within= 要写一条链接到达的行，例如 within=nurse.department",
            "within= takes a row reached along links, e.g. within=nurse.department",
        )
    join(*symbols, Symbol(t.Const(True), within._scope, Type.BOOLEAN))
    return within._path


def split(pool: Any, by: Any, within: Any, step: Any = "0.01") -> Symbol:
    """The row's share of the group's pool by weight; shares sum to the pool, to the step.

    pool: a value of the group (`within`), in its own unit; by: a weight per row, not negative;
    the last steps go to the largest remainders, ties by id.
    """
    amount, weight = lift(pool), lift(by)
    numbers("split", amount, weight)
    path = _group(within, amount, weight)
    how = _rounding(step, "down")
    if isinstance(how, t.Const) and how.value == t.Rounding(Fraction(0), "down"):
        raise FormulaError(
            "step",
            "分配的步长不能为 0：份额要取整才能保证合计等于总额",
            "a split's step cannot be 0: shares add up to the pool on a step",
            "请写分配的最小单位，例如 step='0.01'",
            "Give the smallest amount to hand out, e.g. step='0.01'",
        )
    node = t.Split(_seen_from(amount._node, path), weight._node, path, within._entity, how)
    return Symbol(node, join(amount, weight), Type.DECIMAL, amount._unit)


def _seen_from(node: t.Node, path: t.Path) -> t.Node:
    """The same value as the group's row sees it; FormulaError if it differs from row to row."""
    if isinstance(node, t.Look) and node.path[: len(path)] == path:
        rest = node.path[len(path) :]
        return t.Look(rest, node.entity, node.inner) if rest else node.inner
    if isinstance(node, t.Const | t.PeriodDay) or (isinstance(node, t.Param) and node.key is None):
        return node
    if isinstance(
        node,
        t.Arith | t.Round | t.Extreme | t.When | t.Compare | t.Logic | t.FirstOf | t.Band
        | t.MonthsLater | t.DaysBetween,
    ):  # fmt: skip
        return _rebuild(node, path)
    raise FormulaError(
        "pool",
        "要分的总额必须属于 within= 的那一行",
        "the pool must be a value of the row that within= names",
        f"请写成 {'.'.join(('row', *path))}.pool",
        f"Write it as {'.'.join(('row', *path))}.pool",
    )


def _rebuild(node: t.Node, path: t.Path) -> t.Node:
    changed: dict[str, Any] = {}
    for name in type(node).__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, t.Node):
            changed[name] = _seen_from(value, path)
        elif isinstance(value, tuple) and value and isinstance(value[0], t.Node):
            changed[name] = tuple(_seen_from(v, path) for v in value)
    return replace(node, **changed)


def first_day() -> Symbol:
    """The period's first day."""
    return Symbol(t.PeriodDay("first"), None, Type.DATE)


def last_day() -> Symbol:
    """The period's last day."""
    return Symbol(t.PeriodDay("last"), None, Type.DATE)


def months_later(date: Any, months: Any) -> Symbol:
    """The same day so many months on (or back); where that month is shorter, its last day.

    months: a whole number, written out or a number parameter, without a unit or in months.
    """
    day, count = lift(date), lift(months)
    dates("months_later", day)
    numbers("months_later", count)
    node = count._node
    if not isinstance(node, t.Const | t.Param):
        raise FormulaError(
            "months",
            "月数只能是写明的整数或参数，不能是算出来的值",
            "the months are a number written out or a parameter, not a computed value",
            "请写 months_later(a, 6) 或 months_later(a, p.x)",
            "Write months_later(a, 6) or months_later(a, p.x)",
        )
    if isinstance(node, t.Const) and not (
        isinstance(node.value, Fraction) and are_months(node.value)
    ):
        raise FormulaError(
            "months",
            f"月数 {node.value} 不是小于 {MOST_MONTHS} 的整数",
            f"{node.value} is no whole number of months below {MOST_MONTHS}",
            "请写整数，例如 months_later(a, 6)；相差几天请用 days_between",
            "Write a whole number, e.g. months_later(a, 6); for days use days_between",
        )
    if count._unit not in (None, RATIO, MONTH):
        raise FormulaError(
            "unit",
            f"单位不符：月数的单位是 {count._unit}",
            f"units do not fit: the months come in {count._unit}",
            "请给参数写 unit: month",
            "Give the parameter `unit: month`",
        )
    return Symbol(t.MonthsLater(day._node, node), join(day, count), Type.DATE)


def days_between(start: Any, end: Any) -> Symbol:
    """How many days from `start` to `end` (end − start): 1 from a day to the next.

    Where both ends count, add exact('1', DAY).
    """
    a, b = lift(start), lift(end)
    dates("days_between", a, b)
    return Symbol(t.DaysBetween(a._node, b._node), join(a, b), Type.DECIMAL, DAY)
