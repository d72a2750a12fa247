"""The ledger of points: what is booked stays, and is taken back only by a counter-entry."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest
from pointing import DAY, JULY, LEDGER, OCTOBER, Q4, House
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hpf.core.errors import HpfError
from hpf.storage.ledgers import entries_of
from hpf.storage.models import LedgerEntry
from hpf.workflow.evidence import EvidenceFiles, of_objects
from hpf.workflow.ledgers import open_book
from hpf.workflow.ledgers_entries import PAPERS, book_points, late, lines_of, see, sum_of

TABLES = ("ledger_entries", "ledger_adjustments", "ledger_sightings", "notes")


def codes(error: pytest.ExceptionInfo[HpfError]) -> list[str]:
    return [p.code for p in error.value.problems]


def total(house: House, person: str) -> Decimal:
    found = house.see(lambda s: entries_of(s, house.book(s).id, LedgerEntry.person == person))
    return sum_of(found)


def test_an_entry_has_the_standard_s_points_and_its_sign(house: House) -> None:
    house.opened()
    house.add("A2", "S1")
    house.add("A2", "S3")
    house.add("A2", "S2", by="A1")  # the head of the department
    assert total(house, "A2") == Decimal(5) - 3 + 2


def test_what_may_not_be_booked_is_told_at_once(house: House) -> None:
    """No such standard; a day outside the period; no reason; one's own; another's people."""
    house.opened()
    with pytest.raises(HpfError) as error:
        house.add("A2", "S9")
    assert codes(error) == ["ledger.standard"]
    assert "Did you mean S3?" in error.value.problems[0].cure.en
    with pytest.raises(HpfError) as error:
        house.add("B2", "S1", by="A1", day=dt.date(2026, 6, 30), reason=" ")
    assert codes(error) == ["ledger.charge", "ledger.day", "ledger.why"]
    with pytest.raises(HpfError) as error:
        house.add("A1", "S1", by="A1")
    assert codes(error) == ["ledger.own"]
    with pytest.raises(HpfError) as error:
        house.add("X1", "S1")
    assert codes(error) == ["ledger.person"]
    with pytest.raises(HpfError) as error:
        house.add("A2", "S1", day=dt.date(2026, 7, 11))
    assert codes(error) == ["ledger.future"]
    for login in ("A2", "desk", "boss"):
        with pytest.raises(HpfError) as error:
            house.add("A3", "S1", by=login)
        assert codes(error) == ["ledger.charge"], login
    assert total(house, "A2") == 0


def test_the_same_event_is_not_booked_twice(house: House) -> None:
    """A second click is told which entry it would repeat; a second event says so in its reason."""
    house.opened()
    first = house.add("A2", "S1")
    with pytest.raises(HpfError) as error:
        house.add("A2", "S1")
    assert codes(error) == ["ledger.twin"]
    assert str(first) in error.value.problems[0].message.en
    house.undo(first)
    house.add("A2", "S1")
    house.add("A2", "S1", reason="下午又一次")
    assert total(house, "A2") == 10


def test_a_file_stands_in_for_a_reason(house: House, tmp_path) -> None:
    house.opened()
    files = EvidenceFiles(tmp_path / "evidence")
    with house.acting() as act:
        one = book_points(act, house.book(act.session), "A2", "S1", DAY, "",
                          [("letter.pdf", b"%PDF-1.4 x")], files).id  # fmt: skip
    (kept,) = house.see(lambda s: of_objects(s, 1, PAPERS, [str(one)]))[str(one)]
    assert files.read(kept) == b"%PDF-1.4 x"
    with pytest.raises(HpfError) as error, house.acting() as act:
        book_points(act, house.book(act.session), "A3", "S1", DAY, "", [("a.exe", b"MZ")], files)
    assert codes(error) == ["evidence.type"]


def test_a_reversal_restores_the_value_and_never_twice(either: House) -> None:
    either.opened()
    either.add("A2", "S2")
    before = total(either, "A2")
    wrong = either.add("A2", "S3")
    counter = either.undo(wrong)
    assert total(either, "A2") == before
    with pytest.raises(HpfError) as error:
        either.undo(wrong)
    assert codes(error) == ["ledger.reversed"]
    assert str(counter) in error.value.problems[0].message.zh
    with pytest.raises(HpfError) as error:
        either.undo(counter)
    assert codes(error) == ["ledger.counter"]
    with pytest.raises(HpfError) as error:
        either.undo(either.add("A2", "S1"), reason="")
    assert codes(error) == ["ledger.why"]
    own = either.add("A1", "S3")
    with pytest.raises(HpfError) as error:
        either.undo(own, by="A1")
    assert codes(error) == ["ledger.own"]


def test_of_two_reversals_at_once_one_stands(either: House) -> None:
    """Two offices press the button in the same moment."""
    either.opened()
    number = either.add("A2", "S1")
    gate, done, refused = threading.Barrier(2), [], []

    def press() -> None:
        gate.wait()
        try:
            done.append(either.undo(number))
        except HpfError as error:
            refused.append([p.code for p in error.problems])

    threads = [threading.Thread(target=press) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(done), refused) == (1, [["ledger.reversed"]])
    assert total(either, "A2") == 0


def test_the_database_itself_keeps_what_was_recorded(either: House) -> None:
    """By whatever way it is asked: no change, no deletion, nothing more in a closed ledger."""
    either.opened()
    number = either.add("A2", "S1")
    either.change("S1", "5.5")
    with either.acting("A2") as act:
        assert see(act) == 1
    with either.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO notes (id, hospital_id, kind, scheme, subject, unit, day, text, "
                 "detail, \"by\", role, \"at\") VALUES (1, 1, 'x', '', '', '', '2026-07-10', 'x', "
                 "'{}', 'x', '', '2026-07-10T00:00:00.000000Z')")
        )  # fmt: skip
    statements = [f"UPDATE {t} SET \"by\" = 'x'" for t in TABLES]
    statements += [f"DELETE FROM {t}" for t in (*TABLES, "ledger_books")]
    statements += ["UPDATE ledger_books SET rules = '{}'"]
    copy = ("INSERT INTO ledger_entries SELECT id + 90, book_id, person, department, standard, "
            "sign, points, day, reason, NULL, adjustment_id, \"by\", \"at\" FROM ledger_entries "
            f"WHERE id = {number}")  # fmt: skip
    for statement in statements:
        refused(either, statement)
    either.close()
    for statement in (*statements, copy, "UPDATE ledger_books SET digest = NULL"):
        refused(either, statement)


def refused(house: House, statement: str) -> None:
    with (
        pytest.raises(DBAPIError, match=r"hpf: \w+: \w+ refused"),
        house.engine.begin() as connection,
    ):
        connection.execute(text(statement))


def test_a_ledger_is_opened_once_with_its_standards(house: House) -> None:
    house.opened()
    with pytest.raises(HpfError) as error:
        house.opened()
    assert codes(error) == ["ledger.twice"]
    with pytest.raises(HpfError) as error, house.acting("A1") as act:
        open_book(act, LEDGER, house.program, Q4)
    assert codes(error) == ["role.not_held"]
    from hpf.core.periods import Period

    with pytest.raises(HpfError) as error, house.acting() as act:
        open_book(act, LEDGER, house.program, Period.parse("2027-Q1"))
    assert codes(error) == ["ledger.no_standards"]


# A manager's adjustment


def test_an_adjustment_at_the_bound_passes_and_one_step_beyond_is_refused(house: House) -> None:
    """The limit is a fifth of the standard's own points, inclusive; refused, not clipped."""
    house.opened()
    for beyond in ("6.01", "3.99"):
        with pytest.raises(HpfError) as error:
            house.change("S1", beyond)
        assert codes(error) == ["ledger.limit"]
        assert "4–6" in error.value.problems[0].message.en
    house.change("S1", "6")
    house.change("S1", "4")
    house.add("A2", "S1")
    assert total(house, "A2") == 4


