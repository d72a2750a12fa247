"""Sealed periods with corrected facts: differences by line, both runs linked, nothing changed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from wards import JUNE, MAY, Desk, data, scheme

from hpf.core.errors import HpfError
from hpf.core.periods import Period
from hpf.storage.engine import reading, writing
from hpf.storage.models import Adjustment, AuditEntry, Cycle, StoredRun
from hpf.storage.runs import load_run
from hpf.storage.troubles import StorageError
from hpf.supplements import Supplement, recorded, supplement


@pytest.fixture
def desk(database: Engine, hospital: int, tmp_path: Path) -> Desk:
    made = Desk(database, hospital, scheme(tmp_path / "ward"))
    made.report(MAY, data())
    return made


def corrected(desk: Desk, pay_in: Period = JUNE, reason: str = "申诉一号") -> Supplement:
    return supplement(desk.engine, desk.programs, desk.hospital, "ward", MAY, by="王五",
                      pay_in=pay_in, reason=reason)  # fmt: skip


def finish(desk: Desk, period: Period) -> None:
    with writing(desk.engine) as session:
        session.add(Cycle(hospital_id=desk.hospital, scheme="ward", period=period, state="final",
                          run_id=None, pay_first=False, calendar={}))  # fmt: skip
        session.commit()


def test_a_correction_is_a_difference_by_line_and_the_sealed_run_stays(desk: Desk) -> None:
    main = desk.seal(MAY)
    finish(desk, MAY)
    desk.report(MAY, data(A2="8"))
    with pytest.raises(StorageError, match="final"):
        desk.seal(MAY)
    made = corrected(desk)
    old, new = main.run, made.sealed.run
    lines = {(x.rule, x.id): x for x in made.lines}
    for (rule, id), line in lines.items():
        assert (line.old, line.new) == (old.value("staff", id, rule), new.value("staff", id, rule))
        assert line.by == line.new - line.old != 0
    assert {rule for rule, _ in lines} == {"share", "extra", "pay"}
    assert sum(x.by for x in made.lines if x.rule == "share") == 0, "the pool is what it was"
    assert desk.problems(main.id) == desk.problems(made.sealed.id) == []
    with reading(desk.engine) as session:
        stored = session.get_one(StoredRun, made.sealed.id)
        assert (stored.kind, stored.of_id) == ("supplement", main.id)
        assert load_run(session, main.id).seal == main.run.seal
        entries = session.scalars(select(Adjustment)).all()
        assert {(x.run_id, x.linked_run_id, x.period) for x in entries} == {
            (main.id, made.sealed.id, JUNE)
        }
        again = recorded(session, desk.hospital, made.sealed.id)
    assert set(again) == set(made.lines)
    desk.report(JUNE, data())
    june = desk.seal(JUNE).run
    past = june.history.get(MAY, "staff", "ward.pay")
    assert past["A2"] == new.value("staff", "A2", "pay"), "later periods read the corrected figure"


def test_who_left_and_who_joined_stand_in_the_differences(desk: Desk) -> None:
    desk.seal(MAY)
    given = data(A4="3")
    del given["staff"]["A3"]
    desk.report(MAY, given)
    lines = {(x.rule, x.id): x for x in corrected(desk).lines}
    assert lines["pay", "A3"].new is None
    assert lines["pay", "A3"].by == -(lines["pay", "A3"].old or 0)
    assert lines["pay", "A4"].old is None
    assert lines["pay", "A4"].by > 0


def test_a_correction_that_changes_nobodys_pay_is_kept_as_evidence(desk: Desk) -> None:
    """With its reason in the audit chain; later periods look back on the corrected score."""
    main = desk.seal(MAY)
    finish(desk, MAY)
    given = data()
    given["staff"]["A2"]["heads"] = "2"
    desk.report(MAY, given)
    made = corrected(desk)
    assert made.lines == ()
    assert desk.problems(made.sealed.id) == []
    with reading(desk.engine) as session:
        assert session.get_one(StoredRun, made.sealed.id).of_id == main.id
        assert session.scalars(select(Adjustment)).all() == []
        assert recorded(session, desk.hospital, made.sealed.id) == ()
        told = select(AuditEntry).where(AuditEntry.action == "run.corrected")
        (entry,) = session.scalars(told)
        assert (entry.who, entry.object) == ("王五", f"run:{made.sealed.id}")
        assert entry.detail == {"of": main.id, "reason": "申诉一号", "pay_in": "2026-06",
                                "lines": 0}  # fmt: skip
    desk.report(JUNE, data())
    past = desk.seal(JUNE).run.history.get(MAY, "staff", "ward.pay")
    assert past["A2"] == main.run.value("staff", "A2", "pay")


def test_a_second_correction_counts_from_the_first(desk: Desk) -> None:
    desk.seal(MAY)
    desk.report(MAY, data(A2="8"))
    one = corrected(desk)
    desk.report(MAY, data())
    two = corrected(desk)
    assert {(x.rule, x.id): x.by for x in two.lines} == {
        (x.rule, x.id): -x.by for x in one.lines
    }, "taken back line by line"


def test_a_sealed_period_is_corrected_by_its_own_rules(desk: Desk, tmp_path: Path) -> None:
    """The plugin was upgraded since: half the income is shared now, and not in that May."""
    desk.seal(MAY)
    desk.programs["ward"] = scheme(tmp_path / "newer", factor="1/2")
    desk.report(MAY, data(A2="8"))
    run = corrected(desk).sealed.run
    assert sum(run.value("staff", i, "share") for i in ("A1", "A2", "A3")) == Decimal("1000.01")


def test_what_is_no_correction_is_refused_and_nothing_is_written(desk: Desk) -> None:
    with pytest.raises(HpfError, match="sealed yet"):
        corrected(desk)
    desk.seal(MAY)
    with pytest.raises(HpfError, match="no difference"):
        corrected(desk)
    desk.report(MAY, data(A2="8"))
    with pytest.raises(HpfError, match="reason"):
        corrected(desk, reason=" ")
    with pytest.raises(HpfError, match="cannot be paid in"):
        corrected(desk, pay_in=MAY)
    finish(desk, JUNE)
    with pytest.raises(HpfError, match="final"):
        corrected(desk)
    with reading(desk.engine) as session:
        assert len(session.scalars(select(StoredRun)).all()) == 1
        assert session.scalars(select(Adjustment)).all() == []
