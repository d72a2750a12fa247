"""The words reading: real rules in both languages, and the block that stands for each."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from talk_scheme import talk

from hpf.core.formula.words import rule_block, words
from hpf.core.program import Program
from hpf.core.settings import resolve


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return talk(tmp_path_factory.mktemp("talk"))


SAID = {
    ("department", "pool"): (
        "((收入 − 成本) × 份额) 四舍五入到 0.01 元",
        "((Income − Cost) × Share) rounded half up to 0.01 CNY",
    ),
    ("staff", "bonus"): (
        (
            "科室的奖金总额在同一科室内按 得分 × 职称系数（按职称） 分配"
            "(最大余数法，精确到 0.01 元)(仅限：非（请假）)"
        ),
        (
            "Pool of Department shared within the Department by Points × Title weight (by Title)"
            " (largest remainder, to 0.01 CNY) (only where not (On leave))"
        ),
    ),
    ("staff", "attainment"): (
        (
            "若 科室全体人员(限 职称 = “senior” 且 非（请假）)的数目 ≥ 2,则 得分 ÷"
            " 科室全体人员(限 职称 = “senior” 且 非（请假）)的得分的平均值；否则 1"
        ),
        (
            "if (the number of Staff of Department where Title = 'senior' and not (On leave)) ≥ 2,"
            " then Points ÷ (the mean of Points over all Staff of Department where Title = 'senior'"
            " and not (On leave)); otherwise 1"
        ),
    ),
    ("staff", "place"): (
        "得分在同一科室的医院内的名次（由高到低，同值同名次）",
        (
            "the place of Points within the Department's Hospital"
            " (highest first, equal values share a place)"
        ),
    ),
    ("staff", "tier_pay"): (
        "按“阶梯”分段累计（得分，最高一段用 加发额 ÷ 100） 按“取整单位”取整",
        "Tiers, band by band, on (Points, Extra ÷ 100 in the top band) rounded by Step",
    ),
    ("hospital", "head"): (
        "本医院全体科室的奖金总额之和 ÷ 本医院全体人员的数目",
        (
            "(the sum of Pool over all Department of this Hospital)"
            " ÷ (the number of Staff of this Hospital)"
        ),
    ),
    ("staff", "top_up"): (
        "取较小者(得分 − (得分 − (上期的补；若无，则 近 3 期的记分的最大值；若无，则 0)),0 − 得分)",
        (
            "the smaller of (Points − (Points − (Top-up of the period before,"
            " or if there is none, (the largest of Kept points over the last 3 periods),"
            " or if there is none, 0)), 0 − Points)"
        ),
    ),
    ("staff", "steady"): (
        "(近 6 期中截至本期连续满足 补 > 0 的期数) ≥ 3 且 本期最后一天 > 2006-01-01",
        (
            "(how many periods in a row, up to now, Top-up > 0 within the last 6 periods) ≥ 3"
            " and the period's last day > 2006-01-01"
        ),
    ),
}


def narrow(text: str) -> str:
    """Chinese punctuation in its narrow form: its width is looks, not meaning."""
    return text.translate({0xFF0C: ",", 0xFF1A: ":", 0xFF1B: ";", 0xFF08: "(", 0xFF09: ")"})


@pytest.mark.parametrize(("entity", "name"), SAID)
def test_real_rules_read_well(program: Program, entity: str, name: str) -> None:
    rule = program.rule(entity, name)
    assert rule is not None
    zh, en = SAID[entity, name]
    assert narrow(words(program, rule, "zh")) == narrow(zh)
    assert words(program, rule, "en") == en


def test_no_code_is_left_in_the_words(program: Program) -> None:
    codes = {i.code for i in program.indicators} | {r.name for r in program.rules}
    for rule in program.rules:
        said = words(program, rule, "zh")
        quoted = re.sub(r"“\w+”", "", said)
        assert not set(re.findall(r"[a-z_]{3,}", quoted)) & codes, said


def test_a_block_says_for_whom_with_clause_parameters_dates_and_references(
    program: Program,
) -> None:
    rule = program.rule("staff", "bonus")
    assert rule is not None
    assert narrow(rule_block(program, rule, "zh")).splitlines() == [
        "奖金(元)",
        "  条款 A.2:按得分分配",
        "  适用:人员,限 非(请假)",
        (
            "  公式:科室的奖金总额在同一科室内按 得分 × 职称系数(按职称) 分配"
            "(最大余数法,精确到 0.01 元)"
        ),
        "  参数:职称系数 = senior 1.2、junior 1(2006-01-01 起;p. 4;条款 A.2)",
    ]
    assert rule_block(program, rule, "en").splitlines() == [
        "Bonus (CNY)",
        "  Clause A.2: Shared by points",
        "  For: Staff where not (On leave)",
        (
            "  Formula: Pool of Department shared within the Department by Points × Title weight"
            " (by Title) (largest remainder, to 0.01 CNY)"
        ),
        "  Parameter: Title weight = senior 1.2, junior 1 (from 2006-01-01; p. 4; clause A.2)",
    ]


def test_a_block_shows_scales_steps_and_what_the_hospital_must_set(program: Program) -> None:
    rule = program.rule("staff", "tier_pay")
    assert rule is not None
    lines = rule_block(program, rule, "en").splitlines()
    assert (
        "  Parameter: Tiers = ≥ 0 and ≤ 60: 1 CNY/point; > 60 and < 90: 2.5 CNY/point;"
        " ≥ 90: as reported (from 2006-01-01; p. 5; clause A.2)"
    ) in lines
    assert (
        "  Parameter: Step = half to even to 1 CNY (from 2006-01-01; p. 6; clause A.2)"
    ) in lines
    assert "  Parameter: Extra, set by the hospital (clause A.2)" in lines


def test_a_block_of_a_run_shows_the_values_in_force(program: Program) -> None:
    from hpf.core.settings import Settings

    given = {"share": [{"from": "2006-05-01", "value": "0.5", "reason": "resolution 3"}]}
    settings = Settings.parse(program.parameters, given, "hospital.yaml")
    in_force, _ = resolve(program.parameters, dt.date(2006, 9, 30), settings)
    rule = program.rule("department", "pool")
    assert rule is not None
    block = narrow(rule_block(program, rule, "zh", in_force))
    assert "份额 = 0.5(2006-05-01 起;resolution 3;条款 A.1)" in block


def test_the_same_words_whatever_the_folder(program: Program) -> None:
    rule = program.rule("department", "pool")
    assert rule is not None
    assert str(Path(program.folder)) not in rule_block(program, rule, "en")
