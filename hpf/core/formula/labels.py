"""Short names of formula nodes and short forms of values, for problems and derivations.

Longer words are drawn elsewhere; here a node is named in a few signs: 收入 − 成本.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from hpf.core.errors import Text
from hpf.core.formula import tree as t
from hpf.core.formula.choice_words import choice_beside, key_word
from hpf.core.formula.exact import PLACES, snap
from hpf.core.program import Program
from hpf.core.units import CNY
from hpf.core.values import ABSENT, Absent, Trouble

Value = Fraction | bool | str | dt.date | Absent | Trouble

_SIGNS = {"add": "+", "sub": "−", "mul": "×", "div": "÷"}
RELATIONS = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}
_WORDS = {
    "sum": Text("合计", "sum"),
    "mean": Text("平均", "mean"),
    "max": Text("最大", "largest"),
    "min": Text("最小", "smallest"),
    "count": Text("个数", "count"),
    "streak": Text("连续期数", "periods in a row"),
    "larger": Text("取大", "larger"),
    "smaller": Text("取小", "smaller"),
    "marginal": Text("分段累进", "band by band"),
    "bracket": Text("所在档", "bracket"),
    "first": Text("本期首日", "first day of the period"),
    "last": Text("本期末日", "last day of the period"),
    "round": Text("取整", "rounded"),
    "when": Text("分情况", "by case"),
    "first_of": Text("依次取有值者", "first that has a value"),
    "rank": Text("名次", "rank"),
    "split": Text("分配", "share"),
    "only": Text("仅限", "only for"),
    "past": Text("往期", "earlier period"),
    "months_later": Text("若干月后之日", "some months later"),
    "days_between": Text("相隔天数", "days between"),
}
_LONG = 60


def word(name: str) -> Text:
    """The name of a node kind (`sum`, `rank` …)."""
    return _WORDS[name]


class Labels:
    """Names facts, results, parameters and the nodes above them, for one program."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._names: dict[tuple[str, str], Text] = {
            **{(i.entity, i.code): i.names for i in program.indicators},
            **{(r.entity, r.name): r.names for r in program.rules},
        }

        self._money = frozenset(
            [(i.entity, i.code) for i in program.indicators if i.unit == CNY]
            + [(r.entity, r.name) for r in program.rules if r.unit == CNY]
        )

    def is_money(self, entity: str, name: str) -> bool:
        """Whether a fact or a result is an amount in yuan."""
        return (entity, name.rpartition(".")[2]) in self._money

    def own(self, entity: str, name: str) -> Text:
        """A fact's or a result's name."""
        short = name.rpartition(".")[2]
        return self._names.get((entity, short), Text(short, short))

    def parameter(self, name: str) -> Text:
        """A parameter's name."""
        known = self._program.parameters.get(name)
        return known.names if known else Text(name, name)

    def entity(self, code: str) -> Text:
        """An entity's name."""
        known = self._program.entities.get(code)
        return known.names if known else Text(code, code)

    def of(self, node: t.Node) -> Text:
        """A node in a few signs; what would grow too long is named by its kind."""
        text = self._draw(node, 0)
        if max(len(text.zh), len(text.en)) <= _LONG:
            return text
        if isinstance(node, t.Arith):
            return Text(*(f"… {_SIGNS[node.kind]} …",) * 2)
        if isinstance(node, t.Compare | t.Logic):
            return Text("条件", "condition")
        return self._kind(node)

    def _kind(self, node: t.Node) -> Text:
        return _WORDS.get(
            getattr(node, "kind", node.op), _WORDS.get(node.op, Text(node.op, node.op))
        )

    def _draw(self, node: t.Node, level: int) -> Text:
        match node:
            case t.Const(value):
                return short(value)
            case t.Param(name, key):
                base = self.parameter(name)
                if key is None:
                    return base
                said = key_word(self._program, name, key) or self._draw(key, 0)
                return _join("", base, _wrap(said, "[]"))
            case t.PeriodDay(edge):
                return _WORDS[edge]
            case t.Own(entity, name):
                return self.own(entity, name)
            case t.Look(_, entity, inner):
                where = self.entity(entity)
                return _join("", Text(f"{where.zh}的", f"{where.en}'s "), self._draw(inner, 3))
            case t.Arith(kind, left, right):
                mine = 1 if kind in ("add", "sub") else 2
                a, b = self._draw(left, mine), self._draw(right, mine + (kind in ("sub", "div")))
                text = _join(f" {_SIGNS[kind]} ", a, b)
                return _wrap(text, "()") if mine < level else text
            case t.MonthsLater(date, months):
                count, way = self._draw(months, 3), " + "
                if isinstance(months, t.Const) and isinstance(months.value, Fraction):
                    count = _join("", short(abs(months.value)), Text(" 个月", " months"))
                    way = " + " if months.value >= 0 else " − "
                text = _join(way, self._draw(date, 1), count)
                return _wrap(text, "()") if level > 1 else text
            case t.DaysBetween(start, end):
                ends = _join(" → ", self._draw(start, 1), self._draw(end, 1))
                return _join("", Text("天数", "days"), _wrap(ends, "()"))
            case t.Compare(kind, left, right):
                one = choice_beside(self._program, left, right) or self._draw(left, 1)
                two = choice_beside(self._program, right, left) or self._draw(right, 1)
                text = _join(f" {RELATIONS[kind]} ", one, two)
                return _wrap(text, "()") if level else text
            case t.Logic("not", (inner,)):
                return _join("", Text("非", "not "), self._draw(inner, 3))
            case t.Logic(kind, args):
                sign = Text(" 且 ", " and ") if kind == "and" else Text(" 或 ", " or ")
                drawn = [self._draw(a, 0) for a in args]
                return _wrap(Text(*(sign[i].join(d[i] for d in drawn) for i in (0, 1))), "()")
            case t.Gather(kind, member, _, value, _) if value is None:
                return _join("", _WORDS[kind], _wrap(self.entity(member), "()"))
            case t.Gather(kind, _, _, value, _) | t.Window(kind, _, value, _) if value is not None:
                return _join("", _WORDS[kind], _wrap(self._draw(value, 0), "()"))
            case t.Extreme(kind, args):
                drawn = [self._draw(a, 0) for a in args]
                listed = Text("、".join(d.zh for d in drawn), ", ".join(d.en for d in drawn))
                return _join("", _WORDS[kind], _wrap(listed, "()"))
            case t.Round(value, _):
                return _join("", _WORDS["round"], _wrap(self._draw(value, 0), "()"))
            case t.Band(_, scale, x, _):
                return _join("", self.parameter(scale), _wrap(self._draw(x, 0), "()"))
            case t.Past(_, inner):
                return _join("", _WORDS["past"], _wrap(self._draw(inner, 0), "()"))
            case t.Rank(value=inner) | t.Split(by=inner):
                return _join("", _WORDS[node.op], _wrap(self._draw(inner, 0), "()"))
            case t.Only(_, body):
                return self._draw(body, level)
        return self._kind(node)


