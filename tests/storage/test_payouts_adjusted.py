"""Payment of runs with holds, releases and differences, and the ceilings they count against."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from desk import Desk, codes
from sealed import adjust
from sqlalchemy import Engine

from hpf.core.periods import Period
from hpf.storage.ceilings import ceiling_problems, set_ceiling
from hpf.storage.engine import reading, writing
from hpf.storage.models import StoredRun

PERIOD = Period.parse("2026-09")


@pytest.fixture
def desk(database: Engine, hospital: int, tmp_path: Path) -> Desk:
    return Desk(database, hospital, tmp_path)


def test_held_lines_are_left_out_and_listed_and_the_sum_is_the_seals(desk: Desk) -> None:
    with desk.write() as session:
        adjust(session, session.get_one(StoredRun, desk.run), "hold", "B", run_id=desk.run)
    paid = desk.pay()
    assert [x.id for x in paid.pay_list.lines] == ["A", "D"]
    (left,) = paid.left_out
    assert left == {"id": "B", "name": "乙", "amount": "402.5", "why": "held", "reason": "核对中"}
    assert paid.pay_list.total + Decimal("402.5") == Decimal("1013.65")


def test_a_hold_that_nobody_approved_stops_the_payment(desk: Desk) -> None:
    with desk.write() as session:
        run = session.get_one(StoredRun, desk.run)
        adjust(session, run, "hold", "B", run_id=desk.run, approved_by=None, approved_at=None)
    assert codes(desk.pay) == ["hold_open"]


def test_a_hold_that_was_only_asked_for_stops_it_too(desk: Desk) -> None:
    from hpf.holds import approve, hold, release

    with desk.write() as session:
        entry = hold(session, desk.hospital, "ward", PERIOD, "staff", "B", "核对", by="甲").id
    assert codes(desk.pay) == ["hold_open"]
    with desk.write() as session:
        approve(session, desk.hospital, entry, by="乙")
        entry = release(session, desk.hospital, "ward", PERIOD, "staff", "B", "无误", by="甲").id
        approve(session, desk.hospital, entry, by="乙")
    assert len(desk.pay().pay_list.lines) == 3


def test_a_release_is_not_paid_before_the_run_it_belongs_to(desk: Desk) -> None:
    """It leaves out whom that one paid: paid first, it would pay everybody, and that one again."""
    released = desk.store(kind="release", of=desk.run)
    assert codes(lambda: desk.pay(released)) == ["main_first"]
    desk.pay()
    assert codes(lambda: desk.pay(released)) == ["nothing_to_pay"]


def test_a_release_pays_those_who_were_held_and_nobody_twice(desk: Desk) -> None:
    with desk.write() as session:
        adjust(session, session.get_one(StoredRun, desk.run), "hold", "B", run_id=desk.run)
    desk.pay()
    released = desk.pay(desk.store(kind="release", of=desk.run))
    assert [x.id for x in released.pay_list.lines] == ["B"]
    assert {(x["id"], x["why"]) for x in released.left_out} == {("A", "paid"), ("D", "paid")}
    once_more = desk.store(kind="release", of=desk.run)
    assert codes(lambda: desk.pay(once_more)) == ["nothing_to_pay"]


def test_a_supplement_pays_its_differences_alone(desk: Desk) -> None:
    desk.pay()
    run = desk.store(points={"A": "61", "B": "40", "D": "1.115"}, kind="supplement", of=desk.run)
    with desk.write() as session:
        stored = session.get_one(StoredRun, run)
        adjust(session, stored, "difference", "A", run_id=desk.run, linked_run_id=run,
               amount=Decimal("10"))  # fmt: skip
        adjust(session, stored, "difference", "B", run_id=desk.run, linked_run_id=run,
               amount=Decimal("-2.5"))  # fmt: skip
    paid = desk.pay(run)
    assert [(x.id, x.amount) for x in paid.pay_list.lines] == [("A", Decimal("10"))]
    assert [(x["id"], x["amount"], x["why"]) for x in paid.left_out] == [("B", "-2.5", "owed")]


def test_differences_count_against_the_ceiling_of_the_period_they_are_paid_in(desk: Desk) -> None:
    october = Period.parse("2026-10")
    run = desk.store(points={"A": "61", "B": "40", "D": "1.115"}, kind="supplement", of=desk.run)
    with desk.write() as session:
        adjust(session, session.get_one(StoredRun, run), "difference", "A", run_id=desk.run,
               linked_run_id=run, amount=Decimal("10"), period=october)  # fmt: skip
        set_ceiling(session, desk.hospital, october, Decimal("9.99"), by="boss", reason="文件")
        set_ceiling(session, desk.hospital, PERIOD, Decimal("1013.65"), by="boss", reason="文件")
        found = ceiling_problems(session, session.get_one(StoredRun, run))
        assert [(p.code, p.place) for p in found] == [
            ("storage.ceiling", "2026-10"), ("storage.no_ceiling", "2026")
        ]  # fmt: skip
        main = ceiling_problems(session, session.get_one(StoredRun, desk.run))
        assert [p.code for p in main] == ["storage.no_ceiling"]


def test_the_ceilings_of_month_and_year_are_checked_before(desk: Desk) -> None:
    def ceiling(period: str, amount: str) -> None:
        with desk.write() as session:
            set_ceiling(session, desk.hospital, Period.parse(period), Decimal(amount), by="boss",
                        reason="核定文件")  # fmt: skip

    def told(run: int) -> list[tuple[str, str, str]]:
        with reading(desk.engine) as session:
            found = ceiling_problems(session, session.get_one(StoredRun, run))
        return [(p.code.removeprefix("storage."), p.place, p.severity) for p in found]

    assert told(desk.run) == [
        ("no_ceiling", "2026-09", "notice"), ("no_ceiling", "2026", "notice")
    ]  # fmt: skip
    ceiling("2026-09", "1013.64")
    ceiling("2026", "1500")
    assert told(desk.run) == [("ceiling", "2026-09", "problem")]
    assert codes(desk.pay) == ["ceiling"]
    ceiling("2026-09", "1013.65")
    assert told(desk.run) == []
    desk.pay()
    october = desk.store(period="2026-10", points={"A": "48.636", "B": "0"})
    assert told(october) == [("no_ceiling", "2026-10", "notice"), ("ceiling", "2026", "problem")]
    within = desk.store(period="2026-10", points={"A": "48.635", "B": "0"})
    assert told(within) == [("no_ceiling", "2026-10", "notice")], "it stands in the other's place"


def test_a_ceiling_needs_a_reason_and_is_no_debt(desk: Desk) -> None:
    with writing(desk.engine) as session:
        call = lambda: set_ceiling(  # noqa: E731  # short
            session, desk.hospital, PERIOD, Decimal("-1"), by="boss", reason=" "
        )
        assert codes(call) == ["ceiling_negative", "ceiling_reason"]