def test_the_budget_of_a_manager_is_spent_whichever_way(house: House) -> None:
    """Three points a period: up one, down two, and no more."""
    house.opened()
    house.change("S1", "6")
    house.change("S1", "4")
    with pytest.raises(HpfError) as error:
        house.change("S3", "3.1")
    assert codes(error) == ["ledger.budget"]
    house.change("S1", "5.5", by="B1")  # another manager has a budget of their own


def test_what_else_an_adjustment_may_not_do(house: House) -> None:
    """A fixed standard; back in time; outside the period; without a reason; another's ward."""
    house.opened()
    with pytest.raises(HpfError) as error:
        house.change("S2", "2.1", since=dt.date(2026, 7, 9), reason="")
    assert codes(error) == ["ledger.fixed", "ledger.back", "ledger.why"]
    with pytest.raises(HpfError) as error:
        house.change("S1", "5.5", since=dt.date(2026, 10, 1))
    assert codes(error) == ["ledger.day"]
    house.change("S1", "5.5", since=dt.date(2026, 8, 1))
    with pytest.raises(HpfError) as error:
        house.change("S1", "5.2")
    assert codes(error) == ["ledger.later"]
    for login in ("office", "A2"):
        with pytest.raises(HpfError) as error:
            house.change("S1", "5.5", by=login)
        assert codes(error) == ["role.not_held"]


