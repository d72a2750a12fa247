"""What an import would change: column by column, so that memory holds one column at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl
from sqlalchemy.orm import Session

from hpf.core.facts import Facts, Table
from hpf.core.indicators import Blank
from hpf.core.program import Program
from hpf.storage.facts import latest_import
from hpf.storage.texts import kind_of, kind_of_type, to_texts
from hpf.storage.troubles import StorageError, trouble
from hpf.storage.versions import ID, Column, Versions, stored_code, stored_columns

EXTENTS = ("whole", "part")


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """One column of an import beside what is stored.

    frame: row, old, new, line, lines of each cell that changes, in order of row; null old: new,
    null new: removed. added: how many cells are new. spoken: whether the import speaks of the
    column; first: whether no import did before. stored: the column's id, if it has one.
    """

    entity: str
    code: str
    type: str
    file: str
    sheet: str
    letter: str
    frame: pl.DataFrame
    added: int
    unchanged: int
    spoken: bool
    first: bool
    stored: int | None

    @property
    def counts(self) -> dict[str, int]:
        """How many cells are new, changed, removed."""
        new = self.frame["new"].is_null()
        gone = int(new.sum())
        kept = len(self.frame) - int(self.frame["old"].is_null().sum())
        return {"new": self.added, "changed": kept - gone, "removed": gone}

    @property
    def writes(self) -> bool:
        """Whether saving it writes anything that is not there yet."""
        return any(self.counts.values()) or (self.spoken and self.first)

    def light(self) -> ColumnChange:
        """Without the cells that are new: of them a preview needs the number alone."""
        return replace(self, frame=self.frame.filter(pl.col("old").is_not_null()))


def changes(
    session: Session, hospital: int, program: Program, facts: Facts, extent: str
) -> Iterator[ColumnChange]:
    """Every column that the import speaks of or that it removes, by entity and code.

    extent: whole (what the facts do not name is removed) or part (rows and columns they do not
    name stay; a blank cell counts only where a blank means something). Raises StorageError for
    facts with a row that has no id, or has it twice.
    """
    _check_rows(facts)
    known: dict[tuple[str, str], Column] = {}
    stored = None
    last = latest_import(session, hospital, program.code, facts.period)
    if last is not None:
        columns = stored_columns(session, hospital, program.code, facts.period, last)
        known = {(c.entity, c.code): c for c in columns}
        stored = Versions(session, columns, last)
    given = {
        (entity, stored_code(program, entity, name)): (table, name)
        for entity, table in facts.tables.items()
        for name in table.frame.columns
        if name not in table.bound
    }
    keys = set(given) | (set(known) if extent == "whole" else set())
    for key in sorted(keys):
        column = known.get(key)
        old = _nothing()
        if column is not None and stored is not None:
            old = stored.of(column).select("row", pl.col("value").alias("old"))
        yield _difference(program, key, given.get(key), column, old, extent)


def _difference(
    program: Program,
    key: tuple[str, str],
    given: tuple[Table, str] | None,
    column: Column | None,
    old: pl.DataFrame,
    extent: str,
) -> ColumnChange:
    entity, code = key
    stored = column.id if column else None
    if given is None:
        assert column is not None  # a key is given or known
        kind, file, sheet, letter = list(column.spoken.values())[-1]
        gone = old.with_columns(
            new=pl.lit(None, pl.String), line=pl.lit(None, pl.Int64), lines=pl.lit(None, pl.String)
        ).select("row", "old", "new", "line", "lines")
        return ColumnChange(
            entity, code, kind, file, sheet, letter, gone, 0, 0, False, False, stored
        )
    table, name = given
    new = _new(table, name)
    if extent == "part" and not _blank_speaks(program, entity, name):
        new = new.filter(pl.col("new").is_not_null())
    how = "full" if extent == "whole" else "left"
    both = new.join(old, on="row", how=how, coalesce=True).sort("row")  # type: ignore[arg-type]  # one of two words
    changed = both.filter(pl.col("new").ne_missing(pl.col("old")))
    unchanged = int((both["new"] == both["old"]).sum())
    source = table.source
    file = sheet = letter = ""
    if source is not None:
        file, sheet, letter = source.file, source.sheet, source.columns.get(name, "")
    return ColumnChange(
        entity,
        code,
        _kind(program, table, name),
        file,
        sheet,
        letter,
        changed.select("row", "old", "new", "line", "lines"),
        changed["old"].null_count(),
        unchanged,
        True,
        column is None,
        stored,
    )


def _blank_speaks(program: Program, entity: str, name: str) -> bool:
    """Whether a blank cell means anything: a zero, not applicable, no link."""
    indicator = program.indicator(entity, name)
    if indicator is not None:
        return indicator.blank is not Blank.REQUIRED
    return any(k.name == name and k.optional for k in program.entities[entity].links)


def _kind(program: Program, table: Table, name: str) -> str:
    indicator = program.indicator(table.entity, name)
    if indicator is not None:
        return kind_of_type(indicator.type)
    return kind_of(table.frame[name].dtype)


def _new(table: Table, name: str) -> pl.DataFrame:
    """row, new, line, lines of a table's column."""
    source = table.source
    several: Sequence[str] | None = source.lines.get(name) if source else None
    rows = source.rows if source else None
    size = len(table.frame)
    return pl.DataFrame(
        {
            "row": table.frame["id"].cast(pl.String),
            "new": to_texts(table.frame[name]),
            "line": pl.Series([None] * size if rows is None else rows, dtype=pl.Int64),
            "lines": pl.Series(several or [None] * size, dtype=pl.String).replace({"": None}),
        }
    )


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.String, "old": pl.String})


def _check_rows(facts: Facts) -> None:
    bad = []
    for entity, table in facts.tables.items():
        ids = table.frame["id"].cast(pl.String)
        if ids.null_count() or ids.is_duplicated().any():
            words = (
                f"{entity} 表有的行没有 id，或 id 重复",
                f"table '{entity}' has rows without an id, or with the same one",
            )
            bad.append(trouble("rows", words, entity=entity, name=ID))
    if bad:
        raise StorageError(bad)


def summary(found: Sequence[ColumnChange]) -> Mapping[str, int]:
    """new, changed, removed, unchanged: cells over all columns, rows' own ones among them."""
    total = {"new": 0, "changed": 0, "removed": 0, "unchanged": 0}
    for one in found:
        for kind, count in one.counts.items():
            total[kind] += count
        total["unchanged"] += one.unchanged
    return total
