"""A scheme of hundreds of rules: drawn, checked and put in order, before any fact is seen."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl

from benchmarks import measure
from benchmarks.ours import SEPTEMBER
from benchmarks.sizes import Sizes
from benchmarks.table import Line, seconds
from hpf.core import CNY, DEPARTMENT, POINT, STAFF, Scheme, exact, rank, round_to, split, when
from hpf.core.build import build
from hpf.core.checking import check
from hpf.core.facts import Facts, Table
from hpf.core.formula.columns import evaluate
from hpf.core.formula.columns.plan import levels
from hpf.core.program import Program

LIMIT = 1.0  # seconds for 300 rules


def lines(sizes: Sizes) -> list[Line]:
    """Build + levels + compile; compiling is timed by running on hardly any rows."""
    built = build(scheme(sizes.rules))
    checked, problems = check(built, _facts())
    if problems:
        raise ValueError(problems[:3])

    def plan() -> object:
        made = build(scheme(sizes.rules))
        return levels(made, {f"{r.entity} {r.qualified}": r.tree for r in made.rules})

    tasks: dict[str, Callable[[], object]] = {
        "plan": plan,
        "evaluate": lambda: evaluate(built, checked, {}),
    }
    took = measure.interleaved(tasks, sizes.repeats)
    depth = len(_levels(built))
    what = f"{sizes.rules} rules in one scheme, {depth} levels"
    whole = took["plan"] + took["evaluate"]
    return [
        Line(f"{what}: built, ordered, compiled and run on 3 rows", seconds(whole),
             target=f"< {LIMIT:.2f} s", met=whole < LIMIT),
        Line(f"  of it: built and ordered {seconds(took['plan'])}, compiled and run "
             f"{seconds(took['evaluate'])}", ""),
    ]  # fmt: skip


def scheme(rules: int) -> Scheme:
    """Blocks of ten rules over staff and departments, each block fed by the one before.

    Arithmetic, a condition, a gathering, a look-up, a rank, a split, roundings and a total, as a
    document has them.
    """
    made = Scheme("bench_plan", zh="测速", en="Measured plan", document="B", here=__file__)
    made.decimal(DEPARTMENT, "surplus", zh="结余", en="Surplus", unit=CNY)
    made.decimal(STAFF, "points", zh="分值", en="Points", unit=POINT)
    for block in range(-(-rules // 10)):
        for name, entity, kind, draw in _block(block)[: rules - 10 * block]:
            draw.__name__ = f"{name}_{block}"
            declare = {"pay": made.pay, "total": made.total, "score": made.rule}[kind]
            more: dict[str, Any] = {"unit": POINT} if name in POINTS else {}
            more |= {"unit": CNY} if name == "pool" else {}
            more |= {"payout": block == rules // 10 - 1} if kind == "total" else {}
            declare(entity, zh=name, en=name, clause="B.1", **more)(draw)
    return made


POINTS = {"base", "extra", "mean", "best", "gap"}


def _block(i: int) -> list[tuple[str, Any, str, Callable[[Any], Any]]]:
    def before(row: Any, name: str, fact: str) -> Any:
        return getattr(row, f"{name}_{i - 1}") if i else getattr(row, fact)

    def base(m: Any) -> Any:
        return round_to(before(m, "extra", "points") * exact("0.51") + m.points * exact("0.5"))

    def mean(d: Any) -> Any:
        return d.staff.mean(lambda m: getattr(m, f"base_{i}"))

    def extra(m: Any) -> Any:
        mine, theirs = getattr(m, f"base_{i}"), getattr(m.department, f"mean_{i}")
        return when(mine > theirs, theirs, mine)

    def pool(d: Any) -> Any:
        return round_to(before(d, "pool", "surplus") * exact("0.9"))

    def share(m: Any) -> Any:
        money = getattr(m.department, f"pool_{i}")
        return split(money, by=getattr(m, f"base_{i}"), within=m.department)

    def place(m: Any) -> Any:
        return rank(getattr(m, f"base_{i}"), within=m.department)

    def prize(m: Any) -> Any:
        first = getattr(m, f"place_{i}") == 1
        return round_to(when(first, getattr(m, f"share_{i}") * exact("0.1"), 0))

    def best(d: Any) -> Any:
        return d.staff.max(lambda m: getattr(m, f"base_{i}"))

    def gap(m: Any) -> Any:
        return getattr(m.department, f"best_{i}") - getattr(m, f"base_{i}")

    def pay(m: Any) -> Any:
        return getattr(m, f"share_{i}") + getattr(m, f"prize_{i}")

    return [
        ("base", STAFF, "score", base),
        ("mean", DEPARTMENT, "score", mean),
        ("extra", STAFF, "score", extra),
        ("pool", DEPARTMENT, "score", pool),
        ("share", STAFF, "pay", share),
        ("place", STAFF, "score", place),
        ("prize", STAFF, "pay", prize),
        ("best", DEPARTMENT, "score", best),
        ("gap", STAFF, "score", gap),
        ("pay", STAFF, "total", pay),
    ]


def _levels(program: Program) -> list[Any]:
    return list(levels(program, {f"{r.entity} {r.qualified}": r.tree for r in program.rules}))


def _facts() -> Facts:
    money = pl.Series("surplus", [Decimal("1000.00")])
    points = pl.Series("points", [Decimal("80.5"), Decimal("90.0"), Decimal("70.0")])
    return Facts(
        SEPTEMBER,
        {
            "hospital": Table("hospital", pl.DataFrame({"id": ["H1"]})),
            "department": Table(
                "department", pl.DataFrame({"id": ["D1"], "hospital": ["H1"]}).with_columns(money)
            ),
            "staff": Table(
                "staff",
                pl.DataFrame({"id": ["A", "B", "C"], "department": ["D1"] * 3}).with_columns(
                    points
                ),
            ),
        },
    )