def test_what_is_booked_keeps_its_points_and_earlier_events_the_old_ones(house: House) -> None:
    """From 20 July the standard is worth 6 in one ward; what happened before is 5 for ever."""
    house.opened()
    house.add("A2", "S1")
    house.change("S1", "6", since=dt.date(2026, 7, 20))
    later = JULY + dt.timedelta(days=12)
    house.add("A2", "S1", day=dt.date(2026, 7, 19), at=later)
    house.add("A2", "S1", day=dt.date(2026, 7, 20), at=later)
    house.add("B2", "S1", day=dt.date(2026, 7, 20), at=later)  # another ward
    entries = house.see(lambda s: entries_of(s, house.book(s).id))
    assert [e.points for e in entries] == [5, 5, 6, 5]
    assert [e.adjustment_id is not None for e in entries] == [False, False, True, False]


# Seen by the person


def test_the_first_time_that_a_person_sees_an_entry_is_noted(house: House) -> None:
    house.opened()
    first, second = house.add("A2", "S1"), house.add("A3", "S1")
    with house.acting("A2", JULY + dt.timedelta(days=2)) as act:
        assert see(act) == 1
    with house.acting("A2", JULY + dt.timedelta(days=5)) as act:
        assert see(act) == 0, "once is enough"
    with house.acting("office") as act:
        assert see(act) == 0, "the office is nobody's account"
    with house.acting() as act:
        lines = lines_of(act, house.book(act.session))
        seen = {one.entry.id: one.seen for one in lines}
        assert seen == {first: dt.date(2026, 7, 12), second: None}
        assert late(lines, 7, dt.date(2026, 7, 17)) == []
        assert [one.entry.id for one in late(lines, 7, dt.date(2026, 7, 18))] == [second]
        assert [one.entry.id for one in late(lines, 1, DAY)] == [first]
        assert [one.entry.person for one in lines_of(act, house.book(act.session), ["A3"])] == [
            "A3"
        ]


def test_after_the_close_what_was_wrong_is_reversed_in_the_next_period(house: House) -> None:
    """Not in a closed ledger, and nowhere while no later one is open."""
    house.opened()
    number = house.add("A2", "S1")
    house.close()
    with pytest.raises(HpfError) as error:
        house.add("A2", "S1", at=OCTOBER)
    assert codes(error) == ["ledger.closed"]
    with pytest.raises(HpfError) as error:
        house.undo(number, at=OCTOBER)
    assert codes(error) == ["ledger.no_open"]
    house.opened(Q4, OCTOBER)
    counter = house.undo(number, at=OCTOBER)
    with house.acting(at=OCTOBER) as act:
        (line,) = lines_of(act, house.book(act.session, Q4))
        assert (line.entry.id, line.effect, line.entry.day) == (counter, -5, OCTOBER.date())
        (line,) = lines_of(act, house.book(act.session))
        assert line.by_entry == counter
    with pytest.raises(HpfError) as error:
        house.undo(number, at=OCTOBER)
    assert codes(error) == ["ledger.reversed"]


def test_every_act_stands_in_the_audit_trail(house: House) -> None:
    house.opened()
    house.undo(house.add("A2", "S1"))
    house.change("S1", "5.5")
    with house.acting("A2") as act:
        see(act)
    house.close()
    rows = house.see(
        lambda s: s.execute(
            text("SELECT action, who FROM audit WHERE action LIKE 'ledger.%' ORDER BY seq")
        ).all()
    )
    assert [tuple(r) for r in rows] == [
        ("ledger.opened", "office"), ("ledger.booked", "office"), ("ledger.reversed", "office"),
        ("ledger.adjusted", "A1"), ("ledger.seen", "A2"), ("ledger.closed", "office"),
    ]  # fmt: skip
