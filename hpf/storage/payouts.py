"""Batches of payment: made from a sealed run, sent, paid, returned, reissued; never paid twice.

The sum of a batch and of what it leaves out is what the sealed run pays, to the fen. Nothing here
commits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hpf.core.errors import Problem
from hpf.core.faultpoints import reach
from hpf.core.program import Rule
from hpf.core.results import plain
from hpf.storage.audit import record
from hpf.storage.models import Hospital, PayoutBatch, PayoutLine, Staff, StoredRun
from hpf.storage.pay_lines import Due, due, payout_rule
from hpf.storage.payout_states import (
    REISSUED,
    RETURNED,
    batch_lines,
    chosen,
    enter,
    may,
    no_reason,
    one_at_a_time,
    state_of,
)
from hpf.storage.troubles import StorageError, trouble
from hpf.storage.types import canonical


def make_batch(
    session: Session, run: StoredRun, *, by: str, rule: str = "", cash: bool = False
) -> PayoutBatch:
    """The first batch of a run: everybody it pays, but those held, paid before, or owing.

    rule: `entity.name` of what is paid, where the scheme leaves it open. cash: whoever has no
    account is paid in cash; otherwise they are problems. Raises StorageError with everything that
    is wrong, also where the run, or another one of its scheme and period, is paid already.
    """
    one_at_a_time(session)
    paid = payout_rule(session, run, rule)
    problems = list(_twice(session, run)) or _too_early(session, run, rule)
    if paid.entity != "staff":
        words = (
            f"{paid.entity}.{paid.name} 不是发给个人的",
            f"{paid.entity}.{paid.name} is not paid to persons",
        )
        cure = (
            "请先做二次分配，再发放其结果",
            "Distribute it among the staff first, and pay what comes of that",
        )
        problems.append(trouble("not_persons", words, cure, f"run:{run.id}"))
    if problems:
        raise StorageError(problems)
    lines = due(session, run, paid)
    batch = _batch(session, run, paid, lines, by)
    _lines(session, batch, [(d, None) for d in lines if not d.why], cash)
    return _recorded(session, batch, run, "payout.made", {})


def reissue(
    session: Session,
    batch: PayoutBatch,
    *,
    by: str,
    reason: str,
    ids: Collection[str] = (),
    cash: bool = False,
) -> PayoutBatch:
    """A new batch of lines that came back, to the accounts people have now. ids: all, if empty.

    Raises StorageError for lines that were not returned, or are replaced already.
    """
    one_at_a_time(session)
    lines = chosen(session, batch, ids)
    states = state_of(session, batch)
    if not ids:
        lines = [x for x in lines if states[x.id].state == RETURNED]
    problems = list(may(lines, states, REISSUED, batch)) or no_reason(reason, batch)
    if not problems and not lines:
        words = ("没有退回的款项", "nothing was returned")
        problems = [trouble("nothing_returned", words, ("", ""), batch.code)]
    if problems:
        raise StorageError(problems)
    run = session.get_one(StoredRun, batch.run_id)
    dues = [Due(x.row_id, x.name, x.amount) for x in lines]
    paid = payout_rule(session, run, batch.rule)
    again = _batch(session, run, paid, dues, by, batch)
    _lines(session, again, list(zip(dues, (x.id for x in lines), strict=True)), cash)
    enter(session, lines, REISSUED, reason, by)
    return _recorded(session, again, run, "payout.reissued", {"of": batch.code, "reason": reason})


def batch_digest(batch: PayoutBatch, seal: str, lines: Sequence[PayoutLine]) -> str:
    """SHA-256 over a batch: its id, run's seal, rule, lines and what it leaves out."""
    said = [batch.code, seal, batch.rule, plain(batch.total), batch.left_out]
    rows = [[x.row_id, x.name, plain(x.amount), x.account is None] for x in lines]
    return hashlib.sha256(canonical([*said, rows]).encode()).hexdigest()


def _twice(session: Session, run: StoredRun) -> Sequence[Problem]:
    """The batch that paid this run, or another main run of its scheme and period."""
    first = select(PayoutBatch).where(PayoutBatch.reissues_id.is_(None))
    same = session.scalar(first.where(PayoutBatch.run_id == run.id))
    if same is not None:
        words = (f"已经发放过：批次 {same.code}", f"it is paid already, by batch {same.code}")
        cure = (
            "退回的款项请用 hpf pay reissue 补发",
            "What was returned is paid again by hpf pay reissue",
        )
        return [trouble("paid_already", words, cure, f"run:{run.id}")]
    if run.kind != "main":
        return ()
    other = session.scalar(
        first.where(
            PayoutBatch.hospital_id == run.hospital_id,
            PayoutBatch.scheme == run.scheme,
            PayoutBatch.period == run.period,
            PayoutBatch.kind == "main",
        )
    )
    if other is None:
        return ()
    words = (
        f"{run.scheme} {run.period} 已按另一次计算发放：批次 {other.code}",
        f"{run.scheme} {run.period} is paid already, from another run, by batch {other.code}",
    )
    cure = ("差额请作为补差发放", "Pay the difference, as a supplement")
    return [trouble("paid_already", words, cure, f"run:{run.id}")]


