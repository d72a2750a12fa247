"""The Mongolian-medicine hospital: worked examples, the lists, income and average by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plugin_runs import PLUGINS, PROGRAMS, amounts, assert_every_mutant_is_noticed, fen, total

from hpf.core.calculate import calculate
from hpf.core.clauses import NEED_A_RULE
from hpf.core.facts import facts_of
from hpf.core.kit.check import check_scheme
from hpf.core.kit.testing import example_cases
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.settings import Settings

CODE = "mongolian"
PROGRAM = PROGRAMS[CODE]
EXAMPLES = {case.example.id: case.example for case in example_cases(PLUGINS.schemes[CODE])}


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


def test_the_scheme_keeps_its_promises() -> None:
    """Clauses covered, parameters used, every worked example right in both interpreters."""
    report = check_scheme(PROGRAM, PROGRAMS.beside(CODE))
    assert [p.line("en") for p in report.problems] == []
    assert report.examples >= 36


@pytest.mark.slow
def test_the_examples_notice_every_mutant() -> None:
    assert_every_mutant_is_noticed(CODE)


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
