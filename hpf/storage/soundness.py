"""Whether everything that was closed is what it was: the audit chain, imports, runs, pay lists,
questionnaires."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.errors import Problem
from hpf.storage.audit_checks import verify
from hpf.storage.audit_heads import Head
from hpf.storage.imports import check_import
from hpf.storage.ledgers import altered_ledgers
from hpf.storage.models import Import, PayoutBatch, StoredRun
from hpf.storage.payout_states import batch_lines
from hpf.storage.payouts import batch_digest
from hpf.storage.questionnaires import altered
from hpf.storage.replay import verify_run
from hpf.storage.troubles import TamperError, trouble

_CURE = (
    "数据库被别的途径改过：请与备份比对",
    "The database was changed by another way: compare it with a backup",
)


def unsound(session: Session, key: str, kept: Iterable[Head] = ()) -> list[Problem]:
    """Everything that is not what it was when it was closed; empty where all of it is.

    key, kept: as in `audit_checks.verify`; without a key the chain is not looked at.
    """
    found = list(verify(session, key, kept).problems) if key else []
    for one in session.scalars(select(Import).where(Import.digest.is_not(None))):
        found += _import(session, one)
    for id in session.scalars(select(StoredRun.id).where(StoredRun.seal.is_not(None))).all():
        found += verify_run(session, id).problems
    for batch in session.scalars(select(PayoutBatch)):
        run = session.get_one(StoredRun, batch.run_id)
        if batch_digest(batch, run.seal or "", batch_lines(session, batch)) != batch.digest:
            words = (f"批次 {batch.code} 被改过", f"batch {batch.code} was altered")
            found.append(trouble("batch_altered", words, _CURE, batch.code))
    return [*found, *altered(session), *altered_ledgers(session)]


def _import(session: Session, one: Import) -> Sequence[Problem]:
    try:
        check_import(session, one)
    except TamperError as error:
        return error.problems
    return ()
