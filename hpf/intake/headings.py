"""Which row names the columns, which column is which, and where the data begin."""

from __future__ import annotations

import difflib
import itertools
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hpf.core.errors import Problem, Text
from hpf.core.indicators import Blank
from hpf.core.program import Program
from hpf.intake.grid import Cell, Grid, Mark, letter, trouble

_LOOK = 20  # rows among which the headings are looked for
_NEAR = 0.5  # from this likeness on, a heading may be another one misspelt
_ALSO = {"name": ("姓名",)}  # what people call a person's name, whatever we call a row's
NAME_HEADING = {"id": Text("编号", "ID"), "name": Text("名称", "Name")}


@dataclass(slots=True)
class Headings:
    """columns: code -> column (from 0); first: the row (from 0) at which data may begin.

    headed: all columns with a heading, known or not; likely: missing code -> the one column that
    seems to be it, misspelt. Its cells are looked at for mistakes, and never used.
    """

    row: int
    first: int
    columns: dict[str, int] = field(default_factory=dict)
    headed: list[int] = field(default_factory=list)
    likely: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)

    def letters(self) -> dict[str, str]:
        """code -> column letter."""
        return {code: letter(column) for code, column in self.columns.items()}


def fold(cell: Cell) -> str:
    """A heading as it is compared: half-width, lower-case, without blanks around it."""
    if cell is None or isinstance(cell, Mark):
        return ""
    return unicodedata.normalize("NFKC", str(cell)).strip().strip("\u200b\ufeff").lower()


def names_of(program: Program, entity: str) -> dict[str, Text]:
    """Every column an entity's sheet may have, with its names: id, name, links, indicators."""
    return {
        **NAME_HEADING,
        **{link.name: link.names for link in program.entities[entity].links},
        **{i.code: i.names for i in program.of(entity)},
    }


def looks_like(found: Headings, grid: Grid, program: Program, entity: str) -> str:
    """The entity whose columns a sheet has, where they are plainly not its own; else ''."""
    generic = NAME_HEADING.keys()
    words = {fold(grid.rows[found.row][column]) for column in found.headed} - generic
    own = len(words & names_of(program, entity).keys())
    alike = {
        other: len(words & names_of(program, other).keys())
        for other in program.used_entities()
        if other != entity
    }
    best = max(alike, key=alike.__getitem__, default="")
    return best if best and alike[best] > max(1, 2 * own) else ""


def find(
    grid: Grid,
    program: Program,
    entity: str,
    others: Sequence[Program],
    bound: frozenset[tuple[str, str]],
) -> Headings | None:
    """The headings of an entity's sheet with all that is wrong with them; None: an empty sheet."""
    has_content = (i for i, row in enumerate(grid.rows) if any(map(fold, row)))
    filled = list(itertools.islice(has_content, _LOOK))
    if not filled:
        return None
    known = names_of(program, entity)
    row = next((i for i in filled if "id" in map(fold, grid.rows[i])), filled[0])
    found = Headings(row, row + 1)
    if row > filled[0]:
        message = (f"标题行之上的 {row} 行未读取", f"{row} rows above the headings were not read")
        found.notices.append(
            trouble("rows_above", message, place=grid.place(filled[0]), entity=entity,
                    severity="notice")
        )  # fmt: skip
    elsewhere = {
        name for other in others if entity in other.entities for name in names_of(other, entity)
    }
    strangers: dict[int, list[str]] = {}
    for column, cell in enumerate(grid.rows[row]):
        if fold(cell):
            found.headed.append(column)
        _place(found, grid, entity, column, cell, known, elsewhere, strangers)
    taken = [code for near in strangers.values() for code in near]
    found.likely = {
        near[0]: column
        for column, near in strangers.items()
        if len(near) == 1 and near[0] not in found.columns and taken.count(near[0]) == 1
    }
    _second(found, grid, known)
    _headless(found, grid, entity)
    _missing(found, grid, program, entity, bound)
    return found


def _place(
    found: Headings,
    grid: Grid,
    entity: str,
    column: int,
    cell: Cell,
    known: Mapping[str, Text],
    elsewhere: set[str],
    strangers: dict[int, list[str]],
) -> None:
    """Find which column this is. strangers: unknown headings' columns -> the codes most alike."""
    code = fold(cell)
    place = grid.place(found.row, column)
    if not code or (code in elsewhere and code not in known):
        return
    if code in found.columns:
        first = grid.place(found.row, found.columns[code])
        found.problems.append(
            trouble(
                "duplicate_column",
                (f"列 {code} 重复，首见于 {first}", f"'{code}' stands twice, first at {first}"),
                ("请删去或改名其中一列", "Delete or rename one of them"),
                place, entity, name=code,
            )
        )  # fmt: skip
    elif code in known:
        found.columns[code] = column
        if cell != code:
            shown = str(cell).strip()
            message = (f"列名“{shown}”按 {code} 读取", f"heading '{shown}' was read as {code}")
            found.notices.append(
                trouble("heading_folded", message, place=place, entity=entity, name=code,
                        severity="notice")
            )  # fmt: skip
    else:
        heading = str(cell).strip()
        strangers[column] = _alike(heading, known)
        found.problems.append(_unknown(heading, place, entity, known, strangers[column]))


