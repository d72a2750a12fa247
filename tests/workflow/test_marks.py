"""Visits, marks and evidence: every bad mark has its own message, and nothing is half kept."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D

import pytest
from county import PDF, Desk, codes
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from hpf.core.errors import HpfError
from hpf.storage.engine import reading, writing
from hpf.storage.models import Evidence, Mark
from hpf.storage.troubles import TamperError
from hpf.workflow import visits
from hpf.workflow.evidence import LARGEST, of_objects, safe_name
from hpf.workflow.marks import MARK, Marking, marks_of, put_marks
from hpf.workflow.marks_closed import close_marks
from hpf_cli.demo_county_acts import items_of, units_of

PAPERS = [("记录.pdf", PDF)]
WAY = "现场检查"


@pytest.fixture
def seen(drawn: Desk) -> tuple[Desk, str, int]:
    """H1 visited: the desk, an expert, the visit's number."""
    number = drawn.see("H1", "2026-10-13")
    return drawn, drawn.team[0], number


def put(desk: Desk, expert: str, *given: Marking, day: str = "2026-10-13") -> list[int]:
    with desk.on(day, expert.lower()) as (act, at):
        made = put_marks(act, at, desk.files, items_of(desk.county), desk.ways, given)
        return [m.id for m in made]


def refused(desk: Desk, expert: str, *given: Marking) -> list[str]:
    with pytest.raises(HpfError) as error:
        put(desk, expert, *given)
    return codes(error)


