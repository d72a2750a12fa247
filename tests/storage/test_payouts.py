"""Payment: what the seal says, to the fen, to each person once."""

from __future__ import annotations

import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, codes
from sealed import POINTS, person, ward
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from hpf.core.errors import HpfError
from hpf.core.periods import Period
from hpf.storage.audit_checks import verify
from hpf.storage.audit_heads import kept_heads, public_key
from hpf.storage.engine import reading
from hpf.storage.models import AuditEntry, Cycle, PayoutBatch, PayoutState, StoredRun
from hpf.storage.payouts import make_batch
from hpf.storage.secrets import AccountKeys, set_account
from hpf.workflow.payments import pay_again

PERIOD = Period.parse("2026-09")


@pytest.fixture
def desk(database: Engine, hospital: int, tmp_path: Path) -> Desk:
    return Desk(database, hospital, tmp_path)


def test_a_batch_is_what_the_sealed_run_pays_to_the_fen(desk: Desk) -> None:
    paid = desk.pay()
    lines = [(x.id, x.name, x.account, x.amount) for x in paid.pay_list.lines]
    assert lines == [
        ("A", "甲", "6222000000000001", Decimal("600")),
        ("B", "乙", "6222000000000002", Decimal("402.5")),
        ("D", "丁", "6222000000000004", Decimal("11.15")),
    ], "C earned nothing, and nothing is paid"
    assert paid.pay_list.total == sum(Decimal(p) * 10 for p in POINTS.values())
    with reading(desk.engine) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "payout.made")).one()
        seal = session.get_one(StoredRun, desk.run).seal
    assert entry.detail["total"] == "1013.65"
    assert entry.detail["seal"] == seal
    with reading(desk.engine) as session:
        verdict = verify(session, public_key(desk.keys), kept_heads(desk.keys))
    assert verdict.problems == ()
    assert verdict.signed == verdict.entries, "the head is signed with the payment"


def test_a_run_is_paid_once(desk: Desk) -> None:
    desk.pay()
    assert codes(desk.pay) == ["paid_already"]
    again = desk.store(points={"A": "61", "B": "1", "D": "1"})
    assert codes(lambda: desk.pay(again)) == ["paid_already"], "nor another run of the period"
    with reading(desk.engine) as session:
        assert len(session.scalars(select(PayoutBatch)).all()) == 1


def test_the_database_itself_refuses_a_second_batch(desk: Desk) -> None:
    desk.pay()
    columns = ("hospital_id, code, run_id, scheme, kind, period, rule, total, left_out, digest, "
               '"by", at')  # fmt: skip
    changed = columns.replace(" code", " code || 'x'")
    with pytest.raises(IntegrityError), desk.engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO payout_batches ({columns}) SELECT {changed} FROM payout_batches")
        )


def test_of_two_who_pay_at_the_same_moment_one_is_told(desk: Desk) -> None:
    ready, outcomes = threading.Barrier(4), []

    def attempt() -> None:
        ready.wait()
        try:
            outcomes.append(desk.pay().pay_list.batch)
        except HpfError as error:
            outcomes.append(error.problems[0].code)

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["H-2026-09-1", *["storage.paid_already"] * 3]


def test_whoever_has_no_account_is_told_and_paid_in_cash_where_that_is_said(desk: Desk) -> None:
    run = desk.store(period="2026-10", points={"A": "1", "B": "1", "C": "2"})
    with desk.write() as session:
        set_account(session, AccountKeys.read(desk.keys), person(session, "B"), "", "甲")
    with pytest.raises(HpfError) as told:
        desk.pay(run)
    assert [(p.code, p.id) for p in told.value.problems] == [
        ("storage.no_account", "B"), ("storage.no_account", "C")
    ]  # fmt: skip
    paid = desk.pay(run, cash=True)
    assert [x.id for x in paid.pay_list.cash] == ["B", "C"]
    assert [x.id for x in paid.pay_list.transfers] == ["A"]
    assert paid.pay_list.total == 40


def test_whoever_stands_in_no_register_is_told_even_in_cash(desk: Desk) -> None:
    run = desk.store(period="2026-10", points={"A": "1", "E": "1"})
    assert codes(lambda: desk.pay(run)) == ["not_registered"]
    paid = desk.pay(run, cash=True)
    told = [(p.id, p.severity) for p in paid.notices if p.code == "storage.not_registered"]
    assert told == [("E", "notice")]


def test_what_is_not_to_the_fen_is_told_for_every_line(desk: Desk) -> None:
    run = desk.store(period="2026-11", points={"A": "1.00005", "B": "2.00005", "D": "1"},
                     program=ward(desk.folder, fen=False))  # fmt: skip
    assert codes(lambda: desk.pay(run)) == ["not_fen", "not_fen"]


