"""What a sealed run pays: the column of its payout rule, person by person, in exact CNY.

Which rule that is, the scheme says (`Program.payout`); where several could be meant, whoever pays
names it. Lines that are held back, paid already, or owed by the person stand apart: they belong to
the run's total, and are never dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from hpf.core.errors import Problem
from hpf.core.program import Rule, payout_candidates
from hpf.core.results import plain
from hpf.storage.models import (
    Adjustment,
    PayoutBatch,
    PayoutLine,
    RunRow,
    RunRule,
    StoredResult,
    StoredRun,
)
from hpf.storage.programs import load_program
from hpf.storage.troubles import StorageError, trouble

FEN = Decimal("0.01")
HELD, PAID, OWED = "held", "paid", "owed"


@dataclass(frozen=True, slots=True)
class Due:
    """What a run has for one person. why: '' to be paid, else HELD, PAID before, or OWED by them.

    amount: CNY; None where it could not be computed, which only a held line may be.
    """

    id: str
    name: str
    amount: Decimal | None
    why: str = ""
    reason: str = ""

    def left_out(self) -> dict[str, Any]:
        """The form in which a batch keeps a line that it does not pay."""
        amount = None if self.amount is None else plain(self.amount)
        return {"id": self.id, "name": self.name, "amount": amount, "why": self.why,
                "reason": self.reason}  # fmt: skip


def payout_rule(session: Session, run: StoredRun, named: str = "") -> Rule:
    """What the run's scheme pays people in the end. named: `entity.rule`, where it is not clear.

    Raises StorageError with the rules that could be meant.
    """
    program = load_program(session, run.program_digest)
    if named:
        entity, _, name = named.rpartition(".")
        rule = program.rule(entity or "staff", name)
        if rule is not None and rule.kind in ("pay", "total") and str(rule.unit) == "CNY":
            return rule
    elif program.payout is not None:
        return program.payout
    known = payout_candidates(program.rules, program.entities)
    listed = ", ".join(f"{r.entity}.{r.name}" for r in known)
    zh, en = (f"可选：{listed}", f"Name one: {listed}") if listed else ("", "")
    words = (
        f"{run.scheme} 没有说明发放哪一项" + (f"（{named} 不是金额）" if named else ""),
        f"{run.scheme} does not say what is paid" + (f" ({named} is no pay line)" * bool(named)),
    )
    cure = (f"请用 --rule 指明。{zh}", f"Say so with --rule. {en}")
    raise StorageError([trouble("no_payout_rule", words, cure, f"run:{run.id}")])


def pays(session: Session, run: StoredRun) -> bool:
    """Whether the run's scheme has any line that could be paid."""
    program = load_program(session, run.program_digest)
    return bool(payout_candidates(program.rules, program.entities))


def due(session: Session, run: StoredRun, rule: Rule) -> list[Due]:
    """All lines of a run that are not zero, by id. Raises StorageError with all that is wrong.

    A supplement's lines are its recorded differences: what the run it corrects paid is paid.
    """
    if run.seal is None:
        words = (f"第 {run.id} 次计算没有封印", f"run {run.id} is not sealed")
        cure = ("请重新计算", "Calculate again")
        raise StorageError([trouble("not_sealed", words, cure, f"run:{run.id}")])
    held, problems = _held(session, run, rule)
    paid = _paid(session, run) if run.kind == "release" else {}
    lines: list[Due] = []
    computed = _amounts(session, run, rule)
    absent = held.keys() - {id for id, _, _ in computed}  # held before anything was computed
    lines += [Due(id, "", None, HELD, held[id]) for id in sorted(absent)]
    for id, name, amount in computed:
        why = reason = ""
        if id in held:
            why, reason = HELD, held[id]
        elif id in paid:
            why, reason = PAID, paid[id]
        if not why:
            problems += _wrong(run, rule, id, amount)
            why = OWED if amount is not None and amount < 0 else ""
        if amount is None or amount:
            lines.append(Due(id, name, amount, why, reason))
    if problems:
        raise StorageError(problems)
    return lines


def amounts(session: Session, run: StoredRun, rule: Rule) -> dict[str, Decimal]:
    """What a run has for each person, held lines included; without what could not be computed."""
    return {id: value for id, _, value in _amounts(session, run, rule) if value is not None}


