"""The Mongolian-medicine hospital: worked examples, the lists, the average, a year of a sample."""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
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
from hpf.core.clauses import NEED_A_RULE
from hpf.core.config import HospitalConfig
from hpf.core.facts import facts_of
from hpf.core.formula.exact import snap
from hpf.core.formula.scalar import Scalar
from hpf.core.kit.check import check_scheme
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.kit.switches import survey
from hpf.core.kit.testing import example_cases
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.settings import Settings
from hpf.core.values import ABSENT, NO_HISTORY, History, Result
from hpf.intake import load
from hpf.intake.template import write_template
from hpf_cli import main

CODE = "mongolian"
PLUGINS = load_plugins()
PROGRAMS = load_programs(PLUGINS)
PROGRAM = PROGRAMS[CODE]
EXAMPLES = {case.example.id: case.example for case in example_cases(PLUGINS.schemes[CODE])}
SAMPLE = PROGRAM.folder / "sample"
CONFIG = HospitalConfig.read(SAMPLE / "config.yaml", PROGRAMS).settings[CODE]
MONTHS = tuple(f"2026-{month:02}" for month in range(1, 13))


def run(
    facts: Mapping[str, Any], program: Program = PROGRAM, period: str = "2026-09", **given: Any
) -> Run:
    """One run on hand-written facts, under the standard answers of the worked examples."""
    answers = {**EXAMPLES["S4.3-DT-01"].settings, **given}
    held = {k: [{"from": "2006-01-01", "value": v, "reason": "test"}] for k, v in answers.items()}
    when = Period.parse(period)
    return calculate(
        program, facts_of(program, when, facts), Settings.parse(program.parameters, held, "test")
    )


def sampled(month: str, history: History = NO_HISTORY) -> Run:
    """A month of the sample under its configuration."""
    return calculate(PROGRAM, load(SAMPLE / month, PROGRAM, Period.parse(month)), CONFIG, history)


def kept(*runs: Run) -> History:
    """Runs' results as later months read them."""
    periods = {}
    for found in runs:
        by: dict[tuple[str, str], dict[str, Result]] = {}
        for line in found.lines():
            by.setdefault((line.entity, line.rule.qualified), {})[line.id] = line.value
        periods[found.period] = by
    return History(periods)


def amounts(found: Run, entity: str, rule: str) -> dict[str, Decimal]:
    """id -> amount, of the rows that have one."""
    values = {i: found.value(entity, i, rule) for i in found.checked.rows[entity].ids}
    return {i: v for i, v in values.items() if isinstance(v, Decimal)}


def total(found: Run, rule: str) -> Decimal:
    """A result of the one hospital."""
    (amount,) = amounts(found, "hospital", rule).values()
    return amount


@pytest.fixture(scope="module")
def year() -> list[Run]:
    """The sample's twelve months, each with those before it at hand."""
    runs: list[Run] = []
    for month in MONTHS:
        runs.append(sampled(month, kept(*runs)))
    return runs


@pytest.fixture(scope="module")
def september(year: list[Run]) -> Run:
    return year[8]


def test_the_scheme_keeps_its_promises() -> None:
    """Clauses covered, parameters used, every worked example right in both interpreters."""
    report = check_scheme(PROGRAM, PROGRAMS.beside(CODE))
    assert [p.line("en") for p in report.problems] == []
    assert report.examples >= 36


@pytest.mark.slow
def test_the_examples_notice_every_mutant() -> None:
    report = check_scheme(PROGRAM, PROGRAMS.beside(CODE), mutate=True)
    assert report.gate is not None
    assert [p.line("en") for p in report.gate.problems] == []
    assert report.gate.excused == ()


def test_every_clause_is_there_and_the_document_is_modelled_whole() -> None:
    clauses = PROGRAM.clauses
    assert len(clauses) == 30
    ruled = {c for r in PROGRAM.rules for c in r.clauses}
    for clause in clauses.values():
        assert clause.id in ruled or (clause.kind == "text" and clause.covered == "definition")
        assert clause.kind not in NEED_A_RULE or clause.covered == "rule"


# Fee kinds: the document's lists, typed again from it

