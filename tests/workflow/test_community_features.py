"""Features of the community hospital (S0, section 12) that the workflow carries, by their numbers.

FR0-1, 3, 4, 7 to 9, 13 and 20 are the plugin's own, or have tests of their own rooms.
"""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

import community_home as homes
from community_home import JULY, JUNE, OCTOBER, Q3, House

from hpf.core.errors import HpfError
from hpf.storage import cycles as kept
from hpf.storage.people import committee, seats
from hpf.workflow import consensus
from hpf.workflow.ballots import open_ballot, seat_member
from hpf.workflow.ledgers import open_book
from hpf.workflow.ledgers_adjust import adjust
from hpf.workflow.ledgers_close import close_book
from hpf.workflow.ledgers_entries import lines_of, reverse
from hpf.workflow.service import move_cycle

PERSON, HEAD = homes.second_of("D01"), homes.first_of("D01")


def codes(error: pytest.ExceptionInfo[HpfError]) -> list[str]:
    return [p.code for p in error.value.problems]


def test_fr0_2_a_period_opens_only_when_every_level_has_agreed(house: House) -> None:
    """From the top to the bottom; neither the ledger nor the cycle goes on before."""

    def lacking() -> int:
        with pytest.raises(HpfError) as error, house.acting(at=JUNE) as act:
            open_book(act, house.ledger, house.program, Q3)
        assert set(codes(error)) == {"cycle.consensus"}
        return len(error.value.problems)

    assert lacking() == 3
    with pytest.raises(HpfError) as error, house.acting(at=JUNE) as act:
        consensus.agree(act, "community", Q3, "staff", "职工大会")
    assert codes(error) == ["note.above", "note.above"]
    with pytest.raises(HpfError) as error, house.acting("head", JUNE) as act:
        consensus.agree(act, "community", Q3, "hospital", "我同意")
    assert codes(error) == ["role.not_held"]
    with house.acting("president", JUNE) as act:
        consensus.agree(act, "community", Q3, "hospital", "院长办公会")
    assert lacking() == 2
    with house.acting("head", JUNE) as act:
        consensus.agree(act, "community", Q3, "department", "本科会议")
    with pytest.raises(HpfError) as error, house.acting("president", JUNE) as act:
        move_cycle(act, house.programs, "community", Q3, "start_collecting")
    told = [p.message.zh for p in error.value.problems if p.code == "cycle.consensus"]
    assert len(told) == 2
    assert "D02" in told[0]
    assert "D01" not in told[0]
    with house.acting(at=JUNE) as act:
        for unit in sorted(kept.departments_on(act.session, 1, Q3.first_day) - {"D01"}):
            consensus.agree(act, "community", Q3, "department", "科会", department=unit)
        consensus.agree(act, "community", Q3, "staff", "职工大会")
        assert open_book(act, house.ledger, house.program, Q3).digest is None
    with pytest.raises(HpfError) as error, house.acting("president", JUNE) as act:
        move_cycle(act, house.programs, "community", Q3, "start_collecting")
    assert "cycle.consensus" not in codes(error)


def test_fr0_5_the_ledger_s_sum_is_the_points(house: House) -> None:
    """Base 80, two bonuses of 3 and 2, a deduction that is taken back."""
    house.opened()
    house.add(PERSON, "B01", dt.date(2026, 7, 3))
    house.add(PERSON, "B02", dt.date(2026, 7, 5))
    wrong = house.add(PERSON, "M02", dt.date(2026, 7, 6))
    with house.acting() as act:
        reverse(act, wrong, "查无此事")
    with pytest.raises(HpfError) as error:
        house.add(PERSON, "B99", dt.date(2026, 7, 3))
    assert codes(error) == ["ledger.standard"]
    with house.acting(at=OCTOBER) as act:
        close_book(act, house.ledger, house.program, house.book(act))
    run = house.calculate()
    assert run.value("staff", PERSON, "points") == 85
    assert run.value("staff", HEAD, "points") == 80
    entry = house.facts().tables["entry"]
    assert entry.place(0, "points").startswith("积分账 ledger points [2026-Q3]")


def test_fr0_6_a_manager_adjusts_within_bounds_for_what_is_still_to_come(house: House) -> None:
    """At the bound it passes, a step beyond it is refused; booked events keep their value; the
    staff of the department sees it, and the log has it."""
    house.opened()
    before = house.add(PERSON, "B01", dt.date(2026, 7, 3))
    since = dt.date(2026, 7, 12)

    def change(after: str) -> int:
        with house.acting("head") as act:
            return adjust(act, house.book(act), "", "B01", Decimal(after), since, "旺季").id

    with pytest.raises(HpfError) as error:
        change("3.61")
    assert codes(error) == ["ledger.limit"]
    made = change("3.6")
    later = JULY + dt.timedelta(days=10)
    after = house.add(PERSON, "B01", since, later)
    with house.acting("head_staff", later) as act:
        points = {one.entry.id: one.entry.points for one in lines_of(act, house.book(act))}
    assert points == {before: 3, after: Decimal("3.6")}
    assert made > 0


def test_fr0_11_results_are_not_final_before_publicity_has_run(ward: Any) -> None:
    """Posted on 16 November for five working days: on the 20th it is too early."""
    cycle = ward.along("start_collecting", "start_calculating", "submit", "approve")
    clock = ward.Clock(dt.datetime(2026, 11, 20, 9, tzinfo=ward.ZONE))
    early = ward.ask(given=ward.situation(today=dt.date(2026, 11, 20)))
    with pytest.raises(HpfError) as error:
        ward.move(cycle, "finish", early, clock.tick())
    assert "cycle.publicity" in codes(error)
    assert (
        ward.along(
            "start_collecting", "start_calculating", "submit", "approve", "finish"
        ).stage.value
        == "final"
    )


def test_fr0_14_a_committee_without_its_seats_is_refused(house: House) -> None:
    """Personnel, medical services, nursing, another department, and clinical experts."""

    def lacking() -> list[str]:
        with pytest.raises(HpfError) as error, house.acting(at=OCTOBER) as act:
            open_ballot(act, house.programs, "community", Q3, "board", "")
        return [p.name for p in error.value.problems if p.code == "vote.composition"]

    def sit(login: str, seat: str) -> None:
        with house.acting(at=OCTOBER) as act:
            day = OCTOBER.date()
            seat_member(act, "board", login, day, name="考核委员会", title=seat)

    sit("office", "人事")
    assert lacking() == ["医务", "护理", "其他科室", "临床专家"]
    sit("president", "医务、临床专家")
    sit("head", "护理")
    sit("head2", "其他科室")
    assert lacking() == ["临床专家"], "one of two"
    sit("head_staff", "临床专家")
    assert lacking() == []
    with house.acting(at=OCTOBER) as act:
        assert len(seats(act.session, committee(act.session, 1, "board").id, OCTOBER.date())) == 5


def test_fr0_17_a_period_is_not_archived_without_its_improvement_record(ward: Any) -> None:
    """The last move of a cycle wants every task of the improvement stage."""
    path = ("start_collecting", "start_calculating", "submit", "approve", "finish",
            "start_improving")  # fmt: skip
    cycle = ward.along(*path)
    without = ward.situation(done=ward.all_done(["S1-2.4-3"]))
    clock = ward.Clock(dt.datetime(2026, 12, 1, 9, tzinfo=ward.ZONE))
    with pytest.raises(HpfError) as error:
        ward.move(cycle, "close", ward.ask(given=without), clock.tick())
    assert "S1-2.4-3" in "".join(p.name + p.message.en + p.place for p in error.value.problems)
    assert ward.along(*path, "close").stage.value == "closed"