def _amounts(session: Session, run: StoredRun, rule: Rule) -> list[tuple[str, str, Decimal | None]]:
    if run.kind == "supplement":
        return _differences(session, run, rule)
    rows = session.execute(
        select(RunRow.id, RunRow.name, StoredResult.value)
        .join(
            RunRule,
            and_(
                RunRule.run_id == RunRow.run_id,
                RunRule.entity == RunRow.entity,
            ),
        )
        .join(
            StoredResult,
            and_(
                StoredResult.run_id == RunRow.run_id,
                StoredResult.rule == RunRule.rule,
                StoredResult.row == RunRow.row,
            ),
        )
        .where(
            RunRow.run_id == run.id,
            RunRow.entity == rule.entity,
            RunRule.name.in_((rule.name, rule.qualified)),
        )
        .order_by(RunRow.id)
    )
    return [(id, name, value) for id, name, value in rows]


def _differences(
    session: Session, run: StoredRun, rule: Rule
) -> list[tuple[str, str, Decimal | None]]:
    """The differences recorded for a supplement, one a person, summed where there are several."""
    rows = select(RunRow).where(RunRow.run_id == run.id, RunRow.entity == rule.entity)
    names = {row.id: row.name for row in session.scalars(rows)}
    found: dict[str, Decimal] = {}
    for one in session.scalars(
        select(Adjustment)
        .where(
            Adjustment.kind == "difference",
            Adjustment.linked_run_id == run.id,
            Adjustment.entity == rule.entity,
            Adjustment.rule.in_((rule.name, rule.qualified)),
        )
        .order_by(Adjustment.row_id)
    ):
        found[one.row_id] = found.get(one.row_id, Decimal(0)) + (one.amount or Decimal(0))
    return [(id, names.get(id, ""), amount) for id, amount in sorted(found.items())]


def _held(session: Session, run: StoredRun, rule: Rule) -> tuple[dict[str, str], list[Problem]]:
    """Who is held back in this run and why; holds that nobody approved yet are problems."""
    held: dict[str, str] = {}
    problems = []
    for one in session.scalars(
        select(Adjustment)
        .where(
            Adjustment.kind == "hold",
            Adjustment.run_id == run.id,
            Adjustment.entity == rule.entity,
        )
        .order_by(Adjustment.row_id)
    ):
        held[one.row_id] = one.reason
        if one.approved_by is None:
            problems.append(hold_open(one))
    return held, problems


def hold_open(one: Adjustment) -> Problem:
    """A hold that somebody asked for and nobody approved: whether it is paid is not settled."""
    words = ("暂缓发放尚未批准", "the hold is not approved")
    back = f"hpf release {one.scheme} {one.entity}:{one.row_id} --period {one.period}"
    cure = (
        f"请批准：hpf hold approve {one.id}；或撤回：{back}",
        f"Approve it: hpf hold approve {one.id}; or take it back: {back}",
    )
    place = f"{one.scheme} {one.period}"
    return trouble("hold_open", words, cure, place, one.entity, one.row_id)


def _paid(session: Session, run: StoredRun) -> dict[str, str]:
    """Persons of the run that this one is linked to who stand in a batch already, and in which."""
    linked = (StoredRun.id == run.of_id) | (StoredRun.of_id == run.of_id)
    family = select(StoredRun.id).where(linked)
    rows = session.execute(
        select(PayoutLine.row_id, PayoutBatch.code)
        .join(PayoutBatch, PayoutBatch.id == PayoutLine.batch_id)
        .where(
            PayoutBatch.run_id.in_(family),
            PayoutBatch.run_id != run.id,
            PayoutBatch.kind != "supplement",
        )
        .order_by(PayoutBatch.id)
    )
    return {row.row_id: row.code for row in rows}


def _wrong(run: StoredRun, rule: Rule, id: str, amount: Decimal | None) -> Sequence[Problem]:
    place = f"run:{run.id}"
    if amount is None:
        words = ("没有算出金额", "no amount could be computed")
        cure = ("请更正数据后重算，或暂缓发放", "Mend the facts and calculate again, or hold it")
        return [trouble("no_figure", words, cure, place, rule.entity, id, rule.name)]
    if amount != amount.quantize(FEN):
        words = (f"{plain(amount)} 元不到分", f"{plain(amount)} CNY is not rounded to the fen")
        cure = ("方案应把发放项取整到分", "The scheme has to round what is paid to the fen")
        return [trouble("not_fen", words, cure, place, rule.entity, id, rule.name)]
    return ()
