"""Workbooks and folders opened as grids, whatever their kind; what cannot be opened is told."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import python_calamine as calamine

from hpf.core.errors import Problem
from hpf.intake import biff, csvs
from hpf.intake.grid import Book, Grid, trouble
from hpf.intake.package import Package, corrupt, encrypted, unpack
from hpf.intake.scan import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    Body,
    extent,
    repeated_text,
    scan,
)

MAX_FILE = 200 * 1024 * 1024  # bytes
_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_VISIBLE = calamine.SheetVisibleEnum.Visible


def open_book(path: Path, wanted: Callable[[str], bool]) -> Book:
    """All sheets that are `wanted` by name; never raises, problems stand in the book.

    The content decides what kind of file it is, not its name.
    """
    book = Book(path.name)
    try:
        if path.is_dir():
            csvs.read_folder(path, book, wanted)
            return book
        if path.stat().st_size > MAX_FILE:
            book.problems.append(_too_big(path))
            return book
        data = path.read_bytes()
    except FileNotFoundError:
        book.problems.append(_missing(path))
        return book
    except OSError as error:
        book.problems.append(_unreadable(path, error))
        return book
    if data.startswith(_ZIP):
        _read_xlsx(data, book, wanted)
    elif data.startswith(_OLE):
        _read_xls(data, book, wanted)
    else:
        book.problems.append(_not_a_workbook(path, data))
    return book


def _read_xlsx(data: bytes, book: Book, wanted: Callable[[str], bool]) -> None:
    package = unpack(data, book.file)
    if isinstance(package, Problem):
        book.problems.append(package)
        return
    wanted_sheets = {name: xml for name, xml in package.sheets.items() if wanted(name)}
    if repeated_text(package.shared, list(wanted_sheets.values())) > MAX_TEXT:
        book.problems.append(_too_much_text(book.file))
        return
    _safely(book, lambda: _xlsx_grids(package, book, wanted))


def _xlsx_grids(package: Package, book: Book, wanted: Callable[[str], bool]) -> None:
    # the reader and the searches both work outside Python's lock, so they run side by side
    bodies = {name: Body(xml) for name, xml in package.sheets.items() if wanted(name)}
    with ThreadPoolExecutor(1) as beside:
        searches = {
            name: (beside.submit(extent, body), beside.submit(scan, body, package.percent_styles))
            for name, body in bodies.items()
        }
        opened = calamine.CalamineWorkbook.from_filelike(io.BytesIO(package.plain))
        for meta in opened.sheets_metadata:
            if meta.typ != calamine.SheetTypeEnum.WorkSheet or meta.name not in searches:
                book.skipped.append(meta.name)
                continue
            span, search = searches[meta.name]
            if too_large(book, meta.name, *span.result()):
                continue
            sheet = opened.get_sheet_by_name(meta.name)
            grid = Grid(book.file, meta.name, sheet.to_python(skip_empty_area=False))  # type: ignore[arg-type]  # lists are invariant; these are ours alone
            found = search.result()
            grid.hidden = meta.visible != _VISIBLE
            grid.merged, grid.percents = found.merged, found.percents
            grid.hidden_rows, grid.hidden_columns = found.hidden_rows, found.hidden_columns
            grid.put(found.marks)
            book.grids.append(grid)


def _read_xls(data: bytes, book: Book, wanted: Callable[[str], bool]) -> None:
    try:
        streams = biff.streams(data)
    except ValueError as error:
        book.problems.append(corrupt(book.file, str(error)))
        return
    if "EncryptedPackage" in streams:
        book.problems.append(encrypted(book.file))
        return
    workbook = streams.get("Workbook") or streams.get("Book")
    if workbook is None:
        book.problems.append(_not_a_workbook(Path(book.file), data))
        return
    if biff.is_encrypted(workbook):
        book.problems.append(encrypted(book.file))
        return
    _safely(book, lambda: _xls_grids(data, workbook, book, wanted))


def _xls_grids(data: bytes, workbook: bytes, book: Book, wanted: Callable[[str], bool]) -> None:
    marks = biff.marks(workbook)
    opened = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    for meta in opened.sheets_metadata:
        if meta.typ != calamine.SheetTypeEnum.WorkSheet or not wanted(meta.name):
            book.skipped.append(meta.name)
            continue
        sheet = opened.get_sheet_by_name(meta.name)
        grid = Grid(book.file, meta.name, sheet.to_python(skip_empty_area=False))  # type: ignore[arg-type]  # as above
        grid.hidden = meta.visible != _VISIBLE
        ranges = sheet.merged_cell_ranges or []
        grid.merged = tuple((r1, c1, r2, c2) for (r1, c1), (r2, c2) in ranges)
        grid.put(marks.get(meta.name, []))
        book.grids.append(grid)


def _safely(book: Book, read: Callable[[], None]) -> None:
    """Run the reader; whatever it stumbles over is a damaged file and no crash."""
    try:
        read()
    except calamine.PasswordError:
        book.problems.append(encrypted(book.file))
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        book.problems.append(corrupt(book.file, str(error) or type(error).__name__))


def too_large(book: Book, sheet: str, rows: int, columns: int) -> bool:
    """Whether a sheet spans more than is read; if so, say it."""
    if rows <= MAX_ROWS and columns <= MAX_COLUMNS and rows * columns <= MAX_CELLS:
        return False
    book.problems.append(
        trouble(
            "too_large",
            (
                f"表格占 {rows} 行 × {columns} 列，超出限度",
                f"the sheet spans {rows} rows × {columns} columns, past the bound",
            ),
            (
                f"最多 {MAX_COLUMNS} 列、{MAX_CELLS} 个单元格；请删去数据区以外的内容",
                f"At most {MAX_COLUMNS} columns, {MAX_CELLS} cells: clear what is not the table",
            ),
            f"{book.file} [{sheet}]",
            sheet,
        )
    )
    return True


def _too_much_text(file: str) -> Problem:
    return trouble(
        "too_large",
        ("工作簿中的文字过多", "the workbook holds too much text"),
        ("请删去过长的文字", "Delete the overlong texts"),
        file,
    )


def _missing(path: Path) -> Problem:
    return trouble(
        "no_file",
        ("没有这个文件或文件夹", "there is no such file or folder"),
        ("请检查路径", "Check the path"),
        str(path),
    )


def _unreadable(path: Path, error: OSError) -> Problem:
    why = error.strerror or str(error)
    return trouble(
        "unreadable",
        (f"无法读取({why})", f"it cannot be read ({why})"),
        ("请检查权限，并确认没有被其他程序占用", "Check its permissions, and close other programs"),
        str(path),
    )


def _too_big(path: Path) -> Problem:
    most = MAX_FILE // 1024 // 1024
    return trouble(
        "too_large",
        (f"文件超过 {most} MB", f"the file is larger than {most} MB"),
        ("请只保留需要填报的表格", "Keep only the sheets that are asked for"),
        path.name,
    )


def _not_a_workbook(path: Path, data: bytes) -> Problem:
    if path.suffix.lower() == ".csv":
        cure = (
            "CSV 请按实体分文件放进一个文件夹，并给出文件夹的路径",
            "Put CSV files, one an entity, into a folder and give the folder's path",
        )
    elif data.lstrip()[:1] == b"<":
        cure = (
            "文件内容是网页或 XML，请用 Excel 打开后另存为 .xlsx",
            "It holds a web page or XML: open it in Excel and save it as .xlsx",
        )
    else:
        cure = (
            "可读的有 .xlsx、.xls 和放有 CSV 的文件夹",
            "What can be read: .xlsx, .xls, or a folder of CSV files",
        )
    empty = not data
    return trouble(
        "not_a_workbook",
        ("空文件", "the file is empty")
        if empty
        else ("不是 Excel 工作簿", "this is not an Excel workbook"),
        cure,
        path.name,
    )
