"""Votes of a committee on the run under review: opened, cast one each, counted when closed.

A resolution holds for the run it was about. Whoever calculated or submitted that run may sit in
the meeting but not vote on it: they recuse themselves, and count neither as present nor as due.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.errors import HpfError, Problem, Text
from hpf.core.periods import Period
from hpf.storage import cycles as kept
from hpf.storage.models import Ballot, StoredRun, Vote
from hpf.storage.people import committee as find_committee
from hpf.storage.people import find_user, seat, seats, unseat
from hpf.workflow.acting import Act, actor
from hpf.workflow.composition import SETTING, seat_problems
from hpf.workflow.roles import Actor, Role, own_entry
from hpf.workflow.service import Programs
from hpf.workflow.settings import enough
from hpf.workflow.situation import draw
from hpf.workflow.stages import Stage

OFFICE = (Role.MANAGEMENT, Role.HR)
CHOICES = {"yes": Text("赞成", "yes"), "no": Text("反对", "no"), "abstain": Text("弃权", "abstain"),
           "recused": Text("回避", "recused")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a ballot ended. valid: a quorum took part; passed: and enough of it said yes."""

    ballot: int
    count: kept.Count
    valid: bool
    passed: bool


def seat_member(act: Act, code: str, login: str, since: dt.date, *, name: str, title: str) -> bool:
    """Give a seat on a committee, which is made where there is none; False where it is held."""
    actor(act, OFFICE)
    body = find_committee(act.session, act.hospital, code, name, make=True)
    user = find_user(act.session, login)
    return seat(act.session, body, user, since, title=title, by=act.account, hospital=act.code,
                detail=act.told())  # fmt: skip


def unseat_member(act: Act, code: str, login: str, until: dt.date) -> bool:
    """End a seat from a day on; False where there is none."""
    actor(act, OFFICE)
    body = find_committee(act.session, act.hospital, code)
    user = find_user(act.session, login, active=False)
    return unseat(act.session, body, user, until, by=act.account, hospital=act.code,
                  detail=act.told())  # fmt: skip


def open_ballot(
    act: Act, programs: Programs, scheme: str, period: Period, code: str, question: str
) -> Ballot:
    """Put the run under review to a committee.

    Raises HpfError: not under review, no seats or not those that have to be filled, another ballot
    open, `majority` not settled.
    """
    row = kept.find_cycle(act.session, act.hospital, scheme, period, hold=True)
    actor(act, OFFICE)
    body = find_committee(act.session, act.hospital, code)
    drawn = draw(act.session, act.hospital, programs, row, act.today)
    where = f"{scheme} {period}"
    bad = []
    if drawn.cycle.stage is not Stage.REVIEW:
        now = drawn.cycle.stage.names
        message = Text(f"流程在“{now.zh}”，没有待审的结果", f"at '{now.en}': nothing to vote on")
        cure = Text("提交审核之后才能表决", "A vote comes once a run is submitted")
        bad.append(Problem("vote.stage", message, cure, where))
    members = seats(act.session, body.id, act.today)
    wanted = drawn.settings.get(SETTING, {})
    bad += seat_problems(wanted, [member.seat for member, _ in members], code)
    if not members:
        message = Text(f"{body.name} 还没有成员", f"nobody sits on '{body.code}'")
        cure = Text("先登记成员：hpf vote seat", "Seat its members: hpf vote seat")
        bad.append(Problem("vote.seats", message, cure, code))
    still = [b for b in kept.ballots_of(act.session, row.id) if b.closed_at is None]
    bad += [
        Problem(
            "vote.open",
            Text(f"{b.id} 号表决还没有结束", f"ballot {b.id} is still open"),
            Text(f"请先结束：hpf vote close {b.id}", f"Close it: hpf vote close {b.id}"),
            where,
        )
        for b in still
    ]
    if "majority" not in drawn.settings:
        message = Text("没有定赞成票比例", "the share of yes votes is not settled")
        cure = Text("hpf cycle settle majority=1/2 --reason 依据，再重新计划",
                    "hpf cycle settle majority=1/2 --reason WHY, and plan anew")  # fmt: skip
        bad.append(Problem("cycle.setting", message, cure, name="majority"))
    if bad:
        raise HpfError(bad)
    made = Ballot(
        committee_id=body.id,
        cycle_id=row.id,
        appeal_id=None,
        run_id=row.run_id,
        question=question.strip() or f"{scheme} {period}",
        quorum=str(drawn.policy.quorum),
        majority=str(drawn.settings["majority"]),
        opened_at=act.at,
        closed_at=None,
    )
    act.session.add(made)
    act.session.flush()
    detail = {"ballot": made.id, "committee": code, "run": row.run_id, "question": made.question,
              "quorum": made.quorum, "majority": made.majority}  # fmt: skip
    act.audit("vote.opened", f"cycle:{scheme}:{period}", detail)
    return made


