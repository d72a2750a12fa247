"""Closing a ledger: it takes no more entries, and its entries become facts, by the door of all
facts and in the same transaction.

A fact's place names the entries it was made of: `积分账 ledger points [2026-Q3] 12,15`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from hpf.core import Ledger
from hpf.core.errors import Problem
from hpf.core.facts import PLACES, Facts, Source, Table
from hpf.core.faultpoints import reach
from hpf.core.indicators import Type
from hpf.core.program import Program
from hpf.receiving import compare_stored
from hpf.storage.cycles import local_day
from hpf.storage.facts import facts_at
from hpf.storage.imports import save_import
from hpf.storage.ledgers import adjustments_of, book_digest, entries_of, sightings_of
from hpf.storage.models import LedgerAdjustment, LedgerBook, LedgerEntry, LedgerSighting
from hpf.workflow.acting import Act, actor
from hpf.workflow.ledgers import (
    Rules,
    account_entity,
    link_to,
    open_row,
    problem,
    read_standards,
    stop,
)
from hpf.workflow.roles import Role

Rows = Mapping[str, Mapping[str, Any]]  # id -> column -> value
_EMPTY = {
    Type.DATE: pl.Date, Type.BOOLEAN: pl.Boolean, Type.TEXT: pl.String, Type.CHOICE: pl.String,
}  # fmt: skip


def close_book(act: Act, ledger: Ledger, program: Program, book: LedgerBook) -> LedgerBook:
    """Close a period's ledger and enter it as facts, whole or not at all.

    Raises HpfError: the period is not over, closed already, people or standards that the period's
    facts do not have, standards that changed since it was opened, whatever is wrong with a value.
    """
    actor(act, (Role.HR,))
    book = open_row(act, book)
    entries = entries_of(act.session, book.id)
    stop(_wrong(act, ledger, program, book, entries))
    part = ledger_facts(act, ledger, program, book)
    shown = compare_stored(act.session, act.hospital, program, part)
    reach("ledger.compared")
    saved = save_import(act.session, shown, by=act.account, at=act.at, new_table=True,
                        reason=f"ledger:{book.ledger}:{book.period}")  # fmt: skip
    book.import_id = saved.id if saved is not None else None
    book.closed_by, book.closed_at = act.account, act.at
    act.session.flush()
    reach("ledger.entered")
    book.digest = book_digest(act.session, book)
    act.session.flush()
    told = {"entries": len(entries), "import": saved.number if saved else None,
            "digest": book.digest}  # fmt: skip
    act.audit("ledger.closed", f"ledger:{book.ledger}:{book.period}", told)
    reach("ledger.closed")
    return book


def ledger_facts(act: Act, ledger: Ledger, program: Program, book: LedgerBook) -> Facts:
    """A ledger as facts: entries, the accounts they lead to, and adjustments."""
    entries = entries_of(act.session, book.id)
    seen = sightings_of(act.session, book.id)
    made = _entry_rows(ledger, Rules.of(book), entries, seen)
    tables = [_table(book, program, ledger.entity, made, {i: i[1:] for i in made})]
    if ledger.account:
        accounts, lines = _account_rows(ledger, entries)
        entity = account_entity(ledger, program)
        tables.append(_table(book, program, entity, accounts, lines))
    if ledger.adjustment:
        changes = _change_rows(ledger, adjustments_of(act.session, book.id))
        tables.append(
            _table(book, program, ledger.adjustment, changes, {i: i[1:] for i in changes})
        )
    return Facts(book.period, {t.entity: t for t in tables})


def account_id(person: str, standard: str) -> str:
    """The row that stands for a person under a standard."""
    return f"{person}:{standard}"


def _entry_rows(
    ledger: Ledger,
    rules: Rules,
    entries: Sequence[LedgerEntry],
    seen: Mapping[int, LedgerSighting],
) -> dict[str, dict[str, Any]]:
    here = {e.id for e in entries}
    found = {}
    for e in entries:
        earlier = e.reverses_id is not None and e.reverses_id not in here
        said = e.reason or f"见佐证 evidence #{e.id}"
        if earlier:
            said = f"冲销 {e.reverses_id} 号 reverses #{e.reverses_id}：{said}"
        row: dict[str, Any] = {
            ledger.sign: ledger.signs[e.sign == "minus"],
            ledger.points: e.points,
            ledger.day: e.day,
            ledger.reason: said,
            ledger.earlier: earlier,
            ledger.seen: local_day(seen[e.id].at) if e.id in seen else None,
            ledger.reverses: f"L{e.reverses_id}" if e.reverses_id in here else None,
        }
        if ledger.account:
            row[ledger.account] = account_id(e.person, e.standard)
        else:
            row |= {ledger.person: e.person, ledger.standard: e.standard}
        found[f"L{e.id}"] = row
    return found


def _account_rows(
    ledger: Ledger, entries: Sequence[LedgerEntry]
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    rows: dict[str, dict[str, Any]] = {}
    lines: dict[str, list[str]] = {}
    for e in entries:
        id = account_id(e.person, e.standard)
        rows[id] = {ledger.person: e.person, ledger.standard: e.standard}
        lines.setdefault(id, []).append(str(e.id))
    return rows, {id: ",".join(numbers) for id, numbers in lines.items()}


def _change_rows(ledger: Ledger, changes: Sequence[LedgerAdjustment]) -> dict[str, dict[str, Any]]:
    return {
        f"J{a.id}": {
            ledger.unit: a.department,
            ledger.standard: a.standard,
            ledger.before: a.before,
            ledger.after: a.after,
            ledger.decided: a.decided,
            ledger.since: a.since,
            ledger.why: a.reason,
        }
        for a in changes
    }


def _table(
    book: LedgerBook, program: Program, entity: str, rows: Rows, lines: Mapping[str, str]
) -> Table:
    """Rows as a table, each value with the numbers of its entries as its place.

    All columns stand there without rows too: an empty table is not a missing one.
    """
    types = {i.code: i.type for i in program.of(entity)}
    links = [k.name for k in program.entities[entity].links]
    given = {c for row in rows.values() for c in row}
    names = sorted(given) if rows else sorted([*types, *links])
    columns = {"id": pl.Series(list(rows), dtype=pl.String)}
    for name in names:
        number = name in types and types[name] not in _EMPTY
        kind = pl.Decimal(38, PLACES) if number else _EMPTY.get(types.get(name, Type.TEXT))
        columns[name] = pl.Series(name, [row.get(name) for row in rows.values()], dtype=kind)
    numbers = [lines[id] for id in rows]
    source = Source(
        f"积分账 ledger {book.ledger}", str(book.period), dict.fromkeys(columns, ""),
        [int(n.split(",")[0]) for n in numbers],
        lines={c: numbers for c in columns if c != "id"},
    )  # fmt: skip
    return Table(entity, pl.DataFrame(columns), source)


def _wrong(
    act: Act,
    ledger: Ledger,
    program: Program,
    book: LedgerBook,
    entries: Sequence[LedgerEntry],
) -> Iterator[Problem]:
    where = f"{book.ledger} {book.period}"
    if act.today <= book.period.last_day:
        last = book.period.last_day
        yield problem("running", f"本期到 {last} 才结束", f"the period ends only on {last}",
                      (f"请在 {last} 之后结清", f"Close it after {last}"), where)  # fmt: skip
    facts = facts_at(act.session, act.hospital, program, book.period)
    held, bad = read_standards(ledger, program, facts)
    yield from bad
    now = {s.id: (s.bonus, s.worth, s.adjustable) for s in held}
    for id, one in Rules.of(book).standards.items():
        if now.get(id) != (one.bonus, one.worth, one.adjustable):
            yield problem(
                "standard_moved",
                f"标准 {id} 与打开账时不同",
                f"standard '{id}' is not what it was when the ledger was opened",
                ("请改回；新的标准从下一期起用", "Put it back: a new one is for the next"),
                where,
            )
    person = link_to(program, account_entity(ledger, program), ledger.person)
    table = facts.tables.get(person)
    known = set(table.frame["id"]) if table is not None else set()
    for id in sorted({e.person for e in entries} - known):
        yield problem("no_row", f"本期数据里没有 {id}", f"the period's facts have no '{id}'",
                      ("请先导入本期人员", "Import the period's people first"), where)  # fmt: skip
