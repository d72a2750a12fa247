"""What fits together in a formula: rows of one scope, types, units, choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpf.core.errors import Text, did_you_mean
from hpf.core.formula import tree as t
from hpf.core.formula.misuse import FormulaError
from hpf.core.formula.scope import Scope
from hpf.core.indicators import Type
from hpf.core.units import RATIO, Unit

if TYPE_CHECKING:
    from hpf.core.formula.symbols import Symbol


_TO_NUMBERS = {
    "condition": Text(
        "请用 when(条件, 数值, 数值) 把它变成数值",
        "Turn it into a number with when(condition, number, number)",
    ),
    "date": Text(
        "相隔天数请写 days_between(a, b)，推后几个月请写 months_later(a, 6)",
        "For days write days_between(a, b), for a later date months_later(a, 6)",
    ),
}


def join(*symbols: Symbol) -> Scope | None:
    scopes = {id(s._scope): s._scope for s in symbols if s._scope is not None}
    if len(scopes) > 1:
        words = "、".join(sorted({s.entity for s in scopes.values()}))
        raise FormulaError(
            "scope",
            f"一个表达式里混用了不同行({words})的值",
            f"one expression mixes values of different rows ({words})",
            "请从当前行沿链接查取，例如 member.department.x",
            "Look it up along a link from the row at hand, e.g. member.department.x",
        )
    return next(iter(scopes.values()), None)


def numbers(word: str, *symbols: Symbol) -> None:
    for s in symbols:
        if not s._type.is_number:
            cure = _TO_NUMBERS["date" if s._type is Type.DATE else "condition"]
            raise FormulaError(
                "type",
                f"{word} 要求数值，这里是{s._type.value}",
                f"{word} needs numbers, not a {s._type.value}",
                *cure,
            )


def dates(word: str, *symbols: Symbol) -> None:
    for s in symbols:
        if s._type is not Type.DATE:
            raise FormulaError(
                "type",
                f"{word} 要求日期，这里是{s._type.value}",
                f"{word} needs dates, not a {s._type.value}",
                "请用日期指标、first_day() 或 last_day()",
                "Use an indicator that is a date, first_day() or last_day()",
            )


def _unit_cure(symbols: tuple[Symbol, ...]) -> tuple[str, str]:
    """A number written without its unit is told how to write it with one."""
    bare = next((s._node.value for s in symbols if isinstance(s._node, t.Const)), None)
    other = next((s._unit for s in symbols if s._unit not in (None, RATIO)), None)
    if bare is not None and other is not None:
        written = f"exact('{bare}', unit('{other}'))"
        return (
            f"请给数带上单位：{written}，或用参数",
            f"Give it a unit: {written}, or a parameter",
        )
    return (
        "请检查公式，或乘以带单位的参数来换算",
        "Check the formula, or convert by a parameter that has a unit",
    )


def common_unit(word: str, *symbols: Symbol) -> Unit | None:
    """The unit all share; FormulaError naming the first that differs."""
    known = [s._unit for s in symbols if s._unit is not None]
    for one in known[1:]:
        if one != known[0]:
            raise FormulaError(
                "unit",
                f"单位不符：{known[0]} {word} {one}",
                f"units do not fit: {known[0]} {word} {one}",
                *_unit_cure(symbols),
            )
    return known[0] if known else None


def alike(word: str, *symbols: Symbol) -> tuple[Type, Unit | None, tuple[str, ...]]:
    if len({family(s) for s in symbols}) > 1:
        kinds = ", ".join(s._type.value for s in symbols)
        raise FormulaError(
            "type",
            f"{word} 的各项类型不同：{kinds}",
            f"{word} mixes types: {kinds}",
            "各项请同为数值，或同为选项",
            "Let all of them be numbers, or all be choices",
        )
    choices = tuple(dict.fromkeys(c for s in symbols for c in s._choices))
    unit = common_unit(word, *symbols) if symbols[0]._type.is_number else RATIO
    return symbols[0]._type, unit, choices


def family(symbol: Symbol) -> str:
    if symbol._type in (Type.CHOICE, Type.TEXT):
        return "text"
    return "number" if symbol._type.is_number else symbol._type.value


def choices_fit(a: Symbol, b: Symbol) -> None:
    for one, other in ((a, b), (b, a)):
        if isinstance(one._node, t.Const) and other._type is Type.CHOICE and other._choices:
            word = str(one._node.value)
            if word not in other._choices:
                near = did_you_mean(word, other._choices)
                raise FormulaError(
                    "choice",
                    f"'{word}' 不是已声明的选项",
                    f"'{word}' is not a declared choice",
                    near.zh,
                    near.en,
                )


def what_to_gather(kind: str) -> FormulaError:
    return FormulaError(
        "gather",
        f"{kind} 要说明汇总什么",
        f"{kind} must be told what to gather",
        f"例如 .x.{kind}() 或 .{kind}(lambda m: m.x * m.y)",
        f"e.g. .x.{kind}() or .{kind}(lambda m: m.x * m.y)",
    )
