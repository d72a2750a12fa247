"""How far each hospital is, whom the experts owe marks, and what is late."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl
from county import Desk

from hpf.storage.engine import reading
from hpf.storage.facts import facts_at
from hpf.workflow.assessments_decision import overdue
from hpf.workflow.assessments_progress import owing, progress
from hpf.workflow.marks import put_marks
from hpf_cli.demo_county_acts import items_of, markings, units_of
from hpf_cli.demo_county_home import YEAR


def stands(desk: Desk, *, without: str = "", asked: str = ""):
    """Progress by hospital, and what each expert owes. without: an item whose figure is taken
    out of the facts; asked: a line that is said to come from a survey."""
    county = desk.county
    with reading(county.engine) as session:
        facts = facts_at(session, county.hospital, county.program, YEAR)
        tables = dict(facts.tables)
        item, line = tables["item"], tables["indicator"]
        frame = item.frame.with_columns(
            actual=pl.when(pl.col("id") == without).then(None).otherwise(pl.col("actual"))
        )
        tables["item"] = replace(item, frame=frame)
        tables["indicator"] = replace(line, frame=line.frame.with_columns(
            survey=pl.when(pl.col("id") == asked).then(pl.lit("病人满意度调查")))
        )  # fmt: skip
        found = progress(session, desk.at(), county.program, replace(facts, tables=tables))
        return {p.unit: p for p in found}, owing(session, desk.at(), found)


def test_reported_visited_marked_and_waiting_for_the_second_are_counted(drawn: Desk) -> None:
    """Before a visit nobody owes anything; one expert's marks leave the items waiting."""
    found, owed = stands(drawn)
    assert all(p.reported and not p.complete and p.seen is None for p in found.values())
    assert owed == {}
    number = drawn.see("H1", "2026-10-13")
    table, first = items_of(drawn.county), drawn.team[0]
    given = list(markings(drawn.county, table, "H1", 0, first, number))
    with drawn.on("2026-10-13", first.lower()) as (act, at):
        put_marks(act, at, drawn.files, table, drawn.ways, given[:4])
    found, owed = stands(drawn)
    one = found["H1"]
    assert (one.seen, one.judged, one.marked, one.waiting) == (dt.date(2026, 10, 13), 10, 0, 4)
    assert owed == {first: 6} | dict.fromkeys(drawn.team[1:], 10)
    for n, expert in enumerate(drawn.team[1:], 1):
        again = list(markings(drawn.county, table, "H1", n, expert, number))
        with drawn.on("2026-10-13", expert.lower()) as (act, at):
            put_marks(act, at, drawn.files, table, drawn.ways, again)
    found, owed = stands(drawn)
    assert (found["H1"].marked, found["H1"].waiting, found["H1"].complete) == (4, 6, False)
    assert owed == {first: 6}


def test_a_figure_that_is_missing_is_owed_unless_a_survey_gives_it(drawn: Desk) -> None:
    table = items_of(drawn.county)
    item = next(i for i in table.values() if i.unit == "H2" and not i.judged and not i.out)
    assert not stands(drawn, without=item.id)[0]["H2"].reported
    assert stands(drawn, without=item.id)[0]["H1"].reported
    assert stands(drawn, without=item.id, asked=item.line)[0]["H2"].reported


def test_visits_after_the_window_are_late_until_marks_are_closed(drawn: Desk) -> None:
    known = units_of(drawn.county)
    assert overdue(drawn.at(), dt.date(2026, 10, 20), known) == []
    late = overdue(drawn.at(), dt.date(2026, 10, 21), known)
    assert [p.code for p in late] == ["visit.late"]
    assert "3 家" in late[0].message.zh
    drawn.mark_all()
    assert overdue(drawn.at(), dt.date(2026, 10, 21), known) == []
