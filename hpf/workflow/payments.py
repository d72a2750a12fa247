"""Paying a sealed run: checks, batch and files, together or not at all.

    paid = pay(engine, home.keys, run_id, by="张三", files={Path("a.xlsx"): writer})

The files lie on the disk, whole, before the batch is committed, and get their names after it: so a
full disk leaves neither, and a process that dies in between leaves a batch whose files can be
written again (`write_again`), never a file without a batch.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hpf.core.errors import Problem, Text
from hpf.core.faultpoints import reach
from hpf.core.kit.hookspecs import PayoutWriter
from hpf.core.paylists import PayLine, PayList
from hpf.holds import holds
from hpf.intake.atomic import atomic_write
from hpf.storage.audit_heads import sign
from hpf.storage.ceilings import ceiling_problems
from hpf.storage.engine import reading, writing
from hpf.storage.models import Cycle, Hospital, PayoutBatch, Staff, StoredRun
from hpf.storage.pay_lines import hold_open
from hpf.storage.payout_states import batch_lines, find_batch
from hpf.storage.payouts import batch_digest, make_batch, reissue
from hpf.storage.programs import load_program
from hpf.storage.secrets import AccountKeys, owner_of
from hpf.storage.troubles import StorageError, TamperError, trouble
from hpf.workflow.leftovers import clear, noted
from hpf.workflow.payments_apart import same_hands
from hpf.workflow.stages import Stage

Files = Mapping[Path, PayoutWriter]
Check = Callable[[Session, StoredRun], Sequence[Problem]]

BATCH = "{batch}"  # in a file's name: the batch's id, which nobody knows before it is made

_FINAL = frozenset({Stage.FINAL, Stage.IMPROVE, Stage.CLOSED})
_APPROVED = _FINAL | {Stage.PUBLICISE, Stage.APPEAL, Stage.RECHECK}


@dataclass(frozen=True, slots=True)
class Paid:
    """A batch that was made, and what was told on the way."""

    pay_list: PayList
    left_out: tuple[Mapping[str, object], ...]
    notices: tuple[Problem, ...]


def pay(
    engine: Engine,
    keys: Path,
    run: int,
    *,
    by: str,
    files: Files,
    rule: str = "",
    cash: bool = False,
    without_cycle: bool = False,
    check: Check | None = None,
    apart: bool = False,
) -> Paid:
    """Make the first batch of a sealed run, and its files.

    rule, cash: as in `make_batch`. without_cycle: the period has no cycle, and needs none. check:
    looks at the run once more, such as whether its seal still holds. apart: whoever sealed the run
    does not pay it, unless the hospital settled otherwise. Raises HpfError with everything that is
    wrong, OSError where a file cannot be written; then there is neither.
    """
    clear(keys)
    accounts = AccountKeys.read(keys)
    with writing(engine) as session, ExitStack() as stack:
        stored = _run(session, run)
        found = [
            *in_the_way(session, stored, rule, without_cycle=without_cycle, by=by, apart=apart),
            *(check(session, stored) if check else ()),
        ]
        wrong = [p for p in found if p.severity == "problem"]
        try:
            batch = make_batch(session, stored, by=by, rule=rule, cash=cash)
        except StorageError as error:
            raise StorageError([*wrong, *error.problems]) from error
        except IntegrityError as error:
            raise StorageError([_at_once(run)]) from error
        if wrong:
            raise StorageError(wrong)
        listed = pay_list(session, batch, accounts)
        found += _strangers(session, batch)
        _commit(session, stack, listed, files, keys)
        left_out = tuple(batch.left_out)
    sign(engine, keys)
    return Paid(listed, left_out, tuple(p for p in found if p.severity != "problem"))


def in_the_way(
    session: Session,
    stored: StoredRun,
    rule: str = "",
    *,
    without_cycle: bool = False,
    by: str = "",
    apart: bool = False,
) -> list[Problem]:
    """What stands against paying a run now, before any line of it is looked at: who sealed it, the
    cycle's stage, holds that nobody approved, ceilings. Notices do not stop it. by, apart: as in
    `pay`."""
    return [
        *same_hands(session, stored, by, strict=apart),
        *_stage(session, stored, without_cycle),
        *_unsettled(session, stored),
        *ceiling_problems(session, stored, rule),
    ]


def pay_again(
    engine: Engine,
    keys: Path,
    hospital: int,
    code: str,
    *,
    by: str,
    reason: str,
    files: Files,
    ids: Collection[str] = (),
    cash: bool = False,
) -> Paid:
    """A batch of what came back from another one, and its files; as `pay`."""
    accounts = AccountKeys.read(keys)
    with writing(engine) as session, ExitStack() as stack:
        first = find_batch(session, hospital, code)
        try:
            batch = reissue(session, first, by=by, reason=reason, ids=ids, cash=cash)
        except IntegrityError as error:
            raise StorageError([_at_once(first.run_id)]) from error
        listed = pay_list(session, batch, accounts)
        _commit(session, stack, listed, files, keys)
    sign(engine, keys)
    return Paid(listed, (), ())


def write_again(engine: Engine, keys: Path, hospital: int, code: str, files: Files) -> PayList:
    """The files of a batch that exists, exactly as they were."""
    clear(keys)
    accounts = AccountKeys.read(keys)
    with reading(engine) as session, ExitStack() as stack:
        listed = pay_list(session, find_batch(session, hospital, code), accounts)
        _lay_down(stack, listed, files, keys)
    return listed


def pay_list(session: Session, batch: PayoutBatch, accounts: AccountKeys) -> PayList:
    """A batch with its account numbers in the clear: for a writer, never for a log.

    Raises TamperError where a line is not what it was when the batch was made.
    """
    hospital = session.get_one(Hospital, batch.hospital_id)
    run = session.get_one(StoredRun, batch.run_id)
    lines = batch_lines(session, batch)
    if batch_digest(batch, run.seal or "", lines) != batch.digest:
        words = (f"批次 {batch.code} 被改过", f"batch {batch.code} was altered")
        cure = ("请运行 hpf audit verify", "Run hpf audit verify")
        raise TamperError([trouble("batch_altered", words, cure, batch.code)])
    return PayList(
        batch.code,
        hospital.code,
        hospital.name,
        batch.scheme,
        load_program(session, run.program_digest).names,
        batch.period,
        tuple(
            PayLine(
                x.row_id,
                x.name,
                accounts.open(x.account, owner_of(hospital.code, x.row_id)) if x.account else "",
                x.amount,
            )
            for x in lines
        ),
    )


def _commit(session: Session, stack: ExitStack, listed: PayList, files: Files, keys: Path) -> None:
    _lay_down(stack, listed, files, keys)
    reach("payout.files_written")
    session.commit()
    reach("payout.committed")


def _lay_down(stack: ExitStack, listed: PayList, files: Files, keys: Path) -> None:
    """Write all files beside their places, down to the disk; they take them when `stack` closes.

    What lies there meanwhile is noted: where the process is killed, the next one takes it away.
    """
    note = stack.enter_context(noted(keys)) if files else None
    for path, writer in files.items():
        place = path.with_name(path.name.replace(BATCH, listed.batch))
        beside = stack.enter_context(atomic_write(place))
        beside.chmod(0o600)  # it holds account numbers
        if note is not None:
            note.add(beside)
        with beside.open("wb") as file:
            for part in writer.write(listed):
                file.write(part)
            file.flush()
            os.fsync(file.fileno())


def _run(session: Session, number: int) -> StoredRun:
    run = session.get(StoredRun, number)
    if run is None:
        words = (f"没有第 {number} 次计算", f"there is no run {number}")
        cure = ("列出：hpf runs", "To list them: hpf runs")
        raise StorageError([trouble("no_run", words, cure)])
    return run


def _stage(session: Session, run: StoredRun, without_cycle: bool) -> Sequence[Problem]:
    """Why the cycle of the run's period does not let it be paid yet."""
    cycle = session.scalar(
        select(Cycle).where(
            Cycle.hospital_id == run.hospital_id,
            Cycle.scheme == run.scheme,
            Cycle.period == run.period,
        )
    )
    place = f"{run.scheme} {run.period}"
    if cycle is None:
        if without_cycle:
            return ()
        return [
            _problem(
                "no_cycle", place,
                ("这个周期没有考核流程", "the period has no cycle"),
                ("请先 hpf cycle plan；确实不走流程用 --no-cycle",
                 "Plan it with hpf cycle plan; --no-cycle where there is to be none"),
            )
        ]  # fmt: skip
    found = []
    stage = Stage(cycle.state)
    if stage not in (_APPROVED if cycle.pay_first else _FINAL):
        found.append(
            _problem(
                "stage", place,
                (f"流程在“{stage.names.zh}”，还不能发放",
                 f"the cycle is at '{stage.names.en}': too early to pay"),
                ("推进流程：hpf cycle move", "To move it on: hpf cycle move"),
            )
        )  # fmt: skip
    if run.kind == "main" and cycle.run_id != run.id:
        found.append(
            _problem(
                "other_run", place,
                (f"流程定稿的是第 {cycle.run_id} 次计算，不是第 {run.id} 次",
                 f"the cycle is about run {cycle.run_id}, not {run.id}"),
                (f"请发放第 {cycle.run_id} 次", f"Pay run {cycle.run_id}"),
            )
        )  # fmt: skip
    return found


def _unsettled(session: Session, run: StoredRun) -> Sequence[Problem]:
    """Holds of the period that somebody asked for and nobody approved."""
    asked = holds(session, run.hospital_id, run.scheme, run.period)
    return [hold_open(one) for one in asked if one.approved_by is None]


def _strangers(session: Session, batch: PayoutBatch) -> list[Problem]:
    """Who is paid in cash and stands in no register: somebody should know them."""
    asked = select(Staff.code).where(Staff.hospital_id == batch.hospital_id)
    known = set(session.scalars(asked))
    words = ("不在人员名册里，发现金", "is in no register, and paid in cash")
    return [
        trouble("not_registered", words, ("", ""), "", "staff", x.row_id, severity="notice")
        for x in batch_lines(session, batch)
        if x.row_id not in known
    ]


def _at_once(run: int) -> Problem:
    return trouble(
        "paid_already",
        ("刚刚有人发放过", "somebody else has just paid it"),
        ("列出批次：hpf pay list", "To list the batches: hpf pay list"),
        f"run:{run}",
    )


def _problem(code: str, place: str, words: tuple[str, str], cure: tuple[str, str]) -> Problem:
    return Problem(f"pay.{code}", Text(*words), Text(*cure), place)
