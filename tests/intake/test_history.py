"""Past results: read whole, or not at all with everything that is wrong with them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from hpf.core import Period
from hpf.core.calculate import calculate
from hpf.core.errors import FactsError
from hpf.core.facts import facts_of
from hpf.core.program import Program
from hpf.core.results import as_json
from hpf.intake.history import read_history, read_past

AUGUST = Period.parse("2026-08")


def line(value_type: str, value: Any, rule: str = "x", id: str = "A") -> dict[str, Any]:
    return {"entity": "staff", "id": id, "rule": rule, "value_type": value_type, "value": value}


def put(folder: Path, name: str, *lines: Any, **more: Any) -> None:
    document = {"scheme": "demo", "period": "2026-08", "results": list(lines), **more}
    (folder / name).write_text(json.dumps(document), "utf-8")


def test_every_type_of_value(tmp_path: Path) -> None:
    put(tmp_path, "a.json", line("decimal", "-12.50", "n"), line("choice", "good", "c"),
        line("boolean", True, "b"), line("date", "2026-08-31", "d"))  # fmt: skip
    put(tmp_path, "b.json", line("decimal", "1"), scheme="unasked")
    put(tmp_path, "q.json", line("decimal", "7"), period="2026-Q2")
    (tmp_path / "notes.txt").write_text("{", "utf-8")
    history = read_history(tmp_path, ["demo"])
    assert set(history.periods) == {AUGUST, Period.parse("2026-Q2")}
    assert history.get(AUGUST, "staff", "demo.n") == {"A": D("-12.50")}
    assert history.get(AUGUST, "staff", "demo.c") == {"A": "good"}
    assert history.get(AUGUST, "staff", "demo.b") == {"A": True}
    assert history.get(AUGUST, "staff", "demo.d") == {"A": dt.date(2026, 8, 31)}


def test_what_a_run_writes_is_what_is_read(tmp_path: Path, program: Program) -> None:
    data: Mapping[str, Any] = {
        "hospital": {"H": {}},
        "department": {"D": {"hospital": "H", "income": "100"}},
        "staff": {i: {"department": "D", "role": "nurse", "points": 1} for i in "ABC"},
    }
    run = calculate(program, facts_of(program, AUGUST, data))
    (tmp_path / "a.json").write_text(json.dumps(as_json(run)), "utf-8")
    bonus = read_history(tmp_path, [program.code]).get(AUGUST, "staff", "demo.bonus")
    assert bonus == {id: run.value("staff", id, "bonus") for id in "ABC"}
    assert sum(bonus.values(), D(0)) == 100


@pytest.mark.parametrize(
    "bad",
    [
        line("decimal", 12.5),  # a JSON number has been a double
        line("decimal", "1e5"),
        line("decimal", "NaN"),
        line("decimal", "99999999999999999"),
        line("decimal", "0.1234567890123"),
        line("decimal", None),
        line("boolean", "true"),
        line("date", "2026-02-30"),
        line("choice", 3),
        line("money", "1"),
        line("decimal", "1", id=""),
        {"entity": "staff", "id": "A", "value_type": "decimal", "value": "1"},
        {**line("decimal", "1"), "id": 3},
        "x",
        None,
    ],
)
def test_a_value_that_cannot_be_read(tmp_path: Path, bad: Any) -> None:
    put(tmp_path, "a.json", line("decimal", "1", "fine"), bad)
    with pytest.raises(FactsError) as caught:
        read_history(tmp_path, ["demo"])
    (problem,) = caught.value.problems
    assert (problem.code, problem.place) == ("intake.past_value", "a.json results[2]")


def test_all_broken_files_at_once(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text("{", "utf-8")
    (tmp_path / "2.json").write_text("[]", "utf-8")
    (tmp_path / "3.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "4.json").write_text("[" * 100_000, "utf-8")
    put(tmp_path, "5.json", line("decimal", "1"), line("decimal", "2"))
    put(tmp_path, "6.json", line("decimal", "1"))
    put(tmp_path, "7.json", period="August")
    with pytest.raises(FactsError) as caught:
        read_history(tmp_path, ["demo"])
    assert [(p.code.removeprefix("intake."), p.place) for p in caught.value.problems] == [
        ("past_unreadable", "1.json"),
        ("not_results", "2.json"),
        ("past_unreadable", "3.json"),
        ("past_unreadable", "4.json"),
        ("past_duplicate", "5.json results[2]"),
        ("past_twice", "6.json"),
        ("period_unreadable", "7.json"),
    ]


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="cannot be opened"):
        read_history(tmp_path / "gone", ["demo"])


def test_a_past_run_with_problems_is_told(tmp_path: Path) -> None:
    put(tmp_path, "a.json", line("decimal", "1"), problems=[{"code": "formula.division_by_zero"}])
    history, told = read_past(tmp_path, ["demo"])
    assert [(p.code, p.severity) for p in told] == [("intake.past_problems", "notice")]
    assert read_history(tmp_path, ["demo"]).periods == history.periods
