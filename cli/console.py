"""Drawing tables in the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import IO, Any

from rich import box
from rich.cells import cell_len, chop_cells
from rich.console import Console, Group, JustifyMethod
from rich.table import Table
from rich.text import Text as Styled

from hpf_cli.figures import figure, money
from hpf_cli.sheets import Sheet, SheetRow
from hpf_cli.speech import Words

_PIPED = 120  # columns where nobody says how wide the paper is
MOST_ROWS = 40
_HEAD = 16  # a longer heading is broken into lines


def console(file: IO[str] | None = None) -> Console:
    """Plain where it is piped, as wide as the terminal where there is one."""
    stream = file or sys.stdout
    piped = not stream.isatty() and "COLUMNS" not in os.environ
    return Console(
        file=stream, highlight=False, emoji=False, markup=False, width=_PIPED if piped else None
    )


class Folding(Table):
    """A table whose cells are broken where they are too wide, and never cut."""

    def add_column(self, *args: Any, **more: Any) -> None:
        """As in rich, with `overflow="fold"`: Chinese has no blanks to break at."""
        super().add_column(*args, **{"overflow": "fold", **more})


def table(title: str = "") -> Table:
    """A table in the house's manner: headings underlined, no walls."""
    return Folding(
        title=title or None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        header_style="bold",
    )


def wrap(text: str, width: int) -> list[str]:
    """Parts no wider than `width`, broken at blanks where there are any; Chinese anywhere."""
    parts: list[str] = []
    rest = text.strip()
    while cell_len(rest) > width:
        head = chop_cells(rest, width)[0]
        blank = head.rfind(" ")
        if blank > len(head) // 2 and not rest[len(head) : len(head) + 1].isspace():
            head = head[:blank]
        parts.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return [*parts, rest] if rest else parts


def draw_sheet(sheet: Sheet, lang: str, width: int, most: int | None = MOST_ROWS) -> Group:
    """One entity's results: numbers to the right, a line of sums under pay.

    Too many columns for `width` go into a second table below, with the same rows: a figure is
    never cut.
    """
    shown = sheet.rows if most is None else sheet.rows[:most]
    named = any(name for _, name, _ in shown)
    total = sheet.pays and len(sheet.rows) > 1
    columns = [_column(sheet, at, shown, lang, total) for at in range(len(sheet.columns))]
    stub = [[id, *([name] if named else [])] for id, name, _ in shown]
    heads = [sheet.names.say(lang), *([Words("名称", "Name").say(lang)] if named else [])]
    fixed = sum(
        max(cell_len(x) for x in (head, *(row[at] for row in stub))) + 3
        for at, head in enumerate(heads)
    )
    blocks: list[list[int]] = [[]]
    room = width - fixed
    for at, (_, _, wide) in enumerate(columns):
        if blocks[-1] and wide + 3 > room:
            blocks.append([])
            room = width - fixed
        blocks[-1].append(at)
        room -= wide + 3
    return Group(*(_block(sheet, lang, heads, stub, columns, block, total) for block in blocks))


_Column = tuple[list[str], list[str], int]  # heading lines, cells, width


def _column(sheet: Sheet, at: int, shown: Sequence[SheetRow], lang: str, total: bool) -> _Column:
    column = sheet.columns[at]
    cells = [figure(values[at], column.pay, lang) for _, _, values in shown]
    if total:
        amount = sheet.total(at)
        cells.append("" if amount is None else money(amount))
    widest = max((cell_len(c) for c in cells), default=0)
    width = max(widest, min(cell_len(column.names.say(lang)), _HEAD))
    return wrap(column.names.say(lang), width), cells, width


def _block(
    sheet: Sheet,
    lang: str,
    heads: Sequence[str],
    stub: Sequence[Sequence[str]],
    columns: Sequence[_Column],
    block: Sequence[int],
    total: bool,
) -> Table:
    drawn = table()
    for head in heads:
        drawn.add_column(head, no_wrap=True, vertical="bottom")
    for at in block:
        lines, _, width = columns[at]
        heading = Styled("\n".join(lines))
        if unit := sheet.columns[at].unit.say(lang):
            heading.append(f"\n{unit}", style="dim not bold")
        side: JustifyMethod = "right" if sheet.columns[at].numeric else "left"
        drawn.add_column(heading, justify=side, vertical="bottom", no_wrap=True, min_width=width)
    for number, row in enumerate(stub):
        drawn.add_row(*row, *(columns[at][1][number] for at in block))
    sums = [columns[at][1][-1] for at in block] if total else []
    if any(sums):  # the block may hold no pay
        drawn.add_section()
        label = Words("合计", "Total").say(lang)
        drawn.add_row(label, *([""] * (len(heads) - 1)), *sums, style="bold")
    return drawn


def paragraph(text: str, width: int) -> str:
    """Text broken to the width, Chinese between any two signs."""
    return "\n".join(wrap(text, width))


def left_out(sheets: Sequence[Sheet], most: int | None, lang: str) -> str:
    """A line that says how many rows were not shown; '' where all were."""
    if most is None:
        return ""
    hidden = sum(max(0, len(s.rows) - most) for s in sheets)
    words = Words(
        f"另有 {hidden} 行未显示（合计含全部）：加 --all 显示，或用 --xlsx 写入工作簿。",
        f"{hidden} more row{'s are' if hidden > 1 else ' is'} not shown (totals include them): "
        "--all shows them, --xlsx writes them to a workbook.",
    )
    return words.say(lang) if hidden else ""
