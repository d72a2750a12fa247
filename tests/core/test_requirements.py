"""Requirements: what the facts must meet, and what is said where they do not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from hpf.core import (
    CNY,
    DAY,
    HOSPITAL,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Row,
    Scheme,
    days_between,
    exact,
    first_day,
    first_of,
    last_day,
    months_later,
    round_to,
    split,
    when,
)
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.errors import Problem, SchemeError, Text
from hpf.core.facts import facts_of
from hpf.core.formula.words import rule_block
from hpf.core.kit.check import check_scheme
from hpf.core.kit.programs import Programs
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import Run, as_json
from hpf.intake import load
from hpf_cli import main

SEPTEMBER = Period.parse("2026-09")
PARAMETERS = """
demo:
  full:
    name: {zh: 满分, en: Full marks}
    unit: point
    clause: A.1
    values: [{from: 2006-01-01, value: "100", reference: printed}]
  least:
    name: {zh: 起付标准, en: Least pay}
    unit: CNY
    clause: A.2
    keyed_by: [doctor, nurse]
    values: [{from: 2006-01-01, value: {doctor: "800", nurse: "600"}, reference: printed}]
  strict:
    name: {zh: 从严, en: Strict}
    kind: boolean
    clause: A.2
    values: [{from: 2006-01-01, value: true, reference: printed}]
