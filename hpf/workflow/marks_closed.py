"""Closing the marks: several experts' deductions become one, and facts, by the door of all facts.

Each fact's place names the marks that it was made of, as a cell would be named:
`assessment 2026 [marks] 12,15,17`. Nothing is closed while an item lacks marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import polars as pl

from hpf.core.errors import Problem, Text
from hpf.core.facts import PLACES, Facts, Source, Table
from hpf.core.program import Program
from hpf.core.results import plain
from hpf.storage.facts import facts_at
from hpf.storage.imports import preview, save_import
from hpf.storage.models import AssessmentEntry
from hpf.workflow.acting import Act
from hpf.workflow.assessments import Standing, enter, stop, undecided
from hpf.workflow.assessments_people import of_group
from hpf.workflow.assessments_table import Item, items, units
from hpf.workflow.draws_held import team_of
from hpf.workflow.evidence import of_objects
from hpf.workflow.marks import MARK, Marked, marks_of
from hpf.workflow.marks_merge import merge
from hpf.workflow.visits import concentrated

_SHOWN = 40  # problems of one kind that are told one by one


def close_marks(act: Act, at: Standing, program: Program) -> AssessmentEntry:
    """Merge the marks and enter them as facts, with the entry that says by which rule.

    Raises HpfError: hospitals without experts or concentrated visit, items with too few marks,
    marks above an item's points (the table may have got a new version), closed already.
    """
    of_group(act)
    facts = facts_at(act.session, act.hospital, program, at.row.period)
    table = items(facts, at.plan, program)
    found = marks_of(act.session, at.row.id)
    by: dict[str, list[Marked]] = {}
    for one in found:
        by.setdefault(one.item, []).append(one)
    wanted = {i: item for i, item in table.items() if item.judged and not item.out}
    wrong = undecided(at)
    if at.last("closed") is not None:
        message = Text("评分已经汇总过", "the marks are closed already")
        wrong.append(Problem("close.closed", message, place=at.place))
    known = units(facts, at.plan, program)
    wrong += _unseen(at, known)
    wrong += _lacking(at, wanted, by)
    stop(wrong)
    kept = {i: ones for i, ones in by.items() if i in wanted}
    part = _facts(act, at, program, kept)
    shown = preview(act.session, act.hospital, program, part, extent="part")
    saved = save_import(act.session, shown, by=act.account, at=act.at,
                        reason=f"assessment:{at.row.id}:marks {at.rules.merge}")  # fmt: skip
    detail = {
        "merge": str(at.rules.merge), "step": plain(at.rules.step), "items": len(kept),
        "marks": sum(map(len, kept.values())), "import": saved.number if saved else None,
    }  # fmt: skip
    return enter(act, at, "closed", detail=detail)


def _unseen(at: Standing, known: Mapping[str, str]) -> Iterable[Problem]:
    """Hospitals nobody was drawn for, or without their concentrated visit."""
    teams, seen = team_of(at), concentrated(at)
    for code, zh, en, lack in (
        ("close.no_experts", "没有抽取专家", "no experts were drawn for", known.keys() - teams),
        ("close.no_visit", "没有集中考核", "no concentrated visit of", known.keys() - seen),
    ):
        for unit in sorted(lack)[:_SHOWN]:
            yield Problem(code, Text(f"{unit} {zh}", f"{en} '{unit}'"), place=unit)
        yield from _more(code, len(lack))


def _lacking(
    at: Standing, wanted: Mapping[str, Item], by: Mapping[str, Sequence[Marked]]
) -> Iterable[Problem]:
    least = at.rules.marks_least
    few = [i for i in wanted.values() if len(by.get(i.id, ())) < least]
    for item in few[:_SHOWN]:
        count = len(by.get(item.id, ()))
        message = Text(
            f"{item.unit} 的 {item.name} 只有 {count} 名专家评分，应有 {least} 名",
            f"'{item.name}' of '{item.unit}' has {count} marks of {least}",
        )
        cure = Text("不评的不算零分扣减：请补评", "What nobody marked is no zero: have it marked")
        yield Problem("close.few", message, cure, item.id)
    yield from _more("close.few", len(few))
    above = [m for ones in by.values() for m in ones
             if m.item in wanted and m.deduction > wanted[m.item].points]  # fmt: skip
    for mark in above[:_SHOWN]:
        message = Text(
            f"评分 {mark.id} 扣 {plain(mark.deduction)} 分，指标表新版本项只有 "
            f"{plain(wanted[mark.item].points)} 分",
            f"mark {mark.id} takes {plain(mark.deduction)} off an item that now has "
            f"{plain(wanted[mark.item].points)}",
        )
        cure = Text("请专家按新版重评", "Have it marked anew, by the new version of the table")
        yield Problem("close.above", message, cure, mark.item)
    yield from _more("close.above", len(above))


def _more(code: str, count: int) -> Iterable[Problem]:
    if count > _SHOWN:
        left = count - _SHOWN
        yield Problem(code, Text(f"还有 {left} 处同样的问题", f"and {left} more of the same"))


def _facts(act: Act, at: Standing, program: Program, by: Mapping[str, Sequence[Marked]]) -> Facts:
    """Merged marks as facts of the items, each with the numbers of its marks as its place."""
    papers = of_objects(act.session, act.hospital, MARK,
                        (str(m.id) for ones in by.values() for m in ones))  # fmt: skip
    lists = {i: sorted(m.id for m in ones) for i, ones in by.items()}
    told = [_told(ones, sum(len(papers.get(str(m.id), ())) for m in ones)) for ones in by.values()]
    merged = [merge(at.rules.merge, [m.deduction for m in ones], at.rules.step)
              for ones in by.values()]  # fmt: skip
    ways = [_way(ones) for ones in by.values()]
    return item_facts(at, program, list(by), merged, ways, told,
                      [",".join(map(str, ids)) for ids in lists.values()], "marks")  # fmt: skip


def item_facts(
    at: Standing,
    program: Program,
    ids: Sequence[str],
    deductions: Sequence[Decimal],
    ways: Sequence[str] | None,
    told: Sequence[str],
    lines: Sequence[str],
    sheet: str,
) -> Facts:
    """What marks or a review say of items, as a part of the period's facts. lines: numbers of what
    they were made of, for each."""
    plan = at.plan
    columns = {
        "id": pl.Series(ids, dtype=pl.String),
        plan.deduction: pl.Series(deductions, dtype=pl.Decimal(38, PLACES)),
        plan.evidence: pl.Series(told, dtype=pl.String),
    }
    if ways is not None:
        columns[plan.way] = pl.Series(ways, dtype=pl.String)
    first = [int(numbers.split(",")[0]) for numbers in lines]
    source = Source(
        f"assessment {at.row.period}", sheet, dict.fromkeys(columns, ""), first,
        lines={c: list(lines) for c in columns if c != "id"},
    )  # fmt: skip
    table = Table(plan.entity, pl.DataFrame(columns), source)
    return Facts(at.row.period, {plan.entity: table})


def _way(ones: Sequence[Marked]) -> str:
    """How an item was seen: as most say; of as many, as the first expert says."""
    methods = [m.method for m in ones]
    return max(methods, key=methods.count)


def _told(ones: Sequence[Marked], papers: int) -> str:
    """What people read of an item's evidence."""
    marks = "、".join(f"{m.expert} 扣{plain(m.deduction)}" for m in ones)
    return f"评分 {marks}；佐证 {papers} 件"
