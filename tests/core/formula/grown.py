"""Random trees for both interpreters: over three entities, every node, earlier rules read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from hpf.core.formula import tree as t
from hpf.core.indicators import Type

CHOICES = ("east", "west", "north")
CONSTANTS = [
    Fraction(x)
    for x in (0, 1, -1, 2, 3, "1/3", "2/7", "0.5", "0.01", 100, 10**6, 5 * 10**15 - 1, 10**16 - 1)
]
STEPS = ["0.01", "1", "0.05", "100", "0.3", "0"]
WAYS: dict[str, list[tuple[t.Path, str]]] = {
    "member": [(("team",), "team"), (("guest",), "team"), (("team", "house"), "house")],
    "team": [(("house",), "house")],
    "house": [],
}
BACK: dict[str, list[tuple[t.Path, str]]] = {
    "member": [],
    "team": [(("team",), "member"), (("guest",), "member")],
    "house": [(("house",), "team"), (("team", "house"), "member")],
}
MONTHS = [Fraction(n) for n in (0, 1, -1, 6, 12, 13, -24, 119_999)]
FACTS = {"member": ("a", "b", "c"), "team": ("pool", "k"), "house": ("h",)}


@dataclass
class Grower:
    """Grows random trees; earlier rules may be read, later ones not."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    rules: dict[str, list[tuple[str, Type]]]

    def pick(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def rule(self, entity: str, kind: Type, depth: int) -> t.Node:
        if kind is Type.BOOLEAN:
            return self.truth(entity, depth)
        if kind is Type.CHOICE:
            return self.choice(entity, depth)
        if kind is Type.DATE:
            return self.date(entity, depth)
        if entity == "member" and self.pick(0, 0, 1):
            body, condition = self.split(entity, depth), self.truth(entity, 1)
            if not self.pick(0, 1):
                return body
            return t.Only(condition, replace(body, among=condition))
        return self.number(entity, depth)

    def own(self, entity: str, kind: Type) -> list[t.Node]:
        return [t.Own(entity, f"lab.{n}") for n, k in self.rules[entity] if k is kind]

    def number(self, entity: str, depth: int, past: bool = False) -> t.Node:
        leaves: list[t.Node] = [
            t.Const(self.pick(*CONSTANTS)),
            t.Param(self.pick("share", "third")),
        ]
        leaves += self.own(entity, Type.DECIMAL) * 3
        if not past:
            leaves += [t.Own(entity, f"lab.{n}") for n in FACTS[entity]] * 3
        if depth <= 0:
            return self.pick(*leaves)
        kinds = ["leaf"] * 2 + ["arith"] * 4 + ["round"] * 2
        kinds += ["when", "extreme", "band", "only", "first", "days"]
        if not past:
            kinds += ["key"] * (entity == "member") + ["look", "look"] * bool(WAYS[entity])
            kinds += ["gather"] * 3 * bool(BACK[entity]) + ["rank"] * bool(WAYS[entity])
            kinds += ["past", "window"]
        d = depth - 1

        def sub() -> t.Node:
            return self.number(entity, d, past)

        match self.pick(*kinds):
            case "arith":
                build = self.pick(t.arith, t.Arith)
                return build(self.pick("add", "sub", "mul", "div"), sub(), sub())
            case "when":
                return t.When(self.truth(entity, d, past), sub(), sub())
            case "extreme":
                return t.Extreme(self.pick("larger", "smaller"), (sub(), sub()))
            case "round":
                return t.Round(sub(), self.how())
            case "band":
                kind, scale = self.pick("marginal", "bracket"), self.pick("tiers", "open")
                return t.Band(kind, scale, sub(), sub() if scale == "open" else None)
            case "only":
                return t.Only(self.truth(entity, d, past), sub())
            case "first":
                return t.FirstOf((sub(), sub()))
            case "days":
                return t.DaysBetween(self.date(entity, d, past), self.date(entity, d, past))
            case "key":
                return t.Param("keyed", self.choice(entity, d))
            case "look":
                path, far = self.pick(*WAYS[entity])
                return t.Look(path, far, self.number(far, d))
            case "gather":
                path, member = self.pick(*BACK[entity])
                kind = self.pick("sum", "sum", "mean", "max", "min", "count")
                value = None if kind == "count" and self.pick(0, 1) else self.number(member, d)
                where = self.truth(member, d) if self.pick(0, 1) else None
                return t.Gather(kind, member, path, value, where)
            case "rank":
                path, _ = self.pick(*WAYS[entity])
                among = self.truth(entity, d) if self.pick(0, 1) else None
                return t.Rank(sub(), path, self.pick(True, False), among)
            case "past":
                return t.Past(self.pick(1, 2), self.number(entity, d, True))
            case "window":
                return self.window(entity, d)
        return self.pick(*leaves)

    def window(self, entity: str, depth: int) -> t.Node:
        kind, span = (
            self.pick("sum", "mean", "max", "min", "count", "streak"),
            self.pick(1, 2, 3, 0),
        )
        where = self.truth(entity, depth, True)
        if kind == "streak":
            return t.Window(kind, span, None, where)
        return t.Window(
            kind, span, self.number(entity, depth, True), where if self.pick(0, 1) else None
        )

    def how(self) -> t.Node:
        if self.pick(0, 0, 0, 1):
            return t.Param(self.pick("steps", "left"))
        return t.Const(t.Rounding(Fraction(self.pick(*STEPS)), self.pick(*t.MODES)))

    def split(self, entity: str, depth: int) -> t.Split:
        path, group = self.pick(*WAYS[entity])
        step = t.Const(t.Rounding(Fraction(self.pick("0.01", "1", "0.05", "100", "0.3")), "down"))
        among = self.truth(entity, 1) if self.pick(0, 1) else None
        pool, by = self.number(group, depth - 1), self.number(entity, depth - 1)
        return t.Split(pool, by, path, group, step, among)

    def truth(self, entity: str, depth: int, past: bool = False) -> t.Node:
        owns = self.own(entity, Type.BOOLEAN)
        if entity == "member" and not past:
            owns.append(t.Own(entity, "lab.s"))
        if depth <= 0 and owns and self.pick(0, 1):
            return self.pick(*owns)
        kind = self.pick("number", "number", "number", "choice", "day", "and", "or", "not")
        d = depth - 1
        if depth > 0 and kind in ("and", "or"):
            return t.Logic(kind, (self.truth(entity, d, past), self.truth(entity, d, past)))
        if depth > 0 and kind == "not":
            return t.Logic(kind, (self.truth(entity, d, past),))
        if entity == "member" and not past and kind == "choice":
            return t.Compare(
                self.pick("eq", "ne"), self.choice(entity, 0), t.Const(self.pick(*CHOICES))
            )
        relation = self.pick("eq", "ne", "lt", "le", "gt", "ge")
        if kind == "day":
            return t.Compare(relation, self.date(entity, d, past), self.date(entity, d, past))
        return t.Compare(relation, self.number(entity, d, past), self.number(entity, d, past))

    def date(self, entity: str, depth: int, past: bool = False) -> t.Node:
        leaves: list[t.Node] = [
            t.PeriodDay(self.pick("first", "last")),
            *self.own(entity, Type.DATE) * 2,
        ]
        if entity == "member" and not past:
            leaves += [t.Own(entity, "lab.d")] * 3
        if depth <= 0:
            return self.pick(*leaves)
        kinds = ["leaf", "later", "later", "when", "first", "only"]
        kinds += [] if past else ["look"] * bool(WAYS[entity]) + ["past"]
        d = depth - 1

        def sub() -> t.Node:
            return self.date(entity, d, past)

        match self.pick(*kinds):
            case "later":
                months: t.Node = t.Const(self.pick(*MONTHS))
                if self.pick(0, 0, 1):
                    months = t.Param("wait")
                elif entity == "member" and not past and self.pick(0, 0, 1):
                    months = t.Param("term", self.choice(entity, d))
                return t.MonthsLater(sub(), months)
            case "when":
                return t.When(self.truth(entity, d, past), sub(), sub())
            case "first":
                return t.FirstOf((sub(), sub()))
            case "only":
                return t.Only(self.truth(entity, d, past), sub())
            case "look":
                path, far = self.pick(*WAYS[entity])
                return t.Look(path, far, self.date(far, d))
            case "past":
                return t.Past(self.pick(1, 2), self.date(entity, d, True))
        return self.pick(*leaves)

    def choice(self, entity: str, depth: int) -> t.Node:
        leaves: list[t.Node] = [t.Const(self.pick(*CHOICES)), *self.own(entity, Type.CHOICE) * 2]
        if entity == "member":
            leaves += [t.Own(entity, "lab.u")] * 3
        if depth > 0 and self.pick(0, 0, 1):
            kind = self.pick("when", "first", "only")
            one, two = self.choice(entity, depth - 1), self.choice(entity, depth - 1)
            if kind == "first":
                return t.FirstOf((one, two))
            condition = self.truth(entity, depth - 1)
            return t.Only(condition, one) if kind == "only" else t.When(condition, one, two)
        return self.pick(*leaves)
