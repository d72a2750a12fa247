"""A month that does not hold: each fault has its own message, with its cell and its cure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from plugin_runs import PROGRAMS
from plugin_sheets import Row, add, found_wrong, put, rewrite

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.errors import ParameterError, Problem
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.intake import load

PROGRAM = PROGRAMS["mongolian"]
SAMPLE = PROGRAM.folder / "sample"
MONTH = Period.parse("2026-09")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a sample month, free to be spoilt."""
    return Path(shutil.copytree(SAMPLE / "2026-09", tmp_path / "2026-09"))


def computed(folder: Path, config: Path = SAMPLE / "config.yaml") -> Run:
    settings = HospitalConfig.read(config, PROGRAMS).settings["mongolian"]
    return calculate(PROGRAM, load(folder, PROGRAM, MONTH), settings)


def told(folder: Path) -> dict[tuple[str, str], Problem]:
    """(code, id) -> problem, of a run or of facts that allow none; each in both languages."""
    found = found_wrong(lambda: computed(folder))
    assert len({(p.code, p.id) for p in found}) == len(found)
    return {(p.code.removeprefix("requirement."), p.id): p for p in found}


def test_the_sample_itself_is_told_nothing(folder: Path) -> None:
    assert told(folder) == {}


def test_no_prescriptions_at_all_earn_no_subsidy(folder: Path) -> None:
    put(folder, "staff", "S004", prescriptions="0", mongolian_prescriptions="0")
    found = computed(folder)
    assert found.problems == ()
    assert found.value("staff", "S004", "drug_use_subsidy") == 0
    assert found.value("staff", "S004", "net_profit") == 3960


# entity, id, cells, the requirement that fails, where, words of the message, words of the cure
REPORTS = [
    ("staff", "S002", {"mongolian_prescriptions": "400"}, "mongolian_within_all",
     "2026-09/staff.csv [staff] F4", "蒙药处方数 400 > 处方数 399", "处方的一部分"),
    ("staff", "S003", {"admitted": ""}, "doctor_reported",
     "2026-09/staff.csv [staff] E5", "收住院人数", "没有就填 0"),
    ("staff", "S004", {"share_weight": ""}, "weight_reported",
     "2026-09/staff.csv [staff] I6", "已填权重", "填 0"),
    ("fee_kind", "治疗费", {"class_given": "其他收入"}, "class_as_listed",
     "2026-09/fee_kind.csv [fee_kind] E6", "其他收入 ≠ 收费类别 直接收入", "清空自定类别"),
    ("department", "N1", {"own_rate": "0.2"}, "own_rate_is_open",
     "2026-09/department.csv [department] D9", "门诊病房护理", "文件规定"),
    ("department", "B1", {"bath_visits": ""}, "bath_reported",
     "2026-09/department.csv [department] K24", "药浴人次", "填 0"),
    ("department", "P1", {"drug_revenue": ""}, "pharmacy_reported",
     "2026-09/department.csv [department] A20", "药房的收入", "填 0"),
    ("department", "Z1", {"preparation_revenue": ""}, "preparation_reported",
     "2026-09/department.csv [department] R22", "制剂收入", "填 0"),
    ("department", "K1", {"total_receipts": ""}, "receipts_reported",
     "2026-09/department.csv [department] W23", "收款总额", "填 0"),
    ("record", "R001", {"finished": "2026-10-02"}, "finished_this_month",
     "2026-09/record.csv [record] D3", "2026-10-02 > 本期最后一天", "其他月份"),
    ("record", "R002", {"doctor": "S031"}, "record_of_doctor",
     "2026-09/record.csv [record] A4", "医生或主任", "改正医生"),
    ("surgeon", "O011", {"doctor": "S031"}, "operated_by_doctor",
     "2026-09/surgeon.csv [surgeon] A3", "医生或主任", "改正医生"),
    ("trip", "T01", {"driver": "S031"}, "driven_by_driver",
     "2026-09/trip.csv [trip] A3", "护士", "改正出车人"),
]  # fmt: skip


def test_faults_of_a_month_are_told_together_each_at_its_cell(folder: Path) -> None:
    for entity, id, cells, *_ in REPORTS:
        put(folder, entity, id, **cells)
    found = told(folder)
    for _, id, _, requirement, place, message, cure in REPORTS:
        problem = found[requirement, id]
        assert problem.place == place
        assert message in problem.message.zh
        assert cure in problem.cure.zh
    # awards that then have nobody to receive them are missing in the month's account
    assert set(found) == {(r[3], r[1]) for r in REPORTS} | {("pay_adds_up", "H1")}


# Fee kinds and charges: none lost, none twice


def test_a_fee_kind_that_no_list_knows(folder: Path) -> None:
    put(folder, "fee_kind", "挂号费", printed_as="挂号费用")
    add(folder, "charge", "X1", fee_kind="蒸汽费", ordering="C1", amount="100")
    found = told(folder)
    assert set(found) == {("facts.choice", "挂号费"), ("facts.unknown_parent", "X1")}
    assert "挂号费" in found["facts.choice", "挂号费"].cure.zh
    assert "蒸汽费" in found["facts.unknown_parent", "X1"].message.zh


def test_a_fee_kind_nobody_has_classed_is_lost_money_and_refused(folder: Path) -> None:
    put(folder, "fee_kind", "救护车费", class_given="")
    found = told(folder)
    lost = found["unprinted_is_classed", "救护车费"]
    assert lost.place == "2026-09/fee_kind.csv [fee_kind] E29"
    assert "医院自定类别" in lost.cure.zh
    # and the sums by class notice it on their own
    assert "≠ 收费合计 1,630,357" in found["fees_add_up", "H1"].message.zh
    assert set(found) - {("unprinted_is_classed", "救护车费")} == {
        ("fees_add_up", "H1"),
        ("department_fees_add_up", "C2"),
    }


