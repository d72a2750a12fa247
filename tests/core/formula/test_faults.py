"""A fault in either interpreter is caught by one example with every node that can tip over."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from agreement import UNIT, differences
from grown_cases import Case

from hpf.core.formula import columns
from hpf.core.formula import tree as t
from hpf.core.indicators import Type
from hpf.core.values import ABSENT


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
