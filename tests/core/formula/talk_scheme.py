"""A scheme whose rules hold what formulas say most: to be read aloud in both languages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from hpf.core import (
    CNY,
    DEPARTMENT,
    HOSPITAL,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Row,
    Scheme,
    first_of,
    last_day,
    rank,
    round_to,
    smaller,
    split,
    when,
)
from hpf.core.build import build
from hpf.core.program import Program

PARAMETERS = """
talk:
  share: {name: {zh: 份额, en: Share}, clause: A.1,
          values: [{from: 2006-01-01, value: "0.45", reference: p. 3}]}
  weight: {name: {zh: 职称系数, en: Title weight}, clause: A.2, keyed_by: [senior, junior],
           values: [{from: 2006-01-01, value: {senior: "1.2", junior: "1"}, reference: p. 4}]}
  tiers:
    name: {zh: 阶梯, en: Tiers}
    kind: scale
    unit: CNY/point
    input_unit: point
    clause: A.2
    values:
      - {from: 2006-01-01, reference: p. 5, value: [
          {from: "0", upto: "60", rate: "1"}, {over: "60", below: "90", rate: "2.5"},
          {from: "90", rate: fact}]}
  step: {name: {zh: 取整单位, en: Step}, kind: rounding, unit: CNY, clause: A.2,
         values: [{from: 2006-01-01, value: {step: "1", mode: half_even}, reference: p. 6}]}
  extra: {name: {zh: 加发额, en: Extra}, unit: CNY/point, clause: A.2, values: required}
"""
CLAUSES = """
- {id: A.1, kind: calc, meaning: {zh: 结余按份额提取, en: A share of the margin}}
- {id: A.2, kind: calc, meaning: {zh: 按得分分配, en: Shared by points}}
"""


def talk(folder: Path) -> Program:
    """The scheme, its parameters and clauses written into that folder."""
    (folder / "parameters.yaml").write_text(PARAMETERS, "utf-8")
    (folder / "clauses.yaml").write_text(CLAUSES, "utf-8")
    s = Scheme("talk", zh="例", en="Talk", document="A", here=str(folder / "x.py"))
    s.decimal(DEPARTMENT, "income", zh="收入", en="Income", unit=CNY)
    s.decimal(DEPARTMENT, "cost", zh="成本", en="Cost", unit=CNY)
    s.choice(STAFF, "role", ["senior", "junior"], zh="职称", en="Title")
    s.decimal(STAFF, "score", zh="得分", en="Points", unit=POINT)
    s.boolean(STAFF, "leave", zh="请假", en="On leave")

    @s.rule(DEPARTMENT, zh="奖金总额", en="Pool", clause="A.1", unit=CNY)
    def pool(d: Row, p: Parameters) -> Formula:
        return round_to((d.income - d.cost) * p.share, "0.01")

    @s.pay(STAFF, zh="奖金", en="Bonus", clause="A.2", only=lambda m: ~m.leave)
    def bonus(m: Row, p: Parameters) -> Formula:
        return split(m.department.pool, by=m.score * p.weight[m.role], within=m.department)

    @s.rule(STAFF, zh="达标率", en="Attainment", clause="A.2")
    def attainment(m: Row, p: Parameters) -> Formula:
        others = m.department.staff.where(lambda x: (x.role == "senior") & ~x.leave)
        return when(others.count() >= 2, m.score / others.score.mean(), 1)

    @s.rule(STAFF, zh="名次", en="Place", clause="A.2")
    def place(m: Row) -> Formula:
        return rank(m.score, within=m.department.hospital)

    @s.rule(STAFF, zh="阶梯奖", en="Tier pay", clause="A.2", unit=CNY)
    def tier_pay(m: Row, p: Parameters) -> Formula:
        return round_to(p.tiers.marginal(m.score, top=p.extra / 100), p.step)

    @s.rule(HOSPITAL, zh="人均", en="A head", clause="A.2", unit=CNY)
    def head(h: Row) -> Formula:
        return h.departments.pool.sum() / h.departments.staff.count()

    @s.rule(STAFF, zh="记分", en="Kept points", clause="A.2", unit=POINT)
    def kept(m: Row) -> Formula:
        return m.score

    @s.rule(STAFF, zh="补", en="Top-up", clause="A.2", unit=POINT)
    def top_up(m: Row) -> Formula:
        earlier = first_of(m.past(1).top_up, m.window(3).kept.max(), 0)
        return smaller(m.score - (m.score - earlier), -m.score)

    @s.condition(STAFF, zh="连续", en="Steady", clause="A.2")
    def steady(m: Row) -> Formula:
        return (m.window(6).streak(lambda x: x.top_up > 0) >= 3) & (
            last_day() > dt.date(2006, 1, 1)
        )

    return build(s)
