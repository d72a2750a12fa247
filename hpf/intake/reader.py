"""Workbooks in: every sheet of a scheme read into facts, with every problem there is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from hpf.core.checking import check
from hpf.core.errors import FactsError, Problem, did_you_mean
from hpf.core.facts import Facts, Table
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.intake import headings
from hpf.intake.grid import Book, Grid, Mark, trouble
from hpf.intake.meta import META_SHEETS, OWN_SHEETS, check_meta
from hpf.intake.sheets import read_table
from hpf.intake.workbooks import open_book


def read_facts(
    path: Path,
    program: Program,
    period: Period,
    *,
    others: Sequence[Program] = (),
    bound: Collection[tuple[str, str]] = (),
) -> tuple[Facts, list[Problem]]:
    """Read a workbook (.xlsx, .xls) or a folder of CSV files into the facts of one scheme.

    others: schemes that share the workbook; their sheets and columns are known and left alone.
    bound: (entity, indicator) that another scheme's results fill, so that no column is needed.
    Returns the facts, whose notices tell what was put right, and every problem found. Never
    raises for what stands in a file. A cell that cannot be read is null in the table.
    """
    used = program.used_entities()
    ours = {sheet_name(code): code for code in used}
    theirs = {sheet_name(c) for other in others for c in other.entities}
    theirs |= {sheet_name(code) for code in program.entities}

    def wanted(name: str) -> bool:
        key = headings.fold(name)
        return key in ours or key in META_SHEETS or not (key in theirs or key in OWN_SHEETS)

    book = open_book(Path(path), wanted)
    problems, notices = list(book.problems), list(book.notices)
    tables: dict[str, Table] = {}
    meta: list[Grid] = []
    for grid in book.grids:
        name = headings.fold(grid.sheet)
        if name in META_SHEETS:
            meta.append(grid)
        elif name not in ours:
            _unknown_sheet(grid, program, used, problems, notices)
        elif ours[name] in tables:
            problems.append(_twice(grid, ours[name]))
        else:
            table = read_table(
                grid, program, ours[name], others, frozenset(bound), problems, notices
            )
            if table is not None:
                tables[ours[name]] = table
    stated = check_meta(meta, program, period, others, book.file if tables else "")
    if all(p.entity for p in book.problems):  # a file that could not be opened lacks no sheets
        problems += _missing_sheets(book, program, tables, problems)
    return Facts(period, tables, (*notices, *stated.notices)), [*stated.problems, *problems]


def load(
    path: Path,
    program: Program,
    period: Period,
    *,
    others: Sequence[Program] = (),
    bound: Collection[tuple[str, str]] = (),
) -> Facts:
    """Facts that hold.

    Raises FactsError with everything that is wrong, in the file and in what the facts say,
    each once.
    """
    facts, problems = read_facts(path, program, period, others=others, bound=bound)
    if problems and not facts.tables:
        raise FactsError(problems)
    _, found = check(program, facts)
    found = [p for p in found if (p.entity, p.name) not in set(bound)]
    if problems or found:
        raise FactsError(merge(problems, found))
    return facts


def merge(intake: Sequence[Problem], checked: Iterable[Problem]) -> list[Problem]:
    """Both lists in one, without what the check only says because a cell could not be read."""
    places = {p.place for p in intake if p.place}
    columns = {(p.entity, p.name) for p in intake if p.code == "intake.missing_column"}
    broken = {p.entity for p in intake if p.code in _NO_ROWS} | {e for e, n in columns if n == "id"}
    kept = []
    for p in checked:
        follows = (
            (p.place and p.place in places)
            or (p.entity, p.name) in columns
            or (p.code == "facts.no_id" and (p.entity, "id") in columns)
            or (p.code == "facts.no_table" and p.entity in broken)
            or (p.code == "facts.unknown_parent" and broken and _lost_parent(p, broken))
        )
        if not follows:
            kept.append(p)
    return list(dict.fromkeys([*intake, *kept]))


_NO_ROWS = frozenset(
    f"intake.{code}"
    for code in (
        "missing_sheet",
        "empty_sheet",
        "columns_of_another",
        "hidden_sheet",
        "too_large",
        "corrupt",
        "encoding",
        "encoding_unclear",
        "delimiter",
        "unreadable",
    )
)


def _lost_parent(problem: Problem, broken: set[str]) -> bool:
    return any(f"'{entity}'" in problem.message.en for entity in broken)


def sheet_name(entity: str) -> str:
    """The sheet of an entity: its code, as far as a sheet's name may reach."""
    return entity[:31]


def _unknown_sheet(
    grid: Grid,
    program: Program,
    used: Sequence[str],
    problems: list[Problem],
    notices: list[Problem],
) -> None:
    if not any(isinstance(c, Mark) or headings.fold(c) for row in grid.rows for c in row):
        words = ("空的工作表，未采用", "this empty sheet was not used")  # as spreadsheets add them
        notices.append(trouble("empty_not_used", words, place=grid.place(), severity="notice"))
        return
    if grid.hidden:
        words = ("隐藏的工作表，未读取", "this hidden sheet was not read")
        notices.append(trouble("not_read", words, place=grid.place(), severity="notice"))
        return
    by_name = {program.entities[c].names.zh: c for c in used}
    by_name |= {program.entities[c].names.en.lower(): c for c in used}
    same = by_name.get(headings.fold(grid.sheet))
    near = did_you_mean(grid.sheet, used)
    cure = (f"是否想写 {same}？", f"Did you mean {same}?") if same else (near.zh, near.en)
    problems.append(
        trouble(
            "unknown_sheet",
            (f"未知的工作表“{grid.sheet}”", f"unknown sheet '{grid.sheet}'"),
            (cure[0] + " 不需要的请删去", cure[1] + " Delete it if it is not asked for"),
            grid.place(),
            name=grid.sheet,
        )
    )


def _missing_sheets(
    book: Book, program: Program, tables: Collection[str], problems: Sequence[Problem]
) -> list[Problem]:
    told = {p.entity for p in problems if p.code in _NO_ROWS}
    return [
        trouble(
            "missing_sheet",
            (
                f"缺少工作表 {sheet_name(code)}（{program.entities[code].names.zh}）",
                f"sheet '{sheet_name(code)}' ({program.entities[code].names.en}) is missing",
            ),
            (
                f"请加上 {sheet_name(code)} 工作表（或 {sheet_name(code)}.csv），至少有 id 列",
                f"Add it (in a folder: {sheet_name(code)}.csv), with at least an id column",
            ),
            book.file,
            code,
        )
        for code in program.used_entities()
        if code not in tables and code not in told
    ]


def _twice(grid: Grid, entity: str) -> Problem:
    return trouble(
        "duplicate_sheet",
        (f"实体 {entity} 有两个工作表", f"entity '{entity}' has two sheets"),
        ("请合并为一个", "Make one of them"),
        grid.place(),
        entity,
    )
