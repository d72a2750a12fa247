"""The two interpreters agree on every result: random trees over awkward facts.

What may differ: a number that is not rounded, by one unit of the 12th place. What is left out: a
value that lies, within its error bound, on a tie of the 12th place (or on the bound of 10^16, or
whose error bound lies on the guard): fixed digits cannot decide there, and no scheme can tell.
"""

from __future__ import annotations

import datetime as dt
import importlib
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hpf.core.facts import Checked
from hpf.core.formula import cells, columns, exact
from hpf.core.formula import tree as t
from hpf.core.formula.columns import branches
from hpf.core.formula.scalar import Scalar
from hpf.core.formula.tree_json import canonical
from hpf.core.indicators import Type
from hpf.core.parameter_files import parse_parameters
from hpf.core.program import Program
from hpf.core.values import ABSENT, History, Trouble

UNIT = Fraction(1, 10**12)
CHOICES = ("east", "west", "north")
DAYS = [
    "2026-08-31", "2026-09-01", "2026-09-30", "2026-01-31", "2024-02-29", "0001-01-31",
    "9999-12-01", None,
]  # fmt: skip
PARAMETERS = parse_parameters(
    {
        name: {"name": name, "clause": "L.1", **entry}
        for name, entry in {
            "share": {"values": [{"from": "2026-01-01", "value": "0.45", "reference": "x"}]},
            "wait": {"values": [{"from": "2026-01-01", "value": "6", "reference": "x"}]},
            "term": {
                "keyed_by": list(CHOICES),
                "values": [
                    {"from": "2026-01-01", "value": {"east": "1", "west": "-13"}, "reference": "x"}
                ],
            },
            "third": {"values": [{"from": "2026-01-01", "value": "1/3", "reference": "x"}]},
            "keyed": {
                "keyed_by": list(CHOICES),
                "values": [
                    {"from": "2026-01-01", "value": {"east": "1.2", "west": "0"}, "reference": "x"}
                ],
            },
            "steps": {
                "kind": "rounding",
                "values": [{"from": "2026-01-01", "value": {"step": "0.01"}, "reference": "x"}],
            },
            "left": {
                "kind": "rounding",
                "values": [{"from": "2026-01-01", "value": "exact", "reference": "x"}],
            },
            "tiers": {
                "kind": "scale",
                "values": [
                    {
                        "from": "2026-01-01",
                        "reference": "x",
                        "value": [
                            {"upto": "1", "rate": "0.5"},
                            {"over": "1", "below": "100", "rate": "1/3"},
                            {"from": "100", "upto": "5000", "rate": "-2"},
                        ],
                    }
                ],
            },
            "open": {
                "kind": "scale",
                "values": [
                    {
                        "from": "2026-01-01",
                        "reference": "x",
                        "value": [
                            {"from": "0", "below": "2.5", "rate": "1.005"},
                            {"from": "2.5", "rate": "fact"},
                        ],
                    }
                ],
            },
        }.items()
    },
    "lab",
)
PLAIN = [
    "0", "0", "1", "1", "-1", "2", "2.5", "2.5", "-2.5", "3", "7", "9", "11", "18", "0.5", "0.005",
    "1.005", "0.125", "100", "333.33", "-0.01", "0.0001", "1234567.89", "999999999999.99",
    "5000000000000000", "9999999999999999", "-9999999999999999.99", None, None,
]  # fmt: skip
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

numbers = st.one_of(
    st.sampled_from(PLAIN), st.integers(-300, 300).map(lambda n: str(Decimal(n) / 100))
)


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


@dataclass
class Case:
    """A generated program with its facts and history."""

    rules: list[tuple[str, str, Type, t.Node]]
    data: dict[str, dict[str, dict[str, Any]]]
    past: dict[int, dict[tuple[str, str], dict[str, Any]]]

    def program(self, lab: SimpleNamespace) -> Program:
        of = {"member": lab.MEMBER, "team": lab.TEAM, "house": lab.HOUSE}
        indicators = [lab.indicator(of[e], n) for e, names in FACTS.items() for n in names]
        indicators += [
            lab.indicator(lab.MEMBER, "u", Type.CHOICE, CHOICES),
            lab.indicator(lab.MEMBER, "s", Type.BOOLEAN),
            lab.indicator(lab.MEMBER, "d", Type.DATE),
        ]
        rules = [
            replace(lab.rule(of[e], name, tree, kind, i), choices=CHOICES)
            for i, (e, name, kind, tree) in enumerate(self.rules)
        ]
        prog: Program = lab.program(indicators, rules, PARAMETERS)
        return prog

    def history(self, lab: SimpleNamespace) -> History:
        return History({lab.PERIOD.earlier(k): held for k, held in self.past.items()})