"""
CLAUSES = """
- {id: A.1, kind: calc, meaning: {zh: 标准分值合计为满分, en: The points add up to the full marks}}
- {id: A.2, kind: calc, meaning: {zh: 按得分发放, en: Paid by points}}
"""
CURE = ("请改正标准分值", "Correct the standard points")
Data = dict[str, dict[str, dict[str, Any]]]
Draw = Callable[..., Any]


def scheme(folder: Path) -> Scheme:
    """Indicators of every type and a few rules; a test adds its requirements."""
    (folder / "parameters.yaml").write_text(PARAMETERS, "utf-8")
    (folder / "clauses.yaml").write_text(CLAUSES, "utf-8")
    s = Scheme("demo", zh="例", en="Demo", document="A", here=str(folder / "demo.py"))
    s.boolean(HOSPITAL, "audited", zh="已审计", en="Audited", blank="not_applicable")
    s.decimal(HOSPITAL, "pool", zh="总额", en="Pool", unit=CNY, blank="not_applicable")
    s.decimal(STAFF, "points", zh="标准分值", en="Standard points", unit=POINT)
    s.decimal(STAFF, "got", zh="得分", en="Points got", unit=POINT, blank="not_applicable")
    s.choice(STAFF, "role", ["doctor", "nurse"], zh="岗位", en="Role", blank="not_applicable")
    s.decimal(STAFF, "earned", zh="应发", en="Earned", unit=CNY, blank="not_applicable")
    s.decimal(STAFF, "withheld", zh="扣发", en="Withheld", unit=CNY, blank="not_applicable")
    s.date(STAFF, "joined", zh="入职日期", en="Joined", blank="not_applicable")
    s.boolean(STAFF, "evidence", zh="有佐证材料", en="Evidence", blank="not_applicable")

    @s.rule(HOSPITAL, zh="标准分值合计", en="Total of standard points", clause="A.1", unit=POINT)
    def total(hospital: Row) -> Formula:
        return hospital.departments.staff.points.sum()

    return s


def require(s: Scheme, draw: Draw, entity: Any = STAFF, **more: Any) -> None:
    """A requirement `asked` with that formula."""
    draw.__name__ = "asked"
    head: dict[str, Any] = {"zh": "须成立", "en": "It must hold", "clause": "A.1", "cure": CURE}
    s.require(entity, **head | more)(draw)


def data(**staff: dict[str, Any]) -> Data:
    """One hospital H, one department D and these people."""
    people = {id: {"department": "D", "points": "50", **row} for id, row in staff.items()}
    return {"hospital": {"H": {}}, "department": {"D": {"hospital": "H"}}, "staff": people}


def ran(s: Scheme, given: Data) -> Run:
    program = build(s)
    return calculate(program, facts_of(program, SEPTEMBER, given))


def said(
    folder: Path, draw: Draw, entity: Any = STAFF, given: Data | None = None, **row: Any
) -> Any:
    """What one requirement says of person A (or hospital H): (zh, en), or None where it holds."""
    s = scheme(folder)
    require(s, draw, entity)
    run = ran(s, given or data(A=row))
    assert len(run.problems) < 2
    return tuple(run.problems[0].message) if run.problems else None


def test_a_requirement_that_is_not_met_is_a_problem_of_the_run(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    names = {"zh": "标准分值合计为100分", "en": "The standard points add up to 100"}
    require(s, lambda h, p: h.total == p.full, HOSPITAL, **names)
    run = ran(s, data(A={"points": "60"}, B={"points": "38"}))
    assert run.problems == (
        Problem(
            "requirement.asked",
            Text(
                "标准分值合计为100分：标准分值合计 98 ≠ 满分 100",
                "The standard points add up to 100: Total of standard points 98 ≠ Full marks 100",
            ),
            Text(*CURE),
            "[hospital] H.id",
            "hospital",
            "H",
            "asked",
        ),
    )
    assert run.value("hospital", "H", "asked") is False
    line = run.problems[0].line("zh")
    assert line.endswith("标准分值合计 98 ≠ 满分 100。请改正标准分值")


def test_one_that_is_met_or_absent_says_nothing(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.withheld <= m.earned)
    people = data(A={"withheld": "1", "earned": "1"}, B={"withheld": "5"}, C={})
    run = ran(s, people)
    assert run.problems == ()
    assert [run.value("staff", i, "asked") for i in "ABC"] == [True, None, None]


def test_only_those_it_is_for_are_asked(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.got >= m.points, only=lambda m: m.role == "nurse")
    row = {"got": "1"}
    people = data(A={**row, "role": "nurse"}, B={**row, "role": "doctor"}, C=row)
    found = ran(s, people).problems
    assert [(p.id, p.message.zh) for p in found] == [("A", "须成立：得分 1 < 标准分值 50")]


def test_a_problem_inside_it_is_a_problem_as_ever(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.earned / m.withheld >= 1)
    people = data(A={"earned": "1", "withheld": "0"}, B={"earned": "1", "withheld": "2"})
    found = ran(s, people).problems
    assert [(p.code, p.id) for p in found] == [
        ("formula.division_by_zero", "A"),
        ("requirement.asked", "B"),
    ]


WITHHELD = {"earned": "1000", "withheld": "1200.5"}
NUMBERS: list[tuple[str, Draw, dict[str, Any], tuple[str, str]]] = [
    (
        "the opposite relation stands between both sides",
        lambda m: m.withheld <= m.earned,
        WITHHELD,
        ("扣发 1,200.5 > 应发 1,000", "Withheld 1,200.5 > Earned 1,000"),
    ),
    (
        "a formula is said in words, its value in brackets",
        lambda m: m.earned - m.withheld >= 0,
        WITHHELD,
        ("应发 − 扣发（-200.5）< 0", "Earned − Withheld (-200.5) < 0"),
    ),
    (
        "two sides that differ",
        lambda m: m.earned == m.withheld,
        WITHHELD,
        ("应发 1,000 ≠ 扣发 1,200.5", "Earned 1,000 ≠ Withheld 1,200.5"),
    ),
    (
        "two sides that do not",
        lambda m: m.earned != m.withheld,
        {"earned": "1", "withheld": "1"},
        ("应发 1 = 扣发 1", "Earned 1 = Withheld 1"),
    ),
    (
        "a keyed parameter is told with its key",
        lambda m, p: m.earned > p.least[m.role],
        {"earned": "600", "role": "nurse"},
        ("应发 600 ≤ 起付标准（按岗位）（600）", "Earned 600 ≤ Least pay (by Role) (600)"),
    ),
    (
        "a gathering names what it gathers",
        lambda m: m.points < m.department.staff.points.sum(),
        {},
        ("标准分值 50 ≥ 科室全体人员的标准分值之和（50）",
         ("Standard points 50 ≥ "
          "(the sum of Standard points over all Staff of Department) (50)")),
    ),
    (
        "choices",
        lambda m: m.role == "doctor",
        {"role": "nurse"},
        ("岗位 nurse ≠ doctor", "Role nurse ≠ doctor"),
    ),
    (
        "dates",
        lambda m: months_later(m.joined, 6) <= first_day(),
        {"joined": "2026-05-02"},
        ("入职日期之后 6 个月的同一天（2026-11-02）> 本期第一天 2026-09-01",
         "the day 6 months after Joined (2026-11-02) > the period's first day 2026-09-01"),
    ),
    (
        "days",
        lambda m: days_between(m.joined, last_day()) >= exact("30", DAY),
        {"joined": "2026-09-30"},
        ("从 入职日期 到 本期最后一天 的天数（0）< 30",
         "the days from Joined to the period's last day (0) < 30"),
    ),
    (
        "a yes or no",
        lambda m: m.evidence,
        {"evidence": False},
        ("“有佐证材料”为否", "'Evidence' is no"),
    ),
    (
        "of several only those that fail",
        lambda m: (m.earned > 0) & (m.withheld <= m.earned) & m.evidence,
        {**WITHHELD, "evidence": False},
        ("扣发 1,200.5 > 应发 1,000；“有佐证材料”为否",
         "Withheld 1,200.5 > Earned 1,000; 'Evidence' is no"),
    ),
    (
        "an absent one among them is none that fails",
        lambda m: (m.got > 0) & (m.withheld <= m.earned),
        WITHHELD,
        ("扣发 1,200.5 > 应发 1,000", "Withheld 1,200.5 > Earned 1,000"),
    ),
    (
        "where one would do, all of them",
        lambda m: m.evidence | (m.role == "doctor"),
        {"evidence": False, "role": "nurse"},
        ("“有佐证材料”为否；岗位 nurse ≠ doctor", "'Evidence' is no; Role nurse ≠ doctor"),
    ),
    (
        "not: what holds and must not",
        lambda m: ~(m.withheld > m.earned),
        WITHHELD,
        ("扣发 1,200.5 > 应发 1,000", "Withheld 1,200.5 > Earned 1,000"),
    ),
    (
        "not both: both of them",
        lambda m: ~((m.withheld > m.earned) & m.evidence),
        {**WITHHELD, "evidence": True},
        ("扣发 1,200.5 > 应发 1,000；“有佐证材料”为是",
         "Withheld 1,200.5 > Earned 1,000; 'Evidence' is yes"),
    ),
    (
        "not either: the one that holds",
        lambda m: ~((m.withheld > m.earned) | m.evidence),
        {**WITHHELD, "evidence": False},
        ("扣发 1,200.5 > 应发 1,000", "Withheld 1,200.5 > Earned 1,000"),
    ),
    (
        "by case: the branch that was taken",
        lambda m: when(m.role == "doctor", m.earned > 0, m.withheld <= m.earned),
        {**WITHHELD, "role": "nurse"},
        ("扣发 1,200.5 > 应发 1,000", "Withheld 1,200.5 > Earned 1,000"),
    ),
    (
        "by case: where the branch says nothing, the condition does",
        lambda m: when(m.withheld > m.earned, False, True),
        WITHHELD,
        ("扣发 1,200.5 > 应发 1,000", "Withheld 1,200.5 > Earned 1,000"),
    ),
    (
        "the first that is there",
        lambda m: first_of(m.got > 0, m.withheld <= m.earned),
        WITHHELD,
        ("扣发 1,200.5 > 应发 1,000", "Withheld 1,200.5 > Earned 1,000"),
    ),
    (
        "a switch",
        lambda m, p: ~p.strict,
        {},
        ("“从严”为是", "'Strict' is yes"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("draw", "row", "words"), [c[1:] for c in NUMBERS], ids=[c[0] for c in NUMBERS]
)
def test_it_says_what_was_found(
    tmp_path: Path, draw: Draw, row: Any, words: tuple[str, str]
) -> None:
    zh, en = said(tmp_path, draw, **row)
    assert (zh.removeprefix("须成立："), en.removeprefix("It must hold: ")) == words


def test_a_requirement_that_reads_nothing_has_its_names_alone(tmp_path: Path) -> None:
    assert said(tmp_path, lambda m: m.points < m.points) == (
        "须成立：标准分值 50 ≥ 标准分值 50",
        "It must hold: Standard points 50 ≥ Standard points 50",
    )
    never = lambda m: False  # noqa: E731  # a rule's function, as a plugin would write it
    assert said(tmp_path, never) == ("须成立", "It must hold")


def test_a_look_up_of_a_condition_and_a_condition_of_another_row(tmp_path: Path) -> None:
    given = data(A={})
    given["hospital"]["H"] = {"audited": False}
    words = said(tmp_path, lambda m: m.department.hospital.audited, given=given)
    assert words == (
        "须成立：“科室的医院的已审计”为否",
        "It must hold: 'Audited of Department's Hospital' is no",
    )


def test_a_third_is_told_to_twelve_places(tmp_path: Path) -> None:
    words = said(tmp_path, lambda m: m.earned / m.withheld == 2, earned="2", withheld="3")
    assert words[0] == "须成立：应发 ÷ 扣发（0.666666666667）≠ 2"


# where


def workbook_of(program: Program, folder: Path, hospital: str, staff: str) -> Path:
    """A folder of CSV files: hospital H, department D and people."""
    made = folder / "facts"
    made.mkdir()
    (made / "hospital.csv").write_text(hospital, "utf-8")
    (made / "department.csv").write_text("id,hospital\nD,H\n", "utf-8")
    (made / "staff.csv").write_text(staff, "utf-8")
    return made


STAFF_CSV = "id,department,name,points,earned,withheld,got\nA,D,甲,50,10,10,\nB,D,乙,50,10,10.01,\n"


@pytest.mark.parametrize(
    ("draw", "cell"),
    [
        (lambda m: m.withheld <= m.earned, "F3"),  # the first that the comparison reads
        (lambda m: m.earned >= m.withheld, "E3"),
        (lambda m: (m.earned > 0) & (m.withheld <= m.earned), "F3"),  # of what fails, not E
        (lambda m: m.department.staff.withheld.sum() <= m.department.staff.earned.sum(), "A3"),
        (lambda m: m.department.staff.withheld.sum() - m.earned < m.withheld, "E3"),
    ],
)
def test_the_place_is_the_rows_own_cell(tmp_path: Path, draw: Draw, cell: str) -> None:
    s = scheme(tmp_path)
    require(s, draw)
    program = build(s)
    path = workbook_of(program, tmp_path, "id\nH\n", STAFF_CSV)
    found = calculate(program, load(path, program, SEPTEMBER)).problems
    assert [p.place for p in found if p.id == "B"] == [f"facts/staff.csv [staff] {cell}"]


# notices


def test_a_notice_is_told_and_the_run_stands(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.withheld <= m.earned, severity="notice")
    run = ran(s, data(A=WITHHELD))
    assert [p.severity for p in run.problems] == ["notice"]
    document: Any = as_json(run)
    (told,) = document["problems"]
    assert (told["code"], told["severity"]) == ("requirement.asked", "notice")
    line = next(r for r in document["results"] if r["rule"] == "asked")
    assert line == {
        "entity": "staff", "id": "A", "rule": "asked", "kind": "requirement",
        "value_type": "boolean", "unit": "", "value": False, "clause": "A.1",
    }  # fmt: skip


# all of them


def test_every_row_that_fails_is_told_in_the_order_of_the_document(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.withheld <= m.earned, zh="甲", en="One")

    @s.require(HOSPITAL, zh="乙", en="Two", clause="A.1", cure=CURE)
    def second(hospital: Row, p: Parameters) -> Formula:
        return hospital.total == p.full

    found = ran(s, data(C=WITHHELD, A=WITHHELD, B={})).problems
    assert [(p.name, p.id) for p in found] == [("asked", "A"), ("asked", "C"), ("second", "H")]


def test_other_rules_may_read_a_requirement(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.withheld <= m.earned)

    @s.rule(HOSPITAL, zh="不合格人数", en="How many fail", clause="A.1")
    def failing(hospital: Row) -> Formula:
        return hospital.departments.staff.where(lambda m: ~m.asked).count()

    run = ran(s, data(A=WITHHELD, B=WITHHELD, C={}))
    assert run.value("hospital", "H", "failing") == 2


def test_thousands_of_failing_rows_take_seconds(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.points * m.department.staff.count() < m.department.hospital.total)
    people = data(**{f"P{i:04}": {"points": "1.5"} for i in range(3000)})
    began = time.process_time()
    found = ran(s, people).problems
    assert len(found) == 3000
    assert time.process_time() - began < 8


def test_the_seal_covers_it(tmp_path: Path) -> None:
    seals = []
    for draw in (lambda m: m.points >= exact("1", POINT), lambda m: m.points >= exact("2", POINT)):
        s = scheme(tmp_path)
        require(s, draw)
        run = ran(s, data(A={}))
        assert run.problems == ()
        seals.append(run.seal)
    assert seals[0]["formulas"] != seals[1]["formulas"]
    assert seals[0]["results"] == seals[1]["results"]


# declaring one


@pytest.mark.parametrize("cure", [("", ""), ("请改正", " "), ("请改正",)])
def test_a_requirement_without_a_cure_in_both_languages_is_refused(
    tmp_path: Path, cure: Any
) -> None:
    with pytest.raises(ValueError, match="'It must hold': cure="):
        require(scheme(tmp_path), lambda m: m.evidence, cure=cure)


def test_an_unknown_severity_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"severity 'notices'. Did you mean notice\?"):
        require(scheme(tmp_path), lambda m: m.evidence, severity="notices")


def test_a_requirement_is_a_condition(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.points)
    with pytest.raises(SchemeError, match="declared a boolean, its formula yields a decimal"):
        build(s)


# words, and the kit


def test_the_handbook_says_what_must_hold_and_what_if_not(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.withheld <= m.earned)
    program = build(s)
    rule = program.rule("staff", "asked")
    assert rule is not None
    assert rule_block(program, rule, "zh").splitlines()[2:] == [
        "  适用：人员",
        "  须满足：扣发 ≤ 应发",
        "  不满足时：列为问题，不出结果；请改正标准分值",
    ]
    assert rule_block(program, rule, "en").splitlines()[3:] == [
        "  Must hold: Withheld ≤ Earned",
        "  Where it fails: a problem, no results are given out; Correct the standard points",
    ]


def example(id: str, points: str, full: bool) -> dict[str, Any]:
    given = data(A={"points": points})
    return {
        "id": id, "scheme": "demo", "sentence": {"zh": "一句", "en": "A sentence"},
        "clauses": ["A.1"], "source": "derived", "period": "2026-09", "facts": given,
        "expect": [{"row": "hospital:H", "rule": "asked", "full": full}],
    }  # fmt: skip


def small(folder: Path, *examples: dict[str, Any]) -> Program:
    """A scheme of one requirement, its clause, its parameter and examples."""
    (folder / "parameters.yaml").write_text(PARAMETERS.split("  least:")[0], "utf-8")
    clause, _ = CLAUSES.strip().splitlines()
    (folder / "clauses.yaml").write_text(clause, "utf-8")
    (folder / "examples.yaml").write_text(yaml.safe_dump(list(examples)), "utf-8")
    s = Scheme("demo", zh="例", en="Demo", document="A", here=str(folder / "demo.py"))
    s.decimal(STAFF, "points", zh="标准分值", en="Standard points", unit=POINT)
    require(s, lambda h, p: h.departments.staff.points.sum() == p.full, HOSPITAL)
    return build(s)


def test_examples_expect_it_true_or_false_and_the_gate_changes_it(tmp_path: Path) -> None:
    program = small(tmp_path, example("A-1", "100", True), example("A-2", "98", False))
    report = check_scheme(program, mutate=True)
    assert [p.line("en") for p in report.problems] == []
    assert report.gate is not None
    assert report.gate.total == report.gate.killed == 3  # ≠ for =, the full marks up and down


def test_an_example_that_expects_the_wrong_answer_is_told(tmp_path: Path) -> None:
    report = check_scheme(small(tmp_path, example("A-1", "98", True)))
    assert [p.code for p in report.problems] == ["example.differs"] * 4  # two ways, two profiles


# the command line


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`hpf` with one scheme: a pay line, a requirement, and one whose failing is a notice."""
    s = scheme(tmp_path)
    require(s, lambda m: m.withheld <= m.earned, zh="扣发不超过应发", en="No more than earned")

    @s.require(
        STAFF, zh="得分达到标准", en="Up to standard", clause="A.1",
        cure=("请核对得分", "Check the points"), severity="notice",
    )  # fmt: skip
    def standard(member: Row) -> Formula:
        return member.got >= member.points

    @s.pay(STAFF, zh="绩效", en="Pay", clause="A.2")
    def pay(member: Row) -> Formula:
        hospital = member.department.hospital
        return split(hospital.pool, by=member.points, within=hospital)

    @s.pay(STAFF, zh="实发", en="Paid", clause="A.2")
    def paid(member: Row) -> Formula:
        return round_to(member.earned - member.withheld)

    monkeypatch.setattr("hpf_cli.running.installed", lambda: Programs({"demo": s}))

    def run(staff: str, *args: str, lang: str = "en") -> Result:
        path = workbook_of(build(s), tmp_path, "id,pool\nH,100\n", staff)
        command = ["run", "demo", "--period", "2026-09", "--facts", str(path), *args]
        environment = {"HPF_LANG": lang, "COLUMNS": "120", "NO_COLOR": "1"}
        return CliRunner().invoke(main, command, env=environment)

    return run


