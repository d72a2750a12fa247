"""Payment: what the seal says, to the fen, to each person once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from sealed import ACCOUNTS, POINTS, adjust, person, ward
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from hpf.core.errors import HpfError
from hpf.core.periods import Period
from hpf.intake.pay_files import BUILT_IN
from hpf.storage.audit_checks import verify
from hpf.storage.audit_heads import kept_heads, public_key
from hpf.storage.ceilings import ceiling_problems, set_ceiling
from hpf.storage.engine import reading, writing
from hpf.storage.models import AuditEntry, Cycle, PayoutBatch, PayoutState, StoredRun
from hpf.storage.payouts import make_batch
from hpf.storage.secrets import AccountKeys, set_account
from hpf.workflow.payments import pay_again, write_again

WRITERS = {w.code: w for w in BUILT_IN}
PERIOD = Period.parse("2026-09")


@pytest.fixture
def desk(database: Engine, hospital: int, tmp_path: Path) -> Desk:
    return Desk(database, hospital, tmp_path)


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(HpfError) as told:
        call()
    assert all(p.message.zh and p.message.en for p in told.value.problems)
    return sorted(p.code.removeprefix("storage.") for p in told.value.problems)


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


def test_every_format_has_the_batch_and_can_be_written_again(desk: Desk) -> None:
    files = {desk.folder / f"list{w.suffix}": w for w in BUILT_IN}
    desk.pay(files=files)
    held = {path: path.read_bytes() for path in files}
    lines = held[desk.folder / "list.txt"].split(b"\r\n")
    assert lines[0] == b"H" + b"H-2026-09-1".ljust(40) + b"00000003" + b"0" * 9 + b"1013652026-09"
    name = "甲".encode("gb18030").ljust(60)
    first = b"D000001" + b"6222000000000001".ljust(32) + name + b"0" * 10 + b"60000"
    assert lines[1] == first + b"A".ljust(20)
    csv = held[desk.folder / "list.csv"].decode("utf-8-sig").splitlines()
    assert csv == ["编号,姓名,账号,方式,金额(元)", "A,甲,6222000000000001,,600.00",
                   "B,乙,6222000000000002,,402.50", "D,丁,6222000000000004,,11.15"]  # fmt: skip
    for path in files:
        assert path.stat().st_mode & 0o077 == 0, "account numbers are for the owner alone"
        path.unlink()
    write_again(desk.engine, desk.keys, desk.hospital, "H-2026-09-1", files)
    assert {path: path.read_bytes() for path in files} == held


def test_a_batch_that_somebody_altered_is_not_written(desk: Desk) -> None:
    desk.pay()
    with desk.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER hpf_payout_lines_update")
        else:
            connection.exec_driver_sql("ALTER TABLE payout_lines DISABLE TRIGGER ALL")
        connection.exec_driver_sql("UPDATE payout_lines SET amount = '601' WHERE row_id = 'A'")
    again = lambda: write_again(desk.engine, desk.keys, desk.hospital, "H-2026-09-1", {})  # noqa: E731
    assert codes(again) == ["batch_altered"]


def test_a_file_that_cannot_be_written_leaves_no_batch(desk: Desk) -> None:
    files = {desk.folder / "a.csv": WRITERS["csv"], desk.folder / "no" / "b.csv": WRITERS["csv"]}
    with pytest.raises(OSError, match="no"):
        desk.pay(files=files)
    assert sorted(p.name for p in desk.folder.iterdir()) == ["keys"]
    with reading(desk.engine) as session:
        assert session.scalars(select(PayoutBatch)).all() == []
    assert "payout.made" not in desk.actions()


def test_an_unsealed_run_is_not_paid(desk: Desk) -> None:
    with desk.write() as session:
        sealed = session.get_one(StoredRun, desk.run)
        values = {c.name: getattr(sealed, c.name) for c in StoredRun.__table__.columns}
        values |= {"id": None, "seal": None, "seal_parts": None, "period": Period.parse("2026-08")}
        session.add(one := StoredRun(**values))
        session.flush()
        with pytest.raises(HpfError, match="not sealed"):
            make_batch(session, one, by="出纳")


def test_no_account_number_stands_in_the_clear(desk: Desk) -> None:
    desk.pay()
    with desk.engine.connect() as connection:
        for table in ("staff", "payout_lines", "audit"):
            said = str(connection.execute(text(f"SELECT * FROM {table}")).all())
            for number in ACCOUNTS.values():
                assert number.replace(" ", "").replace("-", "") not in said, table
