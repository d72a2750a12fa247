"""The departments' schemes: every worked example, the printed figures by hand, closed accounts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from department_runs import CASES, CODES, of, run, total
from hypothesis import given, settings
from hypothesis import strategies as st
from plugin_runs import PLUGINS, PROGRAMS

from hpf.core.kit.check import check_scheme
from hpf.core.kit.testing import Case


def test_every_scheme_is_found_through_the_entry_point() -> None:
    assert set(CODES) <= set(PLUGINS.schemes)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_example(case: Case) -> None:
    case.assert_holds()


@pytest.mark.parametrize("code", CODES)
def test_the_scheme_keeps_its_promises(code: str) -> None:
    report = check_scheme(PROGRAMS[code], PROGRAMS.beside(code))
    assert [p.line("en") for p in report.problems if p.severity == "problem"] == []
    assert report.examples >= 3


@pytest.mark.slow
@pytest.mark.parametrize("code", CODES)
def test_the_examples_notice_every_mutant(code: str) -> None:
    report = check_scheme(PROGRAMS[code], PROGRAMS.beside(code), mutate=True)
    assert report.gate is not None
    assert [p.line("en") for p in report.gate.problems] == []
    assert len(report.gate.excused) <= 1


def test_every_clause_of_both_documents_is_there_and_none_waits() -> None:
    clauses = PROGRAMS["cardiology"].clauses
    assert len(clauses) == 102
    assert len([c for c in clauses.values() if c.id.startswith("S4.6-")]) == 21
    assert [c.id for c in clauses.values() if c.covered == "not_modelled"] == []
    for id, clause in clauses.items():
        if clause.covered == "rule" and id.startswith("S4.7-"):
            assert clause.scheme in CODES, id


# The printed examples, worked by hand in fractions, apart from examples.yaml


def places(value: Fraction | Decimal | int, step: str = "0.01") -> Decimal:
    """Half up to a step."""
    exact, size = Fraction(value), Fraction(step)
    return Decimal(step) * ((exact / size + Fraction(1, 2)) // 1)


def test_cardiology_by_hand() -> None:
    full, staged = of("S4.7-EX-CARD"), of("S4.7-EX-CARD", "staged")
    doctors = {"A": (78000, 8), "B": (58000, 6), "C": (49000, 2), "D": (12000, 0)}
    leader = Fraction(15000) / Fraction("6.1") * Fraction("1.5")
    points = {i: Fraction(70 * income, 78000) + 28 + n for i, (income, n) in doctors.items()}
    exact = {i: (15000 - leader) * p / sum(points.values()) for i, p in points.items()}
    for id, amount in {**exact, "L": leader}.items():
        paid = full.value("staff", id, "pay")
        assert isinstance(paid, Decimal)
        assert abs(Fraction(paid) - amount) < Fraction("0.01")
    assert total(full, "pay") == 15000
    rounded = {i: Fraction(places(p)) for i, p in points.items()}
    for id, p in rounded.items():
        yuan = places(11312 * p / sum(rounded.values()), "1")
        assert staged.value("staff", id, "pay") == yuan


def test_general_surgery_by_hand() -> None:
    full = of("S4.7-EX-GS")
    net = 15000 - 900 - 7 * 20 - 800 - 600 + 100 + 50 + 1000 + 1200
    assert full.value("department", "GS", "pool_net") == net == 14910
    leaders = Fraction(net, 7) * Fraction("1.4") * 2
    for id, points in (("A1", 319), ("B1", 273)):
        assert full.value("staff", id, "performance_pay") == places(leaders * points / 592)
    assert total(full, "due") == 15000


def test_head_nurse_by_hand() -> None:
    full, staged = of("S4.7-EX-HN"), of("S4.7-EX-HN", "staged")
    half = (Fraction(46000 * 8, 10 * 12) - 1300) / 2
    work = half * 22 / 4712 * 363
    assert full.value("staff", "N01", "month_pay") == places(1300 + half + work)
    assert places(work) == Decimal("1497.09")
    assert staged.value("staff", "N01", "month_pay") == Decimal("3678.56")
    assert total(full, "performance_pay") == places(half * 44)


def test_ward_nurse_by_hand() -> None:
    full, staged = of("S4.7-EX-WN"), of("S4.7-EX-WN", "staged")
    for id, points in (("jia", Fraction(24)), ("yi", Fraction("28.7"))):
        assert full.value("staff", id, "pay") == places(points * 12446 / Fraction("335.4"))
        assert staged.value("staff", id, "pay") == places(points * Fraction("37.11"))
    assert total(full, "pay") == 12446


# What must hold on any facts

MONEY = st.integers(0, 10**9).map(lambda fen: str(Decimal(fen) / 100))
COUNT = st.integers(0, 40)


@settings(max_examples=25, deadline=None)
@given(pool=MONEY, others=st.lists(st.tuples(MONEY, COUNT), min_size=1, max_size=6))
def test_cardiology_pays_its_pool_to_the_fen(pool: str, others: list[tuple[str, int]]) -> None:
    zero = {"department": "C", "service": 0, "discipline": 0, "quality": 0}
    staff: dict[str, dict[str, Any]] = {"L": {**zero, "role": "学科带头人", "income": 0}}
    for i, (income, n) in enumerate(others):
        row = {"role": "住院医生", "income": income, "interventions": n, "quality": 1}
        staff[f"D{i}"] = {**zero, **row}
    found = run(
        "cardiology",
        {
            "hospital": {"H": {}},
            "department": {"C": {"hospital": "H", "pool": pool}},
            "staff": staff,
        },
    )
    assert found.problems == ()
    assert total(found, "pay") == Decimal(pool)


@settings(max_examples=25, deadline=None)
@given(
    pool=st.integers(10**7, 10**9).map(lambda fen: str(Decimal(fen) / 100)),
    rows=st.lists(
        st.tuples(
            st.sampled_from(["组长", "主治医生", "轮科医生"]),
            COUNT,
            st.integers(0, 99999).map(lambda n: str(Decimal(n) / 1000)),
        ),
        max_size=6,
    ),
    arrears=st.integers(0, 9999999).map(lambda n: str(Decimal(n) / 1000)),
)
def test_general_surgery_is_a_closed_account(
    pool: str, rows: list[tuple[str, int, str]], arrears: str
) -> None:
    team = {"department": "G", "income": "1000", "discharges": 1, "emergency_arrears": arrears}
    staff: dict[str, dict[str, Any]] = {"L": {"department": "G", "team": "T", "role": "组长"}}
    for i, (role, n, fine) in enumerate(rows):
        staff[f"D{i}"] = {
            "department": "G",
            "team": "T",
            "role": role,
            "evening_shifts": n,
            "letters": n,
            "record_fine": fine,
            "elective_arrears": fine,
        }
    found = run(
        "general_surgery",
        {
            "hospital": {"H": {}},
            "department": {"G": {"hospital": "H", "pool": pool}},
            "team": {"T": team},
            "staff": staff,
        },
    )
    assert found.problems == ()
    assert total(found, "due") == Decimal(pool)
    assert total(found, "paid") - total(found, "claim") == Decimal(pool)
    assert all((found.value("staff", i, "paid") or 0) >= 0 for i in staff)


@settings(max_examples=25, deadline=None)
@given(pool=MONEY, shifts=st.lists(st.integers(1, 31), min_size=1, max_size=12))
def test_a_ward_pays_its_pool_to_the_fen(pool: str, shifts: list[int]) -> None:
    nurses = {f"N{i}": {"department": "W"} for i in range(len(shifts))}
    duty = {f"S{i}": {"nurse": f"N{i}", "post": "晚班", "shifts": n} for i, n in enumerate(shifts)}
    found = run(
        "ward_nurse",
        {
            "hospital": {"H": {}},
            "department": {"W": {"hospital": "H", "pool": pool}},
            "staff": nurses,
            "duty": duty,
        },
    )
    assert total(found, "pay") == Decimal(pool)


@pytest.mark.parametrize(
    ("rule", "limit"), [("low_run", "low_in_a_row"), ("low_count", "low_in_year")]
)
def test_a_number_of_low_scores_and_its_limit_have_names_of_their_own(
    rule: str, limit: str
) -> None:
    program = PROGRAMS["laboratory"]
    counted = program.rule("staff", rule)
    assert counted is not None
    assert not set(counted.names) & set(program.parameters[limit].names)
