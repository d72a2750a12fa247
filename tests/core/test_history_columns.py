"""History kept as columns: the same results and the same seal as history kept as mappings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hpf.core import STAFF, Formula, Row, Scheme, when
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.facts import facts_of
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.core.values import History, PastColumn, Result

SEPTEMBER, AUGUST, JULY = (Period.parse(f"2026-0{m}") for m in (9, 8, 7))
GRADES = ["good", "poor"]


def _scheme(folder: Path) -> Scheme:
    scheme = Scheme("looks_back", zh="回看", en="Looks back", document="L", here=str(folder / "x"))
    scheme.decimal(STAFF, "amount", zh="金额", en="Amount", clause="L.1")
    scheme.date(STAFF, "day", zh="日", en="Day", clause="L.1", blank="not_applicable")

    @scheme.rule(STAFF, zh="记", en="Kept", clause="L.1")
    def kept(person: Row) -> Formula:
        return person.amount * 1

    @scheme.condition(STAFF, zh="多", en="Much", clause="L.1")
    def much(person: Row) -> Formula:
        return person.amount > 10

    @scheme.grade(STAFF, GRADES, zh="等", en="Grade", clause="L.1")
    def grade(person: Row) -> Formula:
        return when(person.amount > 10, "good", "poor")

    @scheme.rule(STAFF, zh="累计", en="To date", clause="L.1")
    def to_date(person: Row) -> Formula:
        return person.year_to_date().kept.sum()

    @scheme.rule(STAFF, zh="连续", en="In a row", clause="L.1")
    def in_a_row(person: Row) -> Formula:
        return person.window(3).streak(lambda month: month.much)

    @scheme.condition(STAFF, zh="上月良", en="Was good", clause="L.1")
    def was_good(person: Row) -> Formula:
        return person.past(1).grade == "good"

    return scheme


PAST: dict[Period, dict[str, dict[str, Result]]] = {
    JULY: {"kept": {"A": Decimal("11.50"), "B": Decimal("-0.1")}, "much": {"A": True, "B": False}},
    AUGUST: {
        "kept": {"C": Decimal("1e3"), "A": Decimal("12")},
        "much": {"A": True, "C": True},
        "grade": {"A": "good", "C": "poor"},
    },
}
TYPES: dict[str, Any] = {"kept": pl.Decimal(38, 12), "much": pl.Boolean, "grade": pl.String}


def _run(tmp_path: Path, columns: bool) -> Run:
    def keep(name: str, by_id: dict[str, Result]) -> Any:
        if not columns:
            return by_id
        values = pl.Series("v", list(by_id.values()), dtype=TYPES[name], strict=False)
        return PastColumn(pl.Series("i", list(by_id)), values)

    history = History(
        {
            period: {("staff", f"looks_back.{n}"): keep(n, by_id) for n, by_id in rules.items()}
            for period, rules in PAST.items()
        }
    )
    program = build(_scheme(tmp_path))
    staff = {
        i: {"department": "D", "amount": a, "day": dt.date(2026, 9, 1)}
        for i, a in (("A", "20"), ("B", "30"), ("C", "1"), ("E", "5"))
    }
    data: dict[str, Any] = {
        "hospital": {"H": {}},
        "department": {"D": {"hospital": "H"}},
        "staff": staff,
    }
    return calculate(program, facts_of(program, SEPTEMBER, data), None, history)


def test_columns_and_mappings_yield_the_same(tmp_path: Path) -> None:
    """Results, seal and explanation do not depend on how earlier results are kept."""
    one, two = _run(tmp_path, columns=False), _run(tmp_path, columns=True)
    assert not one.problems
    assert [(x.id, x.rule.name, x.value) for x in one.lines()] == [
        (x.id, x.rule.name, x.value) for x in two.lines()
    ]
    assert one.seal == two.seal
    assert one.value("staff", "A", "to_date") == Decimal("43.5")
    assert one.value("staff", "A", "in_a_row") == 3
    assert one.value("staff", "A", "was_good") is True
    assert one.value("staff", "E", "was_good") is None


def test_another_history_is_another_seal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One earlier figure changed, on one person: the seal tells."""
    before = _run(tmp_path, columns=True).seal
    monkeypatch.setitem(PAST[JULY]["kept"], "B", Decimal("-0.10000000001"))
    after = _run(tmp_path, columns=True).seal
    assert before["history"] != after["history"]
    assert before["results"] != after["results"]
    assert before["facts"] == after["facts"]