@st.composite
def cases(draw: Any) -> Case:
    """A program of up to six rules on up to six members of up to three teams."""
    known: dict[str, list[tuple[str, Type]]] = {"member": [], "team": [], "house": []}
    grower, rules = Grower(draw, known), []
    for i in range(draw(st.integers(1, 6))):
        entity = draw(st.sampled_from(["member", "member", "team", "house"]))
        kind = draw(st.sampled_from([Type.DECIMAL] * 6 + [Type.BOOLEAN, Type.CHOICE, Type.DATE]))
        rules.append((entity, f"r{i}", kind, grower.rule(entity, kind, draw(st.integers(1, 3)))))
        known[entity].append((f"r{i}", kind))
    houses = {"H": {n: draw(numbers) for n in FACTS["house"]}}
    teams = {
        f"T{i}": {"house": draw(st.sampled_from(["H", "H", None])),
                  **{n: draw(numbers) for n in FACTS["team"]}}
        for i in range(draw(st.integers(1, 3)))
    }  # fmt: skip
    to = st.sampled_from([*teams, "T0", None])
    members = {
        f"M{i}": {
            "team": draw(to), "guest": draw(to), "u": draw(st.sampled_from([*CHOICES, None])),
            "s": draw(st.sampled_from([True, False, None])), "d": draw(st.sampled_from(DAYS)),
            **{n: draw(numbers) for n in FACTS["member"]},
        }
        for i in range(draw(st.integers(1, 6)))
    }  # fmt: skip
    data: dict[str, dict[str, dict[str, Any]]] = {"house": houses, "team": teams, "member": members}
    past: dict[int, dict[tuple[str, str], dict[str, Any]]] = {}
    for k in draw(st.sampled_from([(), (1,), (1, 2)])):
        past[k] = {
            (entity, f"lab.{name}"): {id: v for id in data[entity] if (v := draw(_result(kind)))}
            for entity, name, kind, _ in rules
        }
    return Case(rules, data, past)


def _result(kind: Type) -> st.SearchStrategy[Any]:
    if kind is Type.BOOLEAN:
        return st.sampled_from([True, False, None])
    if kind is Type.CHOICE:
        return st.sampled_from([*CHOICES, None])
    if kind is Type.DATE:
        return st.sampled_from([d and dt.date.fromisoformat(d) for d in DAYS])
    return numbers.map(lambda x: None if x is None else Decimal(x))


class Careful(Scalar):
    """Interpreter two, noting where fixed digits cannot decide."""

    undecided = False

    def snap(self, cell: cells.Num, node: t.Node, here: cells.Here) -> Fraction | Trouble:
        off = abs((abs(cell.value) / UNIT) % 1 - Fraction(1, 2)) * UNIT
        if cell.err and off <= Fraction(cell.err):
            self.undecided = True
        return super().snap(cell, node, here)

    def bounded(self, value: Fraction, err: float, node: t.Node, here: cells.Here) -> cells.Cell:
        if err and abs(abs(value) - exact.BOUND) <= Fraction(err):
            self.undecided = True
        if abs(err / cells.GUARD - 1) < 1e-3:  # an error bound
            self.undecided = True
        return super().bounded(value, err, node, here)


def exactly_equal(node: t.Node) -> bool:
    """Whether a number is rounded, split, ranked or counted, so that not a digit may differ."""
    match node:
        case t.Round(_, t.Const(t.Rounding(step))):
            return step != 0
        case t.Rank() | t.Split() | t.Gather("count") | t.Window("count" | "streak"):
            return True
        case t.Only(_, body):
            return exactly_equal(body)
        case t.When(_, one, two):
            return exactly_equal(one) and exactly_equal(two)
    return False


