"""Bad facts of the departments' schemes: nothing is paid, everything wrong is told."""

from __future__ import annotations

import copy

import pytest
from department_runs import CODES, EXAMPLES, Facts, of, run
from plugin_runs import PROGRAMS

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.errors import FactsError, HpfError, ParameterError
from hpf.core.facts import facts_of
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.core.settings import Settings


def facts(id: str) -> Facts:
    """An example's facts, free to be spoilt."""
    return copy.deepcopy(dict(EXAMPLES[id].facts))


def codes(error: pytest.ExceptionInfo[HpfError]) -> set[tuple[str, str, str]]:
    """(code, id, name) of every problem."""
    return {(p.code, p.id, p.name) for p in error.value.problems}


def troubles(found: Run) -> set[tuple[str, str, str]]:
    return {(p.code, p.id, p.name) for p in found.problems}


def test_more_points_than_allowed_and_a_role_outside_the_table() -> None:
    bad = facts("S4.7-EX-CARD")
    bad["staff"]["A"]["service"] = "10.01"
    bad["staff"]["B"]["quality"] = "-1"
    bad["staff"]["C"]["role"] = "住院医师"
    bad["staff"]["D"]["interventions"] = "1.5"
    with pytest.raises(FactsError) as error:
        run("cardiology", bad)
    assert codes(error) == {
        ("facts.bounds", "A", "service"),
        ("facts.bounds", "B", "quality"),
        ("facts.choice", "C", "role"),
        ("facts.not_whole", "D", "interventions"),
    }
    (near,) = [p for p in error.value.problems if p.code == "facts.choice"]
    assert "住院医生" in near.cure.zh


def test_a_missing_income_is_not_a_zero() -> None:
    bad = facts("S4.7-EX-CARD")
    del bad["staff"]["B"]["income"]
    with pytest.raises(FactsError) as error:
        run("cardiology", bad)
    assert codes(error) == {("facts.missing", "B", "income")}


def test_a_negative_pool_is_refused() -> None:
    for id, entity, row, code in (
        ("S4.7-EX-CARD", "department", "CARD", "pool"),
        ("S4.7-EX-GS", "department", "GS", "pool"),
        ("S4.7-EX-WN", "department", "W", "pool"),
        ("S4.6-DT-03", "department", "LAB", "bonus_pool"),
    ):
        bad = facts(id)
        bad[entity][row][code] = "-0.01"
        with pytest.raises(FactsError) as error:
            run(EXAMPLES[id].program.code, bad, EXAMPLES[id].settings)
        assert codes(error) == {("facts.bounds", row, code)}


def test_awards_beyond_the_pool_pay_nobody() -> None:
    bad = facts("S4.7-EX-GS")
    bad["team"]["A"]["record_award"] = "20000"
    found = run("general_surgery", bad)
    assert {c for c, _, name in troubles(found) if name == "performance_pay"} == {
        "formula.negative_weight"
    }
    assert found.value("staff", "A1", "paid") is None


def test_a_doctor_without_a_team_is_told() -> None:
    bad = facts("S4.7-EX-GS")
    del bad["staff"]["B1"]["team"]
    with pytest.raises(FactsError) as error:
        run("general_surgery", bad)
    assert codes(error) == {("facts.no_parent", "B1", "team")}


def test_a_team_without_doctors_keeps_no_money_back_in_silence() -> None:
    bad = facts("S4.7-EX-GS")
    bad["team"]["C"] = {"department": "GS", "income": "0", "discharges": 0, "record_fine": "70"}
    found = run("general_surgery", bad)
    assert ("formula.no_takers", "C", "team_share") in troubles(found)


def test_all_scores_zero() -> None:
    found = of("S4.6-no-score-at-all")
    assert {c for c, _, _ in troubles(found)} == {"formula.no_weight", "formula.division_by_zero"}
    assert found.value("staff", "A", "pay") is None


def test_a_title_without_a_printed_amount_names_the_parameter() -> None:
    found = of("LAB-beyond-the-print")
    (missing,) = [p for p in found.problems if p.code == "formula.missing_key"]
    assert missing.id == "C"
    assert "中级" in missing.message.zh + missing.cure.zh
    assert "title_pay" in missing.message.en + missing.cure.en
    assert found.value("staff", "C", "pay") is None
    assert found.value("staff", "A", "pay") == 300


def test_what_the_hospital_must_decide_is_asked_for_by_name() -> None:
    with pytest.raises(ParameterError) as error:
        run("laboratory", facts("S4.6-DT-01"))
    assert {p.name for p in error.value.problems} == {
        "start_date",
        "item_points",
        "qualification_points",
        "attendance_points",
        "best_award",
    }


def test_a_wrong_period_is_told() -> None:
    with pytest.raises(FactsError) as error:
        run("head_nurse_year", facts("S4.7-DT-07"), period="2006-09")
    assert "facts.period" in {p.code for p in error.value.problems}


def test_satisfaction_is_a_share_of_one() -> None:
    bad = facts("S4.7-DT-07")
    bad["staff"]["N1"]["by_nurses"] = "95"
    with pytest.raises(FactsError) as error:
        run("head_nurse_year", bad, period="2006")
    assert codes(error) == {("facts.bounds", "N1", "by_nurses")}


def test_the_synthetic_configuration_answers_everything_required() -> None:
    sample = PROGRAMS["laboratory"].folder / "sample" / "config.yaml"
    assert sample.read_text("utf-8").startswith("# SYNTHETIC")
    config = HospitalConfig.read(sample, PROGRAMS)
    for code in CODES:
        required = {n for n, p in PROGRAMS[code].parameters.items() if p.required}
        held = config.settings.get(code, Settings()).overrides
        assert required <= set(held), code
    program = PROGRAMS["laboratory_points"]
    beyond = facts_of(program, Period.parse("2006-09"), facts("LAB-beyond-the-print"))
    found = calculate(program, beyond, config.settings["laboratory_points"])
    assert found.problems == ()
    assert found.value("staff", "B", "base_pay") == 350
    assert found.value("staff", "C", "base_pay") == 400


def test_a_group_with_three_managers_pays_nobody() -> None:
    found = of("RAD-whom-the-fees-are-for")
    assert {(id, name) for _, id, name in troubles(found)} == {
        ("D", "managers_in_limit"),
        ("G", "managers_in_limit"),
        ("b", "checker_in_registry"),
    }
    for one in found.problems:
        assert one.message.zh
        assert one.cure.en


def test_an_examination_without_printed_points_names_the_parameter() -> None:
    bad = facts("S4.7-DT-04")
    bad["diagnostic_work"]["a2"]["item"] = "其他检查一"
    found = run("radiology", bad, EXAMPLES["S4.7-DT-04"].settings)
    (missing,) = [p for p in found.problems if p.code == "formula.missing_key"]
    assert "其他检查一" in missing.message.zh + missing.cure.zh
    assert "diagnostic_points" in missing.message.en + missing.cure.en
    assert found.value("staff", "a", "pay") is None


def test_an_intermediate_without_a_coefficient_is_not_left_out_in_silence() -> None:
    found = of("US-what-is-told")
    told = {id for _, id, name in troubles(found) if name == "middle_in_range"}
    assert told == {"a", "b", "c"}
    assert ("V", "total_covers") in {(id, name) for _, id, name in troubles(found)}
