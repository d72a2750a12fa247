"""The township health centre: a month of a sample, to the fen."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from plugin_runs import (
    PROGRAMS,
    amounts,
    assert_headings_are_names,
    assert_interpreters_agree,
    script,
    total,
)

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.kit.switches import survey
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.core.values import NO_HISTORY
from hpf.intake import load
from hpf.intake.template import write_template
from hpf_cli import main

CODE = "township"
PROGRAM = PROGRAMS[CODE]
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


@pytest.fixture(scope="module")
def september() -> Run:
    """The sample's month under its configuration."""
    return calculate(PROGRAM, load(SAMPLE / "2026-09", PROGRAM, MONTH), CONFIG)


# The sample's month


def test_the_script_writes_the_sample_that_stands_here() -> None:
    written = script(SAMPLE / "make.py").sheets()
    assert set(written) == {p.relative_to(SAMPLE).as_posix() for p in SAMPLE.rglob("*.csv")}
    for name, text in written.items():
        assert (SAMPLE / name).read_bytes() == text.encode("utf-8"), name


def test_the_samples_headings_are_the_schemes_names() -> None:
    tables = [t for t in SAMPLE.rglob("*.csv") if t.name != "meta.csv"]
    for table in tables:
        program = PROGRAMS[CODE if table.parent.name == "2026-09" else "township_year"]
        assert_headings_are_names(program, table)


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
    compared = assert_interpreters_agree(PROGRAM, september, NO_HISTORY)
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
