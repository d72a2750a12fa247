"""One line of arithmetic with the row's own numbers: 科室净额 27,084.70 × 权数 1.0692 ÷ 11.0267.

What a slip prints beside an amount, so that whoever recomputes it with a pocket calculator gets
the same. It goes one rule deep: below it, the derivation does. Of cases the one that holds is
shown, of replacements the one that was taken; what adds or multiplies nothing is left out.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from hpf.core.errors import Text
from hpf.core.formula import tree as t
from hpf.core.formula.cells import Cell, Here, Num, follow
from hpf.core.formula.exact import snap
from hpf.core.formula.labels import Value, short
from hpf.core.formula.scalar import Scalar
from hpf.core.program import Rule
from hpf.core.values import ABSENT

_SIGNS = {"add": "+", "sub": "−", "mul": "×", "div": "÷"}
_LEVELS = {"add": 1, "sub": 1, "mul": 2, "div": 2}
_PICKS = {"larger": Text("取大", "the larger of "), "smaller": Text("取小", "the smaller of ")}
_PLACES: Final = 4  # of a number in the middle of a line; what is cut off is marked with …


def in_numbers(scalar: Scalar, rule: Rule, row: int) -> Text:
    """The rule's formula on one row, with names and numbers; '' where it does not apply there."""
    line = _Line(scalar)
    said = line.say(rule.tree, Here(rule.entity, row, rule.qualified), 0)
    return said or Text("", "")


class _Line:
    def __init__(self, scalar: Scalar) -> None:
        self.scalar = scalar

    def say(self, node: t.Node, here: Here, level: int) -> Text | None:
        """The node in words and numbers; None where it has no value here."""
        value = self.scalar.node(node, here)
        if value is ABSENT:
            return None
        match node:
            case t.Only(_, body) | t.Round(body, _):
                return self.say(body, here, level)
            case t.When(condition, then, other):
                taken = then if self.scalar.node(condition, here) is True else other
                return self.say(taken, here, level)
            case t.FirstOf(args):
                given = (a for a in args if self.scalar.node(a, here) is not ABSENT)
                return self.say(next(given), here, level)
            case t.Arith(kind, left, right):
                return self._arithmetic(kind, left, right, here, level)
            case t.Extreme(kind, args):
                several = [s for a in args if (s := self.say(a, here, 0))]
                return _enclosed(_PICKS[kind], several)
            case t.Split():
                return self._share(node, here)
            case t.Const():
                return _number(value)
        return self._named(node, value)

    def _arithmetic(
        self, kind: str, left: t.Node, right: t.Node, here: Here, level: int
    ) -> Text | None:
        one, two = self.scalar.node(left, here), self.scalar.node(right, here)
        if _is(one, 0) and kind == "add":
            return self.say(right, here, level)
        if _is(two, 0) and kind in ("add", "sub"):
            return self.say(left, here, level)
        if (_is(two, 1) and kind in ("mul", "div")) and isinstance(right, t.Const):
            return self.say(left, here, level)
        mine = _LEVELS[kind]
        a = self.say(left, here, mine)
        b = self.say(right, here, mine + (kind in ("sub", "div")))
        if a is None or b is None:
            return a or b
        if _is(one, 0) and kind == "sub":
            return Text(f"−{b.zh}", f"−{b.en}")
        sign = _SIGNS[kind]
        text = Text(f"{a.zh} {sign} {b.zh}", f"{a.en} {sign} {b.en}")
        return Text(f"({text.zh})", f"({text.en})") if mine < level else text

    def _share(self, node: t.Split, here: Here) -> Text | None:
        """Pool × own weight ÷ sum of weights."""
        scalar = self.scalar
        group = scalar.grouping.group(node, here)
        anchor = follow(scalar.program, scalar.checked, here, node.within)
        if group is None or anchor is None:
            return None
        pool, own = self.say(node.pool, anchor, 2), self.say(node.by, here, 2)
        total = _number(Num(sum(group.values, Fraction(0))))
        if pool is None or own is None:
            return None
        return Text(
            f"{pool.zh} × {own.zh} ÷ 合计 {total.zh}", f"{pool.en} × {own.en} ÷ all {total.en}"
        )

    def _named(self, node: t.Node, value: Cell) -> Text:
        """A fact, a result, a parameter or a gathering: its name and its number."""
        said = _number(value, cents=self._is_money(node))
        name = self.scalar.labels.of(node)
        return Text(f"{name.zh} {said.zh}", f"{name.en} {said.en}")

    def _is_money(self, node: t.Node) -> bool:
        """Whether a node is an amount: of a fact, a result or a parameter in yuan, or several."""
        match node:
            case t.Own(entity, name):
                return self.scalar.labels.is_money(entity, name)
            case t.Look(_, _, inner):
                return self._is_money(inner)
            case t.Gather(kind, _, _, t.Node() as value, _) if kind != "count":
                return self._is_money(value)
        return False


def _is(cell: Cell, number: int) -> bool:
    return isinstance(cell, Num) and snap(cell.value) == number


def _number(cell: Cell, *, cents: bool = False) -> Text:
    """A value in the middle of a line: at most four places, then …; amounts at least two."""
    value: Value = snap(cell.value) if isinstance(cell, Num) else cell
    if not isinstance(value, Fraction):
        return short(value)
    scaled = abs(value) * 10**_PLACES
    whole = int(scaled)
    digits = f"{whole // 10**_PLACES:,}"
    part = f"{whole % 10**_PLACES:0{_PLACES}d}".rstrip("0")
    cut = "…" if scaled != whole else ""
    if cut:
        part = f"{whole % 10**_PLACES:0{_PLACES}d}"
    elif cents:
        part = part.ljust(2, "0")
    text = ("−" if value < 0 else "") + digits + (f".{part}{cut}" if part or cut else "")
    return Text(text, text)


def _enclosed(word: Text, parts: list[Text]) -> Text | None:
    if not parts:
        return None
    zh, en = "，".join(p.zh for p in parts), ", ".join(p.en for p in parts)
    return Text(f"{word.zh}({zh})", f"{word.en}({en})")