def differences(lab: SimpleNamespace, case: Case) -> list[str] | None:
    """Where the interpreters disagree; None where fixed digits cannot decide."""
    prog, history = case.program(lab), case.history(lab)
    rows: Checked = lab.checked(prog, case.data)
    scalar = Careful(prog, rows, lab.resolved(prog), history)
    two = lab.outcomes(scalar, prog, rows)
    if scalar.undecided:
        return None
    one = lab.by_columns(prog, rows, history)
    trees = {(e, name): tree for e, name, _, tree in case.rules}
    found: list[str] = []
    for key, value in two.items():
        other = one[key]
        same = other == value
        if isinstance(value, Fraction) and isinstance(other, Fraction) and not same:
            same = abs(value - other) <= UNIT and not exactly_equal(trees[key[0], key[2]])
        if not same:
            tree = trees[key[0], key[2]]
            found.append(f"{key}: columns {other!r}, scalar {value!r} in {canonical(tree)}")
    for results in (one, two):
        found += conserved(prog, rows, scalar, results)
    return found


def conserved(
    prog: Program, rows: Checked, scalar: Scalar, results: Mapping[Any, Any]
) -> Iterator[str]:
    """Rules that are a bare split: each group's shares sum to its pool, rounded to the step."""
    for r in prog.rules:
        node = r.tree
        if not isinstance(node, t.Split):
            continue
        ids = rows.rows[r.entity].ids
        for group, anchor in enumerate(rows.rows[node.group].ids):
            members = scalar.grouping.members(r.entity, node.within, group)
            outcomes = [results[r.entity, ids[m], r.name] for m in members]
            shares = [s for s in outcomes if isinstance(s, Fraction)]
            pool = scalar.snapped(node.pool, cells.Here(node.group, group, r.qualified))
            if shares and isinstance(pool, Fraction):
                # said by hand, so that neither interpreter's rounding vouches for itself
                step = scalar.rounding(node.step).step
                whole = (2 * abs(pool) / step + 1) // 2 * step
                if sum(shares) != (whole if pool >= 0 else -whole):
                    yield f"{r.name} {anchor}: {[str(s) for s in shares]} is not {pool}"


QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(QUICK, max_examples=1500)


def agree(lab: SimpleNamespace, case: Case) -> None:
    found = differences(lab, case)
    assume(found is not None)
    assert not found, "\n".join(found or ())


@given(case=cases())
@QUICK
def test_the_interpreters_agree(lab: SimpleNamespace, case: Case) -> None:
    agree(lab, case)


@pytest.mark.slow
@given(case=cases())
@LONG
def test_the_interpreters_agree_on_many_more(lab: SimpleNamespace, case: Case) -> None:
    agree(lab, case)


def in_ways(case: Case) -> Case:
    """The same, each number of a member one of three ways; conditions are decided on every row."""

    def decided(question: t.Node) -> t.Node:
        return t.FirstOf((question, t.Const(False)))

    own = {name: t.Own("member", f"lab.{name}") for name in ("a", "b", "c", "s", "u")}
    east = t.Compare("eq", own["u"], t.Const("east"))
    rules = []
    for entity, name, kind, tree in case.rules:
        if entity == "member" and kind is Type.DECIMAL and not isinstance(tree, t.Split):
            product = t.Arith("mul", own["b"], own["c"])
            other = t.When(decided(east), t.Arith("div", own["a"], own["b"]), product)
            ways = t.When(decided(own["s"]), tree, other)
            tree = t.Only(decided(t.Logic("not", (east,))), ways) if name == "r2" else ways
        rules.append((entity, name, kind, tree))
    return replace(case, rules=rules)


