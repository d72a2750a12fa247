"""The departments' examples by hand in fractions, apart from examples.yaml; closed accounts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from department_runs import of, run, total
from hypothesis import given, settings
from hypothesis import strategies as st
from plugin_runs import fen

COUNT = st.integers(0, 40)


def test_directors_by_hand() -> None:
    """X = W(1 + K)/2; with what the deposit wins or loses, W times K."""
    found = of("S4.7-EX-DIR")
    for id, k in (("A", Fraction("1.15")), ("B", Fraction("0.82")), ("C", Fraction(1))):
        assert found.value("staff", id, "received") == fen(100000 * (1 + k) / 2)
        assert found.value("staff", id, "deposit_returned") == fen(50000 * k)
        gain = found.value("staff", id, "deposit_gain")
        assert isinstance(gain, Decimal)
        assert fen(100000 * (1 + k) / 2) + gain == fen(100000 * k)


@settings(max_examples=25, deadline=None)
@given(
    salary=st.integers(0, 10**8).map(lambda n: str(Decimal(n) / 100)),
    k=st.integers(0, 300).map(lambda n: str(Decimal(n) / 100)),
    months=st.integers(0, 10**8).map(lambda n: str(Decimal(n) / 100)),
)
def test_a_directors_year_is_a_closed_account(salary: str, k: str, months: str) -> None:
    """What the months and the year pay is the salary received and the deposit, less any claim."""
    facts = {
        "hospital": {"H": {"staff_mean": "1"}},
        "department": {"D": {"hospital": "H"}},
        "staff": {"A": {"department": "D", "set_salary": salary, "result": k, "base_paid": months}},
    }
    found = run("director_year", facts, period="2006")
    paid, claim = total(found, "paid"), total(found, "claim")
    assert paid >= 0
    assert paid == 0 or claim == 0
    whole = total(found, "received") + total(found, "deposit_returned")
    assert paid - claim + Decimal(months) == whole


def test_ophthalmology_by_hand() -> None:
    """Both ways of rounding give 3,945.56; the printed 4,436.42 comes of three misprints, of
    operations counted twice and of the percentage left out."""
    items = [
        (Fraction("6160.5") + 1179) * Fraction("0.04"),
        (Fraction("14272.94") + 1120) * Fraction("0.05"),
        Fraction(655) / 2 * Fraction("0.0488") / 6,
        Fraction("781.26") * Fraction("0.07"),
        Fraction("397.82"),
        Fraction("2306.33"),
    ]
    left = 1 - Fraction("1.87") / 100
    full = fen((sum(items) - 35 - Fraction("95.08")) * left) + 320
    rounded = sum(Fraction(fen(item)) for item in items) - 35 - Fraction("95.08")
    assert full == fen(rounded * left) + 320 == Decimal("3945.56")
    for profile in ("full", "staged"):
        assert of("S4.7-EX-OPH", profile).value("staff", "A", "pay") == full
    printed = ("293.58", "796.65", "2.66", "54.64", "397.82", "2303.33", "-35", "-95.08")
    assert sum(map(Decimal, printed)) + Decimal("397.82") + 320 == Decimal("4436.42")


def test_radiology_by_hand() -> None:
    found = of("S4.7-DT-03")
    assert found.value("staff", "a", "fixed_part") == 500 + 100 + 300 + 100 + 22 * 20
    pieces = of("S4.7-DT-04")
    assert pieces.value("staff", "b", "technique") == 10 + 8 + 3 * (2 + 2)
    assert pieces.value("staff", "a", "diagnosis") == 100 + 2 * 8


def test_operating_room_by_hand() -> None:
    """Hour by hour: three each up to the fourth, then one more than the hour before."""
    each = [3, 3, 3, 3, 4, 5, 6, 7]
    found, flat = of("S4.7-DT-09"), of("ORN-one-point-flat")
    for id, hours in (("o2", 4), ("o3", 5), ("o1", 6), ("o4", 8)):
        assert found.value("operation", id, "time_points") == sum(each[:hours])
    assert flat.value("operation", "o1", "time_points") == 6 * 3 + 2
    assert found.value("attendance", "a1", "attendance_points") == 6 + sum(each[:6]) + 1
    hours = of("S4.7-DT-10")
    assert hours.value("staff", "a", "points") == 5 * 40 + 4 * 10 + 15 * 20 + 3 * 6


@settings(max_examples=25, deadline=None)
@given(
    total_fen=st.integers(10**7, 10**9),
    rows=st.lists(
        st.tuples(st.sampled_from(["初级", "副高"]), COUNT, COUNT), min_size=1, max_size=7
    ),
)
def test_ultrasound_pays_the_hospitals_amount_to_the_fen(
    total_fen: int, rows: list[tuple[str, int, int]]
) -> None:
    """Whatever thirty and seventy per cent of it come to, no fen is lost between the two."""
    amount = str(Decimal(total_fen) / 100)
    staff: dict[str, dict[str, Any]] = {}
    work: dict[str, dict[str, Any]] = {}
    for n, (title, days, visits) in enumerate(rows):
        person = {"department": "U", "title": title, "base_salary": "100.005"}
        staff[f"P{n}"] = {**person, "duties_done": True, "shift_days": days}
        work[f"W{n}"] = {"person": f"P{n}", "kind": "门诊B超", "visits": visits + 1}
    facts = {
        "hospital": {"H": {}},
        "department": {"U": {"hospital": "H", "total": amount}},
        "staff": staff,
        "examination": work,
    }
    found = run("ultrasound", facts, {"undone_share": "0.5"})
    assert found.problems == ()
    assert total(found, "pay") == Decimal(amount)
