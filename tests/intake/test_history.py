"""Past results: read whole, or not at all with everything that is wrong with them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from hpf.core import CNY, STAFF, Period, Scheme, round_to
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.errors import FactsError
from hpf.core.facts import facts_of
from hpf.core.program import Program
from hpf.core.results import as_json, written
from hpf.core.values import NO_HISTORY, History
from hpf.intake.history import not_given, read_history, read_past

AUGUST = Period.parse("2026-08")


def line(value_type: str, value: Any, rule: str = "x", id: str = "A") -> dict[str, Any]:
    return {"entity": "staff", "id": id, "rule": rule, "value_type": value_type, "value": value}


def put(folder: Path, name: str, *lines: Any, **more: Any) -> None:
    seal = {"written": written(lines)}
    document = {"scheme": "demo", "period": "2026-08", "seal": seal, "results": list(lines), **more}
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


def test_results_changed_after_they_were_sealed_are_refused(
    tmp_path: Path, program: Program
) -> None:
    data: Mapping[str, Any] = {
        "hospital": {"H": {}},
        "department": {"D": {"hospital": "H", "income": "100"}},
        "staff": {"A": {"department": "D", "role": "nurse", "points": 1}},
    }
    document: Any = as_json(calculate(program, facts_of(program, AUGUST, data)))
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document, indent=4, sort_keys=True), "utf-8")
    assert read_past(tmp_path, ["demo"])[1] == []
    document["results"][0]["value"] = "99"
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(FactsError) as caught:
        read_history(tmp_path, ["demo"])
    (problem,) = caught.value.problems
    assert (problem.code, problem.place) == ("intake.past_changed", "a.json")
    assert "after they were sealed" in problem.message.en


@pytest.mark.parametrize("seal", [None, {}, {"results": "0"}])
def test_results_without_a_seal_of_their_own_are_told(tmp_path: Path, seal: Any) -> None:
    put(tmp_path, "a.json", line("decimal", "1"), seal=seal)
    history, told = read_past(tmp_path, ["demo"])
    assert [(p.code, p.place, p.severity) for p in told] == [
        ("intake.past_unsealed", "a.json", "notice")
    ]
    assert history.get(AUGUST, "staff", "demo.x") == {"A": 1}


def test_periods_that_formulas_reach_and_that_were_not_given(
    tmp_path: Path, program: Program
) -> None:
    s = Scheme("demo", zh="例", en="Demo", document="A", here=str(tmp_path / "x.py"))
    s.decimal(STAFF, "earned", zh="挣得", en="Earned", unit=CNY)

    @s.pay(STAFF, zh="应付", en="Due", clause="A.1")
    def due(m: Any) -> Any:
        return round_to(m.earned)

    @s.rule(STAFF, zh="去年", en="Last year", clause="A.1", unit=CNY)
    def last_year(m: Any) -> Any:
        return m.past(12).due

    @s.rule(STAFF, zh="累计", en="So far", clause="A.1", unit=CNY)
    def so_far(m: Any) -> Any:
        return m.year_to_date().due.sum()

    reaching, april = build(s), Period.parse("2026-04")
    (told,) = not_given(reaching, april, NO_HISTORY)
    assert told.severity == "notice"
    assert "2025-04, 2026-01 – 2026-03" in told.message.en
    assert "2025-04、2026-01 – 2026-03" in told.message.zh
    gap = History({april.earlier(b): {} for b in (1, 3, 12)})
    (told,) = not_given(reaching, april, gap)
    assert told.message.en.endswith("absent: 2026-02")
    assert not_given(reaching, april, History({**gap.periods, april.earlier(2): {}})) == []
    assert not_given(program, april, NO_HISTORY) == []
