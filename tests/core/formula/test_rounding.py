"""docs/rounding.md holds, in both interpreters, and the shares always sum to the pool."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpf.core.formula import exact
from hpf.core.formula import tree as t

PAGE = Path(__file__).parents[3] / "docs" / "rounding.md"
both = pytest.mark.parametrize("interpreter", ["columns", "scalar"])


def own(entity: str, name: str) -> t.Node:
    return t.Own(entity, f"lab.{name}")


def how(step: str, mode: str = "half_up") -> t.Node:
    return t.Const(t.Rounding(Fraction(step), mode))


@both
def test_modes(lab: SimpleNamespace, interpreter: str) -> None:
    rows = lab.table(PAGE, "Modes")
    assert set(t.MODES) < set(rows[0]), "every mode has its column"
    rules = [
        lab.rule(lab.MEMBER, f"r{i}_{mode}", t.Round(own("member", "x"), how(step, mode)))
        for i, step in enumerate(sorted({r["step"] for r in rows}))
        for mode in t.MODES
    ]
    steps = sorted({r["step"] for r in rows})
    prog = lab.program([lab.indicator(lab.MEMBER, "x")], rules)
    values = {f"{i:03}": {"x": r["value"]} for i, r in enumerate(rows)}
    facts = lab.checked(prog, {"member": values})
    got = lab.INTERPRETERS[interpreter](prog, facts)
    wrong = []
    for i, row in enumerate(rows):
        for mode in t.MODES:
            value = got["member", f"{i:03}", f"r{steps.index(row['step'])}_{mode}"]
            if value != Fraction(row[mode]):
                wrong.append(f"{row['value']} to {row['step']} {mode}: {value}, not {row[mode]}")
    assert not wrong, "\n".join(wrong)


@both
@pytest.mark.parametrize("across", [False, True], ids=["one_rule", "two_rules"])
def test_quotients(lab: SimpleNamespace, interpreter: str, across: bool) -> None:
    """Also where the quotient is a rule of its own, so that the tree cannot bring it together."""
    rows = lab.table(PAGE, "Quotients")
    steps = sorted({r["step"] for r in rows})
    a, b, c = (own("member", n) for n in "abc")
    quotient = t.arith("div", a, b)
    product = t.arith("mul", own("member", "q") if across else quotient, c)
    rules = [lab.rule(lab.MEMBER, "q", quotient)] + [
        lab.rule(lab.MEMBER, f"r{i}", t.Round(product, how(step))) for i, step in enumerate(steps)
    ]
    prog = lab.program([lab.indicator(lab.MEMBER, n) for n in "abc"], rules)
    data = {f"{i:03}": {n: r[n] for n in "abc"} for i, r in enumerate(rows)}
    got = lab.INTERPRETERS[interpreter](prog, lab.checked(prog, {"member": data}))
    for i, row in enumerate(rows):
        value = got["member", f"{i:03}", f"r{steps.index(row['step'])}"]
        assert value == Fraction(row["result"]), row


@both
def test_largest_remainder(lab: SimpleNamespace, interpreter: str) -> None:
    rows = lab.table(PAGE, "Largest remainder")
    steps = sorted({r["step"] for r in rows})
    pool, weight = own("team", "pool"), own("member", "w")
    rules = [
        lab.rule(lab.MEMBER, f"s{i}", t.Split(pool, weight, ("team",), "team", how(step)))
        for i, step in enumerate(steps)
    ]
    prog = lab.program([lab.indicator(lab.TEAM, "pool"), lab.indicator(lab.MEMBER, "w")], rules)
    data: dict[str, dict[str, Any]] = {"team": {}, "member": {}}
    for i, row in enumerate(rows):
        data["team"][f"{i:03}"] = {"pool": row["pool"]}
        for j, w in enumerate(row["weights"].split()):
            data["member"][f"{i:03}-{j}"] = {"team": f"{i:03}", "w": w}
    got = lab.INTERPRETERS[interpreter](prog, lab.checked(prog, data))
    for i, row in enumerate(rows):
        name = f"s{steps.index(row['step'])}"
        n = len(row["weights"].split())
        shares = [got["member", f"{i:03}-{j}", name] for j in range(n)]
        if row["shares"].endswith("weight"):
            assert shares == [lab.Bad(row["shares"])] * n, row
        else:
            assert shares == [Fraction(s) for s in row["shares"].split()], row


places = st.integers(-(10**9), 10**9).map(lambda n: Fraction(n, 1000))
steps = st.sampled_from([Fraction(s) for s in ("0.01", "1", "0.05", "100", "0.3")])


@given(places, steps, st.sampled_from(t.MODES))
def test_rounding_is_near_and_on_the_step(value: Fraction, step: Fraction, mode: str) -> None:
    rounded = exact.to_step(value, t.Rounding(step, mode))
    assert (rounded / step).denominator == 1
    assert abs(rounded - value) < step
    if mode.startswith("half"):
        assert abs(rounded - value) <= step / 2
    mirrored = {"ceiling": "floor", "floor": "ceiling"}.get(mode, mode)
    assert exact.to_step(-value, t.Rounding(step, mirrored)) == -rounded


@given(places, st.lists(st.integers(0, 10**6).map(lambda n: Fraction(n, 100)), max_size=12), steps)
def test_shares_sum_to_the_pool(pool: Fraction, weights: list[Fraction], step: Fraction) -> None:
    if not any(weights):
        return
    found = exact.largest_remainder(pool, weights, step)
    assert sum(found.shares) == found.pool == exact.to_step(pool, t.Rounding(step))
    for weight, share in zip(weights, found.shares, strict=True):
        assert abs(share - found.pool * weight / found.total) < step
        assert weight or not share, "who weighs nothing gets nothing"
    mirrored = exact.largest_remainder(-pool, weights, step)
    assert [-s for s in mirrored.shares] == list(found.shares)