@given(case=cases())
@QUICK
def test_the_interpreters_agree_where_ways_are_worked_out_apart(
    lab: SimpleNamespace, case: Case
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(branches, "FEW", 0)
        agree(lab, in_ways(case))


@given(case=cases(), order=st.randoms(use_true_random=False))
@settings(QUICK, max_examples=30)
def test_the_order_of_rules_never_matters(
    lab: SimpleNamespace, case: Case, order: random.Random
) -> None:
    prog, history = case.program(lab), case.history(lab)
    mixed = list(prog.rules)
    order.shuffle(mixed)
    other = replace(prog, rules=tuple(mixed))
    rows = lab.checked(prog, case.data)
    assert other.formula_digest() == prog.formula_digest()
    for interpreter in lab.INTERPRETERS.values():
        assert interpreter(other, rows, history) == interpreter(prog, rows, history)


def own(entity: str, name: str) -> t.Node:
    return t.Own(entity, f"lab.{name}")


def how(step: str, mode: str = "half_up") -> t.Node:
    return t.Const(t.Rounding(Fraction(step), mode))


def example() -> Case:
    """One of each node that can tip over, on ties and thresholds."""
    a, b, c = (own("member", n) for n in "abc")
    number, truth = Type.DECIMAL, Type.BOOLEAN
    third, back = t.Arith("div", a, b), t.Arith("mul", own("member", "q"), b)
    near = t.Const(333333333333 * UNIT)
    rules: list[tuple[str, str, Type, t.Node]] = [
        ("member", "tie", number, t.Round(a, how("1"))),
        ("member", "floor", number, t.Round(back, how("1", "floor"))),
        ("member", "q", number, third),
        ("member", "reached", truth, t.Compare("ge", a, c)),
        ("member", "near", truth, t.Compare("eq", own("member", "q"), near)),
        ("member", "place", number, t.Rank(c, ("team",))),
        ("member", "pay", number, t.Split(own("team", "pool"), b, ("team",), "team", how("0.01"))),
        ("member", "band", number, t.Band("bracket", "tiers", c)),
        ("member", "steps", number, t.Band("marginal", "tiers", c)),
        ("team", "all", number, t.Gather("sum", "member", ("team",), c)),
        ("team", "middle", number, t.Gather("mean", "member", ("team",), a)),
        ("member", "both", truth, t.Logic("and", (own("member", "s"), own("member", "reached")))),
        ("member", "best", number, t.Extreme("larger", (a, c))),
        ("member", "given", number, t.FirstOf((c, a))),
        ("member", "past", number, t.Window("sum", 2, own("member", "tie"))),
        ("member", "later", Type.DATE, t.MonthsLater(own("member", "d"), t.Const(Fraction(1)))),
        ("member", "days", number, t.DaysBetween(own("member", "d"), own("member", "later"))),
    ]
    people = {
        "M0": {"team": "T0", "a": "2.5", "b": "3", "c": "2.5", "s": None, "d": "2026-01-31"},
        "M1": {"team": "T0", "a": "-2.5", "b": "3", "c": "1", "s": True},
        "M2": {"team": "T0", "a": "1", "b": "3", "c": "100", "s": False},
        "M3": {"team": "T0", "a": "7", "b": "0", "c": None, "s": True},
    }
    teams = {"T0": {"house": "H", "pool": "100", "k": "1"}}
    data: dict[str, dict[str, dict[str, Any]]] = {
        "house": {"H": {}}, "team": teams, "member": people,
    }  # fmt: skip
    return Case(rules, data, {1: {("member", "lab.tie"): {"M0": Decimal(3)}}})


def test_the_example_is_right_and_both_agree_on_it(lab: SimpleNamespace) -> None:
    case = example()
    assert differences(lab, case) == []
    prog = case.program(lab)
    got = lab.by_scalar(prog, lab.checked(prog, case.data), case.history(lab))
    pays = [str(got["member", f"M{i}", "pay"]) for i in range(4)]
    assert pays == ["1667/50", "3333/100", "3333/100", "0"]
    assert [got["member", f"M{i}", "place"] for i in range(4)] == [2, 3, 1, ABSENT]
    assert got["member", "M3", "q"] == lab.Bad("division_by_zero")
    assert got["member", "M0", "past"] == 6
    assert got["member", "M0", "later"] == dt.date(2026, 2, 28)
    assert got["member", "M0", "days"] == 28


def test_a_row_far_below_the_first_band_is_off_the_scale_and_alone_so(lab: SimpleNamespace) -> None:
    """Its distance times the band's rate would be out of bounds, and stop the frame of all."""
    none = t.Band("marginal", "tiers", t.Const(Fraction(0)))  # of 22 places
    tree = t.Band("marginal", "open", t.Own("member", "lab.a"), none)
    people = {
        "M0": {"team": "T0", "a": "-9999999999999999.99"},
        "M1": {"team": "T0", "a": "2"},
    }
    data: Any = {"house": {"H": {}}, "team": {"T0": {"house": "H"}}, "member": people}
    case = Case([("member", "band", Type.DECIMAL, tree)], data, {})
    assert not differences(lab, case)
    prog = case.program(lab)
    got = lab.by_columns(prog, lab.checked(prog, case.data), case.history(lab))
    assert got["member", "M0", "band"] == lab.Bad("off_scale")
    assert got["member", "M1", "band"] == Fraction("2.01")


Fault = tuple[str, str, Callable[[Any], Any]]
FAULTS: dict[str, Fault] = {
    "scalar: half to even": (
        "exact", "to_step", lambda f: lambda v, h: f(v, replace(h, mode="half_even")),
    ),
    "scalar: no snapping": ("exact", "snap", lambda f: lambda v: v),
    "scalar: last id first": ("exact", "largest_remainder", lambda f: partial(_mirror, f)),
    "scalar: worst first": ("exact", "places", lambda f: lambda v, d: f(v, not d)),
    "scalar: > for >=": ("in_row", "_RELATIONS", lambda f: {**f, "ge": f["gt"]}),
    "scalar: next band": ("exact", "band_of", lambda f: lambda *a, **k: (f(*a, **k) or 0) and 1),
    "scalar: width of all": ("exact", "width", lambda f: lambda b, x: x),
    "columns: half to even": (
        "columns.rowwise", "rounded", lambda f: lambda v, h: f(v, replace(h, mode="half_even")),
    ),
    "columns: no snapping": ("columns.col", "snapped", lambda f: lambda col: col),
    "columns: another step": (
        "columns.run", "split", lambda f: lambda p, w, s, n, h: f(p, w, s * 2, n, h),
    ),
    "columns: worst first": ("columns.run", "ranks", lambda f: lambda t, d, h: f(t, not d, h)),
    "columns: > for >=": (
        "columns.rowwise", "compare", lambda f: lambda k, a, b: f({"ge": "gt"}.get(k, k), a, b),
    ),
    "columns: the larger is the smaller": (
        "columns.rowwise", "extreme", lambda f: lambda k, a: f("smaller", a),
    ),
    "columns: or for and": ("columns.rowwise", "logic", lambda f: lambda k, a: f("or", a)),
    "columns: marginal for bracket": (
        "columns.rowwise", "band", lambda f: lambda k, s, x, t: f("marginal", s, x, t),
    ),
    "columns: sum for mean": (
        "columns.run", "gather", lambda f: lambda k, t, s: f("sum", t, s),
    ),
    "columns: the last of them": (
        "columns.rowwise", "first", lambda f: lambda a, b: f(b, a),
    ),
    "columns: another month": (
        "columns.rowwise", "months_later", lambda f: lambda d, n: f(f(d, n), n),
    ),
    "columns: days the other way": (
        "columns.rowwise", "days_between", lambda f: lambda a, b: f(b, a),
    ),
    "columns: max for sum": (
        "columns.rowwise", "window", lambda f: lambda k, v, w: f("max", v, w),
    ),
}  # fmt: skip


def _mirror(f: Any, pool: Fraction, weights: list[Fraction], step: Fraction) -> Any:
    found = f(pool, weights[::-1], step)
    return replace(found, shares=found.shares[::-1])


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_either_interpreter_is_caught(
    lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    module, attribute, spoil = FAULTS[name]
    target = importlib.import_module(f"hpf.core.formula.{module}")
    monkeypatch.setattr(target, attribute, spoil(getattr(target, attribute)))
    assert differences(lab, example()), f"nobody noticed: {name}"


def test_pools_without_takers_are_told(lab: SimpleNamespace) -> None:
    case = example()
    case.data["team"]["T1"] = {"house": "H", "pool": "5", "k": "0"}
    case.data["team"]["T2"] = {"house": "H", "pool": "0", "k": "0"}
    prog = case.program(lab)
    evaluated = columns.evaluate(
        prog, lab.checked(prog, case.data), lab.resolved(prog), case.history(lab)
    )
    assert evaluated.orphans == (("lab.pay", "team", 1),)
