"""A hospital's old pay sheet, as somebody kept it by hand: which column is which rule, who is who.

Headings are matched with the names of rules (in code, in Chinese, in English), with their unit in
brackets or without, or named by hand; people by their number, or by their name where only one bears
it. Nothing is computed from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from hpf.core.errors import FactsError, Problem, Text, did_you_mean
from hpf.core.indicators import Indicator, Type
from hpf.core.program import Rule
from hpf.core.units import CNY
from hpf.intake.cells import read_text
from hpf.intake.grid import Book, Cell, Grid, number_of, trouble
from hpf.intake.headings import fold
from hpf.intake.numbers import read_number
from hpf.intake.workbooks import open_book

_IDS = frozenset({"id", "编号", "工号", "人员编号", "职工编号", "职工号", "staff id", "no", "no."})
_NAMES = frozenset({"name", "姓名", "名称", "人员"})
_SUMS = frozenset({"合计", "总计", "小计", "共计", "total", "sum", "subtotal"})
_LOOK = 20
_AMOUNT = Indicator("amount", "", Type.DECIMAL, Text("金额", "Amount"), CNY)


@dataclass(frozen=True, slots=True)
class OldFigure:
    """One cell of the old sheet: an amount and where it stands."""

    value: Decimal
    place: str


@dataclass(frozen=True, slots=True)
class OldSheet:
    """What was read. columns: rule -> its heading; figures: rule -> row id -> figure.

    strangers: people of the sheet that the run does not know, with their place.
    """

    place: str
    columns: Mapping[str, str]
    figures: Mapping[str, Mapping[str, OldFigure]]
    strangers: tuple[tuple[str, str], ...] = ()
    notices: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Found:
    grid: Grid
    row: int
    id: int | None
    name: int | None
    rules: dict[str, int] = field(default_factory=dict)


def read_old_sheet(
    path: Path,
    rules: Sequence[Rule],
    people: Mapping[str, str],
    named: Mapping[str, str] | None = None,
    sheet: str = "",
) -> OldSheet:
    """The old sheet's figures for some rules of one entity.

    people: id -> name, of the run it is compared with. named: heading or column letter -> rule,
    where the headings are other ones. sheet: its name; else the first sheet that has such columns.
    Raises FactsError with everything that is wrong: no such columns, a cell that is no number,
    a person who stands twice, a name that several bear.
    """
    book = open_book(path, (lambda name: name == sheet) if sheet else (lambda name: True))
    if any(p.severity == "problem" for p in book.problems):
        raise FactsError(book.problems)
    wrong: list[Problem] = list(_misnamed(rules, named or {}))
    if wrong:
        raise FactsError(wrong)
    found = next((f for g in book.grids if (f := _headings(g, rules, named or {}))), None)
    if found is None:
        raise FactsError([_no_columns(book, rules, sheet)])
    figures: dict[str, dict[str, OldFigure]] = {name: {} for name in found.rules}
    strangers: list[tuple[str, str]] = []
    seen: dict[str, str] = {}
    for row in range(found.row + 1, len(found.grid.rows)):
        _read_row(found, row, people, figures, strangers, seen, wrong)
    if wrong:
        raise FactsError(wrong)
    heads = {r: str(found.grid.rows[found.row][c]).strip() for r, c in found.rules.items()}
    return OldSheet(found.grid.place(), heads, figures, tuple(strangers), tuple(book.notices))


def _misnamed(rules: Sequence[Rule], named: Mapping[str, str]) -> Iterator[Problem]:
    known = [r.name for r in rules]
    for heading, rule in named.items():
        if rule not in known:
            near = did_you_mean(rule, known)
            yield trouble(
                "old_rule",
                (f"没有规则 {rule}（列“{heading}”）", f"no rule '{rule}' (column '{heading}')"),
                (near.zh, near.en),
                "--column",
            )


def _headings(grid: Grid, rules: Sequence[Rule], named: Mapping[str, str]) -> _Found | None:
    """The first row that names people and at least one rule."""
    plain = {_heading(word): r.name for r in rules for word in (r.names.en, r.names.zh, r.name)}
    units = {r.name: [_heading(r.unit.say(lang)) for lang in ("zh", "en")] for r in rules}
    words = {f"{word}({unit})": rule for word, rule in plain.items() for unit in units[rule]}
    words |= plain | {_heading(h): r for h, r in named.items()}
    by_letter = {
        number_of(h): r for h, r in named.items() if h.isascii() and h.isalpha() and len(h) <= 3
    }
    for row, cells in enumerate(grid.rows[:_LOOK]):
        heads = [_heading(c) for c in cells]
        id = next((i for i, h in enumerate(heads) if h in _IDS), None)
        name = next((i for i, h in enumerate(heads) if h in _NAMES), None)
        if id is None and name is None:
            continue
        found = _Found(grid, row, id, name)
        for column, head in enumerate(heads):
            name_of = by_letter.get(column) or words.get(head)
            if name_of and name_of not in found.rules:
                found.rules[name_of] = column
        if found.rules:
            return found
    return None


def _heading(cell: Cell) -> str:
    """A heading as it is compared: 奖金（元） and 奖金 (元) are one."""
    return fold(cell).replace(" (", "(")


def _read_row(
    found: _Found,
    row: int,
    people: Mapping[str, str],
    figures: dict[str, dict[str, OldFigure]],
    strangers: list[tuple[str, str]],
    seen: dict[str, str],
    wrong: list[Problem],
) -> None:
    cells = found.grid.rows[row]
    id, name = _text(cells, found.id), _text(cells, found.name)
    place = found.grid.place(row, found.id if found.id is not None else found.name)
    first, second = fold(id or name), fold(name)
    if not first or first in _IDS | _NAMES or second in _SUMS or _SUMS.issuperset(first.split()):
        return  # blank, the headings once more, or sums
    who = _who(id, name, people)
    if isinstance(who, Problem):
        wrong.append(replace(who, place=place))
        return
    if who is None:
        strangers.append((id or name, place))
        return
    if who in seen:
        wrong.append(
            trouble(
                "old_twice",
                (
                    f"{who} 出现两次，第一次在 {seen[who]}",
                    f"{who} stands twice, first at {seen[who]}",
                ),
                ("请删去或合并其中一行", "Remove or join one of the rows"),
                place,
                id=who,
            )
        )
        return
    seen[who] = place
    for rule, column in found.rules.items():
        at = found.grid.place(row, column)
        reading = read_number(cells[column], _AMOUNT, found.grid.written)
        if reading.fault is not None:
            f = reading.fault
            wrong.append(
                trouble(f.code, (f.message.zh, f.message.en), (f.cure.zh, f.cure.en), at, id=who)
            )
        elif isinstance(reading.value, Decimal):
            figures[rule][who] = OldFigure(reading.value, at)


def _text(cells: Sequence[Cell], column: int | None) -> str:
    if column is None:
        return ""
    value = read_text(cells[column], key=True).value
    return value if isinstance(value, str) else ""


def _who(id: str, name: str, people: Mapping[str, str]) -> str | Problem | None:
    """The person's id in the run; None for a stranger."""
    if id:
        return id if id in people else None
    bearers = [i for i, n in people.items() if n == name]
    if len(bearers) > 1:
        listed = "、".join(sorted(bearers)[:5])
        return trouble(
            "old_name",
            (f"有 {len(bearers)} 人名为 {name}", f"{len(bearers)} people are called {name}"),
            (f"请加一列工号：{listed}", f"Add a column with their ids: {listed}"),
        )
    return bearers[0] if bearers else None


def _no_columns(book: Book, rules: Sequence[Rule], sheet: str) -> Problem:
    heads = Counter(
        str(c).strip() for g in book.grids for row in g.rows[:_LOOK] for c in row
        if isinstance(c, str) and c.strip()
    )  # fmt: skip
    names = "、".join(r.names.zh for r in rules[:6])
    listed = "、".join(list(heads)[:12])
    where = f"{book.file} [{sheet}]" if sheet else book.file
    return trouble(
        "old_columns",
        (
            f"没有一行标题既有工号或姓名，又有方案的项目（{names} …）；见到的标题：{listed}",
            f"no row of headings names people and an item of the scheme; there are: {listed}",
        ),
        (
            "请用 --column 标题=规则 指明哪一列是哪一项，例如 --column 奖金=pay 或 --column F=pay",
            "Say which column is which: --column HEADING=RULE, such as --column Bonus=pay or F=pay",
        ),
        where,
    )
