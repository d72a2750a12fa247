"""The two interpreters agree on every result: random trees over awkward facts."""

from __future__ import annotations

import random
from dataclasses import replace
from types import SimpleNamespace

import pytest
from agreement import differences
from grown_cases import Case, cases
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hpf.core.formula import tree as t
from hpf.core.formula.columns import branches
from hpf.core.indicators import Type

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
