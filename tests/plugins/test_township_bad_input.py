"""A month that does not hold: each fault has its own message, with its cell and its cure."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from plugin_runs import PROGRAMS
from plugin_sheets import Row, add, drop, found_wrong, put, rewrite

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.errors import ParameterError, Problem
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.intake import load
from hpf_cli import main

PROGRAM = PROGRAMS["township"]
SAMPLE = PROGRAM.folder / "sample"
CONFIG = SAMPLE / "config.yaml"
MONTH = Period.parse("2026-09")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample month, free to be spoilt."""
    return Path(shutil.copytree(SAMPLE / "2026-09", tmp_path / "2026-09"))


def computed(folder: Path, config: Path = CONFIG) -> Run:
    settings = HospitalConfig.read(config, PROGRAMS).settings["township"]
    return calculate(PROGRAM, load(folder, PROGRAM, MONTH), settings)


def decided(folder: Path, changes: dict[str, str]) -> Path:
    """The sample's configuration with other decisions."""
    text = CONFIG.read_text("utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, f"value: {new}")
    path = folder / "config.yaml"
    path.write_text(text, "utf-8")
    return path


def told(month: Path | Run) -> dict[tuple[str, str], Problem]:
    """(code, id) -> problem, notices aside, of a run or of facts that allow none; bilingual."""
    found = found_wrong(lambda: computed(month) if isinstance(month, Path) else month)
    return {
        (p.code.removeprefix("requirement."), p.id): p for p in found if p.severity == "problem"
    }


def amount(found: Run, entity: str, id: str, rule: str) -> Decimal:
    value = found.value(entity, id, rule)
    assert isinstance(value, Decimal)
    return value


# What the month's sheets must hold: entity, id, cells, the requirement, its cell, message, cure
# They stand in one month, together with sheets that are missing: all is told at once.
REPORTS = [
    ("income_sheet", "K01", {"stated_total": "1"}, "income_adds_up",
     "2026-09/income_sheet.csv [income_sheet]", "收入合计", "漏填或重填"),
    ("cost_sheet", "K01", {"materials": ""}, "cost_adds_up",
     "2026-09/cost_sheet.csv [cost_sheet]", "支出合计", "漏填或重填"),
    ("cost_sheet", "K02", {"open_bed_days": ""}, "has_bed_days",
     "2026-09/department.csv [department]", "实际开放床日数", "没有病床写0"),
    ("department", "K10", {"planned_pool": ""}, "plan_is_complete",
     "2026-09/department.csv [department]", "规划定额", "发展规划"),
    ("post", "K01-2@K01", {"share": "0.9"}, "shares_make_one",
     "2026-09/staff.csv [staff]", "份额合计 0.9", "岗位表"),
    ("leave", "L002", {"returns": "2026-09-13"}, "leave_ends_after_it_begins",
     "2026-09/leave.csv [leave]", "复岗日期", "改正日期"),
    ("training", "P001", {"returns": "2026-07-01"}, "training_ends_after_it_begins",
     "2026-09/training.csv [training]", "复岗日期", "改正日期"),
    ("suspension", "B001", {"resumes": "2026-09-20"}, "suspension_ends_after_it_begins",
     "2026-09/suspension.csv [suspension]", "恢复发放日", "改正日期"),
    ("large_cost", "D001", {"term": ""}, "term_is_given",
     "2026-09/large_cost.csv [large_cost]", "期数", "批准的期数"),
    ("large_cost", "D002", {"cause": "设备维修", "cost": "4999.99"}, "large_enough",
     "2026-09/large_cost.csv [large_cost]", "4,999.99", "一次计入"),
    ("introduction", "J003", {"staff": ""}, "one_introducer",
     "2026-09/introduction.csv [introduction]", "介绍人数 0", "只填一处"),
    ("case", "A001", {"decided_on": "2026-09-09"}, "decided_once_confirmed",
     "2026-09/case.csv [case]", "决定日期 2026-09-09", "改正日期"),
    ("case", "A002", {"amount": ""}, "has_amount",
     "2026-09/case.csv [case]", "金额", "填写金额"),
    ("transfer", "Z002", {"quantity_taken": "14"}, "transfer_agreed",
     "2026-09/transfer.csv [transfer]", "提供方确认数量 15 ≠ 接受方确认数量 14", "不得入账"),
    ("case", "A001", {"staff": ""}, "names_who_pays",
     "2026-09/case.csv [case]", "由个人承担", "责任科室"),
    ("case", "A002", {"value_basis": "重置价"}, "valued_as_decided",
     "2026-09/case.csv [case]", "资产计价依据 重置价", "重新计价"),
    ("leave", "L001", {"days": "21.5"}, "leave_fits_the_month",
     "2026-09/staff.csv [staff]", "请假工作日合计 21.5 > 科室的医院的本月工作日（21）", "重叠"),
    ("leave", "L003", {"days": "5.5"}, "leave_fits_its_dates",
     "2026-09/leave.csv [leave]", "5.5 > 本月日历天数 5", "起止日期"),
]  # fmt: skip
# told at another row than the fault's
AT = {"shares_make_one": "K01-2", "leave_fits_the_month": "K01-7"}
AND_SO = {  # what else the faults lead to
    ("has_income_sheet", "K09"),
    ("has_cost_sheet", "K08"),
    ("has_no_sheets", "X01"),
    ("transfers_net_to_zero", "H1"),
    ("leave_fits_its_dates", "L002"),  # no day is left between its dates
    ("formula.missing_key", "K07-1@K07"),  # a title without a coefficient
    ("formula.undefined_condition", "D001"),  # no term to count by
    ("formula.negative_weight", "K01-7@K01"),  # more leave than the month has days
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with every fault, two sheets missing, one too many, and a title left open."""
    folder = Path(shutil.copytree(SAMPLE / "2026-09", tmp_path_factory.mktemp("m") / "2026-09"))
    for entity, id, cells, *_ in REPORTS:
        put(folder, entity, id, **cells)
    drop(folder, "income_sheet", "K09")
    drop(folder, "cost_sheet", "K08")
    add(folder, "income_sheet", "X", unit="X01", stated_total="0")
    put(folder, "staff", "K07-1", title="正高")
    return folder


@pytest.fixture(scope="module")
def broken_month(broken: Path) -> Run:
    return computed(broken)


@pytest.fixture(scope="module")
def problems(broken_month: Run) -> dict[tuple[str, str], Problem]:
    return told(broken_month)


@pytest.mark.parametrize("report", REPORTS, ids=[r[3] for r in REPORTS])
def test_a_fault_of_a_sheet_has_its_message_place_and_cure(
    problems: dict[tuple[str, str], Problem], report: tuple[str, str, Row, str, str, str, str]
) -> None:
    _, id, _, requirement, place, message, cure = report
    problem = problems[requirement, AT.get(requirement, id)]
    assert problem.place.startswith(place)
    assert message in problem.message.zh
    assert cure in problem.cure.zh


def test_all_faults_are_told_at_once_and_nothing_else(
    problems: dict[tuple[str, str], Problem],
) -> None:
    assert set(problems) == {(r[3], AT.get(r[3], r[1])) for r in REPORTS} | AND_SO


def test_a_unit_without_income_sheet_has_no_account_rather_than_one_of_nothing(
    broken: Path, broken_month: Run, problems: dict[tuple[str, str], Problem]
) -> None:
    problem = problems["has_income_sheet", "K09"]
    assert problem.place == "2026-09/department.csv [department] A11"
    assert "收入表" in problem.message.zh
    assert "各项为0" in problem.cure.zh
    assert "支出表" in problems["has_cost_sheet", "K08"].message.zh
    for unit in ("K08", "K09"):
        for rule in ("income", "balance", "pool"):
            assert broken_month.value("department", unit, rule) is None
    for person in ("K08-1", "K08-2", "K09-1"):  # the first works in radiology as well
        assert broken_month.value("staff", person, "paid") is None
    out = broken.parent / "result.json"
    ask = ["run", "township", "--period", "2026-09", "--facts", str(broken)]
    refused = CliRunner().invoke(main, [*ask, "--config", str(CONFIG), "--json", str(out)])
    assert refused.exit_code != 0
    assert not out.exists()


def test_a_sheet_of_a_section_is_refused(problems: dict[tuple[str, str], Problem]) -> None:
    assert "不单独核算" in problems["has_no_sheets", "X01"].message.zh


def test_a_second_sheet_of_a_unit_is_refused(folder: Path) -> None:
    add(folder, "income_sheet", "Y", unit="K01", stated_total="0")
    (problem,) = told(folder).values()
    assert problem.code == "facts.duplicate_key"
    assert "K01" in problem.message.zh


def test_a_title_outside_the_table(folder: Path) -> None:
    put(folder, "staff", "K01-2", title="主任")
    problems = told(folder)
    assert set(problems) == {("facts.choice", "K01-2")}
    assert "主任" in problems["facts.choice", "K01-2"].message.zh


def test_a_title_that_the_table_leaves_open_is_asked_of_the_hospital(
    broken_month: Run, problems: dict[tuple[str, str], Problem]
) -> None:
    """Full senior is never taken for 1.3: the parameter is named, and its unit is not paid."""
    missing = problems["formula.missing_key", "K07-1@K07"]
    assert "正高" in missing.message.zh
    assert "title_coefficient" in missing.message.zh + missing.cure.zh
    assert broken_month.value("staff", "K07-2", "paid") is None


Decide = Callable[[str, str], Run]


@pytest.fixture(scope="module")
def deciding(tmp_path_factory: pytest.TempPathFactory) -> Decide:
    """The sample with a deficit in K08 and a case beyond a month's pay, as a hospital decides."""
    folder = Path(shutil.copytree(SAMPLE / "2026-09", tmp_path_factory.mktemp("d") / "2026-09"))

    def lose(rows: list[Row]) -> None:
        (row,) = [r for r in rows if r["id"] == "K08"]
        row["stated_total"] = str(Decimal(row["stated_total"]) + 90000)
        row["materials"] = str(Decimal(row["materials"]) + 90000)

    rewrite(folder, "cost_sheet", lose)
    put(folder, "department", "K08", hospital_cover="700")
    put(folder, "case", "A002", amount="50000")

    @cache
    def month(deficit: str, claim: str) -> Run:
        changes = {"value: carry_forward": deficit, "value: carried_forward": claim}
        return computed(folder, decided(folder.parent, changes))

    return month


@pytest.mark.parametrize(
    ("policy", "claim", "drawn", "carried", "kept"),
    [
        ("pay_nothing", "carried_forward", "0", "0", "balance"),
        ("carry_forward", "not_carried", "0", "balance", "0"),
        ("hospital_covers", "carried_forward", "700", "0", "covered"),
    ],
)
def test_a_negative_balance_has_the_result_that_the_hospital_decided(
    deciding: Decide, policy: str, claim: str, drawn: str, carried: str, kept: str
) -> None:
    found = deciding(policy, claim)
    balance = amount(found, "department", "K08", "balance")
    assert balance < 0
    expected = {"0": Decimal(0), "balance": balance, "covered": balance - 700}
    assert amount(found, "department", "K08", "distributable") == Decimal(drawn)
    assert amount(found, "department", "K08", "deficit_carried") == -expected[carried]
    assert amount(found, "department", "K08", "hospital_part") == expected[kept]
    assert amount(found, "post", "K08-2@K08", "unit_payable") >= 0
    assert told(found) == {}


@pytest.mark.parametrize(
    ("deficit", "policy", "carried"),
    [("pay_nothing", "carried_forward", True), ("carry_forward", "not_carried", False)],
)
def test_withheld_more_than_earned_pays_nothing_and_says_what_is_left(
    deciding: Decide, deficit: str, policy: str, carried: bool
) -> None:
    found = deciding(deficit, policy)
    earned = amount(found, "staff", "X05-2", "before_cases")
    assert 0 < earned < 100000
    assert amount(found, "staff", "X05-2", "paid") == 0
    assert amount(found, "staff", "X05-2", "case_deduction") == -earned
    assert amount(found, "staff", "X05-2", "claim_open") == 100000 - earned
    left = 100000 - earned if carried else Decimal(0)
    assert amount(found, "staff", "X05-2", "claim_carried") == left
    assert told(found) == {}


def test_a_negative_deficit_at_the_start_is_refused(folder: Path) -> None:
    put(folder, "department", "K09", opening_deficit="-865.40")
    assert set(told(folder)) == {("facts.bounds", "K09")}


def test_a_transfer_without_counterpart(
    folder: Path, problems: dict[tuple[str, str], Problem]
) -> None:
    put(folder, "transfer", "Z002", quantity_taken="")
    blank = told(folder)
    assert set(blank) == {("facts.missing", "Z002")}
    assert "接受方确认数量" in blank["facts.missing", "Z002"].message.zh
    assert "3,020" in problems["transfers_net_to_zero", "H1"].message.zh


def test_a_transfer_to_a_unit_that_is_not_there(folder: Path) -> None:
    put(folder, "transfer", "Z001", to_unit="K99")
    assert set(told(folder)) == {("facts.unknown_parent", "Z001")}


def test_without_an_assessment_nothing_is_paid(folder: Path) -> None:
    put(folder, "department", "K01", assessment_coefficient="")
    put(folder, "staff", "K01-1", assessment_coefficient="")
    assert set(told(folder)) == {("facts.missing", "K01"), ("facts.missing", "K01-1")}


def test_what_the_document_leaves_open_is_asked_for_by_name(folder: Path) -> None:
    required = {name for name, p in PROGRAM.parameters.items() if p.required}
    assert {"medtech_income_credit_rate", "rounding_rule", "suspended_by_law"} <= required
    with pytest.raises(ParameterError) as error:
        calculate(PROGRAM, load(folder, PROGRAM, MONTH))
    assert {p.name for p in error.value.problems} == required
    held = HospitalConfig.read(CONFIG, PROGRAMS).settings["township"].overrides
    assert required <= set(held)
