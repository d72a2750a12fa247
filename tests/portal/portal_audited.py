"""Watches every request of a test: what it changed in the database has an entry in the audit trail,
in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import has_request_context, request
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

AUDIT = "AuditEntry"
# What is no deed of anybody: how far a job is, signatures, and that somebody read what was new.
FREE = {AUDIT, "AuditHead", "Job"}
# Of an account: what logging in and out and choosing a language leave behind.
TRACES = {"failed_logins", "last_login", "language", "fs_uniquifier", "password_hash"}


@contextmanager
def audited() -> Iterator[None]:
    """Fails at the end with every request that changed something and told the trail nothing."""
    wrong: list[tuple[str, list[str]]] = []

    def flushed(session: Session, _context: Any) -> None:
        if not has_request_context():
            return
        found = session.info.setdefault("changed", set())
        found |= {type(one).__name__ for one in (*session.new, *session.deleted)}
        found |= {type(one).__name__ for one in session.dirty if _counts(one)}

    def committed(session: Session) -> None:
        found = session.info.pop("changed", set())
        if found - FREE and AUDIT not in found:
            wrong.append((str(request.endpoint), sorted(found)))

    event.listen(Session, "after_flush", flushed)
    event.listen(Session, "after_commit", committed)
    try:
        yield
    finally:
        event.remove(Session, "after_flush", flushed)
        event.remove(Session, "after_commit", committed)
    assert not wrong, wrong


def _counts(one: Any) -> bool:
    """Whether anything of a row changed that the trail should tell of."""
    changed = {a.key for a in inspect(one).attrs if a.history.has_changes()}
    if type(one).__name__ == "User" and "locked_until" in changed and one.locked_until is None:
        changed.discard("locked_until")  # a right password unlocks; so does the counter, with words
    return bool(changed - TRACES) if type(one).__name__ == "User" else bool(changed)
