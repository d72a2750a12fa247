"""The township health centre: worked examples, the document's figures, a month of a sample."""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from hpf.core.calculate import calculate
from hpf.core.checking import check
from hpf.core.clauses import NEED_A_RULE
from hpf.core.config import HospitalConfig
from hpf.core.facts import facts_of
from hpf.core.formula.exact import snap
from hpf.core.formula.scalar import Scalar
from hpf.core.indicators import Type
from hpf.core.kit.check import check_scheme
from hpf.core.kit.examples import Example
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.kit.running import Ready, scalar_findings
from hpf.core.kit.switches import survey
from hpf.core.kit.testing import example_cases
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.core.settings import Settings, resolve
from hpf.core.values import ABSENT, NO_HISTORY, History, Result
from hpf.intake import load
from hpf.intake.template import write_template
from hpf_cli import main

CODE = "township"
PLUGINS = load_plugins()
PROGRAMS = load_programs(PLUGINS)
PROGRAM = PROGRAMS[CODE]
CASES = example_cases([PLUGINS.schemes[CODE], PLUGINS.schemes["township_year"]])
EXAMPLES = {c.example.id: c.example for c in CASES if c.example.program.code == CODE}
SAMPLE = PROGRAM.folder / "sample"
CONFIG = HospitalConfig.read(SAMPLE / "config.yaml", PROGRAMS).settings[CODE]
MONTH = Period.parse("2026-09")
GOLDEN = {
    "counted_again": "146701.98",
    "total_income": "538070.79",
    "total_expenditure": "352237.67",
    "total_balance": "185833.12",
    "total_funds": "144948.28",
    "total_not_given_out": "0",
    "total_paid_by_hospital": "59624.37",
    "total_own": "2358.13",
    "total_village_doctors": "0",
    "total_payable": "206930.78",
    "total_withheld": "11651.75",
    "total_deducted": "3038.97",
    "total_suspended": "1019.64",
    "total_rounding": "0",
    "total_paid": "191220.42",
    "total_unpaid_carried": "10409.07",
}
PAID = {  # a leader, a trainee, leave, half a month's newcomer, a new unit, a case, a suspension
    "K01-1": "5294.46",
    "K01-4": "2164.50",
    "K01-7": "0",
    "K07-3": "1574.16",
    "K10-1": "2361.45",
    "K08-2": "0",
    "X01-3": "2039.27",
    "X05-2": "2418.91",
}


def run(facts: Mapping[str, Any], **given: Any) -> Run:
    """One run on hand-written facts, under the standard answers of the worked examples."""
    held = dated({**EXAMPLES["TWP-empty-month"].settings, **given})
    return calculate(
        PROGRAM, facts_of(PROGRAM, MONTH, facts), Settings.parse(PROGRAM.parameters, held, "test")
    )


