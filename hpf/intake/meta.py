"""What a workbook says about itself: the period and the schemes it was filled in for.

It stands in a sheet of its own (说明, meta …; in a folder of CSV files: meta.csv): a key in the
first column (scheme, period, version), its value in the second.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from hpf.core.errors import Problem
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.intake.grid import Cell, Grid, Mark, trouble
from hpf.intake.headings import fold

HOW_TO_FILL = "填表说明"
CHOICES = "_choices"
META_SHEETS = frozenset(
    {HOW_TO_FILL, "说明", "how_to_fill", "how to fill", "meta", "_meta", "readme"}
)
OWN_SHEETS = META_SHEETS | {CHOICES}
_PERIOD = {"period", "期间", "周期", "考核期间", "核算期间"}
_SCHEME = {"scheme", "schemes", "方案"}
_VERSION = {"version", "版本"}
_SYNTHETIC = {"synthetic", "合成数据"}
_WORDS = re.compile(r"[\s/()(),,:;;:]+")


@dataclass(slots=True)
class Stated:
    """problems and notices of what a sheet states, and what it states to be compared.

    schemes: the codes that were named; versions: (version, where it stands).
    """

    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)
    schemes: set[str] = field(default_factory=set)
    versions: list[tuple[str, str]] = field(default_factory=list)


def check_meta(
    grids: Sequence[Grid],
    program: Program,
    period: Period,
    others: Sequence[Program],
    file: str = "",
) -> Stated:
    """Compare what the workbook states with what is asked for.

    file: whose facts they are, for the notice that they state no period; '' where none were read.
    """
    stated = Stated()
    known = {p.code: p for p in (*others, program)}
    dated = False
    for grid in grids:
        for row, cells in enumerate(grid.rows):
            keys = set(_WORDS.split(fold(cells[0]))) if len(cells) > 1 else set()
            if not keys or (not fold(cells[1]) and not isinstance(cells[1], Mark)):
                continue
            place = grid.place(row, 1)
            if keys & _PERIOD:
                dated = True
                _check_period(stated, cells[1], period, place)
            elif keys & _SCHEME:
                said = {w for w in _WORDS.split(fold(cells[1])) if w}
                stated.schemes |= said & set(known)
                if not said & set(known):
                    stated.problems.append(_wrong_scheme(str(cells[1]), program, place))
            elif keys & _VERSION:
                stated.versions.append((_said(cells[1]), place))
            elif keys & _SYNTHETIC:
                stated.notices.append(
                    trouble(
                        "synthetic",
                        ("工作簿标明为合成数据", "the workbook is marked as synthetic data"),
                        place=place,
                        severity="notice",
                    )
                )
    if file and not dated:
        words = (
            f"数据没有写明期间，按 {period} 处理",
            f"the facts state no period; taken as {period}",
        )
        stated.notices.append(trouble("no_period", words, place=file, severity="notice"))
    if not any(p.code == "intake.wrong_scheme" for p in stated.problems):
        _compare_versions(stated, [known[c] for c in sorted(stated.schemes)] or [program])
    return stated


def _compare_versions(stated: Stated, programs: Sequence[Program]) -> None:
    """Other columns may have been asked for then: told, for whoever wonders at a difference."""
    ours = "、".join(f"{p.code} {p.version}" for p in programs)
    ours_en = ", ".join(f"{p.code} {p.version}" for p in programs)
    for version, place in stated.versions:
        if version not in {fold(p.version) for p in programs}:
            words = (
                f"数据按方案版本 {version[:40]} 填写，现在的方案是 {ours}",
                f"filled in for scheme version {version[:40]}; the scheme is {ours_en} now",
            )
            stated.notices.append(trouble("other_version", words, place=place, severity="notice"))


def _said(cell: Cell) -> str:
    """A cell as it is compared with a word of ours."""
    return fold(format(cell, ".15g") if isinstance(cell, float) else cell)


def is_synthetic(notices: Sequence[Problem]) -> bool:
    """Whether facts with these notices were marked as synthetic."""
    return any(n.code == "intake.synthetic" for n in notices)


def _check_period(stated: Stated, cell: Cell, asked: Period, place: str) -> None:
    said = str(cell).strip()
    if isinstance(cell, dt.date):  # a spreadsheet makes a day of 2026-09
        said = f"{cell.year}-{cell.month:02d}" if cell.day == 1 else cell.isoformat()[:10]
        said = fold(said)
    elif not isinstance(cell, Mark):
        said = _said(cell)
    if said in (str(asked).lower(), fold(asked.say("zh"))):
        return
    try:
        found = str(Period.parse(said.upper()))
    except ValueError:
        stated.problems.append(
            trouble(
                "period_unreadable",
                (f"期间“{said[:40]}”无法识别", f"'{said[:40]}' is no period"),
                (f"请写成 {asked} 的形式", f"Write it like {asked}"),
                place,
            )
        )
        return
    stated.problems.append(
        trouble(
            "wrong_period",
            (
                f"工作簿写的期间是 {found}，要计算的是 {asked}",
                f"the workbook is for {found}, not {asked}",
            ),
            (
                f"请交 {asked} 的工作簿，或改用 --period {found}",
                f"Hand in the workbook of {asked}, or ask for --period {found}",
            ),
            place,
        )
    )


def _wrong_scheme(said: str, program: Program, place: str) -> Problem:
    said = said.strip()[:40]
    return trouble(
        "wrong_scheme",
        (f"工作簿是为方案“{said}”填的，不是 {program.code}",
         f"the workbook is for scheme '{said}', not '{program.code}'"),
        (f"请使用 {program.code} 的模板", f"Use the template of '{program.code}'"),
        place,
    )  # fmt: skip
