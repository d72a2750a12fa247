"""What an account has to do in a cycle: votes of its committees, tasks of its party, rechecks.

Nothing here needs the right to look at results: a member of a committee, a head and the IT desk
have tasks as well, and see of the matter what their own rights show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from hpf.core.errors import Text
from hpf.portal.access import me
from hpf.portal.clock import today
from hpf.portal.database import session
from hpf.portal.language import say
from hpf.portal.rights import Viewer
from hpf.storage import cycles as kept
from hpf.storage.models import (
    Appeal,
    Ballot,
    Committee,
    Cycle,
    Department,
    Member,
    User,
    Vote,
)
from hpf.storage.people import seats
from hpf.workflow import ballots
from hpf.workflow.roles import Role
from hpf.workflow.situation import Drawn
from hpf.workflow.tasks import MATRIX, Done


@dataclass(frozen=True, slots=True)
class Voting:
    """A ballot. wanted: who must take part for a quorum, of those who may vote; votes: who did."""

    id: int
    question: str
    committee: str
    run: int | None
    count: kept.Count
    quorum: str
    majority: str
    valid: bool
    passed: bool
    closed: bool
    voters: tuple[tuple[str, str], ...]
    mine: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """A task of the matrix. done: by whom, '' while it is open; text: what was done; part: done by
    some departments and not by all."""

    code: str
    name: str
    who: str
    unit: str
    done: str
    text: str
    mine: bool
    part: bool = False


def parties(who: Viewer) -> set[Role]:
    """The parties of the cycle that an account acts for."""
    return {p for r in who.roles if (p := r.party)}


def has_tasks(who: Viewer) -> bool:
    """Whether the page of tasks is for somebody: a party of the cycle, a seat, a recheck."""
    if parties(who):
        return True
    seat = (
        select(Member.id)
        .join(User, User.id == Member.user_id)
        .join(Committee, Committee.id == Member.committee_id)
        .where(
            User.login == who.login,
            Committee.hospital_id == who.hospital,
            Member.since <= today(),
            or_(Member.until.is_(None), Member.until > today()),
        )
    )
    return session().scalar(seat.limit(1)) is not None or bool(rechecks(who))


def rechecks(who: Viewer) -> list[Appeal]:
    """Appeals that wait for an account's decision, the earliest due first."""
    rows = session().scalars(
        select(Appeal)
        .where(Appeal.hospital_id == who.hospital, Appeal.state == "open")
        .order_by(Appeal.decide_by, Appeal.id)
    )
    return [a for a in rows if who.login in a.reviewers]


def voting(one: Ballot) -> Voting:
    """A ballot as it stands, and whether the viewer's vote is wanted."""
    result = ballots.outcome(session(), one)
    body = session().get_one(Committee, one.committee_id)
    sitting = seats(session(), body.id, kept.local_day(one.opened_at))
    rows = session().execute(
        select(Vote.member_id, Vote.choice).where(Vote.ballot_id == one.id)
    ).all()  # fmt: skip
    cast = {member: choice for member, choice in rows}  # noqa: C416 - rows are no pairs to dict()
    names = {u.login: u.name for u in session().scalars(
        select(User).where(User.login.in_([login for _, login in sitting])))}  # fmt: skip
    voters = tuple(
        (names.get(login, login),
         say(ballots.CHOICES[cast[m.id]]) if m.id in cast else "")
        for m, login in sitting
    )  # fmt: skip
    mine = any(login == me().login and m.id not in cast for m, login in sitting)
    return Voting(
        one.id, one.question, body.name, one.run_id, result.count, one.quorum, one.majority,
        result.valid, result.passed, one.closed_at is not None, voters,
        mine and one.closed_at is None,
    )  # fmt: skip


def votes_wanted(who: Viewer) -> list[Voting]:
    """Open ballots, of any period, in which an account sits and has not voted."""
    open_ = session().scalars(
        select(Ballot)
        .join(Cycle, Cycle.id == Ballot.cycle_id)
        .where(Cycle.hospital_id == who.hospital, Ballot.closed_at.is_(None))
        .order_by(Ballot.id)
    )
    return [one for b in open_ if (one := voting(b)).mine]


def duties(drawn: Drawn) -> list[Duty]:
    """The tasks of the phase that the cycle is in, one for each department where each has it."""
    acts_for = parties(me())
    done = {(d.task, d.actor.department): d for d in drawn.situation.done}
    found = []
    for one in MATRIX:
        if one.phase is not drawn.cycle.stage.phase:
            continue
        units = sorted(drawn.situation.departments) if one.each else [""]
        mine = [u for u in units if not u or u in me().departments]
        if one.each and not mine:
            found.append(_summed(one.code, one.names, one.role.names, units, done))
        for unit in mine:
            closed = done.get((one.code, unit))
            found.append(
                Duty(
                    one.code, say(one.names), say(one.role.names), unit,
                    closed.actor.account if closed else "",
                    " ".join(closed.evidence) if closed else "",
                    closed is None and one.role in acts_for
                    and (not unit or unit in me().departments),
                )
            )  # fmt: skip
    return found


def _summed(
    code: str, names: Text, who: Text, units: Sequence[str], done: Mapping[tuple[str, str], Done]
) -> Duty:
    """One line for all departments: how many have done it, and which have not."""
    open_ = [u for u in units if (code, u) not in done]
    count = f"{len(units) - len(open_)} / {len(units)}"
    asked = select(Department.code, Department.name).where(
        Department.hospital_id == me().hospital, Department.code.in_(open_)
    )
    named = {code: name for code, name in session().execute(asked)}  # noqa: C416 - rows, no pairs
    lacking = say(("、", ", ")).join(named.get(u, u) for u in open_)
    lacking = say(("还差 ", "open: ")) + lacking if open_ else ""
    return Duty(code, say(names), say(who), "", count, lacking, False, bool(open_))