def _alike(heading: str, known: Mapping[str, Text]) -> list[str]:
    """The codes whose code or name is most like a heading; several where they are equally near."""
    matcher = difflib.SequenceMatcher(b=heading[:80].lower())
    best: dict[str, float] = {}  # likeness on a float: no figure is computed from it
    for code, names in known.items():
        for word in (code, *names):
            matcher.set_seq1(word.lower())
            best[code] = max(best.get(code, 0), matcher.ratio())
    top = max(best.values())
    return [code for code, ratio in best.items() if ratio == top] if top >= _NEAR else []


def _unknown(
    heading: str, place: str, entity: str, known: Mapping[str, Text], alike: Sequence[str]
) -> Problem:
    if alike:
        near = alike[0]
        cure = (
            f"是否想写 {near}（{known[near].zh}）？",
            f"Did you mean {near} ({known[near].en})?",
        )
    else:
        shown = ", ".join(known)
        cure = (
            f"已知的列：{shown}；不需要的列请删去",
            f"Known: {shown}. Delete what is not asked for",
        )
    heading = heading if len(heading) <= 40 else heading[:40] + "…"
    return trouble(
        "unknown_column",
        (f"未知的列“{heading}”", f"unknown column '{heading}'"),
        cure,
        place,
        entity,
        name=heading,
    )


def _second(found: Headings, grid: Grid, known: Mapping[str, Text]) -> None:
    """A row right below the codes that repeats the names in Chinese or English is no data."""
    if found.first >= len(grid.rows):
        return
    row = grid.rows[found.first]
    said = 0
    for code, column in found.columns.items():
        word = fold(row[column])
        if not word:
            continue
        names = (code, *map(fold, known[code]), *_ALSO.get(code, ()))
        if not any(_repeats(word, name) for name in names):
            return
        said += 1
    if said:
        found.first += 1


def _repeats(word: str, name: str) -> bool:
    """`收入` or, with its unit, `收入 (元)`."""
    return word == name or (word.startswith(name) and word[len(name) :].strip()[:1] == "("
                            and word.endswith(")"))  # fmt: skip


def _headless(found: Headings, grid: Grid, entity: str) -> None:
    """Data under no heading: nobody would miss them, so they are asked about."""
    for column, cell in enumerate(grid.rows[found.row]):
        if fold(cell):
            continue
        for row in range(found.first, len(grid.rows)):
            value = grid.rows[row][column]
            if value != "" and value is not None and (isinstance(value, Mark) or fold(value)):
                found.problems.append(
                    trouble(
                        "no_heading",
                        ("这一列有内容，却没有列名", "this column has content but no heading"),
                        ("请写上列名，或清空这一列", "Give it its heading, or clear the column"),
                        grid.place(row, column), entity,
                    )
                )  # fmt: skip
                break


def _missing(
    found: Headings,
    grid: Grid,
    program: Program,
    entity: str,
    bound: frozenset[tuple[str, str]],
) -> None:
    used = program.used_entities()
    wanted = {"id": NAME_HEADING["id"]}
    wanted |= {
        link.name: link.names
        for link in program.entities[entity].links
        if link.to in used and not link.optional
    }
    indicators = [i for i in program.of(entity) if (entity, i.code) not in bound]
    wanted |= {i.code: i.names for i in indicators if i.blank is Blank.REQUIRED}
    place = grid.place(found.row)
    for code, names in wanted.items():
        if code not in found.columns:
            found.problems.append(
                trouble(
                    "missing_column",
                    (f"缺少列 {code}（{names.zh}）", f"column '{code}' ({names.en}) is missing"),
                    (f"请在标题行加上 {code} 一列", f"Add a column '{code}' to the heading row"),
                    place, entity, name=code,
                )
            )  # fmt: skip
    for i in indicators:
        if i.code not in found.columns and i.blank is not Blank.REQUIRED:
            zero = i.blank is Blank.ZERO
            found.notices.append(
                trouble(
                    "column_left_out",
                    (
                        f"没有列 {i.code}（{i.names.zh}），全部按{'零' if zero else '不适用'}处理",
                        f"there is no column '{i.code}' ({i.names.en}): all taken as "
                        + ("zero" if zero else "not applicable"),
                    ),
                    place=place, entity=entity, name=i.code, severity="notice",
                )
            )  # fmt: skip