def test_where_a_scheme_pays_two_lines_one_has_to_be_named(desk: Desk) -> None:
    run = desk.store(period="2026-11", program=ward(desk.folder, open_choice=True))
    assert codes(lambda: desk.pay(run)) == ["no_payout_rule"]
    assert codes(lambda: desk.pay(run, rule="staff.points")) == ["no_payout_rule"]
    assert desk.pay(run, rule="staff.bonus").pay_list.total == Decimal("101.37")


def test_states_follow_one_another_with_who_and_why(desk: Desk) -> None:
    code = desk.pay().pay_list.batch
    assert set(desk.states(code).values()) == {""}
    assert codes(lambda: desk.mark(code, "paid", "A")) == ["state"], "not sent yet"
    assert desk.mark(code, "sent") == 3
    assert codes(lambda: desk.mark(code, "sent")) == ["nothing_to_mark"]
    assert codes(lambda: desk.mark(code, "returned", "B")) == ["no_reason"]
    assert desk.mark(code, "returned", "B", reason="户名不符") == 1
    assert desk.mark(code, "paid") == 2, "the rest"
    assert codes(lambda: desk.mark(code, "paid", "B")) == ["state"]
    assert codes(lambda: desk.mark(code, "paid", "X")) == ["no_line"]
    assert desk.states(code) == {"A": "paid", "B": "returned", "D": "paid"}
    with reading(desk.engine) as session:
        (entry,) = session.scalars(select(PayoutState).where(PayoutState.state == "returned"))
    assert (entry.by, entry.reason) == ("出纳", "户名不符")
    assert entry.at is not None
    assert desk.actions()[-4:] == ["payout.made", "payout.sent", "payout.returned", "payout.paid"]


def test_what_came_back_is_reissued_once_to_the_new_account(desk: Desk) -> None:
    code = desk.pay().pay_list.batch
    desk.mark(code, "sent")
    again: dict[str, Any] = {"by": "出纳", "reason": "更正账号", "files": {}}
    call = lambda **more: pay_again(  # noqa: E731  # said often below
        desk.engine, desk.keys, desk.hospital, code, **(again | more)
    )
    assert codes(call) == ["nothing_returned"]
    desk.mark(code, "returned", "B", reason="户名不符")
    with desk.write() as session:
        set_account(session, AccountKeys.read(desk.keys), person(session, "B"), "6222999900001111",
                    "甲")  # fmt: skip
    assert codes(lambda: call(reason=" ")) == ["no_reason"]
    paid = call()
    assert [(x.id, x.account, x.amount) for x in paid.pay_list.lines] == [
        ("B", "6222999900001111", Decimal("402.5"))
    ]
    assert paid.pay_list.batch == "H-2026-09-1-1"
    assert desk.states(code)["B"] == "reissued"
    assert codes(call) == ["nothing_returned"]
    assert codes(lambda: call(ids=["B"])) == ["state"]
    assert codes(lambda: desk.mark(code, "paid", "B")) == ["state"]
    desk.mark(paid.pay_list.batch, "sent")
    desk.mark(code, "returned", "D", reason="销户")
    assert call().pay_list.batch == "H-2026-09-1-2", "a second wave of returns"


def test_a_cycle_has_to_have_come_so_far(desk: Desk) -> None:
    def at(state: str, pay_first: bool = False, run: int | None = None) -> list[str]:
        with desk.write() as session:
            for old in session.scalars(select(Cycle)):
                session.delete(old)
            session.flush()
            cycle = Cycle(hospital_id=desk.hospital, scheme="ward", period=PERIOD, state=state)
            cycle.run_id, cycle.pay_first, cycle.calendar = run or desk.run, pay_first, {}
            session.add(cycle)
        return codes(lambda: desk.pay(without_cycle=False))

    assert codes(lambda: desk.pay(without_cycle=False)) == ["pay.no_cycle"]
    assert at("publicise") == ["pay.stage"]
    assert at("review", pay_first=True) == ["pay.stage"]
    other = desk.store()
    assert at("final", run=other) == ["pay.other_run"]
    assert at("publicise", pay_first=True, run=other) == ["pay.other_run"], "far enough"
    with desk.write() as session:
        session.scalars(select(Cycle)).one().run_id = desk.run
    assert desk.pay(without_cycle=False).pay_list.total == Decimal("1013.65")


def test_an_unsealed_run_is_not_paid(desk: Desk) -> None:
    with desk.write() as session:
        sealed = session.get_one(StoredRun, desk.run)
        values = {c.name: getattr(sealed, c.name) for c in StoredRun.__table__.columns}
        values |= {"id": None, "seal": None, "seal_parts": None, "period": Period.parse("2026-08")}
        session.add(one := StoredRun(**values))
        session.flush()
        with pytest.raises(HpfError, match="not sealed"):
            make_batch(session, one, by="出纳")