def _too_early(session: Session, run: StoredRun, rule: str) -> list[Problem]:
    """A release leaves out whoever was paid with its main run, so that one is paid first."""
    if run.kind != "release" or run.of_id is None:
        return []
    if session.scalar(select(PayoutBatch.id).where(PayoutBatch.run_id == run.of_id)) is not None:
        return []
    main = session.get_one(StoredRun, run.of_id)
    if all(d.why for d in due(session, main, payout_rule(session, main, rule))):
        return []  # everybody was held
    words = (f"第 {run.of_id} 次还没有发放", f"run {run.of_id}, which it belongs to, is not paid")
    cure = (f"请先：hpf pay make {run.of_id}", f"First: hpf pay make {run.of_id}")
    return [trouble("main_first", words, cure, f"run:{run.id}")]


def _batch(
    session: Session,
    run: StoredRun,
    rule: Rule,
    lines: Sequence[Due],
    by: str,
    of: PayoutBatch | None = None,
) -> PayoutBatch:
    hospital = session.get_one(Hospital, run.hospital_id)
    code = f"{hospital.code}-{run.period}-{run.id}"
    if of is not None:
        made = select(func.count()).where(
            PayoutBatch.run_id == run.id, PayoutBatch.reissues_id.is_not(None)
        )
        code += f"-{(session.scalar(made) or 0) + 1}"
    return PayoutBatch(
        hospital_id=run.hospital_id,
        code=code,
        run_id=run.id,
        reissues_id=of.id if of else None,
        scheme=run.scheme,
        kind=run.kind,
        period=run.period,
        rule=f"{rule.entity}.{rule.name}",
        total=sum((d.amount or Decimal(0) for d in lines if not d.why), Decimal(0)),
        left_out=[d.left_out() for d in lines if d.why],
        by=by,
        at=dt.datetime.now(dt.UTC),
    )


def _lines(
    session: Session,
    batch: PayoutBatch,
    dues: Sequence[tuple[Due, int | None]],
    cash: bool,
) -> None:
    """Add the batch and its lines. StorageError for each person without an account."""
    people = {
        s.code: s
        for s in session.scalars(select(Staff).where(Staff.hospital_id == batch.hospital_id))
    }
    lines, problems = [], []
    for one, replaced in dues:
        person = people.get(one.id)
        if person is None or (person.account is None and not cash):
            problems.append(_no_account(one, known=person is not None))
        lines.append(
            PayoutLine(
                hospital_id=batch.hospital_id,
                reissues_id=replaced,
                row_id=one.id,
                name=one.name or (person.name if person else ""),
                amount=one.amount,
                account=person.account if person else None,
            )
        )
    if not lines:
        words = ("没有可以发放的款项", "there is nothing to pay")
        problems.append(trouble("nothing_to_pay", words, ("", ""), f"run:{batch.run_id}"))
    problems = [p for p in problems if not (cash and p.code == "storage.not_registered")]
    if problems:
        raise StorageError(problems)
    seal = session.get_one(StoredRun, batch.run_id).seal or ""
    batch.digest = batch_digest(batch, seal, lines)
    session.add(batch)
    session.flush()
    for line in lines:
        line.batch_id = batch.id
    session.add_all(lines)
    session.flush()
    reach("payout.after_lines")


def _no_account(one: Due, known: bool) -> Problem:
    if not known:
        words = ("不在人员名册里，没有账号", "is not in the register: no account is known")
        cure = ("请登记人员和账号；现金发放用 --cash", "Register them; --cash pays in cash")
        return trouble("not_registered", words, cure, "", "staff", one.id)
    words = ("没有登记银行账号", "has no bank account")
    cure = (
        "登记：hpf pay accounts；现金发放用 --cash",
        "To enter accounts: hpf pay accounts; --cash pays in cash",
    )
    return trouble("no_account", words, cure, "", "staff", one.id)


def _recorded(
    session: Session, batch: PayoutBatch, run: StoredRun, action: str, more: Mapping[str, Any]
) -> PayoutBatch:
    lines = batch_lines(session, batch)
    in_cash = [x for x in lines if x.account is None]
    detail = {
        "run": run.id,
        "seal": run.seal,
        "scheme": run.scheme,
        "period": str(run.period),
        "rule": batch.rule,
        "lines": len(lines),
        "total": plain(batch.total),
        "cash": plain(sum((x.amount for x in in_cash), Decimal(0))),
        "left_out": batch.left_out,
        "digest": batch.digest,
        **more,
    }
    hospital = session.get_one(Hospital, batch.hospital_id).code
    record(session, batch.by, action, f"payout:{batch.code}", detail, hospital=hospital,
           at=batch.at)  # fmt: skip
    reach("payout.before_commit")
    return batch
