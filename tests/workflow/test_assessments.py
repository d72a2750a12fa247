"""A county's year: what the workflow lets through, what it says, and what the figures become."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal as D

import pytest
from county import Desk, codes

from hpf.core.errors import HpfError
from hpf.runs import seal_period
from hpf.storage.audit_checks import verify as audit
from hpf.storage.engine import reading, writing
from hpf.storage.facts import facts_at
from hpf.storage.models import AuditEntry
from hpf.storage.runs import load_run
from hpf.workflow import assessments_decision as decision
from hpf.workflow import assessments_publicity as publicity
from hpf.workflow.assessments import open_assessment
from hpf.workflow.assessments_results import Results
from hpf.workflow.draws import verify
from hpf.workflow.marks_closed import close_marks
from hpf_cli.demo_county_acts import items_of
from hpf_cli.demo_county_home import GROUP, SCHEME, YEAR, moment
from hpf_cli.demo_county_year import DRAW, SETTLED, report_and_tell, tell_year


def test_the_whole_year_gives_the_samples_figures(fresh: Desk) -> None:
    """Marks whose medians are the sample's deductions: its totals, tie, bands and subsidy again,
    but for the one item that the city reviewed."""
    steps = []
    year = tell_year(fresh.county, steps.append)
    assert len(steps) > 15
    found = {u.id: u for u in year.results.units}
    assert (found["H1"].total, found["H1"].tied) == (found["H2"].total, True)
    assert [(u.id, u.grade, u.place) for u in year.results.units] == [
        ("H1", "优秀", 1), ("H2", "优秀", 1), ("H3", "不合格", 3),
    ]  # fmt: skip
    assert found["H3"].removal
    assert found["H3"].bad
    assert (found["H3"].paid, found["H3"].taken) == (D(3150000), D(350000))
    assert (found["H2"].peer_place, found["H2"].peers) == (1, 2)
    assert found["H2"].change == found["H2"].total - found["H2"].before
    assert found["H2"].mean == (found["H2"].total + found["H3"].total) / 2
    told = year.at.last("decision").detail["units"]
    assert [(u["unit"], u["paid"], u["correct_by"]) for u in told] == [
        ("H1", "8600000", None), ("H2", "4200000", None), ("H3", "3150000", "2027-02-09"),
    ]  # fmt: skip
    assert verify(year.at.last("draw").detail["document"]) == []
    list(report_and_tell(fresh.county, "5e" * 32, ["H1", "H2", "H3"]))
    with reading(fresh.county.engine) as session:
        assert audit(session, "").problems == ()
        actions = {a for (a,) in session.query(AuditEntry.action)}
    assert {
        "assessment.opened",
        "assessment.draw",
        "mark.entered",
        "assessment.decision",
    } <= actions


def test_a_fact_names_the_marks_it_was_made_of(drawn: Desk) -> None:
    """The explanation ends at marks, where a workbook's would end at a cell."""
    drawn.mark_all()
    with drawn.on("2026-10-22") as (act, at):
        close_marks(act, at, drawn.county.program)
    with reading(drawn.county.engine) as session:
        facts = facts_at(session, drawn.county.hospital, drawn.county.program, YEAR)
    table = facts.tables["item"]
    index = table.frame["id"].index_of("H3-C01")
    assert table.frame["deductions"][index] == D("2")
    place = table.place(index, "deductions")
    assert place.startswith("assessment 2026 [marks] ")
    assert place.count(",") == 2
    assert "佐证" in table.frame["evidence"][index]
    assert table.source.reported(index, "deductions")[0] == GROUP
    figures = table.frame["id"].index_of("H3-B12")
    assert "assessment" not in table.place(figures, "actual"), "figures stay as they were reported"