DOCTORS = (
    *("挂号", "体检", "治疗", "注射", "诊查", "会诊", "往诊", "针灸", "放血", "拔罐", "封闭"),
    *("理疗", "药物熏蒸", "手法复位", "牵引", "整骨", "按摩", "监护", "麻醉", "手术", "抢救"),
    *("处置", "床位", "护理", "仪器", "陪护", "氧气", "吸入"),
)
NURSES = (
    *("注射", "输液", "皮试", "护理", "陪护", "床", "健康教育", "吸氧", "雾化吸入"),
    *("灌肠", "导尿", "抢救", "留观"),
)
EXAMS = ("检验", "B超", "彩超", "心电", "胃镜", "放射")
SAME = {"床": "床位", "吸氧": "氧气", "雾化吸入": "吸入"}  # the nurses' name: the doctors'


def class_by_hand(kind: str) -> str:
    """One class for each name of the document."""
    doctors = kind in DOCTORS or SAME.get(kind) in DOCTORS
    nurses = kind in NURSES or kind in SAME.values()
    if doctors or nurses:
        return "直接兼护理收入" if doctors and nurses else "直接收入" if doctors else "护理收入"
    return "检查收入" if kind in EXAMS else "蒙药收入"


def test_every_fee_kind_of_the_document_has_its_one_class() -> None:
    assert (len(DOCTORS), len(NURSES), len(EXAMS)) == (28, 13, 6)
    kinds = list(dict.fromkeys([*DOCTORS, *NURSES, *EXAMS, "蒙药"]))
    printed = PROGRAM.indicator("fee_kind", "printed_as")
    assert printed is not None
    assert set(printed.choices) == {f"{k}费" for k in kinds} | {"其他"}
    rows = {k: {"hospital": "H", "printed_as": f"{k}费"} for k in kinds}
    found = run(EMPTY | {"fee_kind": rows})
    assert {k: found.value("fee_kind", k, "fee_class") for k in kinds} == {
        k: class_by_hand(k) for k in kinds
    }


EMPTY: dict[str, dict[str, dict[str, Any]]] = {
    "hospital": {"H": {}},
    **{e: {} for e in ("department", "staff", "fee_kind", "charge")},
    **{e: {} for e in ("record", "operation", "surgeon", "trip")},
}
UNITS = {
    "C": "临床科室", "D": "临床科室", "N": "门诊病房护理", "R": "处置室", "T": "医技科室",
}  # fmt: skip
CHARGES = st.lists(
    st.tuples(
        st.sampled_from([*DOCTORS, *NURSES, *EXAMS, "蒙药", "其他收入", "不计科室收入"]),
        st.sampled_from("CD"),
        st.sampled_from("NR"),
        st.integers(-500_00, 90_000_00),
    ),
    max_size=12,
)
WEIGHTS = st.lists(st.integers(1, 30), min_size=1, max_size=3)


