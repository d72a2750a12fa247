"""Dates in formulas: what is refused at load, what is said of them, what parameters may be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from hpf.core import (
    CNY,
    DAY,
    HOSPITAL,
    STAFF,
    Formula,
    Parameters,
    Row,
    Scheme,
    days_between,
    exact,
    first_day,
    last_day,
    months_later,
    round_to,
    split,
    when,
)
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.errors import ParameterError, SchemeError
from hpf.core.facts import facts_of
from hpf.core.formula import tree as t
from hpf.core.formula.derivation import derive, lines
from hpf.core.formula.labels import Labels
from hpf.core.formula.scalar import Scalar
from hpf.core.formula.words import formula_words
from hpf.core.indicators import Type
from hpf.core.kit.mutants import tree_mutants
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.settings import Settings

SEPTEMBER = Period.parse("2026-09")
PARAMETERS = """
demo:
  wait:
    name: {zh: 等待月数, en: Waiting months}
    unit: month
    clause: A.1
    values: [{from: 2006-01-01, value: "6", reference: printed}]
  term:
    name: {zh: 见习月数, en: Training months}
    clause: A.1
    keyed_by: [doctor, nurse]
    values: [{from: 2006-01-01, value: {doctor: "12", nurse: "3"}, reference: printed}]
  grace:
    name: {zh: 宽限天数, en: Days of grace}
    unit: day
    clause: A.1
    values: [{from: 2006-01-01, value: "6", reference: printed}]
  started:
    name: {zh: 施行日, en: In force from}
    kind: date
    clause: A.1
    values: [{from: 2006-01-01, value: 2026-07-01, reference: printed}]
