"""Reading another system's export by a mapping: rows are filtered, grouped and made into facts.

All rows that a value was made of stay beside it, so that an explanation can lead back to each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from hpf.core.errors import Problem, Text, did_you_mean
from hpf.core.facts import PLACES, Facts, Source, Table, as_decimal
from hpf.core.indicators import Indicator, Type
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.intake.columns import Data, read_column, read_texts
from hpf.intake.grid import Cell, Grid, by_column, letter, trouble
from hpf.intake.headings import fold
from hpf.intake.mapped_sheet import headings, open_export, sheet_of
from hpf.intake.mapping import ROWS, Condition, ExportMapping, Made, bound_of
from hpf.intake.sheets import TOTALS


def read_export(
    path: Path, mapping: ExportMapping, program: Program, period: Period
) -> tuple[Facts, list[Problem]]:
    """The facts that an export (.xlsx, .xls, .csv) comes to, and every problem in it.

    Facts of a part of the period: only the rows and columns that the mapping makes. Never raises
    for what stands in the file.
    """
    book = open_export(Path(path))
    problems, notices = list(book.problems), list(book.notices)
    grid = None if problems else sheet_of(book, mapping, problems)
    if grid is None:
        return Facts(period, {}, tuple(notices)), problems
    at = headings(grid, mapping, problems)
    if at is None:
        return Facts(period, {}, tuple(notices)), problems
    head, columns = at
    export = _Export(grid, mapping, program, columns, head)
    table = export.table(path.name)
    problems += [*export.data.problems, *export.problems]
    notices += [*export.data.notices, *export.notices]
    return Facts(period, {mapping.entity: table}, tuple(notices)), problems


@dataclass(slots=True)
class _Export:
    """The rows of an export below its headings, and what is found in them."""

    grid: Grid
    mapping: ExportMapping
    program: Program
    columns: dict[str, int]
    head: int
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)
    data: Data = field(init=False)
    cells: list[list[Cell]] = field(init=False)
    read: dict[tuple[str, str], pl.Series] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = self.grid.rows
        at = [i for i in range(self.head + 1, len(rows)) if any(fold(c) for c in rows[i])]
        self.data = Data(self.mapping.entity, self.grid, at)
        self.cells = by_column([rows[i] for i in at])

    def table(self, file: str) -> Table:
        mapping = self.mapping
        ids = self._ids()
        keep = self._all(mapping.where) & ids.is_not_null()
        frame = pl.DataFrame({"id": ids, "line": [i + 1 for i in self.data.at]}).filter(keep)
        groups = frame.group_by("id", maintain_order=True).agg("line").sort("id")
        series = {"id": groups["id"]}
        lines: dict[str, list[str]] = {"id": [spans(one) for one in groups["line"].to_list()]}
        for made in mapping.facts:
            values, from_lines = self._made(made, ids, keep)
            joined = groups.select("id").join(values, on="id", how="left", maintain_order="left")
            column = joined["value"]
            if made.way in ("sum", "count"):
                column = column.fill_null(0)  # the person is there, and none of their rows counts
            series[made.code] = column.alias(made.code)
            lines[made.code] = [
                from_lines.get(id, lines["id"][n]) for n, id in enumerate(groups["id"].to_list())
            ]
        letters = {made.code: letter(self.columns[made.column])
                   for made in mapping.facts if made.column != ROWS}  # fmt: skip
        letters["id"] = letter(self.columns[mapping.id])
        first = [one[0] for one in groups["line"].to_list()]
        source = Source(file, self.grid.sheet, letters, first, lines=lines)
        return Table(mapping.entity, pl.DataFrame(series), source)

    def _ids(self) -> pl.Series:
        """Our id of each row; null for rows that are refused or left out."""
        mapping, column = self.mapping, self.columns[self.mapping.id]
        codes = self._column(mapping.id, "key")
        kept = self._all(mapping.where)
        for row in (kept & codes.is_null()).arg_true().to_list():
            cure = (
                "请补上，或用 where 排除这类行",
                "Fill it in, or leave such rows out by `where`",
            )
            self._bad(row, column, "no_code", "这一行没有代码", "this row has no code", cure)
        for row in (kept & codes.is_in(sorted(TOTALS))).arg_true().to_list():
            self._bad(row, column, "total_row", "这是合计行", "this is a row of totals",
                      ("请用 where 把合计行排除", "Leave it out by `where`"))  # fmt: skip
        if not mapping.ids:
            return codes
        known = codes.replace_strict(mapping.ids, default=None, return_dtype=pl.String)
        strange = (kept & codes.is_not_null() & known.is_null()).arg_true().to_list()
        by_code: dict[str, list[int]] = {}
        for row in strange:
            by_code.setdefault(codes[row], []).append(row)
        for code, rows in by_code.items():
            zh = f"代码“{code}”不在对照的 ids 里（{len(rows)} 行）"
            en = f"the code '{code}' is none of the mapping's ids ({len(rows)} rows)"
            if mapping.unknown == "ignore":
                place = self.grid.place(self.data.at[rows[0]], column)
                self.notices.append(
                    trouble("code_ignored", (f"{zh}，未采用", f"{en}: not used"), place=place,
                            entity=mapping.entity, severity="notice")
                )  # fmt: skip
            else:
                near = did_you_mean(code, mapping.ids)
                self._bad(rows[0], column, "unknown_code", zh, en, near)
        return known

    def _bad(self, row: int, column: int, code: str, zh: str, en: str, cure: Sequence[str]) -> None:
        place = self.grid.place(self.data.at[row], column)
        words = (cure[0], cure[1])
        self.problems.append(trouble(code, (zh, en), words, place, self.mapping.entity))

    def _column(self, name: str, kind: str) -> pl.Series:
        """A column of the export read as number, date, text or key; each way once."""
        key = (name, kind)
        if key not in self.read:
            index = self.columns[name]
            given = self.cells[index] if self.cells else []
            heading = self.mapping.columns[name]
            if kind in ("text", "key"):
                self.read[key] = read_texts(self.data, index, heading, given, key=kind == "key")
            else:
                type = Type.DATE if kind == "date" else Type.DECIMAL
                asked = Indicator(heading, self.mapping.entity, type, Text(heading, heading))
                self.read[key] = read_column(self.data, index, given, asked)
        return self.read[key]

    def _all(self, conditions: Sequence[Condition]) -> pl.Series:
        mask = pl.Series([True] * len(self.data.at), dtype=pl.Boolean)
        for one in conditions:
            mask = mask & self._holds(one)
        return mask

    def _holds(self, one: Condition) -> pl.Series:
        if one.test == "blank":
            blank = self._column(one.column, "text").is_null()
            return blank if one.values[0] == "True" else ~blank
        if one.test in ("is", "is_not"):
            same = self._column(one.column, "text").is_in(list(one.values)).fill_null(False)
            return same if one.test == "is" else ~same
        numbers, bound = self._column(one.column, "number"), bound_of(one)
        match one.test:
            case "above":
                mask = numbers > bound
            case "below":
                mask = numbers < bound
            case "from":
                mask = numbers >= bound
            case _:
                mask = numbers <= bound
        return mask.fill_null(False)

    def _made(
        self, made: Made, ids: pl.Series, keep: pl.Series
    ) -> tuple[pl.DataFrame, dict[str, str]]:
        """id and value of each group with rows, and the lines each was made of."""
        mask = keep & self._all(made.where)
        indicator = self.program.indicator(self.mapping.entity, made.code)
        frame = pl.DataFrame({"id": ids, "line": [i + 1 for i in self.data.at]})
        if made.column != ROWS:
            kind = _kind(made, indicator)
            column = self._column(made.column, kind)
            if kind == "number":
                column = as_decimal(column).cast(pl.Decimal(38, PLACES))
            frame = frame.with_columns(value=column)
            if made.way in ("sum", "max", "min"):
                self._blanks(made, mask & column.is_null())
            elif made.way == "count":
                mask = mask & column.is_not_null()
        found = frame.filter(mask)
        value = {
            "sum": pl.col("value").sum() if made.way == "sum" else pl.lit(0),
            "count": pl.len().cast(pl.Int64),
            "max": pl.col("value").max() if made.way == "max" else pl.lit(0),
            "min": pl.col("value").min() if made.way == "min" else pl.lit(0),
            "same": pl.col("value").drop_nulls().first() if made.way == "same" else pl.lit(0),
        }[made.way]
        if made.way == "same":
            self._different(made, found)
        grouped = found.group_by("id", maintain_order=True).agg(value.alias("value"), "line")
        lines = {
            id: spans(some)
            for id, some in zip(grouped["id"].to_list(), grouped["line"].to_list(), strict=True)
        }
        return grouped.select("id", "value"), lines

    def _blanks(self, made: Made, where: pl.Series) -> None:
        for row in where.arg_true().to_list():
            place = self.grid.place(self.data.at[row], self.columns[made.column])
            if any(p.place == place for p in self.data.problems):
                continue  # it could not be read: told already
            words = ("这里是空的，不能当作零", "this is empty, which is no zero")
            cure = ("请填上；确实为零请写 0", "Fill it in; write 0 for a true zero")
            self._bad(row, self.columns[made.column], "blank_amount", *words, cure)

    def _different(self, made: Made, found: pl.DataFrame) -> None:
        several = (
            found.drop_nulls("value")
            .group_by("id", maintain_order=True)
            .agg(pl.col("value").unique(maintain_order=True), pl.col("line").first())
            .filter(pl.col("value").list.len() > 1)
        )
        for id, values, line in several.iter_rows():
            shown = "、".join(str(v) for v in values[:4])
            place = self.grid.place(line - 1, self.columns[made.column])
            words = (f"{id} 的各行不一致：{shown}", f"the rows of {id} differ: {shown}")
            cure = ("请统一，或改用别的算法", "Make them alike, or take another way")
            self.problems.append(
                trouble("not_the_same", words, cure, place, self.mapping.entity, id, made.code)
            )


def _kind(made: Made, indicator: Indicator | None) -> str:
    """How the cells of a column are read for a fact."""
    if made.way == "count":
        return "text"
    if indicator is None:
        return "key"  # a link, or the name
    if indicator.type.is_number:
        return "number"
    return "date" if indicator.type is Type.DATE else "text"


def spans(lines: Sequence[int]) -> str:
    """Rows of a sheet in short: [3, 7, 8, 9] is `3,7-9`."""
    parts: list[str] = []
    start = end = 0
    for line in [*sorted(lines), None]:
        if line is not None and start and line == end + 1:
            end = line
            continue
        if start:
            parts.append(str(start) if start == end else f"{start}-{end}")
        if line is not None:
            start = end = line
    return ",".join(parts)