def test_nothing_is_opened_while_anything_is_missing(fresh: Desk) -> None:
    plan, program = fresh.county.plan, fresh.county.program
    with writing(fresh.county.engine) as session:
        from hpf.workflow.acting import Act

        act = Act(session, fresh.county.hospital, GROUP, moment("2026-03-02"))
        given = {"merge": "mode", "publicity_days": "4", "merge_stepp": "1", "report_by": "13-1",
                 "marks_least": "3"}  # fmt: skip
        with pytest.raises(HpfError) as error:
            open_assessment(act, plan, program, YEAR, {"财政部门": "甲"}, given)
        names = {p.name for p in error.value.problems}
        assert codes(error) == ["assess.party", "assess.publicity", "assess.rule",
                                "assess.rule_missing"]  # fmt: skip
        assert {"Health", "merge", "merge_step", "merge_stepp", "objection_days"} <= names
        parties = {p.en: "x" for p in plan.parties}
        few = SETTLED | {"merge": "trimmed", "marks_least": "2"}
        with pytest.raises(HpfError) as error:
            open_assessment(act, plan, program, YEAR, parties, few)
        assert codes(error) == ["assess.marks_least"]
        other = Act(session, fresh.county.hospital, "h1", moment("2026-03-02"))
        with pytest.raises(HpfError) as error:
            open_assessment(other, plan, program, YEAR, parties, SETTLED)
        assert codes(error) == ["assess.group"]
    fresh.open()
    with pytest.raises(HpfError) as error:
        fresh.open()
    assert codes(error) == ["assess.twice"]


def closed(desk: Desk) -> None:
    """Marked, closed and calculated, on 22 October."""
    desk.mark_all()
    with desk.on("2026-10-22") as (act, at):
        close_marks(act, at, desk.county.program)
    sealed(desk)


def sealed(desk: Desk) -> None:
    county = desk.county
    seal_period(county.engine, county.programs, county.hospital, SCHEME, YEAR, by=GROUP)


def test_publicity_counts_chinese_working_days(drawn: Desk) -> None:
    """Posted before the National Day holiday, five days later it is the middle of October: the
    holiday does not count, its make-up Saturday does."""
    closed(drawn)
    at = drawn.at()
    assert at.rules.publicity.last_day(dt.date(2026, 9, 29)) == dt.date(2026, 10, 12)
    with drawn.on("2026-10-23") as (act, at):
        _, until, objections = publicity.post(act, at, "公示栏")
        assert (until, objections) == (dt.date(2026, 10, 30), dt.date(2026, 10, 30))
        with pytest.raises(HpfError) as error:
            publicity.post(act, drawn_again(act, drawn), " ")
        assert codes(error) == ["post.twice", "post.where"]
    with reading(drawn.county.engine) as session:
        found = publicity.unsettled(session, drawn.at(), dt.date(2026, 10, 29))
        assert [p.code for p in found] == ["final.publicity", "final.objection_time"]
        assert "4" in found[0].message.en
        assert publicity.unsettled(session, drawn.at(), dt.date(2026, 10, 31)) == []


def drawn_again(act, desk: Desk):
    from hpf.workflow.assessments import standing

    return standing(act.session, act.hospital, desk.county.plan, YEAR)


def test_nothing_is_posted_that_is_not_calculated_from_what_stands(drawn: Desk) -> None:
    with pytest.raises(HpfError) as error, drawn.on("2026-10-22") as (act, at):
        publicity.post(act, at, "公示栏")
    assert codes(error) == ["post.open", "post.stale"]


def test_objections_go_to_the_group_then_to_the_city(drawn: Desk) -> None:
    closed(drawn)
    table, program = items_of(drawn.county), drawn.county.program
    with pytest.raises(HpfError) as error, drawn.on("2026-10-22", "h3") as (act, at):
        publicity.object_to(act, at, table, "早了", item="H3-C01")
    assert codes(error) == ["objection.early"]
    with drawn.on("2026-10-23") as (act, at):
        publicity.post(act, at, "公示栏")
    with pytest.raises(HpfError) as error, drawn.on("2026-10-26", "h3") as (act, at):
        publicity.object_to(act, at, table, "", item="H1-C01")
    assert codes(error) == ["objection.item", "objection.text"], (
        "another hospital's item is not its"
    )
    with pytest.raises(HpfError) as error, drawn.on("2026-10-26", "e02") as (act, at):
        publicity.object_to(act, at, table, "x", unit="H3")
    assert codes(error) == ["assess.group"]
    with drawn.on("2026-10-26", "h3") as (act, at):
        number = publicity.object_to(act, at, table, "不对", item="H3-C01").id
    with pytest.raises(HpfError) as error, drawn.on("2026-11-02", "h3") as (act, at):
        publicity.object_to(act, at, table, "晚了")
    assert codes(error) == ["objection.late"]
    with pytest.raises(HpfError) as error, drawn.on("2026-10-27") as (act, at):
        publicity.review(act, at, program, number, True, "", deduction=D(9), city=True)
    assert codes(error) == ["mark.above", "review.not_taken", "review.text"]
    with drawn.on("2026-10-28") as (act, at):
        publicity.review(act, at, program, number, False, "无误")
    with drawn.on("2026-10-29", "h3") as (act, at):
        publicity.escalate(act, at, number, "请市级复核")
    with reading(drawn.county.engine) as session:
        found = publicity.unsettled(session, drawn.at(), dt.date(2026, 11, 20))
        assert [p.code for p in found] == ["final.city"]
    with pytest.raises(HpfError) as error, drawn.on("2026-11-02") as (act, at):
        publicity.review(act, at, program, number, True, "x", deduction=D(1), city=True)
    assert codes(error) == ["review.own"], "the group's reviewer is not the city's"
    with drawn.on("2026-11-02", "county2") as (act, at):
        publicity.review(act, at, program, number, True, "部分成立", deduction=D(1), city=True)
    with reading(drawn.county.engine) as session:
        facts = facts_at(session, drawn.county.hospital, program, YEAR)
        row = facts.tables["item"].frame["id"].index_of("H3-C01")
        assert facts.tables["item"].frame["deductions"][row] == D(1)
        assert "[reviews]" in facts.tables["item"].place(row, "deductions")
        found = publicity.unsettled(session, drawn.at(), dt.date(2026, 11, 20))
    assert [p.code for p in found] == ["final.changed"]