"""


def scheme(folder: Path) -> Scheme:
    """Staff with a date of joining, a role and pay; a hospital with a pool."""
    (folder / "parameters.yaml").write_text(PARAMETERS, "utf-8")
    s = Scheme("demo", zh="例", en="Demo", document="A", here=str(folder / "demo.py"))
    s.decimal(HOSPITAL, "pool", zh="总额", en="Pool", unit=CNY)
    s.date(STAFF, "joined", zh="入职日期", en="Joined", blank="not_applicable")
    s.choice(STAFF, "role", ["doctor", "nurse"], zh="岗位", en="Role")
    s.decimal(STAFF, "base", zh="标准", en="Base pay", unit=CNY)
    return s


def program(folder: Path, draw: Callable[..., Any], **more: Any) -> Program:
    """A scheme with one rule `result` of that formula."""
    s = scheme(folder)
    draw.__name__ = "result"
    head: dict[str, Any] = {"zh": "结果", "en": "Result", "clause": "A.1"}
    s.rule(STAFF, **head | more)(draw)
    return build(s)


def run_of(made: Program, settings: Settings | None = None, **joined: str | None) -> Any:
    """A run on people with these dates of joining."""
    people = {
        id: {"department": "D", "joined": day, "role": "nurse", "base": "3000"}
        for id, day in joined.items()
    }
    facts = {"hospital": {"H": {"pool": "100"}}, "department": {"D": {"hospital": "H"}}}
    return calculate(made, facts_of(made, SEPTEMBER, {**facts, "staff": people}), settings)


DATE: dict[str, Any] = {"type": Type.DATE}
DAYS: dict[str, Any] = {"unit": DAY}


def test_a_waiting_period_ends_on_the_same_day_some_months_on(tmp_path: Path) -> None:
    made = program(tmp_path, lambda m, p: months_later(m.joined, p.wait), **DATE)
    run = run_of(made, A="2025-08-31", B="2026-03-01", C=None)
    found = [run.value("staff", i, "result") for i in "ABC"]
    assert found == [dt.date(2026, 2, 28), dt.date(2026, 9, 1), None]


def test_a_month_is_paid_by_its_days_both_ends_counted(tmp_path: Path) -> None:
    s = scheme(tmp_path)

    @s.pay(STAFF, zh="当月", en="This month", clause="A.1")
    def pay(member: Row) -> Formula:
        whole = days_between(first_day(), last_day()) + exact("1", DAY)
        held = days_between(member.joined, last_day()) + exact("1", DAY)
        return round_to(when(member.joined > first_day(), member.base * held / whole, member.base))

    run = run_of(build(s), A="2026-09-16", B="2026-09-30", C="2020-01-01")
    assert [str(run.value("staff", i, "pay")) for i in "ABC"] == [
        "1500.000000000000",
        "100.000000000000",
        "3000.000000000000",
    ]


def test_a_pool_may_be_cut_by_days(tmp_path: Path) -> None:
    s = scheme(tmp_path)

    @s.pay(STAFF, zh="份额", en="Share", clause="A.1")
    def share(member: Row, p: Parameters) -> Formula:
        hospital = member.department.hospital
        part = days_between(months_later(p.started, 1), last_day()) / exact("60", DAY)
        return split(hospital.pool * part, by=member.base, within=hospital)

    run = run_of(build(s), A=None, B=None)
    assert run.problems == ()
    assert [str(run.value("staff", i, "share"))[:5] for i in "AB"] == ["50.00", "50.00"]


REFUSED: list[tuple[str, Callable[..., Any], str]] = [
    ("no date to move", lambda m: months_later(m.base, 1), "months_later needs dates"),
    ("no date to count from", lambda m: days_between(m.base, m.joined), "days_between needs dates"),
    ("no date to count to", lambda m: days_between(m.joined, 3), "days_between needs dates"),
    ("half a month", lambda m: months_later(m.joined, exact("0.5")), "1/2 is no whole number"),
    ("more than the calendar", lambda m: months_later(m.joined, 120000), "months below 120000"),
    ("a date of months", lambda m: months_later(m.joined, m.joined), "needs numbers, not a date"),
    ("computed months", lambda m: months_later(m.joined, m.base), "written out or a parameter"),
    ("a sum of months", lambda m, p: months_later(m.joined, p.wait + p.wait), "or a parameter"),
    ("days for months", lambda m, p: months_later(m.joined, p.grace), "the months come in day"),
    ("dates subtracted", lambda m: last_day() - m.joined, r"For days write days_between\(a, b\)"),
    ("days and numbers", lambda m: days_between(m.joined, last_day()) + 1, "units do not fit"),
]


@pytest.mark.parametrize(("draw", "words"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_what_does_not_fit_is_refused_at_load(
    tmp_path: Path, draw: Callable[..., Any], words: str
) -> None:
    with pytest.raises(SchemeError, match=words) as found:
        program(tmp_path, draw, **DATE)
    (problem,) = found.value.problems
    assert problem.place.startswith("test_dates.py:")
    assert problem.cure.zh
    assert problem.cure.en


def test_months_without_a_unit_or_keyed_are_taken(tmp_path: Path) -> None:
    made = program(tmp_path, lambda m, p: months_later(m.joined, p.term[m.role]), **DATE)
    assert run_of(made, A="2026-11-30").value("staff", "A", "result") == dt.date(2027, 2, 28)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("wait", "1.5", "1.5"),
        ("wait", "120000", "120000"),
        ("term", {"nurse": "1/2"}, r"0.5 \(nurse\)"),
    ],
)
def test_a_parameter_that_is_no_whole_number_of_months_is_a_problem(
    tmp_path: Path, name: str, value: Any, shown: str
) -> None:
    draws = {
        "wait": lambda m, p: months_later(m.joined, p.wait),
        "term": lambda m, p: months_later(m.joined, p.term[m.role]),
    }
    made = program(tmp_path, draws[name], **DATE)
    entry = {name: [{"from": "2026-01-01", "value": value, "reason": "resolution 3"}]}
    settings = Settings.parse(made.parameters, entry, "hospital.yaml")
    with pytest.raises(
        ParameterError, match=rf"'Result' counts .* and {shown} is no whole"
    ) as found:
        run_of(made, settings, A="2026-01-31")
    (problem,) = found.value.problems
    assert (problem.code, problem.name) == ("parameter.months", name)
    assert problem.message.zh.endswith("不是小于 120000 的整数")
    assert problem.cure.zh == "请在医院配置里写整数的月数，例如 '6'"


def test_a_date_off_the_calendar_names_its_cell(tmp_path: Path) -> None:
    made = program(tmp_path, lambda m, p: months_later(m.joined, p.wait), **DATE)
    (problem,) = run_of(made, A="9999-08-01").problems
    assert problem.line("zh") == (
        "[staff] A.joined staff:A result: “入职日期 + 等待月数”早于公元 1 年或晚于 9999 年，"
        "无法计算。请核对“入职日期”的年份"
    )
    assert problem.line("en") == (
        "[staff] A.joined staff:A result: 'Joined + Waiting months' lies before the year 1 "
        "or after 9999 and is beyond what is computed. Check the year of 'Joined'"
    )
    assert problem.code == "formula.beyond"


JOINED = t.Own("staff", "demo.joined")
SAID: list[tuple[t.Node, str, str, str, str]] = [
    (
        t.MonthsLater(JOINED, t.Const(Fraction(1))),
        "入职日期之后 1 个月的同一天", "the day 1 month after Joined",
        "入职日期 + 1 个月", "Joined + 1 months",
    ),
    (
        t.MonthsLater(JOINED, t.Const(Fraction(-18))),
        "入职日期之前 18 个月的同一天", "the day 18 months before Joined",
        "入职日期 − 18 个月", "Joined − 18 months",
    ),
    (
        t.MonthsLater(t.PeriodDay("first"), t.Param("wait")),
        "本期第一天之后满“等待月数”之日",
        "the day Waiting months after the period's first day",
        "本期首日 + 等待月数", "first day of the period + Waiting months",
    ),
    (
        t.DaysBetween(JOINED, t.PeriodDay("last")),
        "从 入职日期 到 本期最后一天 的天数", "the days from Joined to the period's last day",
        "天数(入职日期 → 本期末日)", "days(Joined → last day of the period)",
    ),
    (
        t.Arith("mul", t.DaysBetween(JOINED, t.PeriodDay("last")), t.Const(Fraction(2))),
        "从 入职日期 到 本期最后一天 的天数 × 2",
        "(the days from Joined to the period's last day) × 2",
        "天数(入职日期 → 本期末日) × 2", "days(Joined → last day of the period) × 2",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("node", "zh", "en", "label_zh", "label_en"), SAID)
def test_dates_have_words_and_labels(
    tmp_path: Path, node: t.Node, zh: str, en: str, label_zh: str, label_en: str
) -> None:
    made = program(tmp_path, lambda m, p: months_later(m.joined, p.wait), **DATE)
    assert [formula_words(made, node, lang, "staff") for lang in ("zh", "en")] == [zh, en]
    assert tuple(Labels(made).of(node)) == (label_zh, label_en)


def test_a_derivation_shows_the_dates_and_the_months(tmp_path: Path) -> None:
    made = program(
        tmp_path, lambda m, p: days_between(months_later(m.joined, p.wait), last_day()), **DAYS
    )
    run = run_of(made, A="2026-02-28")
    scalar = Scalar(made, run.checked, run.parameters)
    found = lines(derive(scalar, "staff", 0, "demo.result"), "en")
    assert [line.strip() for line in found] == [
        "Result (staff:A) = 33 day  [A.1]",
        "days(Joined + Waiting months → last day of the period) = 33",
        "Joined + Waiting months = 2026-08-28",
        "Joined (staff:A) = 2026-02-28  ← [staff] A.joined",
        "Waiting months = 6 month  [A.1] wait since 2006-01-01, document: printed",
        "last day of the period = 2026-09-30",
    ]


def test_the_gate_moves_dates_and_turns_them_round(tmp_path: Path) -> None:
    made = program(tmp_path, lambda m: days_between(months_later(m.joined, 6), last_day()), **DAYS)
    ids = [m.id for m in tree_mutants(made)]
    assert ids == [
        "staff.result:root/swap",
        "staff.result:start/drop",
        "staff.result:start.months/up",
        "staff.result:start.months/down",
    ]
