"""One sheet of one entity: its rows and columns made into a table of facts."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from hpf.core.errors import Problem
from hpf.core.facts import Source, Table
from hpf.core.program import Program
from hpf.intake import headings
from hpf.intake.columns import Data, read_column, read_texts
from hpf.intake.grid import Cell, Grid, by_column, letter, trouble

TOTALS = {"合计", "总计", "小计", "共计", "total", "Total", "TOTAL", "sum", "Sum"}


def read_table(
    grid: Grid,
    program: Program,
    entity: str,
    others: Sequence[Program],
    bound: frozenset[tuple[str, str]],
    problems: list[Problem],
    notices: list[Problem],
) -> Table | None:
    """Read a sheet, adding what is wrong and what was put right.

    None for an empty sheet, and for one that has the columns of another.
    """
    if grid.hidden:
        problems.append(_hidden(grid, entity))
    found = headings.find(grid, program, entity, others, bound)
    if found is None:
        problems.append(_empty(grid, entity))
        return None
    if other := headings.looks_like(found, grid, program, entity):
        problems.append(_of_another(grid, found.row, entity, other))
        return None
    problems += found.problems
    notices += found.notices
    at, cells = _data_rows(grid, found)
    _merged(grid, found, at, entity, problems)
    if not at:
        message = ("只有标题，没有数据行", "there are headings but no rows")
        notices.append(
            trouble("no_rows", message, place=grid.place(), entity=entity, severity="notice")
        )
    _hidden_cells(grid, found, at, entity, notices)
    data = Data(entity, grid, at)

    def column(code: str) -> Sequence[Cell]:
        return cells[found.columns[code]] if cells else ()

    frame: dict[str, pl.Series] = {}
    if "id" in found.columns:
        frame["id"] = read_texts(data, found.columns["id"], "id", column("id"), key=True)
        data.ids = frame["id"].to_list()
        _totals(data, found.columns["id"])
    else:
        frame["id"] = pl.Series("id", [None] * len(at), pl.String)
    links = {link.name for link in program.entities[entity].links}
    indicators = {i.code: i for i in program.of(entity)}
    for code, index in found.columns.items():
        if code in indicators and (entity, code) not in bound:
            frame[code] = read_column(data, index, column(code), indicators[code])
        elif code == "name" or code in links:
            frame[code] = read_texts(data, index, code, column(code), key=code in links)
        elif code in indicators:
            notices.append(_bound(grid, found.row, index, entity, code))
    for code, index in found.likely.items():  # the heading is wrong; so may its cells be
        beneath = Data(entity, grid, at, data.ids)
        given = cells[index] if cells else ()
        if code in indicators and (entity, code) not in bound:
            read_column(beneath, index, given, indicators[code])
        elif code not in indicators:
            read_texts(beneath, index, code, given, key=code != "name")
        data.problems += beneath.problems
    problems += data.problems
    notices += data.notices
    rows = [i + 1 for i in at] if not isinstance(at, range) else range(at.start + 1, at.stop + 1)
    source = Source(grid.file, grid.sheet, found.letters(), rows)
    return Table(entity, pl.DataFrame(frame), source)


def _data_rows(
    grid: Grid, found: headings.Headings
) -> tuple[Sequence[int], Sequence[Sequence[Cell]]]:
    """Rows below the headings that are not blank (one with an Excel error is not), by column.

    What stands under no heading makes no row: `headings` asks about it.
    """
    rows = grid.rows
    last = len(rows)
    while last > found.first and _is_blank(rows[last - 1], found.headed):
        last -= 1
    cells = by_column(rows[found.first : last])
    if cells and "id" in found.columns and _all_filled(cells[found.columns["id"]]):
        return range(found.first, last), cells  # every row has an id: none is blank
    at = [i for i in range(found.first, last) if not _is_blank(rows[i], found.headed)]
    return at, by_column([rows[i] for i in at])


def _all_filled(column: Sequence[Cell]) -> bool:
    if set(map(type, column)) == {str}:
        return not pl.Series(column, dtype=pl.String).str.contains(r"^\s*$").any()
    return not any(c is None or (isinstance(c, str) and not c.strip()) for c in column)


def _is_blank(row: Sequence[Cell], columns: Sequence[int]) -> bool:
    cells = (row[column] for column in columns)
    return not any(
        c is not None and c != "" and (not isinstance(c, str) or c.strip()) for c in cells
    )


def _merged(
    grid: Grid,
    found: headings.Headings,
    at: Sequence[int],
    entity: str,
    problems: list[Problem],
) -> None:
    last = at[-1] if at else found.first - 1
    columns = set(found.columns.values())
    for top, left, bottom, right in grid.merged:
        if bottom < found.row or top > last or columns.isdisjoint(range(left, right + 1)):
            continue
        area = f"{letter(left)}{top + 1}:{letter(right)}{bottom + 1}"
        problems.append(
            trouble(
                "merged_cells",
                (f"合并单元格 {area}", f"cells {area} are merged"),
                (
                    "请取消合并，并在每个单元格里填上值",
                    "Unmerge them and write the value into each cell",
                ),
                grid.place(top, left),
                entity,
            )
        )


def _hidden_cells(
    grid: Grid,
    found: headings.Headings,
    at: Sequence[int],
    entity: str,
    notices: list[Problem],
) -> None:
    """Hidden rows and columns are facts like any other; that they were read is told."""
    rows = [i for i in at if i in grid.hidden_rows] if grid.hidden_rows else []
    columns = sorted(grid.hidden_columns & set(found.columns.values()))
    if rows:
        words = (f"隐藏的 {len(rows)} 行也已读取", f"{len(rows)} hidden rows were read as well")
        place = grid.place(rows[0])
        notices.append(trouble("hidden_rows", words, place=place, entity=entity, severity="notice"))
    if columns:
        shown = ", ".join(map(letter, columns))
        words = (f"隐藏的列 {shown} 也已读取", f"hidden columns {shown} were read as well")
        place = grid.place(found.row, columns[0])
        notices.append(
            trouble("hidden_columns", words, place=place, entity=entity, severity="notice")
        )


def _totals(data: Data, column: int) -> None:
    for row, id in enumerate(data.ids):
        if id in TOTALS:
            data.problems.append(
                trouble(
                    "total_row",
                    (f"“{id}”是合计行，不是一条事实", f"'{id}' is a row of totals, not a fact"),
                    ("请删去合计行", "Delete it"),
                    data.grid.place(data.at[row], column),
                    data.entity,
                    id,
                    "id",
                )
            )


def _hidden(grid: Grid, entity: str) -> Problem:
    return trouble(
        "hidden_sheet",
        ("工作表被隐藏，其中的数据没有人看得见", "the sheet is hidden: nobody sees its data"),
        ("请取消隐藏；不用的请删去", "Unhide it, or delete it"),
        grid.place(),
        entity,
    )


def _of_another(grid: Grid, row: int, entity: str, other: str) -> Problem:
    """One line, in place of one for each heading and for each row that then is not found."""
    return trouble(
        "columns_of_another",
        (f"工作表 {entity} 里是 {other} 的列", f"sheet '{entity}' has the columns of '{other}'"),
        ("两张表是否放反了？请改工作表的名称", "Were two sheets swapped? Correct their names"),
        grid.place(row),
        entity,
    )


def _empty(grid: Grid, entity: str) -> Problem:
    return trouble(
        "empty_sheet",
        ("工作表是空的", "the sheet is empty"),
        ("请按模板填写标题行和数据", "Fill in headings and data as in the template"),
        grid.place(),
        entity,
    )


def _bound(grid: Grid, row: int, column: int, entity: str, code: str) -> Problem:
    return trouble(
        "bound_column",
        (
            f"列 {code} 由另一方案的结果提供，表中的值未采用",
            f"column '{code}' comes from another scheme's result; the cells were not used",
        ),
        place=grid.place(row, column),
        entity=entity,
        name=code,
        severity="notice",
    )