def results(desk: Desk) -> Results:
    from hpf.storage.runs import latest_run

    with reading(desk.county.engine) as session:
        one = latest_run(session, desk.county.hospital, SCHEME, YEAR)
        return Results(desk.county.plan, load_run(session, one.id))


def test_a_decision_waits_and_a_report_that_is_late_is_told(drawn: Desk) -> None:
    closed(drawn)
    with pytest.raises(HpfError) as error, drawn.on("2026-10-22") as (act, at):
        decision.decide(act, at, results(drawn), "")
    assert codes(error) == ["decision.text", "final.posted"]
    with drawn.on("2026-10-23") as (act, at):
        publicity.post(act, at, "公示栏")
    with pytest.raises(HpfError) as error, drawn.on("2026-11-03") as (act, at):
        decision.report(act, at, "自治区级卫生健康部门", "d")
    assert codes(error) == ["report.level"], "the city first"
    with drawn.on("2026-11-30") as (act, at):
        _, told = decision.report(act, at, "City", "d")
    assert told == [], "the last day is in time"
    with drawn.on("2026-12-01") as (act, at):
        _, told = decision.report(act, at, "Autonomous region", "d")
    assert [p.code for p in told] == ["report.late"]
    with drawn.on("2026-12-01") as (act, at):
        decision.decide(act, at, results(drawn), "纪要")
    with pytest.raises(HpfError) as error, drawn.on("2026-12-02") as (act, at):
        decision.decide(act, at, results(drawn), "再来")
    assert "assess.decided" in codes(error)
    with pytest.raises(HpfError) as error, drawn.on("2026-12-02") as (act, at):
        decision.corrected(act, at, "H1", "好")
    assert codes(error) == ["correction.unit"]
    due = decision.corrections(drawn.at())["H3"]
    assert due == dt.date(2027, 3, 1)
    assert [p.code for p in decision.overdue(drawn.at(), due + dt.timedelta(1))] == [
        "correction.late"
    ]
    with drawn.on("2027-03-01") as (act, at):
        _, late = decision.corrected(act, at, "H3", "已整改")
    assert not late
    assert DRAW in {t.unit for t in drawn.at().all("draw")}


def test_each_clause_of_the_procedure_names_what_does_it() -> None:
    """Part 3 of the document is kept by functions that are there."""
    from importlib import import_module

    import yaml

    from hpf.core.kit.manager import load_plugins, load_programs

    folder = load_programs(load_plugins(only=(SCHEME,)))[SCHEME].folder
    clauses = yaml.safe_load((folder / "clauses.yaml").read_text("utf-8"))
    kept = {c["id"]: c["reason"] for c in clauses if c["covered"] == "workflow"}
    assert {i for i in kept if i.startswith("S4.5-3.")} == {
        f"S4.5-3.{n}" for n in ("1", "2.a", "2.b", "4.b", "5.a", "5.b", "6.a", "6.b")
    }
    named = 0
    for clause, told in kept.items():
        for name in re.findall(r"\b(?:workflow|storage|reports)\.[\w.]+\w", told):
            module, _, attribute = name.rpartition(".")
            assert hasattr(import_module(f"hpf.{module}"), attribute), (clause, name)
            named += 1
    assert named >= 20
