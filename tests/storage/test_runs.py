"""Sealed runs: kept whole, read back as they were, verified from what is stored, never changed."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from wards import JUNE, MAY, Desk, data, scheme, two_units

from hpf.core.errors import HpfError
from hpf.core.program import Program
from hpf.holds import approve, hold, release
from hpf.runs import Sealed, calculate_period
from hpf.storage.audit import record
from hpf.storage.engine import is_sqlite, reading, writing
from hpf.storage.models import Adjustment, AuditEntry, Cycle, Hospital, StoredRun
from hpf.storage.person import results_of
from hpf.storage.replay import verify_run
from hpf.storage.runs import load_run
from hpf.storage.troubles import StorageError


@pytest.fixture
def ward(tmp_path: Path) -> Program:
    return scheme(tmp_path / "ward")


@pytest.fixture
def desk(database: Engine, hospital: int, ward: Program) -> Desk:
    made = Desk(database, hospital, ward)
    made.report(MAY, data())
    return made


def test_what_is_read_back_is_what_was_computed(desk: Desk) -> None:
    sealed = desk.seal(MAY)
    with reading(desk.engine) as session:
        back = load_run(session, sealed.id)
    assert [(x.entity, x.id, x.rule.name, x.value) for x in back.lines()] == [
        (x.entity, x.id, x.rule.name, x.value) for x in sealed.run.lines()
    ]
    assert back.seal == sealed.run.seal
    assert back.value("staff", "A1", "grade") == "high"
    assert sum(back.value("staff", i, "share") for i in ("A1", "A2", "A3")) == Decimal("1000.01")
    place = back.checked.rows["staff"].place(0, "points")
    assert place == sealed.run.checked.rows["staff"].place(0, "points")


def test_the_same_facts_are_sealed_once(desk: Desk) -> None:
    first = desk.seal(MAY)
    again = desk.seal(MAY)
    assert (again.id, again.seal, again.fresh) == (first.id, first.seal, False)
    desk.report(MAY, data(A2="8"))
    other = desk.seal(MAY)
    assert other.id != first.id
    assert other.seal != first.seal
    desk.report(MAY, data())
    assert desk.seal(MAY).seal == first.seal, "the same facts by another way give the same seal"


def test_a_sealed_run_sees_its_own_facts_for_ever(desk: Desk) -> None:
    first = desk.seal(MAY)
    desk.report(MAY, data(A1="99"))
    with reading(desk.engine) as session:
        assert load_run(session, first.id).value("staff", "A1", "extra") == Decimal("15.63")
        assert verify_run(session, first.id).problems == ()


def test_facts_that_came_in_another_order_have_the_same_seal(desk: Desk) -> None:
    """Another hospital: rows turned round, a wrong figure first and its correction after."""
    first = desk.seal(MAY)
    with writing(desk.engine) as session:
        other = Hospital(code="H2", name="另一家")
        session.add(other)
        session.commit()
        desk.hospital = other.id
    desk.report(MAY, data(A2="9", A4="1"))
    given = data()
    given["staff"] = dict(reversed(given["staff"].items()))
    desk.report(MAY, given)
    assert desk.seal(MAY).seal == first.seal


def test_it_is_verified_with_the_plugin_upgraded_or_gone(desk: Desk, tmp_path: Path) -> None:
    first = desk.seal(MAY)
    desk.programs = {"ward": scheme(tmp_path / "newer", factor="0.9")}
    assert desk.seal(MAY).seal != first.seal
    desk.programs = {}
    with reading(desk.engine) as session:
        found = verify_run(session, first.id)
    assert found.problems == ()
    assert found.results > 10


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE facts SET value = '12.6' WHERE value = '12.5'", "storage.altered:facts"),
        ("DELETE FROM facts WHERE value = '0.1'", "storage.facts:"),
        ("UPDATE results SET value = {ten} WHERE value = {old}", "storage.result:extra"),
        ("UPDATE results SET text = 'low' WHERE text = 'high'", "storage.result:grade"),
        ("UPDATE runs SET parameters = replace(parameters, '5/4', '3/2')",
         "storage.altered:parameters"),
        ("UPDATE programs SET document = replace(document, 'high', 'tall')", "storage.program:"),
        ("UPDATE runs SET seal = '0000'", "storage.altered:seal"),
    ],
)  # fmt: skip
def test_any_one_thing_that_was_altered_is_found(desk: Desk, statement: str, said: str) -> None:
    sealed = desk.seal(MAY)
    assert desk.problems(sealed.id) == []
    quote = "'{}'" if is_sqlite(desk.engine.connect()) else "{}"
    desk.alter(statement.format(ten=quote.format("10"), old=quote.format("15.63")))
    assert said in desk.problems(sealed.id)


def test_every_fact_of_a_run_is_under_its_seal(desk: Desk) -> None:
    """Each stored value, altered alone, makes the run fail; put back, it holds again."""
    sealed = desk.seal(MAY)
    desk.alter("UPDATE facts SET value = value")
    with desk.engine.connect() as connection:
        rows = connection.execute(
            text('SELECT column_id, "row", import_id, value FROM facts ORDER BY 1, 2, 3')
        ).all()
        known = connection.execute(text("SELECT id, code FROM fact_columns")).all()
    codes = {column: code for column, code in known}  # noqa: C416 - rows are no pairs to dict()
    where = 'WHERE column_id = :c AND "row" = :r AND import_id = :i'
    tried = 0
    for column, row, number, value in rows:
        if value is None or codes[column] in ("@name", "@id"):
            continue  # a name is shown and not computed with; an id of its own is the row itself
        other = "D9" if codes[column].startswith("@") else f"{value}1"
        for given, good in ((other, False), (value, True)):
            with desk.engine.begin() as connection:
                connection.execute(
                    text(f"UPDATE facts SET value = :v {where}"),
                    {"v": given, "c": column, "r": row, "i": number},
                )
            assert (desk.problems(sealed.id) == []) is good, (codes[column], row)
        tried += 1
    assert tried >= 8


def test_past_periods_are_the_latest_sealed_run_provisional_while_open(desk: Desk) -> None:
    desk.seal(MAY)
    desk.report(JUNE, data())
    june = desk.seal(JUNE)
    assert june.run.history.provisional == {MAY}
    with reading(desk.engine) as session:
        may = load_run(session, 1)
        extra = june.run.value("staff", "A1", "extra")
        last = may.value("staff", "A1", "pay")
        assert isinstance(last, Decimal)
        assert extra == (Decimal("15.625") + last / 100).quantize(Decimal("0.01"))
    with writing(desk.engine) as session:
        session.add(
            Cycle(hospital_id=desk.hospital, scheme="ward", period=MAY, state="final",
                  pay_first=False, calendar={}, **_rest_of(Cycle))
        )  # fmt: skip
        session.commit()
    calm = calculate_period(desk.engine, desk.programs, desk.hospital, "ward", JUNE)
    assert calm.run.history.provisional == frozenset()
    assert desk.problems(june.id) == []


def _rest_of(model: Any) -> dict[str, Any]:
    """Values for columns that another part added and that a new row must have."""
    known = {"id", "hospital_id", "scheme", "period", "state", "pay_first", "calendar"}
    return {
        c.name: {} if "Json" in type(c.type).__name__ else ""
        for c in model.__table__.columns
        if c.name not in known and not c.nullable and c.default is None
    }


def test_one_persons_results_are_found_without_reading_the_run(desk: Desk) -> None:
    sealed = desk.seal(MAY)
    desk.report(JUNE, data())
    june = desk.seal(JUNE)
    with reading(desk.engine) as session:
        runs = [session.get_one(StoredRun, x.id) for x in (sealed, june)]
        found = results_of(session, desk.hospital, "staff", "A1", runs)
    assert {(x.run, x.rule, x.value if x.value is not None else x.text) for x in found} == {
        (x.id, line.rule.name, line.value)
        for x in (sealed, june)
        for line in x.run.lines()
        if line.id == "A1"
    }


def test_what_cannot_be_sealed_writes_nothing(desk: Desk) -> None:
    given = data()
    given["staff"]["A1"]["heads"] = "0"
    desk.report(MAY, given)
    with pytest.raises(HpfError) as error:
        desk.seal(MAY)
    assert [p.name for p in error.value.problems] == ["quotient"]
    with pytest.raises(HpfError, match=r"hpf import ward"):
        desk.seal(JUNE)
    with reading(desk.engine) as session:
        assert session.scalar(select(func.count(StoredRun.id))) == 0
        sealed = select(func.count()).select_from(AuditEntry).where(
            AuditEntry.action == "run.sealed"
        )  # fmt: skip
        assert session.scalar(sealed) == 0


def test_a_unit_that_is_incomplete_is_held_back_and_released_later(desk: Desk) -> None:
    desk.report(MAY, two_units())
    with pytest.raises(HpfError, match="points"):
        desk.seal(MAY)
    desk.hold("D2")
    main = desk.seal(MAY)
    assert main.run.value("staff", "B1", "pay") is None, "no figure, and no zero"
    assert main.run.value("staff", "A1", "pay") is not None
    assert desk.problems(main.id) == [], "what is held replays as well"
    with reading(desk.engine) as session:
        (mark,) = session.scalars(select(Adjustment).where(Adjustment.run_id == main.id))
        assert (mark.entity, mark.row_id, mark.amount) == ("staff", "B1", None)
    complete = two_units()
    complete["staff"]["B1"]["points"] = "4"
    desk.report(MAY, complete)
    desk.release("D2")
    later = desk.seal(MAY, kind="release", of=main.id)
    assert later.run.value("staff", "B1", "pay") == Decimal("55.00")
    assert [later.run.value("staff", i, "pay") for i in ("A1", "A2", "A3")] == [
        main.run.value("staff", i, "pay") for i in ("A1", "A2", "A3")
    ]


def test_nothing_is_held_back_that_others_rest_on(desk: Desk) -> None:
    given = data()
    given["staff"]["A2"]["points"] = None
    desk.report(MAY, given)
    desk.hold("A2", "staff")
    with pytest.raises(HpfError) as error:
        desk.seal(MAY)
    (problem,) = error.value.problems
    assert problem.code == "hold.dependants"
    assert "staff:A1, staff:A3" in problem.message.en


def test_a_hold_wants_a_reason_and_another_account(desk: Desk) -> None:
    with writing(desk.engine) as session:
        with pytest.raises(StorageError, match="reason"):
            hold(session, desk.hospital, "ward", MAY, "department", "D1", " ", by="甲")
        entry = hold(session, desk.hospital, "ward", MAY, "department", "D1", "核对", by="甲")
        with pytest.raises(StorageError, match="own"):
            approve(session, desk.hospital, entry.id, by="甲")
        with pytest.raises(StorageError, match="already"):
            hold(session, desk.hospital, "ward", MAY, "department", "D1", "再来", by="乙")
        with pytest.raises(StorageError, match="not held"):
            release(session, desk.hospital, "ward", MAY, "department", "D9", "没有", by="乙")
        session.commit()
    assert desk.seal(MAY).run.value("staff", "A1", "pay") is not None, "not approved: not held"


def test_two_runs_at_the_same_moment_queue(desk: Desk) -> None:
    made: list[Sealed] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            made.append(desk.seal(MAY))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len({m.id for m in made}) == 1
    assert [m.fresh for m in made].count(True) == 1


def test_the_audit_tells_of_each_run(desk: Desk) -> None:
    sealed = desk.seal(MAY)
    with reading(desk.engine) as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "run.sealed"))
    assert entry.object == f"run:{sealed.id}"
    assert entry.who == "李四"
    assert entry.detail["seal"] == sealed.seal


def test_nothing_is_left_of_a_run_that_broke_off(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*args: object, **more: object) -> None:
        raise RuntimeError("the plug was pulled")

    monkeypatch.setattr("hpf.storage.runs.record", breaks)
    with pytest.raises(RuntimeError):
        desk.seal(MAY)
    with reading(desk.engine) as session:
        for table in ("runs", "run_rows", "run_rules", "results", "programs"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    monkeypatch.setattr("hpf.storage.runs.record", record)
    assert desk.seal(MAY).fresh
    assert dt.datetime.now(dt.UTC) > desk_started(desk)


def desk_started(desk: Desk) -> dt.datetime:
    with reading(desk.engine) as session:
        return session.scalars(select(StoredRun.started)).one()
