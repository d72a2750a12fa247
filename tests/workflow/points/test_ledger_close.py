"""A closed ledger: frozen, and facts that name the entries they were made of."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys

import pytest
from pointing import JULY, LEDGER, OCTOBER, PEOPLE, Q3, Q4, House, facts
from sqlalchemy import func, select, text

from hpf.core.calculate import calculate
from hpf.core.errors import HpfError
from hpf.core.periods import Period
from hpf.runs import seal_period
from hpf.storage.engine import reading
from hpf.storage.ledgers import altered_ledgers
from hpf.storage.models import AuditEntry, Import, LedgerBook
from hpf.workflow.ledgers_close import close_book
from hpf.workflow.ledgers_entries import see

KILLED = """
import datetime as dt, sys
from pathlib import Path
sys.path.insert(0, {here!r})
from pointing import OCTOBER, House
from hpf.storage.engine import connect
House(connect({url!r}), Path({folder!r}), fill=False).close()
"""


def codes(error: pytest.ExceptionInfo[HpfError]) -> list[str]:
    return [p.code for p in error.value.problems]


def points(house: House, period: Period = Q3) -> dict[str, object]:
    """Each person's points, computed from the facts."""
    run = calculate(house.program, house.facts(period))
    assert run.problems == ()
    return {p: run.value("staff", p, "points") for p in PEOPLE}


def filled(house: House) -> House:
    """A2: two bonuses, a deduction taken back; an adjustment in W1."""
    house.opened()
    house.add("A2", "S1")
    house.undo(house.add("A2", "S3"))
    house.change("S1", "6")
    house.add("A2", "S1", reason="第二次")
    with house.acting("A2", JULY + dt.timedelta(days=3)) as act:
        see(act)
    house.add("B2", "S3")
    return house


def test_entries_become_facts_and_the_sum_is_the_points(either: House) -> None:
    """Base 80: A2 has 5 and 6 more, B2 3 less; each figure leads to its entries."""
    house = filled(either)
    house.close()
    with house.acting(at=OCTOBER) as act:
        number = house.book(act.session).import_id
        assert act.session.get_one(Import, number).reason == "ledger:merits:2026-Q3"
    assert points(house) == {"A1": 80, "A2": 91, "A3": 80, "B1": 80, "B2": 77}
    entries = house.facts().tables["entry"]
    assert entries.place(0, "points") == "积分账 ledger merits [2026-Q3] 1"
    rows = {r["id"]: r for r in entries.frame.iter_rows(named=True)}
    assert (rows["L3"]["undoes"], rows["L3"]["sign"], rows["L3"]["points"]) == ("L2", "加", 3)
    assert [rows[i]["seen"] for i in ("L1", "L5")] == [dt.date(2026, 7, 13), None]
    assert not any(r["earlier"] for r in rows.values())
    (change,) = house.facts().tables["change"].frame.iter_rows(named=True)
    assert (change["before"], change["after"], change["why"]) == (5, 6, "旺季")
    sealed = seal_period(house.engine, house.programs, 1, "merit", Q3, by="office")
    assert sealed is not None


def test_an_entry_that_undoes_one_of_a_closed_period_says_so(house: House) -> None:
    house = filled(house)
    house.close()
    house.opened(Q4, OCTOBER)
    house.undo(1, at=OCTOBER)
    house.close(Q4, dt.datetime(2027, 1, 4, 1, tzinfo=dt.UTC))
    (row,) = house.facts(Q4).tables["entry"].frame.iter_rows(named=True)
    assert (row["earlier"], row["undoes"], row["sign"], row["points"]) == (True, None, "减", 5)
    assert "reverses #1" in row["reason"]
    assert points(house, Q4)["A2"] == 75


def test_an_empty_ledger_becomes_empty_tables(house: House) -> None:
    """Nobody had points: that is known, and no missing table."""
    house.opened()
    house.close()
    assert len(house.facts().tables["entry"].frame) == 0
    assert set(points(house).values()) == {80}


def test_what_stands_against_a_close_is_told_at_once(house: House) -> None:
    """Before the period is over; people that the facts do not have; somebody else than the
    office."""
    house.opened()
    house.add("A2", "S1")
    data = facts()
    del data["staff"]["A2"]
    with pytest.raises(HpfError) as error:
        house.close(at=dt.datetime(2026, 9, 30, 1, tzinfo=dt.UTC))
    assert codes(error) == ["ledger.running"]
    house.report(Q3, data, "whole")
    with pytest.raises(HpfError) as error:
        house.close()
    assert codes(error) == ["ledger.no_row"]
    with pytest.raises(HpfError) as error, house.acting("A1", OCTOBER) as act:
        close_book(act, LEDGER, house.program, house.book(act.session))
    assert codes(error) == ["role.not_held"]


def test_standards_hold_still_and_points_come_from_the_ledger_alone(house: House) -> None:
    """Another import may neither move a standard of an open ledger nor bring entries beside it."""
    house = filled(house)
    for data in (
        {"standard": {"S1": {"hospital": "H", "worth": "9"}}},
        {"standard": {"S9": {"hospital": "H", "worth": "9", "kind": "加分", "free": True}}},
        {"entry": {"X": {"person": "A2", "standard": "S1", "sign": "加", "points": "99",
                         "day": "2026-07-10"}}},
    ):  # fmt: skip
        with pytest.raises(HpfError) as error:
            house.report(Q3, data)
        assert codes(error) == ["storage.ledger_kept"]
    house.report(Q3, {"staff": {"A2": {"department": "W2"}}})  # whatever else, as always
    house.close()
    with pytest.raises(HpfError) as error:
        house.report(Q3, {"entry": {"L1": {"points": "1"}}})
    assert codes(error) == ["storage.ledger_kept"]


def test_a_closed_ledger_that_was_altered_is_told(house: House) -> None:
    house = filled(house)
    house.close()
    assert house.see(lambda s: list(altered_ledgers(s))) == []
    with house.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER hpf_ledger_entries_update"))
        connection.execute(text("UPDATE ledger_entries SET points = '50' WHERE id = 1"))
    (told,) = house.see(lambda s: list(altered_ledgers(s)))
    assert told.code == "storage.ledger_altered"


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault", ["ledger.compared", "import.after_rows", "ledger.entered", "ledger.closed"]
)
def test_killed_anywhere_a_ledger_is_closed_whole_or_not_at_all(
    either: House, tmp_path, fault: str
) -> None:
    """A real process, killed as a power cut would; afterwards it closes as if nothing had been."""
    house = filled(either)
    before = state(house)
    url = house.engine.url.render_as_string(hide_password=False)
    code = KILLED.format(here=os.path.dirname(__file__), url=url, folder=str(tmp_path / "k"))  # noqa: PTH120
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "HPF_FAULT": fault},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert state(house) == before
    house.close()
    assert state(house) == [before[0] + 1, 1, 1]


def state(house: House) -> list[int]:
    """Imports, closed ledgers, and what the audit says of them."""
    with reading(house.engine) as session:
        closed = select(func.count()).where(LedgerBook.digest.is_not(None))
        told = select(func.count()).where(AuditEntry.action == "ledger.closed")
        return [
            session.scalar(select(func.count()).select_from(Import)) or 0,
            session.scalar(closed) or 0,
            session.scalar(told) or 0,
        ]
