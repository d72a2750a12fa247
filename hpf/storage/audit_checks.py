"""Whether the audit chain is what was recorded: every entry, every link, every signed head."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.errors import Problem
from hpf.storage.audit import START, entry_hash
from hpf.storage.audit_heads import Head
from hpf.storage.models import AuditEntry, AuditHead
from hpf.storage.troubles import Words, trouble

_BATCH = 5_000
_CURE: Words = (
    "数据库被别的途径改过：请与最近的备份比对，查明是谁、何时",
    "The database was changed by another way: compare it with the latest backup, and find out who",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """entries: how many there are; signed: up to which one a head vouches; 0: none does."""

    entries: int
    signed: int
    problems: tuple[Problem, ...]


def verify(session: Session, key: str, kept: Iterable[Head] = ()) -> Verdict:
    """Go through the whole chain. key: the public key; kept: heads from outside the database.

    Finds entries that were altered, removed, put in another order or cut off at the end, and a
    chain that was rebuilt. What came after the last signed head can still be cut off unnoticed.
    """
    stored = [
        Head(h.seq, h.hash, h.at, h.key, h.signature)
        for h in session.scalars(select(AuditHead).order_by(AuditHead.seq))
    ]
    outside = list(kept)
    wanted = {h.seq for h in (*stored, *outside)}
    hashes: dict[int, str] = {}
    problems: list[Problem] = []
    expected, previous, entries = 1, START, 0
    for entry in _entries(session):
        entries += 1
        problems += _entry(entry, expected, previous)
        if entry.seq in wanted:
            hashes[entry.seq] = entry.hash
        expected, previous = entry.seq + 1, entry.hash
    last = expected - 1
    signed = 0
    told = set[Head]()
    for head in (*stored, *outside):
        if head in told:
            continue
        told.add(head)
        wrong = list(_head(head, key, hashes, last))
        problems += wrong
        if not wrong:
            signed = max(signed, head.seq)
    problems += _missing_heads(stored, outside)
    return Verdict(entries, signed, tuple(problems))


def _entries(session: Session) -> Iterator[AuditEntry]:
    asked = select(AuditEntry).order_by(AuditEntry.seq)
    for part in session.scalars(asked.execution_options(yield_per=_BATCH)).partitions():
        for entry in part:
            yield entry
            session.expunge(entry)  # the chain may be long


def _entry(entry: AuditEntry, expected: int, previous: str) -> Iterator[Problem]:
    place = f"audit:{entry.seq}"
    if entry.seq != expected:
        gap = f"{expected}" if entry.seq == expected + 1 else f"{expected}–{entry.seq - 1}"
        yield _told("removed", (f"第 {gap} 条被删除", f"entry {gap} was removed"), place)
    if entry_hash(entry) != entry.hash:
        words = (
            f"第 {entry.seq} 条（{entry.action}）的内容与其摘要不符",
            f"entry {entry.seq} ({entry.action}) does not have the digest it had",
        )
        yield _told("altered", words, place)
    elif entry.seq == expected and entry.previous != previous:
        words = (
            f"第 {entry.seq} 条不接在前一条之后：顺序或前一条被改动",
            f"entry {entry.seq} does not follow the one before it: that one or their order changed",
        )
        yield _told("broken", words, place)


def _head(head: Head, key: str, hashes: dict[int, str], last: int) -> Iterator[Problem]:
    place = f"head:{head.seq}"
    if not head.holds(key):
        words = (
            f"第 {head.seq} 条处的链头不是本医院的密钥签的",
            f"the head at entry {head.seq} is not signed by this hospital's key",
        )
        yield _told("signature", words, place)
    elif head.seq > last:
        words = (
            f"链在第 {last} 条中断，而签过名的链头到第 {head.seq} 条：末尾被截掉",
            f"the chain ends at entry {last}, a signed head reaches {head.seq}: its end is cut off",
        )
        yield _told("truncated", words, place)
    elif hashes.get(head.seq) != head.hash:
        words = (
            f"到第 {head.seq} 条的链与签名时不同：被重写过",
            f"the chain up to entry {head.seq} is not the one that was signed: it was rebuilt",
        )
        yield _told("rebuilt", words, place)


def _missing_heads(stored: list[Head], outside: list[Head]) -> Iterator[Problem]:
    """Heads that are known outside, and stood in the database too."""
    known = {h.seq for h in stored}
    for seq in sorted({h.seq for h in outside} - known):
        words = (
            f"数据库里第 {seq} 条处的链头被删除",
            f"the head at entry {seq} was removed from the database",
        )
        yield _told("head_removed", words, f"head:{seq}")


def _told(code: str, words: Words, place: str) -> Problem:
    return trouble(f"audit_{code}", words, _CURE, place)
