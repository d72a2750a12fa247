"""Bank accounts: entered by one, approved by another, in the clear nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk
from sealed import person
from sqlalchemy import Engine, select

from hpf.storage import account_entries as bank
from hpf.storage.dump import line, rows_of, tables_of
from hpf.storage.engine import reading, writing
from hpf.storage.models import AuditEntry, Staff
from hpf.storage.secrets import AccountKeys, finish_rotation, masked, rotate
from hpf.storage.troubles import StorageError

NEW = "6222999900001111"


@pytest.fixture
def desk(database: Engine, hospital: int, tmp_path: Path) -> Desk:
    return Desk(database, hospital, tmp_path)


def entered(desk: Desk, number: str = NEW, by: str = "甲", id: str = "A") -> list[int]:
    with writing(desk.engine) as session:
        made = bank.enter(session, AccountKeys.read(desk.keys), desk.hospital, {id: number}, by=by)
        found = [one.id for one in made]
        session.commit()
    return found


def approved(desk: Desk, numbers: list[int], by: str = "乙", typed: str = "") -> None:
    with writing(desk.engine) as session:
        keys = AccountKeys.read(desk.keys)
        bank.approve(session, keys, desk.hospital, numbers, by=by, typed=typed)
        session.commit()


def held(desk: Desk, id: str = "A") -> str:
    with reading(desk.engine) as session:
        return bank.number_of(AccountKeys.read(desk.keys), "H", person(session, id))


def refused(call) -> list[str]:
    with pytest.raises(StorageError) as told:
        call()
    return [p.code.partition(".")[2] for p in told.value.problems]


def test_a_number_holds_once_another_account_approved_it(desk: Desk) -> None:
    before = held(desk)
    numbers = entered(desk)
    assert held(desk) == before, "what waits holds for nobody"
    assert refused(lambda: approved(desk, numbers, by="甲")) == ["own_entry"]
    assert refused(lambda: approved(desk, numbers, typed="6222999900001112")) == ["account_differs"]
    assert held(desk) == before
    approved(desk, numbers, typed="6222 9999 0000 1111")
    assert held(desk) == NEW
    assert refused(lambda: approved(desk, numbers)) == ["account_answered"]


def test_nothing_is_in_the_clear_in_any_table(desk: Desk) -> None:
    """What was answered leaves no number behind; the trail has the last four digits."""
    approved(desk, entered(desk))
    waits = entered(desk, "6222888800002222", id="B")
    with desk.engine.connect() as connection:
        said = b"".join(
            line(row) for table in tables_of(connection) for row in rows_of(connection, table)
        )
    for number in (NEW, "6222888800002222"):
        assert number.encode() not in said
        assert number.encode().hex().encode() not in said
    with reading(desk.engine) as session:
        trail = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
        (one, _), *_ = bank.entries(session, desk.hospital, waiting=False)
        assert one.sealed is None
        assert [w.id for w, _ in bank.entries(session, desk.hospital, waiting=True)] == waits
    acts = [e for e in trail if e.action in ("account.entered", "account.approved")]
    assert [(e.action, e.who, e.detail["ends"]) for e in acts] == [
        ("account.entered", "甲", masked(NEW)), ("account.approved", "乙", masked(NEW)),
        ("account.entered", "甲", "****2222"),
    ]  # fmt: skip


def test_what_was_compared_with_another_number_is_not_approved(desk: Desk) -> None:
    """Two people enter for one person: the later entry counts, and an older basis does not."""
    first = entered(desk, NEW, by="甲")
    second = entered(desk, "6222777700003333", by="丙")
    assert refused(lambda: approved(desk, first)) == ["account_answered"]
    with writing(desk.engine) as session:  # as `hpf pay accounts` does it
        from hpf.storage.secrets import set_account

        keys = AccountKeys.read(desk.keys)
        set_account(session, keys, person(session, "A"), "6222666600004444", "x")
        session.commit()
    assert refused(lambda: approved(desk, second)) == ["account_moved"]
    assert held(desk) == "6222666600004444"
    with writing(desk.engine) as session:
        bank.send_back(session, desk.hospital, second, by="乙", reason="已改")
        session.commit()
    assert refused(lambda: approved(desk, second)) == ["account_answered"]


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_entered(desk: Desk) -> None:
    def enter() -> None:
        with writing(desk.engine) as session:
            given = {"A": NEW, "B": "12", "Z": NEW}
            bank.enter(session, AccountKeys.read(desk.keys), desk.hospital, given, by="甲")
            session.commit()

    assert sorted(refused(enter)) == ["account", "unknown_person"]
    with reading(desk.engine) as session:
        assert bank.entries(session, desk.hospital, waiting=True) == []


def test_what_waits_survives_a_change_of_the_key_and_an_account_can_be_taken_away(
    desk: Desk,
) -> None:
    numbers = entered(desk)
    gone = entered(desk, "", id="B")
    with writing(desk.engine) as session:
        rotate(session, desk.keys, "it")
        session.commit()
    finish_rotation(desk.keys)
    for old in desk.keys.glob("accounts.????????.key"):
        old.unlink()  # nothing needs it any more
    approved(desk, [*numbers, *gone], typed="")
    assert (held(desk, "A"), held(desk, "B")) == (NEW, "")
    with reading(desk.engine) as session:
        assert session.scalars(select(Staff).where(Staff.code == "B")).one().account is None
    assert entered(desk, NEW) == [], "what stands there makes no entry"
