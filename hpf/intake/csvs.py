"""Folders of CSV files, one `<entity>.csv` an entity, in UTF-8 (with or without BOM) or GB18030."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection
from pathlib import Path

from hpf.core.errors import Problem
from hpf.intake.grid import Book, Cell, Grid, trouble
from hpf.intake.scan import MAX_CELLS, MAX_COLUMNS

MAX_FILE = 200 * 1024 * 1024  # bytes
UTF8, GB, ASCII, EITHER = "utf-8-sig", "gb18030", "ascii", "either"


def read_folder(folder: Path, book: Book, wanted: Callable[[str], bool]) -> None:
    """Read the folder's CSV files into the book; other files are told as not read."""
    files = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    tables = [p for p in files if p.suffix.lower() == ".csv"]
    others = [p.name for p in files if p not in tables]
    if not tables:
        book.problems.append(
            trouble(
                "no_csv",
                ("文件夹里没有 CSV 文件", "there are no CSV files in the folder"),
                ("每个实体一个 <实体>.csv", "Put one <entity>.csv an entity into it"),
                str(folder),
            )
        )
    if others:
        shown = ", ".join(others[:8]) + (" …" if len(others) > 8 else "")
        book.notices.append(
            trouble(
                "not_read",
                (f"未读取的其他文件：{shown}", f"other files were not read: {shown}"),
                place=folder.name,
                severity="notice",
            )
        )
    contents: dict[Path, bytes] = {}
    for path in tables:
        if not wanted(path.stem):
            book.skipped.append(path.stem)
            continue
        found = _bytes(path, f"{folder.name}/{path.name}")
        if isinstance(found, Problem):
            book.problems.append(found)
        else:
            contents[path] = found
    certain = {encoding(data) for data in contents.values()} & {UTF8, GB}
    for path, data in contents.items():
        grid = read_table(data, f"{folder.name}/{path.name}", path.stem, certain)
        if isinstance(grid, Problem):
            book.problems.append(grid)
        else:
            book.grids.append(grid)


def _bytes(path: Path, label: str) -> bytes | Problem:
    try:
        return _too_large(label, path.stem) if path.stat().st_size > MAX_FILE else path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        return trouble(
            "unreadable",
            (f"无法读取（{why}）", f"it cannot be read ({why})"),
            place=label,
            entity=path.stem,
        )


def encoding(data: bytes) -> str:
    """How a file is encoded: UTF8, GB, EITHER where the bytes allow both, '' for neither.

    A few Chinese words in GB18030 can be valid UTF-8 by chance, but the common characters only as
    letters below U+0800 (Greek, Cyrillic, Arabic …), never as Chinese.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        return UTF8
    if data.isascii():
        return ASCII
    try:
        text = data.decode(UTF8)
    except UnicodeDecodeError:
        return GB if _decodes(data, GB) else ""
    return EITHER if max(text) < "\u0800" and _decodes(data, GB) else UTF8


def _decodes(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def read_table(
    data: bytes, label: str, sheet: str, certain: Collection[str] = ()
) -> Grid | Problem:
    """One CSV file; row numbers are those a spreadsheet would show.

    certain: encodings of the files beside it, which settle what its own bytes leave open.
    """
    name = encoding(data)
    if name == EITHER:
        if len(certain) != 1:
            return trouble(
                "encoding_unclear",
                (
                    "从内容无法确定编码是 UTF-8 还是 GB18030",
                    "its bytes could be UTF-8 as well as GB18030",
                ),
                ("请另存为“CSV UTF-8（逗号分隔）”", "Save it as 'CSV UTF-8 (comma delimited)'"),
                label,
                sheet,
            )
        name = next(iter(certain))
    text = data.decode(name) if name and _decodes(data, name) else None
    if text is None or "\0" in text:
        return trouble(
            "encoding",
            ("编码不是 UTF-8，也不是 GB18030", "the encoding is neither UTF-8 nor GB18030"),
            ("请另存为“CSV UTF-8（逗号分隔）”", "Save it as 'CSV UTF-8 (comma delimited)'"),
            label,
            sheet,
        )
    head = text.lstrip().partition("\n")[0]
    if "," not in head and any(sign in head for sign in ";\t\uff0c"):
        return trouble(
            "delimiter",
            ("各列不是用英文逗号分隔的", "its columns are not separated by commas"),
            ("请另存为“CSV UTF-8（逗号分隔）”", "Save it as 'CSV UTF-8 (comma delimited)'"),
            label,
            sheet,
        )
    try:
        rows: list[list[Cell]] = list(csv.reader(io.StringIO(text, newline=""), strict=True))  # type: ignore[arg-type]  # lists are invariant; this one is ours alone
    except csv.Error as error:
        return trouble(
            "corrupt",
            (f"CSV 格式有误（{error}）", f"the CSV is malformed ({error})"),
            ("请检查引号是否成对", "Check that its quotes are paired"),
            label,
            sheet,
        )
    width = max(map(len, rows), default=0)
    if width > MAX_COLUMNS or width * len(rows) > MAX_CELLS:
        return _too_large(label, sheet)
    for row in rows:
        if len(row) < width:
            row.extend([""] * (width - len(row)))
    return Grid(label, sheet, rows, written=True)


def _too_large(label: str, sheet: str) -> Problem:
    return trouble(
        "too_large",
        ("CSV 文件过大", "the CSV file is too large"),
        (
            f"最多 {MAX_COLUMNS} 列、{MAX_CELLS} 个单元格",
            f"At most {MAX_COLUMNS} columns and {MAX_CELLS} cells",
        ),
        label,
        sheet,
    )
