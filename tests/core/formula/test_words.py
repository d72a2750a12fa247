"""The words reading: real rules in both languages, brackets by precedence, words for every node."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from pathlib import Path

import pytest

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
from hpf.core.formula import tree as t
from hpf.core.formula.number_words import MODE_NAMES, plain_number
from hpf.core.formula.words import formula_words, rule_block, words
from hpf.core.program import Program
from hpf.core.settings import resolve

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


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("talk")
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


F = Fraction
X, Y, Z = (t.Own("staff", f"talk.{n}") for n in ("score", "bonus", "top_up"))
TRUE = t.Own("staff", "talk.leave")
ONE = t.Const(F(1))
EVERY = [
    t.Const(F("0.05")),
    t.Param("weight", t.Const("senior")),
    t.PeriodDay("first"),
    t.MonthsLater(t.PeriodDay("last"), t.Const(F(-1))),
    t.DaysBetween(t.PeriodDay("first"), t.PeriodDay("last")),
    X,
    t.Look(("department", "hospital"), "hospital", t.Own("hospital", "talk.head")),
    t.Gather("max", "staff", ("department",), X, TRUE),
    t.Arith("add", X, Y),
    t.Compare("ne", X, Y),
    t.Logic("or", (TRUE, TRUE)),
    t.When(TRUE, X, Y),
    t.Extreme("larger", (X, Y)),
    t.Round(X, t.Const(t.Rounding(F(1), "floor"))),
    t.Band("bracket", "tiers", X),
    t.Rank(X, ("department",), False),
    t.Split(t.Const(F(100)), X, ("department",), "department", t.Const(t.Rounding(F(1)))),
    t.Only(TRUE, X),
    t.FirstOf((X, Y)),
    t.Past(2, X),
    t.Window("count", 0, None, TRUE),
]


def test_every_node_has_words_in_both_languages(program: Program) -> None:
    assert [n.op for n in EVERY] == list(t.NODE_OPS)
    for node in EVERY:
        zh, en = (formula_words(program, node, lang, "staff") for lang in ("zh", "en"))
        assert zh
        assert en
        if node.op != "const":
            assert re.search("[\u4e00-\u9fff]", zh), zh
        assert not re.search("[\u4e00-\u9fff]", en), en


def test_a_node_without_words_is_an_error(program: Program) -> None:
    with pytest.raises(TypeError, match="has no words"):
        formula_words(program, t.Node())


@pytest.mark.parametrize("kind", ["sum", "mean", "max", "min", "count"])
def test_each_gathering_has_words_of_its_own(program: Program, kind: str) -> None:
    said = set()
    for node in (
        t.Gather(kind, "staff", ("department",), X),
        t.Gather(kind, "staff", ("department",), X, TRUE),
        t.Window(kind, 3, X),
        t.Window(kind, 3, X, TRUE),
    ):
        said |= {formula_words(program, node, lang, "department") for lang in ("zh", "en")}
    assert len(said) == 8


def test_each_mode_has_words() -> None:
    assert tuple(MODE_NAMES) == t.MODES


A, B, C = X, Y, Z
BRACKETS = [
    (t.Arith("sub", A, t.Arith("sub", B, C)), "Points − (Bonus − Top-up)"),
    (t.Arith("sub", t.Arith("sub", A, B), C), "Points − Bonus − Top-up"),
    (t.Arith("add", A, t.Arith("sub", B, C)), "Points + Bonus − Top-up"),
    (t.Arith("mul", t.Arith("add", A, B), C), "(Points + Bonus) × Top-up"),
    (t.Arith("mul", A, t.Arith("div", B, C)), "Points × (Bonus ÷ Top-up)"),
    (t.Arith("div", A, t.Arith("mul", B, C)), "Points ÷ (Bonus × Top-up)"),
    (t.Arith("div", t.Arith("mul", A, B), C), "Points × Bonus ÷ Top-up"),
    (t.Arith("add", A, t.Arith("mul", B, C)), "Points + Bonus × Top-up"),
    (
        t.Logic("and", (t.Logic("or", (TRUE, t.Compare("gt", A, B))), TRUE)),
        "(On leave or Points > Bonus) and On leave",
    ),
    (
        t.Logic("or", (t.Logic("and", (TRUE, TRUE)), TRUE)),
        "On leave and On leave or On leave",
    ),
    (
        t.Arith("mul", t.When(TRUE, A, B), C),
        "(if On leave, then Points; otherwise Bonus) × Top-up",
    ),
    (
        t.When(TRUE, A, t.When(TRUE, B, C)),
        "if On leave, then Points; otherwise if On leave, then Bonus; otherwise Top-up",
    ),
    (
        t.When(TRUE, t.When(TRUE, A, B), C),
        "if On leave, then (if On leave, then Points; otherwise Bonus); otherwise Top-up",
    ),
]


@pytest.mark.parametrize(("node", "said"), BRACKETS, ids=[s for _, s in BRACKETS])
def test_brackets_stand_where_they_must_and_nowhere_else(
    program: Program, node: t.Node, said: str
) -> None:
    assert formula_words(program, node, "en", "staff") == said


@pytest.mark.parametrize(
    ("value", "said"),
    [("0.050", "0.05"), ("-3", "−3"), ("1/3", "1/3"), ("12", "12"), ("-0.5", "−0.5"), ("0", "0")],
)
def test_numbers_are_written_plainly(value: str, said: str) -> None:
    assert plain_number(F(value)) == said


def test_the_same_words_whatever_the_folder(program: Program) -> None:
    rule = program.rule("department", "pool")
    assert rule is not None
    assert str(Path(program.folder)) not in rule_block(program, rule, "en")
