"""The contender: the pay of the register as a scheme, through the core's two public steps."""

from __future__ import annotations

from typing import Any

import polars as pl

from benchmarks.register import Register
from hpf.core import CNY, DEPARTMENT, POINT, STAFF, Period, Scheme, split
from hpf.core.build import build
from hpf.core.checking import check
from hpf.core.facts import Facts, Table
from hpf.core.formula.columns import evaluate
from hpf.core.program import Program
from hpf.core.results import Evaluated
from hpf.core.settings import Resolved, resolve
from hpf.core.values import NO_HISTORY, History

SEPTEMBER = Period.parse("2026-09")


def program(*, year_to_date: bool = False) -> Program:
    """pool = (income − cost) × share, split by coefficient × score.

    year_to_date: with a rule that adds up the year's pay so far, reading the earlier months.
    """
    scheme = Scheme("bench_pay", zh="测速", en="Measured pay", document="B", here=__file__)
    scheme.decimal(DEPARTMENT, "income", zh="收入", en="Income", unit=CNY)
    scheme.decimal(DEPARTMENT, "cost", zh="成本", en="Cost", unit=CNY)
    scheme.decimal(STAFF, "coef", zh="系数", en="Coefficient")
    scheme.decimal(STAFF, "score", zh="得分", en="Score", unit=POINT)

    @scheme.rule(DEPARTMENT, zh="总额", en="Pool", clause="B.1", unit=CNY)
    def pool(department: Any, p: Any) -> Any:
        return (department.income - department.cost) * p.share

    @scheme.pay(STAFF, zh="绩效工资", en="Pay", clause="B.1")
    def pay(member: Any) -> Any:
        weight = member.score * member.coef
        return split(member.department.pool, by=weight, within=member.department)

    if year_to_date:

        @scheme.rule(STAFF, zh="本年累计", en="Pay this year", clause="B.1", unit=CNY)
        def pay_this_year(member: Any) -> Any:
            return member.year_to_date().sum(lambda month: month.pay)

    return build(scheme)


def parameters(of: Program, period: Period = SEPTEMBER) -> dict[str, Resolved]:
    """The parameters in force; ValueError if one lacks a value."""
    resolved, lacking = resolve(of.parameters, period.last_day)
    if lacking:
        raise ValueError(lacking)
    return dict(resolved)


def pay(
    of: Program,
    register: Register,
    known: dict[str, Resolved],
    period: Period = SEPTEMBER,
    history: History = NO_HISTORY,
) -> Evaluated:
    """End to end: arrays in, checked, every rule computed, columns out."""
    tables = {
        "hospital": Table("hospital", register.hospital),
        "department": Table("department", register.departments),
        "staff": Table("staff", register.staff),
    }
    checked, problems = check(of, Facts(period, tables))
    if problems:
        raise ValueError(problems[:3])
    return evaluate(of, checked, known, history)


def shares(evaluated: Evaluated) -> pl.Series:
    """Everyone's pay, in order of id; ValueError if any is missing."""
    found = evaluated.values["staff"]["bench_pay.pay"]
    if found.null_count() or evaluated.bad or evaluated.orphans:
        raise ValueError(f"{found.null_count()} without pay, {len(evaluated.orphans)} orphans")
    return found
