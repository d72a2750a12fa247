"""Facts as they stood at an import: values, and the cell, person and moment each came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hpf.core.errors import Problem, Text
from hpf.core.facts import Facts, Source, Table, cell_place
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.storage.models import Import
from hpf.storage.texts import from_texts, kind_of_type
from hpf.storage.troubles import StorageError, TamperError, trouble
from hpf.storage.types import utc_text
from hpf.storage.versions import ID, Column, Versions, own_code, stored_columns


@dataclass(frozen=True, slots=True)
class StoredSource(Source):
    """Where each value of a table came from: imports may have read them from different files.

    versions: code -> its rows' import, line and lines; spoken: code -> as in Column; moments:
    import id -> who and when.
    """

    versions: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    spoken: Mapping[str, Mapping[int, tuple[str, str, str, str]]] = field(default_factory=dict)
    moments: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    ids: pl.Series = field(default_factory=lambda: pl.Series("id", [], pl.String))

    def place(self, index: int, code: str) -> str:
        """The cell; where there was no file, the row's id and the column's code."""
        number, line, lines = self._version(index, code)
        said = self.spoken.get(code, {}).get(number)
        _, file, sheet, letter = said or (*self.spoken["id"][number][:3], "")
        if file:
            return cell_place(file, sheet, letter, lines or str(line or ""))
        return f"{self.ids[index]}.{code}"

    def reported(self, index: int, code: str) -> tuple[str, str]:
        """Who imported a value, and when."""
        return self.moments.get(self._version(index, code)[0], ("", ""))

    def _version(self, index: int, code: str) -> tuple[int, int | None, str | None]:
        """Import, line and lines of a value; of a blank cell those of its row."""
        frame = self.versions.get(code)
        number, line, lines = (None, None, None) if frame is None else frame.row(index)
        if number is not None:
            return number, line, lines
        row, line, _ = self.versions["id"].row(index)
        return row, line, None


def latest_import(
    session: Session, hospital: int, scheme: str, period: Period, upto: int | None = None
) -> int | None:
    """The id of the last import of a scheme's period; None where nothing was imported."""
    where = [
        Import.hospital_id == hospital,
        Import.scheme == scheme,
        Import.period == period,
        Import.digest.is_not(None),
    ]
    if upto is not None:
        where.append(Import.id <= upto)
    return session.scalar(select(func.max(Import.id)).where(*where))


def facts_at(
    session: Session, hospital: int, program: Program, period: Period, upto: int | None = None
) -> Facts:
    """The facts of a scheme's period as they stood at the import `upto` (now, where None).

    Rows come in order of id. Tables are those that any import spoke of; without one there are
    none. Each value's place, person and moment are those of the import that brought it.
    """
    last = latest_import(session, hospital, program.code, period, upto)
    if last is None:
        return Facts(period, {})
    columns = stored_columns(session, hospital, program.code, period, last)
    moments = {
        number: (by, utc_text(at))
        for number, by, at in session.execute(
            select(Import.id, Import.by, Import.at).where(
                Import.hospital_id == hospital,
                Import.scheme == program.code,
                Import.period == period,
                Import.id <= last,
            )
        )
    }
    versions = Versions(session, columns, last)
    by_entity: dict[str, list[Column]] = {}
    for column in columns:
        by_entity.setdefault(column.entity, []).append(column)
    tables = {
        entity: _table(program, entity, found, versions, moments)
        for entity, found in by_entity.items()
        if entity in program.entities and any(c.code == ID for c in found)
    }
    return Facts(period, tables, _notices(session, hospital, program.code, period, last))


def _table(
    program: Program,
    entity: str,
    columns: Sequence[Column],
    stored: Versions,
    moments: Mapping[int, tuple[str, str]],
) -> Table:
    heads = {own_code(c.code): c for c in columns}
    ids = stored.of(heads["id"])
    rows = ids.select("row")
    series = {"id": ids["row"].alias("id")}
    versions: dict[str, pl.DataFrame] = {}
    for code, column in heads.items():
        found = ids if code == "id" else stored.of(column)
        placed = found
        if not found["row"].equals(ids["row"]):
            placed = rows.join(found, on="row", how="left", maintain_order="left")
        versions[code] = placed[["import", "line", "lines"]]
        if code != "id":
            indicator = program.indicator(entity, code) if not column.code.startswith("@") else None
            kind = (
                kind_of_type(indicator.type) if indicator else list(column.spoken.values())[-1][0]
            )
            series[code] = _typed(placed["value"], kind, column).alias(code)
    source = StoredSource(
        _file(heads["id"]),
        entity,
        {code: list(c.spoken.values())[-1][3] for code, c in heads.items()},
        ids["line"].fill_null(0).to_list(),
        versions=versions,
        spoken={code: c.spoken for code, c in heads.items()},
        moments=moments,
        ids=series["id"],
    )
    return Table(entity, pl.DataFrame(series), source)


def _typed(texts: pl.Series, kind: str, column: Column) -> pl.Series:
    """The values in their type; an indicator that has another type by now must be reported anew."""
    place = f"[{column.entity}] {own_code(column.code)}"
    try:
        return from_texts(texts, kind, place)
    except TamperError:
        before = {said[0] for said in column.spoken.values()} - {kind}
        if not before:
            raise
        said = ", ".join(sorted(before))
        words = (
            f"这一列导入时是 {said}，方案现在要 {kind}",
            f"the column was imported as {said}; the scheme wants {kind} now",
        )
        cure = ("请按新的模板重新导入", "Import it again by the new template")
        raise StorageError([trouble("type_changed", words, cure, place)]) from None


def _file(column: Column) -> str:
    """The file the rows were last read from."""
    return next((said[1] for said in reversed(list(column.spoken.values())) if said[1]), "")


def _notices(
    session: Session, hospital: int, scheme: str, period: Period, upto: int
) -> tuple[Problem, ...]:
    """What the last whole import and the parts after it had to say."""
    imports = session.execute(
        select(Import.extent, Import.notices)
        .where(
            Import.hospital_id == hospital,
            Import.scheme == scheme,
            Import.period == period,
            Import.id <= upto,
        )
        .order_by(Import.id.desc())
    )
    found: list[Problem] = []
    for extent, notices in imports:
        found[:0] = [problem_of(one) for one in notices]
        if extent == "whole":
            break
    return tuple(found)


def problem_of(data: Mapping[str, Any]) -> Problem:
    """A problem or notice from its JSON."""
    return Problem(
        data["code"],
        Text(data["message"]["zh"], data["message"]["en"]),
        Text(data["cure"]["zh"], data["cure"]["en"]),
        data["place"],
        data["entity"],
        data["id"],
        data["name"],
        data["severity"],
    )
