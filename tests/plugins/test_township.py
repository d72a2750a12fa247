"""The township health centre: worked examples, and what must hold on any facts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plugin_runs import PLUGINS, PROGRAMS, amounts, total

from hpf.core.calculate import calculate
from hpf.core.checking import check
from hpf.core.clauses import NEED_A_RULE
from hpf.core.config import HospitalConfig
from hpf.core.facts import facts_of
from hpf.core.indicators import Type
from hpf.core.kit.check import check_scheme
from hpf.core.kit.examples import Example
from hpf.core.kit.running import Ready, scalar_findings
from hpf.core.kit.testing import example_cases
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.core.settings import Settings, resolve
from hpf.core.values import History, Result

CODE = "township"
PROGRAM = PROGRAMS[CODE]
CASES = example_cases([PLUGINS.schemes[CODE], PLUGINS.schemes["township_year"]])
EXAMPLES = {c.example.id: c.example for c in CASES if c.example.program.code == CODE}
SAMPLE = PROGRAM.folder / "sample"
CONFIG = HospitalConfig.read(SAMPLE / "config.yaml", PROGRAMS).settings[CODE]
MONTH = Period.parse("2026-09")


def run(facts: Mapping[str, Any], **given: Any) -> Run:
    """One run on hand-written facts, under the standard answers of the worked examples."""
    held = dated({**EXAMPLES["TWP-empty-month"].settings, **given})
    return calculate(
        PROGRAM, facts_of(PROGRAM, MONTH, facts), Settings.parse(PROGRAM.parameters, held, "test")
    )


def dated(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a hospital decided from the year's first day on."""
    return {k: [{"from": "2026-01-01", "value": v, "reason": "test"}] for k, v in answers.items()}


def ready(example: Example) -> Ready:
    """An example with its facts checked, for the exact interpreter alone."""
    settings = Settings.parse(PROGRAM.parameters, dated(example.settings), example.place)
    month = example.period
    parameters, unfit = resolve(PROGRAM.parameters, month.last_day, settings, "full")
    checked, problems = check(PROGRAM, facts_of(PROGRAM, month, example.facts))
    assert [p.line("en") for p in (*unfit, *problems)] == []
    earlier: dict[Period, dict[tuple[str, str], dict[str, Result]]] = {}
    for period, tables in example.history.items():
        columns = earlier.setdefault(Period.parse(period), {})
        for entity, rows in tables.items():
            for id, values in rows.items():
                for name, value in values.items():
                    number = PROGRAM.rule(entity, name).type is Type.DECIMAL
                    held = Decimal(value) if number else value
                    columns.setdefault((entity, f"{CODE}.{name}"), {})[id] = held
    return Ready(example, "full", checked, parameters, History(earlier))


def test_every_figure_of_the_examples_holds_exactly() -> None:
    """By the exact interpreter; the slow suite asks both."""
    wrong = [p for e in EXAMPLES.values() for p in scalar_findings(PROGRAM, ready(e))]
    assert [p.line("en") for p in wrong] == []
    assert sum(len(e.expect) for e in EXAMPLES.values()) > 900


@pytest.mark.slow
def test_the_scheme_keeps_its_promises_and_its_examples_notice_every_mutant() -> None:
    """Clauses covered, parameters used, every worked example right in both interpreters."""
    report = check_scheme(PROGRAM, PROGRAMS.beside(CODE), mutate=True)
    assert [p.line("en") for p in report.problems] == []
    assert report.examples >= 75
    assert report.gate is not None
    assert [mutant.id for mutant, _ in report.gate.excused] == [
        "department.year_overdrawn:body.condition/flip",
        "staff.rounding_off:how/finer",
    ]


def test_every_clause_is_there_and_what_needs_a_rule_has_one() -> None:
    clauses = PROGRAM.clauses
    assert len(clauses) == 70
    year = PROGRAMS["township_year"]
    ruled = {c for r in (*PROGRAM.rules, *year.rules) for c in r.clauses}
    for clause in clauses.values():
        assert clause.kind not in NEED_A_RULE or clause.id in ruled
        by_other = clause.reason or clause.kind == "text" or clause.covered == "workflow"
        assert clause.id in ruled or by_other


