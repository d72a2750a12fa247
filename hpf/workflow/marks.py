"""Marks: what one expert takes off one item, with the reason, the visit and the evidence.

    one = Marking("H1-A01", Decimal("0.5"), "查阅资料", "…", visit, [("record.pdf", data)])
    put_marks(act, at, files, table, ways, [one])

An expert marks through the account of the pool's entry, only hospitals they were drawn for, and
each item once: a later mark replaces the earlier one, which stays. Nothing is taken off without
evidence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hpf.core.errors import HpfError, Problem, Text, did_you_mean
from hpf.core.results import plain
from hpf.storage.models import AssessmentEntry, Expert, Mark
from hpf.workflow.acting import Act
from hpf.workflow.assessments import Standing, undecided
from hpf.workflow.assessments_people import EXPERT, expert_of, holds, of_group, pool
from hpf.workflow.assessments_table import Item
from hpf.workflow.draws_held import Team, team_of
from hpf.workflow.evidence import EvidenceFiles, Given, file_problems, keep

MARK = "mark"  # what evidence belongs to
_PLACES = Decimal("0.0001")  # a mark has four decimals at most


@dataclass(frozen=True, slots=True)
class Marking:
    """One mark as it is handed in. visit: the number of the visit's entry; files: evidence."""

    item: str
    deduction: Decimal
    method: str
    reason: str
    visit: int
    files: Given = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark that holds: the last of its chain."""

    id: int
    item: str
    unit: str
    line: str
    expert: str
    deduction: Decimal
    method: str
    reason: str
    visit: int
    by: str


def put_marks(
    act: Act,
    at: Standing,
    files: EvidenceFiles,
    table: Mapping[str, Item],
    ways: Collection[str],
    given: Sequence[Marking],
    *,
    expert: str = "",
) -> list[Mark]:
    """An expert's marks, all of them or none.

    table: the items by id (`assessments_table.items`); ways: how something may be seen. expert:
    whose marks the group enters from paper; without it, those of the acting account. Raises
    HpfError with everything that is wrong with each.
    """
    one = _whose(act, expert)
    team = {h: t for h, t in team_of(at).items() if one.code in t.experts}
    visits = {e.id: e for e in at.all("visit")}
    wrong = undecided(at)
    if at.last("closed") is not None:
        message = Text("评分已经汇总，不能再改", "the marks are closed")
        cure = Text("复核中的更正由复核人登记", "Corrections are made in a review")
        wrong.append(Problem("mark.closed", message, cure, at.place))
    seen: set[str] = set()
    for marking in given:
        wrong += _wrong(one, team, visits, table, ways, marking)
        if marking.item in seen:
            message = Text(f"{marking.item} 写了两次", f"'{marking.item}' stands twice")
            wrong.append(Problem("mark.twice", message, place=marking.item))
        seen.add(marking.item)
    if wrong:
        raise HpfError(wrong)
    held = {m.item: m.id for m in marks_of(act.session, at.row.id, expert=one.code)}
    made = []
    for marking in given:
        item = table[marking.item]
        made.append(Mark(
            assessment_id=at.row.id, item=item.id, unit=item.unit, line=item.line,
            expert=one.code, deduction=marking.deduction, method=marking.method,
            reason=marking.reason.strip(), visit_id=marking.visit,
            replaces_id=held.get(item.id), by=act.account, at=act.at,
        ))  # fmt: skip
    act.session.add_all(made)
    act.session.flush()
    told = []
    for mark, marking in zip(made, given, strict=True):
        papers = keep(act, files, MARK, str(mark.id), marking.files) if marking.files else []
        told.append([mark.id, mark.item, plain(mark.deduction), [p.digest for p in papers]])
    act.audit("mark.entered", f"assessment:{at.row.scheme}:{at.row.period}",
              {"expert": one.code, "marks": told})  # fmt: skip
    return made


def _whose(act: Act, expert: str) -> Expert:
    """The expert who marks: the account's own, or the one that the group enters for."""
    if expert:
        of_group(act)
        experts = {e.code: e for e in pool(act.session, act.hospital)}
        if expert in experts:
            return experts[expert]
        message = Text(f"库里没有专家 {expert}", f"there is no expert '{expert}' in the pool")
        raise HpfError([Problem("expert.unknown", message, did_you_mean(expert, experts), expert)])
    own = expert_of(act.session, act.hospital, act.account)
    if own is None or not holds(act.session, act.hospital, act.account, EXPERT):
        message = Text(f"账号 {act.account} 不是专家", f"account '{act.account}' is no expert")
        cure = Text("请由抽中的专家评分", "Marks are given by the experts who were drawn")
        raise HpfError([Problem("mark.no_expert", message, cure, act.account)])
    return own