def count(desk: Desk, model: type) -> int:
    with reading(desk.county.engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_visit_outside_the_window_is_told_and_kept(drawn: Desk) -> None:
    """Eleventh to twentieth, both included; the county may settle other days."""
    known, team = units_of(drawn.county), drawn.team
    told = {}
    for unit, day in (("H1", "2026-10-11"), ("H2", "2026-10-20"), ("H3", "2026-10-21")):
        with drawn.on("2026-10-22") as (act, at):
            when = dt.date.fromisoformat(day)
            entry, told[unit] = visits.visit(act, at, unit, visits.CONCENTRATED, when, team, "",
                                             known)  # fmt: skip
            assert entry.detail["outside"] == bool(told[unit])
    assert [(u, [p.code for p in found]) for u, found in told.items()] == [
        ("H1", []), ("H2", []), ("H3", ["visit.window"]),
    ]  # fmt: skip
    assert told["H3"][0].severity == "notice"
    with pytest.raises(HpfError) as error, drawn.on("2026-10-22") as (act, at):
        visits.visit(act, at, "H1", visits.CONCENTRATED, dt.date(2026, 10, 22), ["E01"], "", known)
    assert codes(error) == ["visit.expert", "visit.twice"]
    with drawn.on("2026-12-01") as (act, at):
        day = dt.date(2026, 4, 1)
        _, none = visits.visit(act, at, "H1", visits.IRREGULAR, day, [], "平时检查", known)
    assert none == [], "irregular visits are at any time"
    for bad, code in (("H9", "visit.hospital"), ("H1", "visit.day")):
        day = dt.date(2027, 1, 1)
        with pytest.raises(HpfError) as error, drawn.on("2026-12-01") as (act, at):
            visits.visit(act, at, bad, "sudden", day, [], "", known)
        assert code in codes(error)
        assert "visit.kind" in codes(error)


def test_each_mistake_of_a_mark_has_its_own_message(seen: tuple[Desk, str, int]) -> None:
    desk, expert, number = seen
    good = Marking("H1-A01", D("0.5"), WAY, "缺记录", number, PAPERS)
    for bad, code in (
        (Marking("H1-A01", D("0.5"), WAY, "缺记录", number), "mark.evidence"),
        (Marking("H1-A01", D("3.01"), WAY, "缺", number, PAPERS), "mark.above"),
        (Marking("H1-A01", D("-1"), WAY, "", number), "mark.deduction"),
        (Marking("H1-A01", D("0.00005"), WAY, "缺", number, PAPERS), "mark.deduction"),
        (Marking("H1-A01", D("1"), WAY, " ", number, PAPERS), "mark.reason"),
        (Marking("H1-A01", D("0"), "听说", "", number), "mark.method"),
        (Marking("H1-A01", D("0"), WAY, "", number + 99), "mark.visit"),
        (Marking("H2-A01", D("0"), WAY, "", number), "mark.visit"),
        (Marking("H1-B12", D("0"), WAY, "", number), "mark.figures"),
        (Marking("H1-X1", D("0"), WAY, "", number), "mark.item"),
        (Marking("H1-A01", D("1"), WAY, "缺", number, [("a.exe", b"MZ")]), "evidence.type"),
        (Marking("H1-A01", D("1"), WAY, "缺", number, [("a.pdf", b"MZ")]), "evidence.type"),
        (Marking("H1-A01", D("1"), WAY, "缺", number, [("a.pdf", b"")]), "evidence.empty"),
        (Marking("H1-A01", D("1"), WAY, "缺", number, [("a.pdf", PDF)] * 9), "evidence.many"),
        (Marking("H1-A01", D("1"), WAY, "缺", number, [("a.pdf", PDF + bytes(LARGEST))]),
         "evidence.large"),
    ):  # fmt: skip
        assert refused(desk, expert, bad) == [code], code
    assert refused(desk, expert, good, good) == ["mark.twice"]
    assert refused(desk, "E01", good) == ["mark.not_drawn", "mark.own_hospital"]
    assert "mark.no_expert" in refused(desk, "h1", good)
    # one bad mark of two: neither is kept, and no file of it
    put_two = refused(desk, expert, good, Marking("H1-A03", D(9), WAY, "x", number, PAPERS))
    assert put_two == ["mark.above"]
    assert (count(desk, Mark), count(desk, Evidence)) == (0, 0)
    assert put(desk, expert, good) != []


def test_a_later_mark_replaces_the_earlier_one_which_stays(seen: tuple[Desk, str, int]) -> None:
    desk, expert, number = seen
    (first,) = put(desk, expert, Marking("H1-A01", D("0.5"), WAY, "缺", number, PAPERS))
    (again,) = put(desk, expert, Marking("H1-A01", D("0"), WAY, "", number))
    with reading(desk.county.engine) as session:
        (holds,) = marks_of(session, desk.at().row.id, expert=expert)
        assert (holds.id, holds.deduction) == (again, 0)
        assert session.get_one(Mark, first).deduction == D("0.5")
        assert session.get_one(Mark, again).replaces_id == first
    with writing(desk.county.engine) as session:
        session.get_one(Mark, first).deduction = D(0)
        with pytest.raises(DBAPIError, match="what is recorded stays"):
            session.flush()


def test_evidence_is_known_by_its_digest(seen: tuple[Desk, str, int]) -> None:
    """The same file lies on the disk once; one that was changed is noticed; no path leads out."""
    desk, expert, number = seen
    given = [Marking(i, D("0.5"), WAY, "缺", number, PAPERS) for i in ("H1-A01", "H1-A03")]
    made = put(desk, expert, *given)
    with reading(desk.county.engine) as session:
        found = of_objects(session, desk.county.hospital, MARK, map(str, made))
    papers = [found[str(n)][0] for n in made]
    assert papers[0].digest == papers[1].digest
    assert desk.files.read(papers[0]) == PDF
    place = desk.files.place(papers[0].digest)
    assert place.stat().st_mode & 0o077 == 0
    assert len([p for p in desk.files.folder.rglob("*") if p.is_file()]) == 1
    place.write_bytes(PDF + b"!")
    with pytest.raises(TamperError, match="was changed"):
        desk.files.read(papers[0])
    place.unlink()
    with pytest.raises(TamperError):
        desk.files.read(papers[0])
    with pytest.raises(ValueError, match="no SHA-256"):
        desk.files.place("../../hpf.toml")
    assert safe_name("../..\\x/证 据\x1b.PDF") == "证 据.PDF"


def test_nothing_is_closed_while_an_item_lacks_marks(seen: tuple[Desk, str, int]) -> None:
    """What nobody marked is no zero: each item is named, and hospitals without a visit."""
    desk, expert, number = seen
    put(desk, expert, Marking("H1-A01", D("0"), WAY, "", number))
    with pytest.raises(HpfError) as error, desk.on("2026-10-22") as (act, at):
        close_marks(act, at, desk.county.program)
    assert codes(error) == ["close.few", "close.no_visit"]
    told = {p.place: p.message.en for p in error.value.problems}
    assert "has 1 marks of 3" in told["H1-A01"]
    assert {"H2", "H3"} <= set(told)


def test_no_mark_after_the_close(drawn: Desk) -> None:
    drawn.mark_all()
    with drawn.on("2026-10-22") as (act, at):
        close_marks(act, at, drawn.county.program)
    number = drawn.at().all("visit")[0].id
    late = Marking("H1-A01", D("0"), WAY, "", number)
    assert refused(drawn, drawn.team[0], late) == ["mark.closed"]
    with pytest.raises(HpfError) as error, drawn.on("2026-10-23") as (act, at):
        close_marks(act, at, drawn.county.program)
    assert codes(error) == ["close.closed"]


def test_the_merge_rule_moves_points(drawn: Desk) -> None:
    """Mean instead of median, on the same marks: other deductions, told in the entry."""
    from dataclasses import replace

    from hpf.storage.facts import facts_at
    from hpf.workflow.marks_merge import Merge
    from hpf_cli.demo_county_home import YEAR

    drawn.mark_all()
    with drawn.on("2026-10-22") as (act, at):
        other = replace(at, rules=replace(at.rules, merge=Merge.MEAN))
        assert close_marks(act, other, drawn.county.program).detail["merge"] == "mean"
    with reading(drawn.county.engine) as session:
        facts = facts_at(session, drawn.county.hospital, drawn.county.program, YEAR)
        found = {m.item: [] for m in marks_of(session, drawn.at().row.id)}
        for m in marks_of(session, drawn.at().row.id):
            found[m.item].append(m.deduction)
    frame = facts.tables["item"].frame
    values = dict(zip(frame["id"], frame["deductions"], strict=True))
    exact = {i: sum(v) / 3 for i, v in found.items()}
    assert all(abs(values[i] - v) <= D("0.005") for i, v in exact.items())
    assert any(values[i] != sorted(v)[1] for i, v in found.items())