def cast(act: Act, ballot: int, choice: str) -> Vote:
    """One member's vote. HpfError: no member, voted already, closed, or a vote on one's own run."""
    found = kept.find_ballot(act.session, act.hospital, ballot, hold=True)
    find_user(act.session, act.account)
    place = f"ballot {ballot}"
    sitting = seats(act.session, found.committee_id, kept.local_day(found.opened_at))
    mine = next((m for m, login in sitting if login == act.account), None)
    bad = []
    if mine is None:
        message = Text(f"账号 {act.account} 不是成员", f"account '{act.account}' has no seat")
        cure = Text("只有开始表决那天的成员可以投票", "Those vote who sat when it was opened")
        bad.append(Problem("vote.member", message, cure, place))
    if found.closed_at is not None:
        message = Text("表决已经结束", "the ballot is closed")
        cure = Text("需要时请重新表决：hpf vote open", "Open another one: hpf vote open")
        bad.append(Problem("vote.closed", message, cure, place))
    query = select(Vote.id).where(Vote.ballot_id == ballot)
    if mine is not None and act.session.scalar(query.where(Vote.member_id == mine.id)) is not None:
        message = Text(f"账号 {act.account} 已经投过票", f"account '{act.account}' has voted")
        cure = Text("投出的票不能更改", "A vote that is cast stays")
        bad.append(Problem("vote.twice", message, cure, place))
    if choice not in CHOICES:
        message = Text(f"没有“{choice}”这种票", f"there is no vote '{choice}'")
        bad.append(Problem("vote.choice", message, Text("yes、no、abstain、recused",
                                                        ", ".join(CHOICES)), place))  # fmt: skip
    elif choice != "recused":
        own = own_entry(Actor(act.account, Role.HR), _authors(act, found), Text("结果", "run"))
        bad += own
    if bad or mine is None:
        raise HpfError(bad)
    made = Vote(ballot_id=ballot, member_id=mine.id, choice=choice, at=act.at)
    act.session.add(made)
    act.session.flush()
    act.audit("vote.cast", f"ballot:{ballot}", {"choice": choice})
    return made


def close_ballot(act: Act, ballot: int) -> Outcome:
    """Count, and close for good. Without a quorum nothing is resolved."""
    found = kept.find_ballot(act.session, act.hospital, ballot, hold=True)
    actor(act, OFFICE)
    if found.closed_at is not None:
        message = Text(f"{ballot} 号表决已经结束", f"ballot {ballot} is closed already")
        raise HpfError([Problem("vote.closed", message, place=f"ballot {ballot}")])
    found.closed_at = act.at
    result = outcome(act.session, found)
    count = result.count
    detail = {"seats": count.seats, "entitled": count.entitled, "present": count.present,
              "yes": count.yes, "no": count.no, "abstain": count.abstain,
              "valid": result.valid, "passed": result.passed}  # fmt: skip
    act.audit("vote.closed", f"ballot:{ballot}", detail)
    return result


def outcome(session: Session, ballot: Ballot) -> Outcome:
    """How a ballot stands: compared in whole numbers, 2/3 of those due being enough."""
    count, quorum = kept.count(session, ballot), Fraction(ballot.quorum)
    valid = count.entitled > 0 and (
        count.present * quorum.denominator >= quorum.numerator * count.entitled
    )
    passed = valid and enough(count.yes, count.present, Fraction(ballot.majority))
    return Outcome(ballot.id, count, valid, passed)


def _authors(act: Act, ballot: Ballot) -> set[str]:
    """Who calculated the run, and who submitted it."""
    found = set()
    if ballot.run_id is not None:
        found.add(act.session.get_one(StoredRun, ballot.run_id).by)
    if ballot.cycle_id is not None:
        moves = kept.moves_of(act.session, ballot.cycle_id)
        found |= {m.by for m in [m for m in moves if m.name == "submit"][-1:]}
    return found