def test_a_fee_kind_or_a_charge_entered_twice_is_refused(folder: Path) -> None:
    add(folder, "fee_kind", "挂号费", hospital="H1", printed_as="其他", class_given="其他收入")
    add(folder, "charge", "F001", fee_kind="挂号费", ordering="C1", amount="8010")
    found = told(folder)
    assert set(found) == {("facts.duplicate_id", "挂号费"), ("facts.duplicate_id", "F001")}
    assert "A3" in found["facts.duplicate_id", "F001"].message.zh


def test_a_list_that_names_a_kind_twice_is_refused(tmp_path: Path) -> None:
    text = (SAMPLE / "config.yaml").read_text("utf-8")
    classes = "{挂号费: 直接收入, 治疗费: 直接收入, 挂号费: 护理收入}"
    text += f"    fee_class:\n      - {{from: 2026-01-01, value: {classes}, reason: test}}\n"
    (tmp_path / "config.yaml").write_text(text, "utf-8")
    with pytest.raises(ParameterError) as error:
        HospitalConfig.read(tmp_path / "config.yaml", PROGRAMS)
    assert any("挂号费" in p.message.zh for p in error.value.problems)


def test_charges_that_would_be_nobodys_income(folder: Path) -> None:
    for id, kind, cells in (
        ("X1", "治疗费", {"ordering": "N1"}),
        ("X2", "检验费", {"ordering": "C1"}),
        ("X3", "输液费", {"ordering": "C1", "performing": "T1"}),
    ):
        add(folder, "charge", id, fee_kind=kind, amount="100", **cells)
    found = told(folder)
    assert set(found) == {
        ("ordered_by_clinical", "X1"),
        ("performed_by_technical", "X2"),
        ("performed_by_nurses", "X3"),
    }
    assert "开单科室" in found["ordered_by_clinical", "X1"].cure.zh
    assert "医技科室" in found["performed_by_technical", "X2"].cure.zh
    assert "护理单元" in found["performed_by_nurses", "X3"].cure.zh


# Trips, posts, bonuses without takers


def test_a_trip_beyond_the_bands_waits_for_the_hospital(folder: Path, tmp_path: Path) -> None:
    decided = (SAMPLE / "config.yaml").read_text("utf-8")
    (tmp_path / "config.yaml").write_text(decided.replace(', 文件未列: "160"', ""), "utf-8")
    found = computed(folder, tmp_path / "config.yaml")
    beyond = [p for p in found.problems if p.name == "trip_award"]
    assert {p.code for p in beyond} == {"formula.missing_key"}
    for problem in beyond:
        assert found.value("trip", problem.id, "distance_km") == 560
        assert "文件未列" in problem.message.zh
        assert "trip_award" in problem.cure.zh
        assert "是否想写" not in problem.cure.zh
        assert found.value("trip", problem.id, "trip_award") is None
    drivers = {p.id for p in found.problems} - {p.id for p in beyond}
    assert drivers <= {"S108", "S109", "S110"}
    as_decided = computed(folder)
    assert {as_decided.value("trip", p.id, "trip_award") for p in beyond} == {160}


def test_facts_out_of_their_bounds(folder: Path) -> None:
    put(folder, "staff", "S002", post="医士")
    put(folder, "staff", "S003", prescriptions="3.5")
    put(folder, "trip", "T01", km="-1")
    put(folder, "department", "C1", quality_factor="")
    put(folder, "department", "C2", quality_factor="98")
    assert set(told(folder)) == {
        ("facts.choice", "S002"),
        ("facts.not_whole", "S003"),
        ("facts.bounds", "T01"),
        ("facts.missing", "C1"),
        ("facts.bounds", "C2"),
    }


def test_a_bonus_that_nobody_takes_is_not_lost_in_silence(folder: Path) -> None:
    def change(rows: list[Row]) -> None:
        for row in rows:
            if row["department"] == "B1":
                row["share_weight"] = "0"
            if row["department"] == "T3":
                row.update(post="统计员", share_weight="")

    rewrite(folder, "staff", change)
    found = told(folder)
    assert "全为 0" in found["formula.no_weight", "B1"].message.zh
    assert "没有人参与分配" in found["formula.no_takers", "T3"].message.zh
    assert ("bonus_is_shared", "T3") in found


def test_an_average_without_members_names_the_parameter(folder: Path, tmp_path: Path) -> None:
    text = (SAMPLE / "config.yaml").read_text("utf-8")
    head, members = text.split("average_members:")
    members, tail = members.split("reason:", 1)
    nobody = f"{head}average_members:{members.replace('true', 'false')}reason:{tail}"
    (tmp_path / "config.yaml").write_text(nobody, "utf-8")
    found = computed(folder, tmp_path / "config.yaml")
    (empty,) = [p for p in found.problems if p.code == "requirement.average_has_members"]
    assert "average_members" in empty.cure.zh
    assert found.value("staff", "S036", "pay") is None
    assert found.value("staff", "S037", "pay") == found.value("staff", "S037", "own_bonus")


def test_what_the_document_leaves_open_is_asked_for_by_name(folder: Path) -> None:
    with pytest.raises(ParameterError) as error:
        calculate(PROGRAM, load(folder, PROGRAM, MONTH))
    assert {p.name for p in error.value.problems} == {
        "average_members",  # the print breaks off
        "clinical_rate",
        "distance_measured",
        "exam_performing_share",
        "loss_measured_by",
        "other_income_ratio",
        "record_due_days",
        "record_qualifies",
        "technical_rate",
        "unlisted_multiple",
    }
