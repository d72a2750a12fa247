"""Symbols: the values in a rule's formula while its tree is being drawn.

Each operation is checked at once, so a unit that does not fit or a row captured from another
scope is an error in the author's own line (`fitting` has the checks). Rows are in `rows`,
parameters in `params`, the nodes written as functions in `nodes`.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any, NoReturn

from hpf.core.formula import tree as t
from hpf.core.formula.fitting import alike, choices_fit, common_unit, family, join, numbers
from hpf.core.formula.misuse import FormulaError, refuse
from hpf.core.formula.scope import NotAValue, Scope
from hpf.core.indicators import Type
from hpf.core.parameters import number
from hpf.core.units import RATIO, Unit

# What a rule's function returns: a symbol, or a plain number, choice or truth value.
Formula = Any


class Symbol:
    """A value in a formula: node, scope, type and (for numbers) unit; None fits any unit."""

    __slots__ = ("_choices", "_node", "_scope", "_type", "_unit")
    __hash__ = None  # type: ignore[assignment]  # == draws a node, so symbols cannot be keys

    def __init__(
        self,
        node: t.Node,
        scope: Scope | None,
        type_: Type,
        unit: Unit | None = RATIO,
        choices: tuple[str, ...] = (),
    ) -> None:
        self._node, self._scope, self._type = node, scope, type_
        self._unit, self._choices = unit, choices

    # arithmetic
    def __add__(self, other: Any) -> Symbol:
        return _same_unit("add", "+", self, other)

    def __radd__(self, other: Any) -> Symbol:
        return _same_unit("add", "+", lift(other), self)

    def __sub__(self, other: Any) -> Symbol:
        return _same_unit("sub", "−", self, other)

    def __rsub__(self, other: Any) -> Symbol:
        return _same_unit("sub", "−", lift(other), self)

    def __mul__(self, other: Any) -> Symbol:
        return _product("mul", self, other)

    def __rmul__(self, other: Any) -> Symbol:
        return _product("mul", lift(other), self)

    def __truediv__(self, other: Any) -> Symbol:
        return _product("div", self, other)

    def __rtruediv__(self, other: Any) -> Symbol:
        return _product("div", lift(other), self)

    def __neg__(self) -> Symbol:
        zero = Symbol(t.Const(Fraction(0)), None, Type.DECIMAL, None)
        return _same_unit("sub", "−", zero, self)

    # comparison and logic
    def __eq__(self, other: object) -> Any:
        return _compare("eq", "==", self, other)

    def __ne__(self, other: object) -> Any:
        return _compare("ne", "!=", self, other)

    def __lt__(self, other: Any) -> Symbol:
        return _compare("lt", "<", self, other)

    def __le__(self, other: Any) -> Symbol:
        return _compare("le", "<=", self, other)

    def __gt__(self, other: Any) -> Symbol:
        return _compare("gt", ">", self, other)

    def __ge__(self, other: Any) -> Symbol:
        return _compare("ge", ">=", self, other)

    def __and__(self, other: Any) -> Symbol:
        return _logic("and", self, other)

    def __or__(self, other: Any) -> Symbol:
        return _logic("or", self, other)

    def __invert__(self) -> Symbol:
        return _logic("not", self)

    def is_one_of(self, *values: Any) -> Symbol:
        """True where the value equals one of `values`."""
        if not values:
            raise FormulaError(
                "arity",
                "is_one_of 至少要一项",
                "is_one_of takes at least one value",
                "请写 x.is_one_of('a', 'b')",
                "Write x.is_one_of('a', 'b')",
            )
        found: Symbol = _compare("eq", "==", self, values[0])
        for value in values[1:]:
            found = found | _compare("eq", "==", self, value)
        return found

    def or_(self, other: Any) -> Symbol:
        """This value, or `other` where it is absent; a problem stays one."""
        return first_of(self, other)

    # what a formula cannot hold
    def __bool__(self) -> bool:
        raise refuse("bool")

    def __round__(self, digits: int | None = None) -> NoReturn:
        raise refuse("round")

    def __abs__(self) -> NoReturn:
        raise refuse("abs")

    def __int__(self) -> int:
        raise refuse("int")

    def __float__(self) -> float:  # no money here: this is the refusal to become a float
        raise refuse("float")

    def __floor__(self) -> NoReturn:
        raise refuse("floor")

    def __ceil__(self) -> NoReturn:
        raise refuse("ceil")

    def __trunc__(self) -> NoReturn:
        raise refuse("trunc")

    def __format__(self, spec: str) -> str:
        raise refuse("format")

    def __str__(self) -> str:
        raise refuse("str")

    def __iter__(self) -> NoReturn:
        raise refuse("iter")

    def __len__(self) -> int:
        raise refuse("len")

    def __repr__(self) -> str:
        return f"<{self._type} {self._node.op}>"

    def __pow__(self, other: Any) -> NoReturn:
        raise _no_operator("**", "x * x")

    def __floordiv__(self, other: Any) -> NoReturn:
        raise _no_operator("//", "round_to(a / b, '1', 'floor')")

    def __mod__(self, other: Any) -> NoReturn:
        raise _no_operator("%", "a - b * round_to(a / b, '1', 'floor')")


def _no_operator(word: str, cure: str) -> FormulaError:
    return FormulaError(
        "misuse",
        f"公式里没有运算 {word}",
        f"formulas have no operator {word}",
        f"请改用 {cure}",
        f"Use {cure}",
    )


def lift(value: Any, choices: tuple[str, ...] = ()) -> Symbol:
    """A Python value as a symbol; floats are refused, 0 fits any unit."""
    if isinstance(value, Symbol):
        return value
    if isinstance(value, bool):
        return Symbol(t.Const(value), None, Type.BOOLEAN)
    if isinstance(value, int):
        fits = None if value == 0 else RATIO
        return Symbol(t.Const(Fraction(value)), None, Type.DECIMAL, fits)
    if isinstance(value, Fraction):
        return Symbol(t.Const(value), None, Type.DECIMAL, RATIO)
    if isinstance(value, float):
        raise FormulaError(
            "float",
            f"{value!r} 是二进制浮点数，不精确",
            f"{value!r} is a binary float and not exact",
            f"请写进 parameters.yaml，或写 exact('{value!r}')",
            f"Put it into parameters.yaml, or write exact('{value!r}')",
        )
    if isinstance(value, str):
        return Symbol(t.Const(value), None, Type.CHOICE, RATIO, (value,))
    if isinstance(value, dt.date):
        return Symbol(t.Const(value), None, Type.DATE)
    if isinstance(value, NotAValue):
        raise FormulaError(
            "not_a_value",
            f"{value!r} 不是一个值",
            f"{value!r} is not a value",
            "请取它的一个指标、规则，或先汇总(sum、mean、max、min、count)",
            "Take one of its values, or gather first (sum, mean, max, min, count)",
        )
    raise FormulaError(
        "not_a_value",
        f"公式里不能出现 {type(value).__name__} 类型的值",
        f"a {type(value).__name__} cannot stand in a formula",
        "可用：符号、整数、布尔、日期、选项文字",
        "Allowed: symbols, whole numbers, booleans, dates, a choice's text",
    )


def node_of(symbol: Symbol | None) -> t.Node | None:
    return None if symbol is None else symbol._node


def exact(text: str, unit: Unit = RATIO) -> Symbol:
    """A number written exactly: exact('0.45'), exact('1', DAY) for the day that counts as well.

    A value of the document's own stands better in a parameter, with its clause.
    """
    return Symbol(t.Const(number(text)), None, Type.DECIMAL, unit)


def _same_unit(kind: str, word: str, left: Any, right: Any) -> Symbol:
    a, b = lift(left), lift(right)
    numbers(word, a, b)
    unit = common_unit(word, a, b)
    return Symbol(t.arith(kind, a._node, b._node), join(a, b), Type.DECIMAL, unit)


def _product(kind: str, left: Any, right: Any) -> Symbol:
    a, b = lift(left), lift(right)
    numbers("×" if kind == "mul" else "÷", a, b)
    one, two = a._unit or RATIO, b._unit or RATIO
    unit = one * two if kind == "mul" else one / two
    return Symbol(t.arith(kind, a._node, b._node), join(a, b), Type.DECIMAL, unit)


def _compare(kind: str, word: str, left: Any, right: Any) -> Symbol:
    a, b = lift(left), lift(right)
    if a._type.is_number != b._type.is_number or family(a) != family(b):
        raise FormulaError(
            "type",
            f"不能把{a._type.value}与{b._type.value}相比({word})",
            f"cannot compare a {a._type.value} with a {b._type.value} ({word})",
            "请比较同类的值：数与数，选项与它的文字，日期与日期",
            "Compare like with like: numbers, a choice with its text, dates",
        )
    if a._type.is_number:
        common_unit(word, a, b)
    elif family(a) == "text":
        if kind not in ("eq", "ne"):
            raise FormulaError(
                "type",
                "选项只能比较是否相等",
                "choices can only be equal or not",
                "用 ==",
                "Use ==",
            )
        choices_fit(a, b)
    return Symbol(t.Compare(kind, a._node, b._node), join(a, b), Type.BOOLEAN)


def _logic(kind: str, *args: Any) -> Symbol:
    symbols = [lift(a) for a in args]
    for s in symbols:
        if s._type is not Type.BOOLEAN:
            raise FormulaError(
                "type",
                f"逻辑运算要求条件，这里是{s._type.value}",
                f"logic needs conditions, not a {s._type.value}",
                "每个比较请加括号：(a > b) & (c > d)",
                "Put each comparison in brackets: (a > b) & (c > d)",
            )
    return Symbol(t.Logic(kind, tuple(s._node for s in symbols)), join(*symbols), Type.BOOLEAN)


def first_of(*values: Any) -> Symbol:
    """The first value that is not absent; a problem is never passed over."""
    symbols = [lift(v) for v in values]
    type_, unit, choices = alike("first_of", *symbols)
    node = t.FirstOf(tuple(s._node for s in symbols))
    return Symbol(node, join(*symbols), type_, unit, choices)