def test_run_lists_every_requirement_that_fails_and_writes_nothing(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    staff = STAFF_CSV + "C,D,丙,50,1,2,40\n"
    result = call(staff, "--json", str(out))
    assert result.exit_code == 2
    assert not out.exists()
    told = result.stderr
    assert "staff.csv [staff] F3  staff:B  asked\n" in told
    assert "No more than earned: Withheld 10.01 > Earned 10\n" in told
    assert "No more than earned: Withheld 2 > Earned 1\n" in told
    assert "→ Correct the standard points" in told
    assert "Up to standard: Points got 40 < Standard points 50" in told
    assert "2 problems. Nothing was written." in told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_notice_is_printed_and_written_and_the_exit_code_is_0(
    call: Callable[..., Result], tmp_path: Path, lang: str
) -> None:
    out = tmp_path / "out.json"
    staff = STAFF_CSV.replace("10.01,", "1,40")
    result = call(staff, "--json", str(out), lang=lang)
    assert result.exit_code == 0, result.output
    words = {
        "zh": "得分达到标准：得分 40 < 标准分值 50",
        "en": "Points got 40 < Standard points 50",
    }
    assert words[lang] in result.stderr
    assert {"zh": "→ 请核对得分\n", "en": "→ Check the points\n"}[lang] in result.stderr
    assert "asked" not in result.stdout
    assert {"zh": "扣发不超过应发", "en": "No more than earned"}[lang] not in result.stdout
    document = json.loads(out.read_text("utf-8"))
    assert [p["code"] for p in document["problems"]] == ["requirement.standard"]
    kinds = {r["rule"]: r["kind"] for r in document["results"]}
    assert kinds["asked"] == kinds["standard"] == "requirement"


def test_results_go_into_a_workbook_with_a_column_for_each_requirement(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    import openpyxl

    out = tmp_path / "out.xlsx"
    result = call(STAFF_CSV.replace("10.01,", "1,40"), "--xlsx", str(out))
    assert result.exit_code == 0, result.output
    (sheet,) = (s for s in openpyxl.load_workbook(out) if str(s.title).startswith("人员"))
    heads = [c.value for c in sheet[2]]
    assert heads[-2:] == ["扣发不超过应发", "得分达到标准"]
    assert [c.value for c in sheet[5]][-2:] == ["是", "否"]