def _wrong(
    one: Expert,
    team: Mapping[str, Team],
    visits: Mapping[int, AssessmentEntry],
    table: Mapping[str, Item],
    ways: Collection[str],
    given: Marking,
) -> Iterator[Problem]:
    """What is wrong with one mark."""
    item = table.get(given.item)
    if item is None:
        message = Text(f"没有指标项 {given.item}", f"there is no item '{given.item}'")
        yield Problem("mark.item", message, did_you_mean(given.item, list(table)), given.item)
        return
    if one.employer and one.employer == item.unit:
        message = Text(f"{one.code} 是 {item.unit} 的人，应回避",
                       f"'{one.code}' works at '{item.unit}'")  # fmt: skip
        cure = Text("被考核医院的专家不评自己的医院", "Experts do not mark their own hospital")
        yield Problem("mark.own_hospital", message, cure, item.id)
    if item.unit not in team:
        message = Text(f"{one.code} 没有抽中考核 {item.unit}",
                       f"'{one.code}' was not drawn for '{item.unit}'")  # fmt: skip
        yield Problem("mark.not_drawn", message, place=item.id)
    if not item.judged or item.out:
        message = Text(f"{item.name} 不由专家评分", f"'{item.name}' is not marked by experts")
        cure = Text("只评定性、可计分的指标", "Only what is judged, and scorable")
        yield Problem("mark.figures", message, cure, item.id)
    if given.deduction < 0 or given.deduction != given.deduction.quantize(_PLACES):
        message = Text(f"扣 {plain(given.deduction)} 分不成立",
                       f"{plain(given.deduction)} points off cannot be")  # fmt: skip
        cure = Text("不小于 0，最多四位小数", "Not below 0, four decimals at most")
        yield Problem("mark.deduction", message, cure, item.id)
    elif given.deduction > item.points:
        most = plain(item.points)
        message = Text(
            f"{item.name} 扣 {plain(given.deduction)} 分，超过本项的 {most} 分",
            f"{plain(given.deduction)} points off '{item.name}', which has {most}",
        )
        cure = Text("单项最多扣完本项分（S4.5-4.1.d）", "An item loses its own points at most")
        yield Problem("mark.above", message, cure, item.id)
    if given.deduction > 0 and not given.files:
        message = Text(f"{item.name} 扣了分，没有佐证", f"points off '{item.name}', no evidence")
        cure = Text("请附记录、照片等文件", "Add a record, a photograph or the like")
        yield Problem("mark.evidence", message, cure, item.id)
    if given.deduction > 0 and not given.reason.strip():
        message = Text(f"{item.name} 扣了分，没有写原因", f"points off '{item.name}', no reason")
        yield Problem("mark.reason", message, Text("请写明", "Say why"), item.id)
    if given.method not in ways:
        message = Text(f"没有“{given.method}”这种考核方式", f"there is no method '{given.method}'")
        yield Problem("mark.method", message, did_you_mean(given.method, ways), item.id)
    seen = visits.get(given.visit)
    if seen is None or seen.unit != item.unit:
        message = Text(f"{item.unit} 没有第 {given.visit} 号检查",
                       f"'{item.unit}' had no visit {given.visit}")  # fmt: skip
        cure = Text("请先登记检查：hpf assess visit", "Enter the visit first: hpf assess visit")
        yield Problem("mark.visit", message, cure, item.id)
    yield from file_problems(given.files)


def marks_of(
    session: Session, assessment: int, *, unit: str | None = None, expert: str | None = None
) -> list[Marked]:
    """The marks that hold, by item and expert. unit, expert: only those of one."""
    later = aliased(Mark)
    where = [Mark.assessment_id == assessment]
    if unit is not None:
        where.append(Mark.unit == unit)
    if expert is not None:
        where.append(Mark.expert == expert)
    rows: Iterable[Any] = session.execute(
        select(Mark.id, Mark.item, Mark.unit, Mark.line, Mark.expert, Mark.deduction, Mark.method,
               Mark.reason, Mark.visit_id, Mark.by)
        .outerjoin(later, later.replaces_id == Mark.id)
        .where(*where, later.id.is_(None))
        .order_by(Mark.item, Mark.expert)
    )  # fmt: skip
    return [Marked(*row) for row in rows]
