"""A hospital that pays: keys, four people, a scheme and a sealed run, on any database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sealed import register, store, ward
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hpf.core.errors import HpfError
from hpf.storage.engine import reading, writing
from hpf.storage.keys import make_keys
from hpf.storage.models import AuditEntry, PayoutLine
from hpf.storage.payout_states import find_batch, mark, state_of
from hpf.storage.secrets import AccountKeys
from hpf.workflow.payments import Paid, pay


class Desk:
    """A hospital with keys, people, a scheme and one sealed run."""

    def __init__(self, engine: Engine, hospital: int, folder: Path) -> None:
        self.engine, self.hospital, self.folder = engine, hospital, folder
        self.keys = folder / "keys"
        make_keys(self.keys)
        self.program = ward(folder)
        with self.write() as session:
            register(session, hospital, AccountKeys.read(self.keys))
            self.run = store(session, hospital, self.program).id

    @contextmanager
    def write(self) -> Iterator[Session]:
        with writing(self.engine) as session:
            yield session
            session.commit()

    def store(self, **more: Any) -> int:
        with self.write() as session:
            return store(session, self.hospital, more.pop("program", self.program), **more).id

    def pay(self, run: int = 0, **more: Any) -> Paid:
        more = {"by": "出纳", "files": {}, "without_cycle": True} | more
        return pay(self.engine, self.keys, run or self.run, **more)

    def mark(self, code: str, state: str, *ids: str, reason: str = "") -> int:
        with self.write() as session:
            batch = find_batch(session, self.hospital, code)
            return mark(session, batch, state, by="出纳", reason=reason, ids=ids)

    def states(self, code: str) -> dict[str, str]:
        with reading(self.engine) as session:
            batch = find_batch(session, self.hospital, code)
            names = {x.id: x.row_id for x in session.scalars(select(PayoutLine))}
            return {names[i]: s.state for i, s in state_of(session, batch).items()}

    def actions(self) -> list[str]:
        with reading(self.engine) as session:
            return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))


def codes(call: Callable[[], object]) -> list[str]:
    """Of what a call is refused for, each told in both languages."""
    with pytest.raises(HpfError) as told:
        call()
    assert all(p.message.zh and p.message.en for p in told.value.problems)
    return sorted(p.code.removeprefix("storage.") for p in told.value.problems)
