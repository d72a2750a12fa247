"""Facts coming in: a file is read, checked and compared with what is stored; nothing is written.

shown = receive(engine, hospital, program, period, path)
…shown.cells()…                       # somebody looks at it
saved = keep(engine, shown, by="张三", path=path)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hpf.core.checking import check
from hpf.core.errors import FactsError, Problem, Text
from hpf.core.facts import Facts, Table, as_decimal
from hpf.core.faultpoints import reach
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.intake import load
from hpf.intake.digest import file_digest
from hpf.intake.mapped import read_export
from hpf.intake.mapping import parse_mapping
from hpf.intake.reader import merge, read_facts
from hpf.storage.backup_files import ORIGINALS, keep_file
from hpf.storage.engine import reading, writing
from hpf.storage.facts import facts_at
from hpf.storage.imports import Preview, preview, save_import
from hpf.storage.mappings import mapping_of
from hpf.storage.models import Import
from hpf.storage.organisation import NOT_REPORTED, against_register

_OTHERS = {"facts.missing", "facts.no_table", "facts.no_parent"}  # others may still report it


def receive(
    engine: Engine,
    hospital: int,
    program: Program,
    period: Period,
    path: Path,
    *,
    extent: str = "whole",
    others: Sequence[Program] = (),
    bound: Collection[tuple[str, str]] = (),
) -> Preview:
    """Read a workbook or folder and say what it would change.

    extent: whole (all facts of the period) or part (some rows or columns of them). others, bound:
    as in `hpf.intake.load`. Raises FactsError with everything that is wrong.
    """
    if extent == "whole":
        facts = load(path, program, period, others=others, bound=bound)
        with reading(engine) as session:
            told = against_register(session, hospital, facts)
            facts = replace(facts, notices=(*facts.notices, *told))
            return preview(session, hospital, program, facts)
    facts, problems = read_facts(path, program, period, others=others, bound=bound)
    return compare_part(engine, hospital, program, facts, problems)


def receive_mapped(
    engine: Engine, hospital: int, program: Program, period: Period, path: Path, name: str
) -> Preview:
    """Read another system's export by a saved mapping and say what it would change.

    Raises StorageError for an unknown mapping, MappingError for one that no longer fits its
    scheme, FactsError with everything that is wrong in the export.
    """
    with reading(engine) as session:
        saved = mapping_of(session, hospital, name)
    mapping = parse_mapping(saved.mapping, {program.code: program}, f"{name} {saved.version}")
    facts, problems = read_export(path, mapping, program, period)
    words = Text(
        f"按对照 {name} 第 {saved.version} 版读取", f"read by mapping {name} {saved.version}"
    )
    used = Problem("mapping.used", words, place=path.name, severity="notice")
    facts = replace(facts, notices=(used, *facts.notices))
    return compare_part(engine, hospital, program, facts, problems)


def compare_part(
    engine: Engine, hospital: int, program: Program, facts: Facts, problems: Sequence[Problem] = ()
) -> Preview:
    """What facts of some rows or columns would change. Raises FactsError with what is wrong.

    problems: what reading them found. They are checked together with what is stored already.
    """
    with reading(engine) as session:
        return compare_stored(session, hospital, program, facts, problems)


def compare_stored(
    session: Session,
    hospital: int,
    program: Program,
    facts: Facts,
    problems: Sequence[Problem] = (),
) -> Preview:
    """The same in a session that is open, for what is written in one transaction with more."""
    wrong = [p for p in problems if not _left_out(p)]
    if wrong and not facts.tables:
        raise FactsError(wrong)
    stored = facts_at(session, hospital, program, facts.period)
    _, found = check(program, together(facts, stored))
    wrong = merge(wrong, _own(facts, found))
    if wrong:
        raise FactsError(wrong)
    told = [n for n in against_register(session, hospital, facts) if n.code != NOT_REPORTED]
    facts = replace(facts, notices=(*facts.notices, *told))
    return preview(session, hospital, program, facts, extent="part")


def keep(
    engine: Engine,
    shown: Preview,
    *,
    by: str,
    reason: str = "",
    path: Path | None = None,
    home: Path | None = None,
) -> Import | None:
    """Write what was shown, whole or not at all; None where it stands there already.

    home: where the original is kept, byte for byte, if `path` is one file. Raises StorageError
    (code `imports.MOVED`) when another import came in between.
    """
    if home is not None and path is not None and path.is_file():
        keep_file(home, ORIGINALS, path)  # before the commit: what an import names is there
    with writing(engine) as session:
        saved = save_import(
            session,
            shown,
            by=by,
            reason=reason,
            file=path.name if path else "",
            file_digest=file_digest(path) if path else "",
        )
        session.commit()
    reach("import.committed")
    return saved


def together(part: Facts, stored: Facts) -> Facts:
    """Stored facts with those of a part in their place, for a check of both: without cells."""
    tables = dict(stored.tables)
    for entity, table in part.tables.items():
        old = stored.tables.get(entity)
        tables[entity] = table if old is None else _over(table, old)
    return Facts(part.period, tables, part.notices)


def _over(new: Table, old: Table) -> Table:
    """The rows of both; where both have a column of a row, the new one's value."""
    above, below = _even(new.frame), _even(old.frame)
    rest = below.select("id", *(c for c in below.columns if c not in above.columns))
    full = above.join(rest, on="id", how="left", maintain_order="left")
    untouched = below.join(above.select("id"), on="id", how="anti", maintain_order="left")
    return replace(new, frame=pl.concat([full, untouched], how="diagonal"), source=None)


def _even(frame: pl.DataFrame) -> pl.DataFrame:
    """All decimals at one scale: columns of two frames then fit together exactly."""
    numbers = [
        as_decimal(column).cast(pl.Decimal(38, 12))
        for column in frame
        if isinstance(column.dtype, pl.Decimal)
    ]
    return frame.with_columns(numbers).with_columns(pl.col(pl.Null).cast(pl.String))


def _left_out(problem: Problem) -> bool:
    """Whether it only says that a part is not the whole."""
    return problem.code == "intake.missing_sheet" or (
        problem.code == "intake.missing_column" and problem.name != "id"
    )


def _own(part: Facts, found: Sequence[Problem]) -> list[Problem]:
    """The problems of rows that the part names, each with its cell."""
    kept = []
    for problem in found:
        table = part.tables.get(problem.entity)
        if problem.code in _OTHERS or table is None:
            continue
        index = table.frame["id"].index_of(problem.id) if problem.id else None
        if index is not None:
            kept.append(replace(problem, place=table.place(int(index), problem.name or "id")))
        elif not problem.id:
            kept.append(problem)
    return kept
