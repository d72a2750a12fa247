"""The table holds still once the assessment has begun, or gets a new version from a day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D

import pytest
from county import Desk, codes

from hpf.core.errors import HpfError
from hpf.core.facts import facts_of
from hpf.storage.engine import reading, writing
from hpf.storage.facts import facts_at
from hpf.storage.imports import preview, save_import
from hpf.storage.troubles import StorageError
from hpf.workflow.assessments_revision import revise
from hpf.workflow.marks_closed import close_marks
from hpf_cli.demo_county_home import GROUP, YEAR


def changed(desk: Desk, session, points: str):
    """A change of one line's points, as an import would bring it."""
    facts = facts_of(desk.county.program, YEAR, {"indicator": {"A01": {"standard_points": points}}})
    return preview(session, desk.county.hospital, desk.county.program, facts, extent="part")


def test_a_table_that_changes_after_the_start_is_refused_or_a_new_version(
    fresh: Desk,
) -> None:
    """Before the start it may change; then no door lets it in; a new version has day and reason,
    and both tables are there to be shown."""
    with writing(fresh.county.engine) as session:
        save_import(session, changed(fresh, session, "2.5"), by=GROUP)
        session.commit()
    fresh.open()
    with (
        pytest.raises(StorageError) as error,
        writing(fresh.county.engine) as session,
    ):
        save_import(session, changed(fresh, session, "2"), by=GROUP)
    assert codes(error) == ["storage.table_frozen"]
    assert "indicator.standard_points" in error.value.problems[0].message.en
    with fresh.on("2026-05-06") as (act, at):
        shown = changed(fresh, act.session, "2")
        with pytest.raises(HpfError) as refused:
            revise(act, at, shown, since=dt.date(2026, 1, 1), why=" ")
        assert codes(refused) == ["assess.since", "assess.why"]
        entry = revise(act, at, shown, since=dt.date(2026, 5, 6), why="县府文件（合成）")
    assert entry.detail["cells"] == [["indicator", "A01", "standard_points", "2.5", "2"]]
    with reading(fresh.county.engine) as session:
        for upto, points in ((entry.detail["before"], "2.5"), (entry.detail["after"], "2")):
            facts = facts_at(session, fresh.county.hospital, fresh.county.program, YEAR, upto)
            lines = facts.tables["indicator"].frame
            assert lines["standard_points"][lines["id"].index_of("A01")] == D(points)
    # what is no table still comes in by any door
    facts = facts_of(fresh.county.program, YEAR, {"item": {"H1-B12": {"actual": "1"}}})
    with writing(fresh.county.engine) as session:
        shown = preview(session, fresh.county.hospital, fresh.county.program, facts, extent="part")
        assert save_import(session, shown, by=GROUP) is not None
        session.commit()


def test_marks_above_a_new_versions_points_are_marked_anew(drawn: Desk) -> None:
    drawn.mark_all()
    with drawn.on("2026-10-16") as (act, at):
        shown = changed(drawn, act.session, "1")
        revise(act, at, shown, since=dt.date(2026, 10, 16), why="合成")
    with pytest.raises(HpfError) as error, drawn.on("2026-10-22") as (act, at):
        close_marks(act, at, drawn.county.program)
    assert codes(error) == ["close.above"]
    assert {p.id or p.place for p in error.value.problems} == {"H3-A01"}
