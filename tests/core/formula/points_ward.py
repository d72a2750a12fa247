"""A small scheme: a pool, points with a title's coefficient, shares, a rank, a rate; runs on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.entities import DEPARTMENT, STAFF
from hpf.core.facts import Facts, Source, Table, facts_of
from hpf.core.formula.nodes import rank, round_to, split
from hpf.core.formula.scalar import Scalar
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.schemes import Scheme
from hpf.core.units import CNY, POINT

PERIOD = Period.parse("2026-09")
PARAMETERS = """
ward:
  share:
    name: {zh: 提取比例, en: Share}
    clause: S1.1
    values: [{from: 2026-01-01, value: "0.45", reference: p. 3}]
  coefficient:
    name: {zh: 职称系数, en: Title coefficient}
    clause: S1.2
    keyed_by: [senior, middle, junior]
    values: [{from: 2026-01-01, value: {senior: "1.5", middle: "1.2"}, reference: p. 4}]
  tiers:
    name: {zh: 档, en: Tiers}
    clause: S1.3
    kind: scale
    input_unit: point
    unit: CNY/point
    values:
      - from: 2026-01-01
        reference: p. 5
        value: [{from: 0, below: 10, rate: 1}, {from: 10, upto: 100, rate: 2}]
"""


def ward_of(folder: Path) -> Program:
    """The scheme, its parameters written into that folder."""
    (folder / "parameters.yaml").write_text(PARAMETERS, "utf-8")
    s = Scheme("ward", zh="病区", en="Ward", document="S1", here=str(folder / "ward.py"))
    money: dict[str, Any] = {"unit": CNY, "clause": "S1.1"}
    s.decimal(DEPARTMENT, "income", zh="收入", en="Income", **money)
    s.decimal(DEPARTMENT, "cost", zh="成本", en="Cost", **money)
    s.choice(STAFF, "title", ["senior", "middle", "junior"], zh="职称", en="Title")
    s.decimal(STAFF, "points", zh="工作量", en="Points", unit=POINT, blank="not_applicable")
    s.decimal(STAFF, "days", zh="出勤", en="Days")

    @s.rule(DEPARTMENT, zh="总额", en="Pool", clause="S1.1", unit=CNY)
    def pool(d, p):  # type: ignore[no-untyped-def]  # as a plugin writes it
        return (d.income - d.cost) * p.share

    @s.rule(STAFF, zh="折算工作量", en="Weighted points", clause="S1.2", unit=POINT)
    def weighted(m, p):  # type: ignore[no-untyped-def]  # likewise
        return m.points * p.coefficient[m.title]

    @s.pay(STAFF, zh="绩效", en="Pay", clause="S1.4")
    def pay(m):  # type: ignore[no-untyped-def]  # likewise
        return split(m.department.pool, by=m.weighted, within=m.department)

    @s.rule(STAFF, zh="名次", en="Place", clause="S1.5")
    def place(m):  # type: ignore[no-untyped-def]  # likewise
        return rank(m.points, within=m.department)

    @s.rule(STAFF, zh="日均", en="Per day", clause="S1.6", unit=POINT)
    def per_day(m):  # type: ignore[no-untyped-def]  # likewise
        return m.points / m.days

    @s.pay(STAFF, zh="档酬", en="Tier pay", clause="S1.3")
    def tier_pay(m, p):  # type: ignore[no-untyped-def]  # likewise
        return round_to(p.tiers.marginal(m.points), "0.1")

    @s.rule(DEPARTMENT, zh="合计工作量", en="All points", clause="S1.6", unit=POINT)
    def all_points(d):  # type: ignore[no-untyped-def]  # likewise
        return d.staff.where(lambda m: m.days > 0).weighted.sum()

    return build(s)


def facts(ward: Program, **staff: dict[str, Any]) -> Facts:
    people = {i: {"department": "D", "days": 20, "title": "middle", **v} for i, v in staff.items()}
    data: dict[str, dict[str, dict[str, Any]]] = {
        "hospital": {"H": {}},
        "department": {"D": {"hospital": "H", "income": "1000.5", "cost": "200"}},
        "staff": people,
    }
    plain = facts_of(ward, PERIOD, data)
    tables = dict(plain.tables)
    frame = tables["staff"].frame
    letters = {c: "ABCDEFGH"[i] for i, c in enumerate(frame.columns)}
    source = Source("pay.xlsx", "staff", letters, range(3, 3 + len(frame)))
    tables["staff"] = Table("staff", frame, source)
    return Facts(PERIOD, tables)


def three(ward: Program, **other: Any) -> Run:
    a: dict[str, Any] = {"points": "10", "title": "senior", **other}
    return calculate(ward, facts(ward, A=a, B={"points": "8.5"}, C={"points": None}))


def scalar(run: Run) -> Scalar:
    """Interpreter two on the run's facts; its results are not known, so each is worked out."""
    return Scalar(run.program, run.checked, run.parameters, run.history)