def test_an_item_is_suspended_from_a_date_on() -> None:
    """In June, before the day that the hospital decided for, what September no longer pays."""
    june = Period.parse("2026-06")
    found = calculate(
        PROGRAM, facts_of(PROGRAM, june, EXAMPLES["TWP-outpatient-doctor"].facts), CONFIG
    )
    assert found.value("clinic", "k", "admission_pay") == 30
    assert found.value("clinic", "k", "admission_status") == "计发"


# What must hold on any facts

PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["副高", "中级", "助理级", "员级", "高级工", "普通工"]),
        st.sampled_from(["医师", "护士"]),
        st.sampled_from(["无", "无", "无", "科主任", "护士长"]),
        st.integers(50, 150),
        st.integers(60, 110),
        st.integers(0, 22),
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=4, deadline=None)
@given(
    pool=st.integers(1, 20_000_000),
    people=PEOPLE,
    fine=st.integers(1, 500_000),
    held=st.integers(0, 100),
    step=st.sampled_from(["0.01", "1", "10"]),
)
def test_any_month_reconciles_and_pays_nobody_less_than_nothing(
    pool: int,
    people: list[tuple[str, str, str, int, int, int]],
    fine: int,
    held: int,
    step: str,
) -> None:
    """The pool is given out by title × role × workload; leave, cases, suspension never overdraw."""
    unit = {"hospital": "H", "kind": "内科", "floor_area": 1, "assessment_coefficient": 1}
    facts: dict[str, dict[str, dict[str, Any]]] = {
        **{e: dict(rows) for e, rows in EXAMPLES["TWP-empty-month"].facts.items()},
        "department": {
            "A": {**unit, "new_unit_rule": "按规划定额", "planned_pool": str(Decimal(pool) / 100)}
        },
    }
    facts["income_sheet"] = {"A": {"unit": "A", "stated_total": 0}}
    facts["cost_sheet"] = {"A": {"unit": "A", "stated_total": 0, "open_bed_days": 0}}
    weights = []
    coefficient = {"副高": 120, "中级": 110, "助理级": 100, "员级": 90, "高级工": 105, "普通工": 85}
    for n, (title, role, office, workload, assessed, days) in enumerate(people):
        id = f"P{n}"
        facts["staff"][id] = {
            "department": "A",
            "title": title,
            "entry": "其他",
            "started_on": "2001-01-01",
            "assessment_coefficient": str(Decimal(assessed) / 100),
        }
        facts["post"][id] = {
            "staff": id,
            "unit": "A",
            "share": 1,
            "role": role,
            "office": office,
            "workload_ratio": str(Decimal(workload) / 100),
        }
        facts["leave"][id] = {"staff": id, "kind": "病假", "begins": "2026-09-01", "days": days}
        weights.append(coefficient[title] * (9 if role == "护士" else 10) * workload)
    decided = {"confirmed_on": "2026-09-01", "decided_on": "2026-09-02"}
    facts["case"]["C"] = {
        "staff": "P0", "kind": "私收现金", "amount": str(Decimal(fine) / 100), **decided,
    }  # fmt: skip
    facts["suspension"]["S"] = {
        "staff": "P0",
        "begins": "2026-09-11",
        "share": str(Decimal(held) / 100),
        "reason": "待岗",
    }
    found = run(
        facts, assessment_applied="payment", rounding_rule={"step": step, "mode": "half_up"}
    )
    assert [p.line("en") for p in found.problems if p.severity == "problem"] == []
    leaders = sum(person[2] != "无" for person in people)
    per_head = Fraction(pool, 100) / (len(people) + Fraction(leaders, 10))
    shares = amounts(found, "post", "unit_share")
    inside = amounts(found, "post", "leader_department_part")
    assert sum(shares.values()) + sum(inside.values()) == Decimal(pool) / 100
    to_share = Fraction(pool, 100) - sum(Fraction(part) for part in inside.values())
    for n, weight in enumerate(weights):
        fair = to_share * weight / sum(weights)
        assert abs(Fraction(shares[f"P{n}"]) - fair) < Fraction(1, 100)
    for part in inside.values():
        assert abs(Fraction(part) - per_head / 10) <= Fraction(1, 200)
    claim, taken = Fraction(fine, 10), -Fraction(amounts(found, "staff", "case_deduction")["P0"])
    assert taken + Fraction(amounts(found, "staff", "claim_open")["P0"]) == claim
    paid = amounts(found, "staff", "paid")
    assert min(paid.values()) >= 0
    assert sum(paid.values()) == total(found, "total_paid")