def _join(sign: str, one: Text, two: Text) -> Text:
    return Text(one.zh + sign + two.zh, one.en + sign + two.en)


def _wrap(text: Text, ends: str) -> Text:
    return Text(ends[0] + text.zh + ends[1], ends[0] + text.en + ends[1])


def figure(value: Fraction, grouped: bool = True) -> str:
    """A number for the eye: thousands separators, the decimals it needs, … where it goes on.

    >>> figure(Fraction("1234567.50")), figure(Fraction(2, 3)), figure(Fraction(0))
    ('1,234,567.5', '0.666666…', '0')
    """
    rounded = snap(value)
    if rounded == value:
        digits, mark = PLACES, ""
    else:
        digits, mark, rounded = 6, "…", value
    shifted = abs(rounded) * 10**digits
    whole, part = divmod(shifted.numerator // shifted.denominator, 10**digits)
    text = f"{whole:,}" if grouped else str(whole)
    places = f"{part:0{digits}d}".rstrip("0") if not mark else f"{part:0{digits}d}"
    sign = "-" if value < 0 else ""
    return f"{sign}{text}{'.' + places if places else ''}{mark}"


def written(value: Fraction) -> str:
    """The contract's form: plain decimal notation, at most 12 places, no trailing zeros.

    >>> written(Fraction(-1, 3))
    '-0.333333333333'
    """
    return figure(snap(value), grouped=False)


def short(value: object) -> Text:
    """A value in a few signs, both languages."""
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, Fraction):
        return Text(*(figure(value),) * 2)
    if isinstance(value, t.Rounding):
        if value.step == 0:
            return Text("不取整", "exact")
        return Text(*(f"{figure(value.step)} ({value.mode})",) * 2)
    if value is ABSENT:
        return Text("无", "absent")
    if isinstance(value, Trouble):
        return value.message
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    return Text(text, text)
