"""Cycles, accounts and committees as they are kept, on both databases."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine

from hpf.core.errors import HpfError
from hpf.core.periods import Period
from hpf.storage import cycles, people
from hpf.storage.engine import reading, writing
from hpf.storage.models import Ballot, Cycle, Department, Vote

DAY = dt.date(2026, 2, 11)
AT = dt.datetime(2026, 2, 10, 17, tzinfo=dt.UTC)  # one in the morning of the 11th in China


def test_departments_of_last_year_are_those_of_last_year(database: Engine, hospital: int) -> None:
    with writing(database) as session:
        for code, opened, closed in (("A", 2020, 2026), ("B", 2026, None)):
            session.add(Department(hospital_id=hospital, code=code, name=code,
                                   opened=dt.date(opened, 1, 1),
                                   closed=closed and dt.date(closed, 1, 1)))  # fmt: skip
        session.flush()
        assert cycles.departments_on(session, hospital, dt.date(2025, 12, 31)) == {"A"}
        assert cycles.departments_on(session, hospital, dt.date(2026, 1, 1)) == {"B"}


def test_a_cycle_that_is_not_there_says_how_to_plan_it(database: Engine, hospital: int) -> None:
    with reading(database) as session, pytest.raises(HpfError) as error:
        cycles.find_cycle(session, hospital, "tiny", Period.parse("2026-01"))
    assert "hpf cycle plan tiny --period 2026-01" in error.value.problems[0].cure.en


def test_roles_of_another_hospital_do_not_count_here(database: Engine, hospital: int) -> None:
    from hpf.storage.models import Hospital

    with writing(database) as session:
        other = Hospital(code="H2", name="另一家")
        session.add(other)
        session.flush()
        user, _ = people.create_user(session, "li", "李", by="admin", hospital="H")
        assert people.grant(session, user, "hr", hospital=other.id, by="admin")
        assert not people.grant(session, user, "hr", hospital=other.id, by="admin"), "held already"
        session.flush()
        here = {h.login: dict(h.roles) for h in people.holdings(session, hospital)}
        there = {h.login: dict(h.roles) for h in people.holdings(session, other.id)}
        assert here == {"li": {}}
        assert there == {"li": {"hr": frozenset()}}
        assert people.revoke(session, user, "hr", hospital=other.id, by="admin")
        session.flush()
        assert not people.revoke(session, user, "hr", hospital=other.id, by="admin")


def test_seats_are_those_of_the_day_the_ballot_was_opened_in_china(
    database: Engine, hospital: int
) -> None:
    """Who joins on that day sits; who leaves on it does not; the recused are not due."""
    with writing(database) as session:
        body = people.committee(session, hospital, "group", "小组", make=True)
        members = {}
        for login, since in (("a", DAY), ("b", DAY), ("gone", DAY - dt.timedelta(days=9)),
                             ("late", DAY + dt.timedelta(days=1))):  # fmt: skip
            user, _ = people.create_user(session, login, login, by="admin", hospital="H")
            assert people.seat(session, body, user, since, by="admin", hospital="H")
            members[login] = user
        session.flush()
        assert people.unseat(session, body, members["gone"], DAY, by="admin", hospital="H")
        cycle = Cycle(hospital_id=hospital, scheme="tiny", period=Period.parse("2026-01"),
                      state="review", run_id=None, pay_first=False, calendar={})  # fmt: skip
        session.add(cycle)
        session.flush()
        ballot = Ballot(committee_id=body.id, cycle_id=cycle.id, appeal_id=None, run_id=None,
                        question="?", quorum="2/3", majority="1/2", opened_at=AT,
                        closed_at=None)  # fmt: skip
        session.add(ballot)
        session.flush()
        sitting = people.seats(session, body.id, DAY)
        assert [login for _, login in sitting] == ["a", "b"]
        for (member, _), choice in zip(sitting, ("yes", "recused"), strict=True):
            session.add(Vote(ballot_id=ballot.id, member_id=member.id, choice=choice, at=AT))
        session.flush()
        count = cycles.count(session, cycles.find_ballot(session, hospital, ballot.id, hold=True))
        assert (count.seats, count.entitled, count.present) == (2, 1, 1)