def fen(value: Fraction | int) -> Decimal:
    """Half up to the fen."""
    return Decimal((Fraction(value) * 100 + Fraction(1, 2)) // 1) / 100


@settings(max_examples=15, deadline=None)
@given(
    lines=CHARGES,
    costs=st.tuples(*[st.integers(0, 9_000_00)] * 5),
    weights=st.tuples(*[WEIGHTS] * 5),
    reading=st.sampled_from(["both", "doctors", "nurses"]),
)
def test_income_bonus_and_average_are_those_of_the_clauses(
    lines: list[tuple[str, str, str, int]],
    costs: tuple[int, ...],
    weights: tuple[list[int], ...],
    reading: str,
) -> None:
    """By hand in fractions; every charge is counted, by each list that names it, and once."""
    kinds: dict[str, dict[str, Any]] = {}
    charges: dict[str, dict[str, Any]] = {}
    income = dict.fromkeys(UNITS, Fraction(0))
    for n, (kind, ordering, nurses, amount) in enumerate(lines):
        unlisted = kind.endswith("收入")
        given = (
            {"printed_as": "其他", "class_given": kind} if unlisted else {"printed_as": f"{kind}费"}
        )
        kinds[kind] = {"hospital": "H", **given}
        exam = kind in EXAMS
        money = Fraction(amount, 100)
        charges[str(n)] = {
            "fee_kind": kind,
            "ordering": ordering,
            "performing": "T" if exam else nurses,
            "amount": str(Decimal(amount) / 100),
        }
        match kind if unlisted else class_by_hand(kind):
            case "直接收入":
                income[ordering] += money
            case "直接兼护理收入":
                income[ordering] += money if reading != "nurses" else 0
                income[nurses] += money if reading != "doctors" else 0
            case "护理收入":
                income[nurses] += money
            case "检查收入":
                income[ordering] += money * Fraction(30, 100)
                income["T"] += money * Fraction(40, 100)
            case "蒙药收入":
                income[ordering] += money * Fraction(15, 100)
            case "其他收入":
                income[ordering] += money * Fraction(20, 100)
    rates = {"C": "0.10", "D": "0.10", "N": "0.13", "R": "0.10", "T": "0.20"}
    posts = {"N": "护士", "R": "护士", "T": "医技人员"}
    zeros = ("prescriptions", "mongolian_prescriptions", "mongolian_drug_income", "admitted")
    staff: dict[str, dict[str, Any]] = {
        "Z": {"department": "N", "post": "病房护士长", "share_weight": 9}
    }
    departments = {}
    for (unit, kind), cost, shares in zip(UNITS.items(), costs, weights, strict=True):
        row = {"hospital": "H", "kind": kind, "quality_factor": 1}
        departments[unit] = {**row, "materials": str(Decimal(cost) / 100)}
        for n, weight in enumerate(shares):
            staff[f"{unit}{n}"] = {
                "department": unit,
                "post": posts.get(unit, "医生"),
                "share_weight": weight,
                **(dict.fromkeys(zeros, 0) if unit not in posts else {}),
            }
    found = run(
        EMPTY | {"department": departments, "staff": staff, "fee_kind": kinds, "charge": charges},
        shared_fees_go_to=reading,
    )
    assert found.problems == ()
    bonus = {
        unit: fen(max(Fraction(0), income[unit] - Fraction(cost, 100)) * Fraction(rates[unit]))
        for unit, cost in zip(UNITS, costs, strict=True)
    }
    assert {u: Fraction(a) for u, a in amounts(found, "department", "income").items()} == income
    assert amounts(found, "department", "department_bonus") == bonus
    own = amounts(found, "staff", "department_share")
    assert "Z" not in own
    for unit in UNITS:
        assert sum(a for i, a in own.items() if i[0] == unit) == bonus[unit]
    average = Fraction(sum(bonus.values())) / len(own)
    assert found.value("staff", "Z", "pay") == fen(average * Fraction(12, 10))
    assert total(found, "charged_total") == sum(Decimal(x[3]) for x in lines) / 100


@pytest.mark.parametrize("wrong", ["exam_fees", "direct_fees"])
def test_a_class_counted_twice_or_left_out_does_not_add_up(wrong: str) -> None:
    """Another class's formula in place of one's own: one kind is lost, another doubled."""
    rule, other = (
        next(r for r in PROGRAM.rules if r.entity == "department" and r.name == name)
        for name in (wrong, "nurses_fees")
    )
    rules = tuple(replace(r, tree=other.tree) if r is rule else r for r in PROGRAM.rules)
    found = run(EXAMPLES["S4.3-DT-04"].facts, replace(PROGRAM, rules=rules))
    assert {(p.code, p.id) for p in found.problems} == {
        ("requirement.department_fees_add_up", "C"),
        ("requirement.fees_add_up", "H"),
    }
    assert run(EXAMPLES["S4.3-DT-04"].facts).problems == ()


# The average: made by those who earn one themselves, paid to the others


def test_those_paid_by_the_average_do_not_make_it(september: Run) -> None:
    own, by_average = (amounts(september, "staff", r) for r in ("own_bonus", "average_pay"))
    assert not set(own) & set(by_average)
    assert len(own) + len(by_average) == len(september.checked.rows["staff"]) == 115
    average = Fraction(sum(own.values())) / len(own)
    posts = september.checked.rows["staff"].values["post"]
    multiples = {
        "院长": "1.4", "副院长": "1.4",
        "医教科主任": "1.3", "护理部主任": "1.3", "药剂科主任": "1.3",
        "出纳员": "1", "统计员": "1", "医教科干事": "1", "医保科干事": "1",
        "驾驶员": "0.5", "消毒供应室护理员": "0.5", "其他行政后勤人员": "0.8",
    }  # fmt: skip
    for id, post in zip(september.checked.rows["staff"].ids, posts, strict=True):
        if id in by_average:
            multiple = Fraction(multiples.get(str(post), "1.2"))
            assert by_average[id] == fen(average * multiple), post


def test_a_head_nurses_explanation_leads_down_to_every_department_of_the_average(
    september: Run,
) -> None:
    ask = ["explain", CODE, "--period", "2026-09", "--facts", str(SAMPLE / "2026-09")]
    ask += ["--config", str(SAMPLE / "config.yaml"), "--entity", "staff:S036", "--rule", "pay"]
    result = CliRunner().invoke(main, [*ask, "--all", "--json"])
    assert result.exit_code == 0, result.output

    def steps(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield node
        for child in node.get("children", ()):
            yield from steps(child)

    whole = list(steps(json.loads(result.stdout)["derivation"]))
    earning = {i for i, n in amounts(september, "department", "average_staff").items() if n}
    assert len(earning) == 22
    parts = {s["id"]: s for s in whole if s.get("code") == "average_part" and "children" in s}
    assert set(parts) == earning
    bonuses = {s["id"] for s in whole if s.get("code") == "department_bonus" and "children" in s}
    assert bonuses == earning
    assert {s["id"] for s in whole if s.get("code") == "own_bonus" and "children" in s} >= set(
        amounts(september, "staff", "own_bonus")
    )
    cells = {s["source"]["place"] for s in whole if s["kind"] == "fact"}
    assert {"2026-09/charge.csv [charge] E3", "2026-09/department.csv [department] F3"} <= cells
    assert not [s for s in whole if s["kind"] == "more"]
    short = CliRunner().invoke(main, ask, env={"COLUMNS": "120", "HPF_LANG": "zh"})
    assert "本科室计入平均奖的奖金 (department:C1)" in short.stdout
    assert len(short.stdout.splitlines()) < 250


# The sample's year

GOLDEN = (  # the hospital average, and what is paid in all
    ("1699.56375", "200578.81"),
    ("1649.821875", "194649.15"),
    ("1681.032125", "198573.20"),
    ("1694.684625", "200025.93"),
    ("1757.121375", "207456.13"),
    ("1741.148875", "205920.88"),
    ("1714.780125", "202425.22"),
    ("1713.0765", "202495.18"),
    ("1702.120125", "200948.86"),
    ("1715.069625", "202319.11"),
    ("1735.032625", "204662.87"),
    ("1735.6435", "204924.48"),
)


def test_the_script_writes_the_sample_that_stands_here() -> None:
    spec = importlib.util.spec_from_file_location("mongolian_make", SAMPLE / "make.py")
    assert spec
    assert spec.loader
    make: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = make
    spec.loader.exec_module(make)
    written = make.files()
    stands = {p.relative_to(SAMPLE).as_posix() for p in SAMPLE.rglob("*.csv")}
    assert set(written) == stands
    assert len(stands) == 12 * 10
    for name, text in written.items():
        assert (SAMPLE / name).read_bytes() == text.encode("utf-8"), name


def test_the_samples_headings_are_the_schemes_names() -> None:
    for table in (SAMPLE / "2026-09").glob("*.csv"):
        with table.open(encoding="utf-8", newline="") as file:
            codes, names = list(csv.reader(file))[:2]
        for code, name in zip(codes, names, strict=True):
            indicator = PROGRAM.indicator(table.stem, code)
            assert indicator is None or indicator.names.zh == name


def test_the_year_to_the_fen(year: list[Run]) -> None:
    """Golden figures: whoever changes one says in the changelog whose pay it is."""
    for found, (average, paid) in zip(year, GOLDEN, strict=True):
        assert total(found, "average") == Decimal(average)
        assert total(found, "paid") == Decimal(paid)
    december = year[-1]
    assert total(december, "paid_year_to_date") == sum(Decimal(paid) for _, paid in GOLDEN)
    assert total(december, "months_to_date") == 12
    of_year = amounts(december, "staff", "pay_year_to_date")
    assert len(of_year) == 115
    assert of_year["S036"] == sum(amounts(found, "staff", "pay")["S036"] for found in year)


def test_every_month_holds_and_says_that_it_is_synthetic(year: list[Run]) -> None:
    assert (SAMPLE / "config.yaml").read_text("utf-8").startswith("# SYNTHETIC")
    for found in year:
        assert "intake.synthetic" in {n.code for n in found.checked.notices}
        assert all("（合成数据）" in n for n in found.checked.rows["hospital"].names)
    told = [(str(f.period), p.code, p.id) for f in year for p in f.problems]
    assert told == [("2026-05", "requirement.loss_allowed", "P2")]
    assert {p.severity for f in year for p in f.problems} == {"notice"}


def test_the_special_cases_of_the_year(year: list[Run]) -> None:
    february, march, october = year[1], year[2], year[8]
    assert amounts(february, "department", "base")["T4"] < 0
    assert amounts(february, "department", "department_bonus")["T4"] == 0
    assert amounts(march, "department", "carried")["T4"] == 0
    expired = amounts(october, "department", "rate_bonus")["P2"] - Decimal("286.50")
    assert amounts(october, "department", "bonus_less_expired")["P2"] == expired


def test_every_months_money_is_conserved(year: list[Run]) -> None:
    """From the single lines, apart from the scheme's own accounts."""
    for found in year:
        bonus = amounts(found, "department", "department_bonus")
        shares = amounts(found, "staff", "department_share")
        rows = found.checked.rows
        names = rows["department"].ids.gather(rows["staff"].links["department"])
        home = dict(zip(rows["staff"].ids, names, strict=True))
        for department, amount in bonus.items():
            assert sum(a for i, a in shares.items() if home[i] == department) == amount
        lines = [
            amounts(found, "staff", rule)
            for rule in (
                *("drug_use_subsidy", "admission_award", "record_award", "operation_award"),
                *("department_share", "average_pay", "trip_pay"),
            )
        ]
        assert sum(sum(line.values()) for line in lines) == total(found, "paid")
        charged = rows["charge"].values["amount"].sum()
        assert total(found, "charged_total") == charged
        fees = amounts(found, "department", "outside_fee")["Z1"]
        kept_back = amounts(found, "department", "outside_kept")["Z1"]
        assert amounts(found, "department", "outside_award")["Z1"] + kept_back == fees


def test_both_interpreters_agree_on_the_whole_month(september: Run, year: list[Run]) -> None:
    two = Scalar(PROGRAM, september.checked, september.parameters, kept(*year[:8]))
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
    assert compared > 5000


def test_a_month_goes_through_a_workbook(tmp_path: Path, year: list[Run]) -> None:
    month = Period.parse("2026-01")
    book = tmp_path / "month.xlsx"
    write_template(PROGRAM, month, book, facts=load(SAMPLE / "2026-01", PROGRAM, month))
    again = calculate(PROGRAM, load(book, PROGRAM, month), CONFIG)
    assert again.seal["results"] == year[0].seal["results"]


# The readings


def test_source_md_has_every_switch_with_its_effect_on_march(year: list[Run]) -> None:
    """The table of `hpf switches`, of those switches that answer an ambiguous clause."""
    march = year[2]
    found = survey(march)
    text = (PROGRAM.folder / "source.md").read_text("utf-8")
    printed = [line for line in text.splitlines() if "| S4.3-AMB" in line and " → " in line]
    computed = [(s, a) for s in found.switches if s.reading for a in s.alternatives]
    assert len(printed) == len(computed) == 13
    for (switch, one), line in zip(computed, printed, strict=True):
        assert one.total is not None
        assert found.total is not None
        assert f"`{switch.label}` | {switch.reading} |" in line
        assert f"| {one.total:,.2f} | {one.total - found.total:+,.2f} | {one.rows} |" in line
        assert one.total != found.total, "every alternative has an effect on the sample month"
