"""Imports: what a workbook changes, shown before anything is written, and then written whole.

    with reading(engine) as session:
        shown = preview(session, hospital, program, facts)
    with writing(engine) as session:
        saved = save_import(session, shown, by="张三", file="pay.xlsx", file_digest=…)
        session.commit()

Importing the same facts again changes nothing and writes nothing. An import that was shown before
another one came in between is refused: what it was shown to change is no longer what it changes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hpf.core.checking import check
from hpf.core.facts import Facts, cell_place
from hpf.core.faultpoints import reach
from hpf.core.program import Program
from hpf.storage.audit import record
from hpf.storage.bulk import CHUNK, insert_many
from hpf.storage.changes import EXTENTS, ColumnChange, changes, summary
from hpf.storage.engine import lock
from hpf.storage.facts import latest_import
from hpf.storage.frozen import (
    frozen_changes,
    frozen_problem,
    kept_by_ledgers,
    ledger_problem,
)
from hpf.storage.models import Fact, FactColumn, Hospital, Import, ImportColumn
from hpf.storage.troubles import StorageError, TamperError, trouble
from hpf.storage.types import canonical, utc_text
from hpf.storage.versions import own_code

MOVED = "storage.import_moved"
_LOCK = 4_850_100_000  # + hospital: one import at a time in a hospital
_MOST_NOTICES = 500
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell: its row and column, the old value and the new one (None: none)."""

    entity: str
    id: str
    code: str
    old: str
    new: str | None
    place: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. base: the last import it was compared with.

    found: by column, without the cells that are new; accepted_zeros: blanks that count as a
    declared zero.
    """

    hospital: int
    program: Program
    facts: Facts
    extent: str
    base: int | None
    found: tuple[ColumnChange, ...]
    accepted_zeros: int

    @property
    def counts(self) -> Mapping[str, int]:
        """new, changed, removed, unchanged."""
        return summary(self.found)

    @property
    def empty(self) -> bool:
        """Whether everything stands there already."""
        return not any(d.writes for d in self.found)

    def cells(self) -> Iterator[CellChange]:
        """Each cell that had a value and has another or none now."""
        for one in self.found:
            code = own_code(one.code)
            for row, old, value, line, lines in one.frame.iter_rows():
                place = ""
                if one.file and line:
                    place = cell_place(one.file, one.sheet, one.letter, lines or str(line))
                yield CellChange(one.entity, row, code, old, value, place)


def preview(
    session: Session, hospital: int, program: Program, facts: Facts, *, extent: str = "whole"
) -> Preview:
    """Compare facts with what is stored; nothing is written.

    extent: whole or part, as in `changes`. Raises ValueError for another, StorageError for
    rows without an id of their own.
    """
    if extent not in EXTENTS:
        raise ValueError(f"an import is whole or part, not {extent!r}")
    base = latest_import(session, hospital, program.code, facts.period)
    found = tuple(d.light() for d in changes(session, hospital, program, facts, extent))
    checked, _ = check(program, facts)
    return Preview(hospital, program, facts, extent, base, found, checked.accepted_zeros)


def save_import(
    session: Session,
    shown: Preview,
    *,
    by: str,
    reason: str = "",
    file: str = "",
    file_digest: str = "",
    at: dt.datetime | None = None,
    new_table: bool = False,
) -> Import | None:
    """Write what was shown, in the session's transaction; None where there is nothing to write.

    new_table: this is a new version of a table that an assessment holds still, or what a ledger
    itself hands over. Raises StorageError (code MOVED) when another import of the same period came
    after the preview, and for a change of what is held that is neither.
    """
    lock(session.connection(), _LOCK + shown.hospital)
    period, scheme = shown.facts.period, shown.program.code
    if latest_import(session, shown.hospital, scheme, period) != shown.base:
        raise StorageError([_moved(scheme, str(period))])
    if shown.empty:
        return None
    touched = frozen_changes(session, shown.hospital, scheme, period, shown.found)
    if touched and not new_table:
        raise StorageError([frozen_problem(scheme, period, touched)])
    kept = kept_by_ledgers(session, shown.hospital, scheme, period, shown.found)
    if kept and not new_table:
        raise StorageError([ledger_problem(scheme, period, kept)])
    number = session.scalar(
        select(func.max(Import.number)).where(Import.hospital_id == shown.hospital)
    )
    notices = [n.as_json() for n in shown.facts.notices[:_MOST_NOTICES]]
    one = Import(
        hospital_id=shown.hospital,
        number=(number or 0) + 1,
        scheme=scheme,
        period=period,
        extent=shown.extent,
        file=file,
        file_digest=file_digest,
        reason=reason,
        by=by,
        at=at or dt.datetime.now(dt.UTC),
        notices=notices,
    )
    session.add(one)
    session.flush()
    reach("import.opened")
    one.versions = _write(session, shown, one)
    reach("import.after_rows")
    one.digest = import_digest(session, one)
    session.flush()
    record(
        session,
        by,
        "import.saved",
        f"import:{one.number}",
        _detail(shown, one),
        hospital=session.get_one(Hospital, shown.hospital).code,
        at=one.at,
    )
    reach("import.before_commit")
    return one


def import_digest(session: Session, one: Import) -> str:
    """SHA-256 over an import and all it wrote, computed from what is stored."""
    digest = hashlib.sha256()

    def add(line: Any) -> None:
        digest.update(canonical(line).encode() + b"\n")

    add([one.hospital_id, one.number, one.scheme, str(one.period), one.extent])
    add([one.file, one.file_digest, one.reason, one.by, utc_text(one.at)])
    add([one.versions, one.notices])
    columns = session.execute(
        select(
            FactColumn.id,
            FactColumn.entity,
            FactColumn.code,
            ImportColumn.type,
            ImportColumn.file,
            ImportColumn.sheet,
            ImportColumn.letter,
        )
        .join(ImportColumn, ImportColumn.column_id == FactColumn.id)
        .where(ImportColumn.import_id == one.id)
        .order_by(FactColumn.entity, FactColumn.code)
    ).all()
    for id, *said in columns:
        add(said)
        rows = session.connection().execute(
            select(Fact.row, Fact.value, Fact.line, Fact.lines)
            .where(Fact.column_id == id, Fact.import_id == one.id)
            .order_by(Fact.row)
            .execution_options(yield_per=CHUNK)
        )
        for part in rows.partitions():
            digest.update(_lines(part))
    return digest.hexdigest()


def check_import(session: Session, one: Import) -> None:
    """TamperError when what an import wrote is no longer what it wrote."""
    if import_digest(session, one) != one.digest:
        words = (
            f"第 {one.number} 次导入的数据与当时的摘要不符",
            f"what import {one.number} wrote no longer has the digest it had",
        )
        cure = (
            "数据库被别的途径改过：请与备份比对",
            "The database was changed by another way: compare it with a backup",
        )
        raise TamperError([trouble("import_altered", words, cure, f"import:{one.number}")])


def _write(session: Session, shown: Preview, one: Import) -> int:
    count = 0
    # compared once more, column by column: a preview holds no more than what it shows
    again = changes(session, shown.hospital, shown.program, shown.facts, shown.extent)
    for found in again:
        if not found.spoken and not found.writes:
            continue
        column = found.stored
        if column is None:
            made = FactColumn(
                hospital_id=shown.hospital,
                scheme=one.scheme,
                period=one.period,
                entity=found.entity,
                code=found.code,
            )
            session.add(made)
            session.flush()
            column = made.id
        session.add(
            ImportColumn(
                import_id=one.id,
                column_id=column,
                type=found.type,
                file=found.file,
                sheet=found.sheet,
                letter=found.letter,
            )
        )
        rows = (
            (column, row, one.id, new, line, lines)
            for row, new, line, lines in found.frame.select(
                "row", "new", "line", "lines"
            ).iter_rows()
        )
        names = ("column_id", "row", "import_id", "value", "line", "lines")
        count += insert_many(session, "facts", names, rows)
        reach("import.column")
    return count


def _lines(rows: Iterable[Sequence[Any]]) -> bytes:
    """Each row as JSON and a comma: [row, value, line, lines]. How many come at once is all one."""
    return (_ENCODE([tuple(row) for row in rows])[1:-1] + ",").encode()


def _detail(shown: Preview, one: Import) -> dict[str, Any]:
    return {
        "scheme": one.scheme,
        "period": str(one.period),
        "extent": one.extent,
        "file": one.file,
        "file_digest": one.file_digest,
        "reason": one.reason,
        "versions": one.versions,
        "facts": one.digest,
        "accepted_zeros": shown.accepted_zeros,
        **shown.counts,
    }


def _moved(scheme: str, period: str) -> Any:
    words = (
        f"{scheme} {period} 刚刚有另一次导入，您看到的对照已经过时",
        f"another import of {scheme} {period} came in between: what was shown is out of date",
    )
    cure = (
        "没有写入任何内容；请重新查看变更后再确认",
        "Nothing was written. Look at the changes again, and confirm them again",
    )
    return trouble("import_moved", words, cure)