def dated(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a hospital decided from the year's first day on."""
    return {k: [{"from": "2026-01-01", "value": v, "reason": "test"}] for k, v in answers.items()}


def amounts(found: Run, entity: str, rule: str) -> dict[str, Decimal]:
    """id -> amount, of the rows that have one."""
    values = {i: found.value(entity, i, rule) for i in found.checked.rows[entity].ids}
    return {i: v for i, v in values.items() if isinstance(v, Decimal)}


def total(found: Run, rule: str) -> Decimal:
    """A result of the one hospital."""
    (amount,) = amounts(found, "hospital", rule).values()
    return amount


@pytest.fixture(scope="module")
def september() -> Run:
    """The sample's month under its configuration."""
    return calculate(PROGRAM, load(SAMPLE / "2026-09", PROGRAM, MONTH), CONFIG)


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


# The sample's month


def test_the_script_writes_the_sample_that_stands_here() -> None:
    spec = importlib.util.spec_from_file_location("township_make", SAMPLE / "make.py")
    assert spec
    assert spec.loader
    make: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = make
    spec.loader.exec_module(make)
    written = make.sheets()
    assert set(written) == {p.relative_to(SAMPLE).as_posix() for p in SAMPLE.rglob("*.csv")}
    for name, text in written.items():
        assert (SAMPLE / name).read_bytes() == text.encode("utf-8"), name


def test_the_samples_headings_are_the_schemes_names() -> None:
    tables = [t for t in SAMPLE.rglob("*.csv") if t.name != "meta.csv"]
    for table in tables:
        program = PROGRAMS[CODE if table.parent.name == "2026-09" else "township_year"]
        with table.open(encoding="utf-8", newline="") as file:
            codes, names = list(csv.reader(file))[:2]
        for code, name in zip(codes, names, strict=True):
            indicator = program.indicator(table.stem, code)
            assert indicator is None or indicator.names.zh == name


def test_the_month_to_the_fen(september: Run) -> None:
    """Golden figures: whoever changes one says in the changelog whose pay it is."""
    assert len(september.checked.rows["staff"]) == 62
    assert len(september.checked.rows["department"]) == 16
    for rule, amount in GOLDEN.items():
        assert total(september, rule) == Decimal(amount), rule
    paid = amounts(september, "staff", "paid")
    assert {i: paid[i] for i in PAID} == {i: Decimal(a) for i, a in PAID.items()}


def test_the_month_is_synthetic_and_tells_its_special_cases(september: Run) -> None:
    assert (SAMPLE / "config.yaml").read_text("utf-8").startswith("# SYNTHETIC")
    assert all("（合成数据）" in n for n in september.checked.rows["hospital"].names)
    assert {(p.code, p.id, p.severity) for p in september.problems} == {
        ("requirement.in_proportion", "K03", "notice"),
        ("requirement.protected_leave", "L001", "notice"),
    }
    value = september.value
    assert value("department", "K03", "material_cost") == value(
        "department", "K03", "materials_imputed"
    )
    assert value("department", "K09", "deficit_brought") == Decimal("865.40")
    assert value("department", "K10", "distributable") == 3600
    charged = {"D001": "3000", "D002": "3000.01", "D003": "2133.33", "D004": "1860"}
    assert amounts(september, "large_cost", "charged") == {
        i: Decimal(a) for i, a in charged.items()
    }
    assert value("staff", "K02-4", "paid") == 0  # in her first six months
    assert value("staff", "K07-3", "entitled_part") == Decimal("0.5")
    for item in ("admission", "examination", "laboratory"):
        assert value("clinic", "K01-1", f"{item}_status") == "依法停发"
    assert value("clinic", "K01-1", "admission_pay") == 0
    assert value("clinic", "K01-1", "surgery_status") == "计发"


def test_money_is_conserved_line_by_line(september: Run) -> None:
    """From single lines, apart from the scheme's own reconciliation."""
    rows = september.checked.rows
    unit_of = dict(
        zip(
            rows["post"].ids, rows["department"].ids.gather(rows["post"].links["unit"]), strict=True
        )
    )

    def by_unit(*rules: str) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for rule in rules:
            for id, amount in amounts(september, "post", rule).items():
                sums[unit_of[id]] = sums.get(unit_of[id], Decimal(0)) + amount
        return sums

    pools = amounts(september, "department", "pool")
    out = by_unit("unit_share", "leader_department_part")
    assert {u: out[u] for u in pools} == pools
    for unit, balance in amounts(september, "department", "balance").items():
        flows = {
            rule: amounts(september, "department", rule)[unit]
            for rule in ("deficit_brought", "deficit_carried", "distributable", "hospital_part")
        }
        left = balance - flows["deficit_brought"] + flows["deficit_carried"]
        assert left == flows["distributable"] + flows["hospital_part"]
    shares = amounts(september, "department", "management_allocated")
    assert sum(shares.values()) == Decimal("52600.00")
    given, taken = (amounts(september, "transfer", rule) for rule in ("given", "taken"))
    assert given == taken
    lines = [
        *(("post", r) for r in POST_LINES),
        *(("staff", r) for r in STAFF_LINES),
        ("village_doctor", "introduction_pay"),
    ]
    everything = sum(sum(amounts(september, e, r).values()) for e, r in lines)
    assert everything == total(september, "total_paid")


POST_LINES = (
    *("unit_share", "leader_department_part", "leader_hospital_part", "administrative_pay"),
    *("training_pay", "quality_adjustment", "leave_deduction", "unit_case_deduction"),
)
STAFF_LINES = (
    *("outpatient_pay", "technical_pay", "own_adjustment", "case_deduction", "suspended_pay"),
    "rounding_off",
)


def test_both_interpreters_agree_on_the_whole_month(september: Run) -> None:
    two = Scalar(PROGRAM, september.checked, september.parameters, NO_HISTORY)
    compared = 0
    for rule in PROGRAM.rules:
        for index, id in enumerate(september.checked.rows[rule.entity].ids):
            exact = two.value(rule.entity, index, rule.qualified)
            quick = september.value(rule.entity, id, rule.name)
            if isinstance(exact, Fraction):
                assert isinstance(quick, Decimal)
                assert snap(exact) == Fraction(quick), (rule.qualified, id)
            else:
                assert (None if exact is ABSENT else exact) == quick, (rule.qualified, id)
            compared += 1
    assert compared > 4000


def test_the_month_goes_through_a_workbook(tmp_path: Path, september: Run) -> None:
    book = tmp_path / "month.xlsx"
    facts = load(SAMPLE / "2026-09", PROGRAM, MONTH)
    write_template(PROGRAM, MONTH, book, facts=facts)
    again = calculate(PROGRAM, load(book, PROGRAM, MONTH), CONFIG)
    assert again.seal["results"] == september.seal["results"]


def test_a_suspended_reward_is_named_with_the_clause_of_higher_law() -> None:
    """`hpf explain` of a doctor's clinic says 依法停发 where a reward is 0."""
    ask = ["explain", CODE, "--period", "2026-09", "--facts", str(SAMPLE / "2026-09")]
    ask += ["--config", str(SAMPLE / "config.yaml"), "--entity", "clinic:K01-1"]
    result = CliRunner().invoke(main, [*ask, "--rule", "admission_status", "--json"])
    assert result.exit_code == 0, result.output
    text = json.dumps(json.loads(result.stdout), ensure_ascii=False)
    assert "依法停发" in text
    assert "S2-5-9b" in text


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


# The readings


@pytest.mark.slow
def test_source_md_has_every_switch_with_its_effect_on_september(september: Run) -> None:
    """The table of `hpf switches`, of those switches that answer an ambiguous clause."""
    found = survey(september)
    text = (PROGRAM.folder / "source.md").read_text("utf-8")
    printed = [s for s in text.splitlines() if " → " in s and ("| A2-" in s or "| TWP-AMB" in s)]
    computed = [(s, a) for s in found.switches if s.reading for a in s.alternatives]
    assert len(printed) == len(computed) == 13
    for (switch, one), line in zip(computed, printed, strict=True):
        assert one.total is not None
        assert found.total is not None
        assert f"`{switch.label}` | {switch.reading} |" in line
        assert (
            f"| {one.total:,.2f} | {one.total - found.total:+,.2f} | {one.rows} |"
            in line.replace("| 0.00 |", "| +0.00 |")
        )
