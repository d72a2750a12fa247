"""A sealed period computed again with corrected facts: what differs is paid later, line by line.

    made = supplement(engine, programs, hospital, "township", may, by="甲", pay_in=june,
                      reason="申诉 3 号")

The run that was sealed stays as it is. The new one follows the rules that the old one was sealed
by, whatever plugin is installed now; both are linked, and so is each difference. Corrected facts
that change nobody's pay are sealed too: as evidence, and because later periods look back on results
that are not paid. Then there is nothing to pay and no paper.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hpf.core.errors import FactsError, Problem
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.differences import Difference, differences
from hpf.holds import holds, units
from hpf.pools import unsettled
from hpf.releases import supplement_problems, waiting
from hpf.runs import LOCK, Sealed, calculated, seal_one
from hpf.storage.audit import record
from hpf.storage.engine import lock, writing
from hpf.storage.models import Adjustment, Hospital, StoredRun
from hpf.storage.programs import load_program
from hpf.storage.results import past_columns
from hpf.storage.runs import is_final, latest_run, load_run, root_of, runs_of, sealed_run
from hpf.storage.troubles import StorageError, trouble


@dataclass(frozen=True, slots=True)
class Supplement:
    """A supplementary run. of: the run whose figures it replaces; lines: by entity, rule, id."""

    sealed: Sealed
    of: int
    lines: tuple[Difference, ...]


class _Kept(Mapping[str, Program]):
    """Installed schemes, but those of sealed runs as they were sealed."""

    def __init__(self, installed: Mapping[str, Program], kept: Mapping[str, Program]) -> None:
        self.installed, self.kept = installed, kept

    def __getitem__(self, code: str) -> Program:
        return self.kept[code] if code in self.kept else self.installed[code]

    def __iter__(self) -> Iterator[str]:
        return iter({**dict.fromkeys(self.installed), **dict.fromkeys(self.kept)})

    def __len__(self) -> int:
        return len(set(self.installed) | set(self.kept))


def supplement(
    engine: Engine,
    programs: Mapping[str, Program],
    hospital: int,
    scheme: str,
    period: Period,
    *,
    by: str,
    pay_in: Period,
    reason: str,
) -> Supplement:
    """Seal the corrected period as a supplement to its latest run; pay_in: where it is paid.

    Schemes above that come out otherwise get supplements of their own. Raises StorageError where
    there is nothing sealed, the facts are what they were, or pay_in is final already; HpfError as
    `seal_period`, and where other units are held back than in what was sealed.
    """
    started = dt.datetime.now(dt.UTC)
    with writing(engine) as session:
        lock(session.connection(), LOCK)
        first = _first(session, hospital, scheme, period, pay_in, reason)
        latest = {r.scheme: r for r in runs_of(session, hospital, period=period)}
        old = {code: load_run(session, r.id) for code, r in latest.items()}
        kept = {c: load_program(session, r.program_digest) for c, r in latest.items()}
        held = units(holds(session, hospital, scheme, period, approved=True))
        found = calculated(session, _Kept(programs, kept), hospital, scheme, period, held=held)
        wrong = found.problems + unsettled(session, hospital, found.runs)
        for code in found.runs.keys() & latest.keys():
            wrong += supplement_problems(latest[code], found.runs[code].held)
        if wrong:
            raise FactsError(wrong)
        sealed: dict[str, Sealed] = {}
        lines: tuple[Difference, ...] = ()
        for code, ready in found.runs.items():
            before = latest.get(code)
            kind = "supplement" if before else "main"
            root = root_of(before) if before else None
            sealed[code] = seal_one(session, hospital, ready, sealed, by, started, kind, root)
            if before and sealed[code].fresh:
                later = waiting(ready.run, ready.held)  # their release pays them
                found_lines = differences(old[code], ready.run)
                lines = tuple(d for d in found_lines if d.id not in later.get(d.entity, ()))
                new = session.get_one(StoredRun, sealed[code].id)
                _record(session, lines, before, new, pay_in, by, reason)
        if not sealed[scheme].fresh:
            raise StorageError([_nothing(first)])
        mine = sealed[scheme].id
        code = session.get_one(Hospital, hospital).code
        about = {"of": first.id, "reason": reason.strip(), "pay_in": str(pay_in),
                 "lines": len(lines)}  # fmt: skip
        record(session, by, "run.corrected", f"run:{mine}", about, hospital=code)
        session.commit()
    return Supplement(sealed[scheme], first.id, lines)


def recorded(session: Session, hospital: int, run: int) -> tuple[Difference, ...]:
    """The differences that a stored supplement recorded. StorageError where it is none."""
    stored = sealed_run(session, run)
    entries = session.scalars(
        select(Adjustment)
        .where(
            Adjustment.hospital_id == hospital,
            Adjustment.kind == "difference",
            Adjustment.linked_run_id == run,
        )
        .order_by(Adjustment.entity, Adjustment.rule, Adjustment.row_id)
    ).all()
    if stored.kind != "supplement":
        words = (f"第 {run} 次不是补充差额", f"run {run} is no supplement")
        raise StorageError([trouble("no_supplement", words, place=f"run:{run}")])
    figures: dict[tuple[int, str, str], Mapping[str, Any]] = {}
    for one in entries:
        for number in (one.run_id, run):
            key = (number or 0, one.entity, one.rule)
            if number is not None and key not in figures:
                kept = past_columns(session, number, [key[1:]], stored.scheme)
                figures[key] = kept.get((one.entity, f"{stored.scheme}.{one.rule}"), {})
    return tuple(
        Difference(
            x.entity, x.row_id, x.rule,
            figures[x.run_id or 0, x.entity, x.rule].get(x.row_id),
            figures[run, x.entity, x.rule].get(x.row_id),
        )
        for x in entries
    )  # fmt: skip


def _first(
    session: Session, hospital: int, scheme: str, period: Period, pay_in: Period, reason: str
) -> StoredRun:
    last = latest_run(session, hospital, scheme, period)
    place = f"{scheme} {period}"
    if last is None:
        words = ("还没有封印的计算，无从补差", "nothing is sealed yet that could be corrected")
        cure = (f"请先：hpf calculate {scheme} --period {period}", "Calculate it without --pay-in")
        raise StorageError([trouble("nothing_sealed", words, cure, place)])
    wrong = []
    if not reason.strip():
        wrong.append(trouble("no_reason", ("要写明理由", "it wants a reason"), place=place))
    if pay_in.kind != period.kind or pay_in.first_day <= period.first_day:
        words = (f"补差不能记入 {pay_in}", f"a difference cannot be paid in {pay_in}")
        cure = (f"请写 {period} 之后的周期", f"Name a period after {period}")
        wrong.append(trouble("pay_in", words, cure, place))
    elif is_final(session, hospital, scheme, pay_in):
        words = (f"{pay_in} 已定稿", f"{pay_in} is final already")
        cure = ("请记入还没有定稿的周期", "Name a period that is still open")
        wrong.append(trouble("pay_in", words, cure, place))
    if wrong:
        raise StorageError(wrong)
    return last


def _record(
    session: Session,
    lines: tuple[Difference, ...],
    old: StoredRun,
    new: StoredRun,
    pay_in: Period,
    by: str,
    reason: str,
) -> None:
    for line in lines:
        session.add(
            Adjustment(
                hospital_id=old.hospital_id, kind="difference", scheme=old.scheme, period=pay_in,
                run_id=old.id, linked_run_id=new.id, entity=line.entity, row_id=line.id,
                rule=line.rule, amount=line.by, reason=reason.strip(), entered_by=by,
                entered_at=dt.datetime.now(dt.UTC), approved_by=None, approved_at=None,
            )
        )  # fmt: skip
    session.flush()


def _nothing(last: StoredRun) -> Problem:
    words = ("重算结果与已封印的相同，没有差额", "it comes out as it was sealed: no difference")
    cure = ("请先导入更正的数据", "Import the corrected facts first")
    return trouble("no_difference", words, cure, f"run:{last.id}")
