"""What a release may be: it pays the units that were held back, and changes nobody else's pay.

Whoever was paid with the run it belongs to is left out of it. A change of theirs would be lost
there, so it has to be sealed as a difference first (`hpf.supplements`); and a difference pays
nobody who was held, since their release would pay them a second time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy.orm import Session

from hpf.core.errors import Problem
from hpf.core.holding import HeldUnit, rows_of
from hpf.core.periods import Period
from hpf.core.program import payout_candidates
from hpf.core.results import Run
from hpf.differences import differences
from hpf.storage.models import StoredRun
from hpf.storage.runs import latest_run, load_run, root_of, units_held
from hpf.storage.troubles import trouble

_SHOWN = 8


def release_problems(
    session: Session, hospital: int, run: Run, of: int | None
) -> Iterator[Problem]:
    """Why a run cannot be sealed as the release of run `of`; nothing where it can."""
    program, period = run.program, run.period
    last = latest_run(session, hospital, program.code, period)
    if last is None or root_of(last) != of:
        yield _not_of(program.code, period, of, last)
        return
    kept = units_held(last)
    if not kept:
        words = ("没有暂缓的单位", "nothing was held back")
        yield trouble("nothing_held", words, place=f"run:{of}")
        return
    waited = waiting(run, kept)
    rules = payout_candidates(program.rules, program.entities)
    changed = [
        f"{d.entity}:{d.id} {d.by:+.2f}"
        for d in differences(load_run(session, last.id), run, rules)
        if d.id not in waited.get(d.entity, ())
    ]
    if changed:
        yield _others(program.code, period, last, changed)


def supplement_problems(last: StoredRun, held: Collection[HeldUnit]) -> Iterator[Problem]:
    """Why a sealed run cannot be corrected: other units are held back than in it."""
    before = {(u.entity, u.id) for u in units_held(last)}
    now = {(u.entity, u.id) for u in held}
    root, month = root_of(last), f"{last.scheme} --period {last.period}"
    for entity, id in sorted(before - now):
        yield trouble(
            "released",
            ("已放行，要先补算", "is released, and has to be calculated first"),
            (
                f"请先：hpf calculate {month} --release-of {root}",
                f"First: hpf calculate {month} --release-of {root}",
            ),
            f"run:{last.id}",
            entity,
            id,
        )
    for entity, id in sorted(now - before):
        yield trouble(
            "held_since",
            ("封印之后才暂缓：补差会扣回它全部的绩效",
             "is held back since: a difference would take back all of its pay"),
            (f"请放行，或（未定稿时）重新计算：hpf calculate {month}",
             f"Release it; or, before the period is final: hpf calculate {month}"),
            f"run:{last.id}",
            entity,
            id,
        )  # fmt: skip


def waiting(run: Run, held: Collection[HeldUnit]) -> dict[str, set[str]]:
    """Ids of a run's rows that belong to held units, by entity; units that it lacks have none."""
    there = [u for u in held if _is_there(run, u)]
    rows = rows_of(run.program, run.checked, there)
    return {entity: {run.checked.rows[entity].ids[n] for n in at} for entity, at in rows.items()}


def _is_there(run: Run, unit: HeldUnit) -> bool:
    rows = run.checked.rows.get(unit.entity)
    return rows is not None and rows.row_of(unit.id) is not None


def _not_of(scheme: str, period: Period, of: int | None, last: StoredRun | None) -> Problem:
    words = (
        f"第 {of} 次不是 {scheme} {period} 的计算",
        f"run {of} is not the one of {scheme} {period}",
    )
    cure = ("", "")
    if last is not None:
        number = root_of(last)
        cure = (f"请写：--release-of {number}", f"Write --release-of {number}")
    return trouble("release_of", words, cure, f"run:{of}")


def _others(scheme: str, period: Period, last: StoredRun, changed: list[str]) -> Problem:
    names = ", ".join(changed[:_SHOWN])
    more = f" … ({len(changed)})" if len(changed) > _SHOWN else ""
    month = f"{scheme} --period {period}"
    return trouble(
        "release_changes",
        (f"没有暂缓的人结果也变了：{names}{more}",
         f"people who were not held come out otherwise: {names}{more}"),
        (f"请重新暂缓（hpf hold add），先作他们的差额：hpf calculate {month} --pay-in 周期，再放行",
         f"Hold it again (hpf hold add), then hpf calculate {month} --pay-in P, then release it"),
        f"run:{last.id}",
    )  # fmt: skip
