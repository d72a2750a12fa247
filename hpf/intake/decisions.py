"""Reading the workbook of what the hospital decides: each mistake with its cell, none guessed.

What comes out has the form of a configuration file, and goes the same way:
`{scheme: {parameter: [{from, value, reason}]}}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from hpf.core.errors import BadValue, Problem, Text, did_you_mean, reason
from hpf.core.indicators import Indicator, Type
from hpf.core.parameters import Parameter, parse_value
from hpf.core.program import Program
from hpf.core.results import plain
from hpf.core.units import Unit
from hpf.intake import cells
from hpf.intake.decision_sheets import BANDS, COLUMNS, PARAMETERS, SCALES
from hpf.intake.grid import Cell, Grid, Mark, trouble
from hpf.intake.headings import fold
from hpf.intake.meta import OWN_SHEETS
from hpf.intake.numbers import read_number
from hpf.intake.workbooks import open_book

Entries = dict[str, dict[str, list[dict[str, Any]]]]
_FRACTION = re.compile(r"[+-]?\d+/\d+")


@dataclass(slots=True)
class _Line:
    """One line that is filled in. cell: code -> its content."""

    grid: Grid
    row: int
    at: Mapping[str, int]
    program: Program
    parameter: Parameter
    problems: list[Problem] = field(default_factory=list)

    def cell(self, code: str) -> Cell:
        column = self.at.get(code)
        return None if column is None else self.grid.rows[self.row][column]

    def complain(self, code: str, column: str, message: Text, cure: Text = Text("", "")) -> None:
        place = self.grid.place(self.row, self.at.get(column))
        self.problems.append(trouble(code, message, cure, place, name=self.parameter.name))

    def read(self, column: str, reading: cells.Reading) -> Any:
        """What a cell holds; a fault is noted."""
        if reading.fault:
            self.complain(reading.fault.code, column, reading.fault.message, reading.fault.cure)
        return reading.value

    def text(self, column: str) -> str:
        return str(self.read(column, cells.read_text(self.cell(column), key=False)) or "")

    def number(self, column: str, unit: Unit) -> str | None:
        cell = self.cell(column)
        if isinstance(cell, str) and _FRACTION.fullmatch(cell.strip()):
            return cell.strip()
        name = self.parameter.name
        asked = Indicator(name, "", Type.DECIMAL, self.parameter.names, unit)
        if (self.row, self.at.get(column)) in self.grid.percents and not unit.is_ratio:
            cell = "%"  # shown as a percentage where none is asked for: refused like a written one
        value = self.read(column, read_number(cell, asked))
        return str(plain(value)) if isinstance(value, Decimal) else None


def read_decisions(
    path: Path, programs: Mapping[str, Program]
) -> tuple[Entries, list[Problem], list[Problem]]:
    """The decisions of a workbook, the problems and the notices; never raises for its content.

    Lines without a value are not decided yet and left out.
    """
    book = open_book(path, lambda name: fold(name) not in OWN_SHEETS)
    problems, notices = list(book.problems), list(book.notices)
    lines: dict[str, list[_Line]] = {PARAMETERS: [], SCALES: []}
    for grid in book.grids:
        name = fold(grid.sheet)
        if name not in lines:
            words = (f"未知的工作表“{grid.sheet}”", f"unknown sheet '{grid.sheet}'")
            near = did_you_mean(grid.sheet, lines)
            problems.append(trouble("unknown_sheet", words, near, grid.place()))
            continue
        known = COLUMNS if name == PARAMETERS else BANDS
        lines[name] += _lines(grid, known, programs, problems)
    if not book.problems and not any(fold(g.sheet) in lines for g in book.grids):
        words = (f"缺少工作表 {PARAMETERS}", f"sheet '{PARAMETERS}' is missing")
        cure = ("请用 hpf configure --out 生成工作簿", "Make the workbook with hpf configure --out")
        problems.append(trouble("missing_sheet", words, cure, path.name))
    found: Entries = {}
    _parameters(lines[PARAMETERS], found, problems, notices)
    _scales(lines[SCALES], found, problems)
    return found, problems, notices


def _lines(
    grid: Grid, known: Mapping[str, Text], programs: Mapping[str, Program], bad: list[Problem]
) -> list[_Line]:
    heads = [fold(cell) for cell in grid.rows[0]] if grid.rows else []
    at = {code: heads.index(code) for code in known if code in heads}
    needed = [c for c in known if c in ("scheme", "parameter", "value", "rate", "since", "reason")]
    for code in needed:
        if code not in at:
            words = (f"缺少列 {code}", f"column '{code}' is missing")
            cure = ("第一行是列名代码，请勿改动", "The first row holds codes: leave it as it is")
            bad.append(trouble("missing_column", words, cure, grid.place(0), name=code))
    if any(code not in at for code in needed):
        return []
    wanted = ("value",) if "value" in at else ("low", "high", "rate")
    found = []
    for row in range(1, len(grid.rows)):
        cell = grid.rows[row]
        filled = any(
            cell[at[c]] not in ("", None) and (isinstance(cell[at[c]], Mark) or fold(cell[at[c]]))
            for c in wanted
            if c in at
        )
        if filled and not _second(row, cell, at, known):
            line = _line(grid, row, at, programs, bad)
            if line is not None:
                line.problems = bad
                found.append(line)
    return found


def _second(row: int, cells: list[Cell], at: Mapping[str, int], known: Mapping[str, Text]) -> bool:
    """Whether this is the row of names below the codes."""
    said = [fold(cells[column]) in map(fold, known[code]) for code, column in at.items()]
    return row == 1 and all(said)


def _line(
    grid: Grid, row: int, at: Mapping[str, int], programs: Mapping[str, Program], bad: list[Problem]
) -> _Line | None:
    scheme, name = (str(grid.rows[row][at[c]] or "").strip() for c in ("scheme", "parameter"))
    if scheme not in programs:
        words = (f"没有方案“{scheme}”", f"there is no scheme '{scheme}'")
        place = grid.place(row, at["scheme"])
        bad.append(trouble("unknown_scheme", words, did_you_mean(scheme, programs), place))
        return None
    parameter = programs[scheme].parameters.get(name)
    if parameter is None:
        words = (f"方案 {scheme} 没有参数“{name}”", f"scheme '{scheme}' has no parameter '{name}'")
        near = did_you_mean(name, programs[scheme].parameters)
        bad.append(trouble("unknown_parameter", words, near, grid.place(row, at["parameter"])))
        return None
    return _Line(grid, row, at, programs[scheme], parameter)


def _parameters(
    lines: list[_Line], found: Entries, problems: list[Problem], notices: list[Problem]
) -> None:
    tables: dict[tuple[str, str, Any], list[_Line]] = {}
    for line in lines:
        parameter = line.parameter
        if parameter.kind == "scale":
            line.complain("wrong_sheet", "parameter", Text(
                "这个参数是分档", "this parameter is a scale"), Text(
                f"请填在 {SCALES} 表", f"Fill it in on sheet '{SCALES}'"))  # fmt: skip
            continue
        value = _value(line)
        since, why = _dated(line)
        if value is None or since is None or not why:
            continue
        if not parameter.keys:
            _add(found, line, since, value, why)
            continue
        key = parameter.key_meant(line.text("key"))
        if key not in parameter.keys:
            line.complain(
                "unknown_key",
                "key",
                Text(f"没有键“{key}”", f"there is no key '{key}'"),
                did_you_mean(key, parameter.keys),
            )
            continue
        group = tables.setdefault((line.program.code, parameter.name, since), [])
        entries = found.setdefault(line.program.code, {}).setdefault(parameter.name, [])
        entry = next((e for e in entries if e["from"] == since), None)
        if entry is None:
            entry = {"from": since, "value": {}, "reason": why}
            entries.append(entry)
        if key in entry["value"]:
            line.complain("twice", "key", Text(
                f"键“{key}”在同一天有两行", f"key '{key}' has two lines of one day"))  # fmt: skip
        entry["value"][key] = value
        if f"；{why}；" not in f"；{entry['reason']}；":  # a reason may hold the sign itself
            entry["reason"] += f"；{why}"
        group.append(line)
    for (scheme, name, since), group in tables.items():
        entry = next(e for e in found[scheme][name] if e["from"] == since)
        lacking = [k for k in group[0].parameter.keys if k not in entry["value"]]
        if lacking:
            words = (
                f"{name} 还有 {len(lacking)} 个键没有值：{'、'.join(lacking)}",
                f"{name}: {len(lacking)} keys have no value: {', '.join(lacking)}",
            )
            place = group[0].grid.place(group[0].row)
            notices.append(
                trouble("keys_lacking", words, place=place, name=name, severity="notice")
            )


def _scales(lines: list[_Line], found: Entries, problems: list[Problem]) -> None:
    groups: dict[tuple[str, str, Any], tuple[_Line, list[dict[str, str]], str]] = {}
    for line in lines:
        parameter = line.parameter
        band: dict[str, str] = {}
        for code, inside, outside in (("low", "from", "over"), ("high", "upto", "below")):
            bound = line.number(code, parameter.input_unit)
            if bound is None:
                continue
            included = line.read(f"{code}_in", cells.read_boolean(line.cell(f"{code}_in")))
            if included is None:
                line.complain("missing", f"{code}_in", Text(
                    "没有写是否含界限", "whether the bound is included is not said"),
                    Text("请填是或否", "Write yes or no"))  # fmt: skip
            band[inside if included else outside] = bound
        rate = "fact" if fold(line.cell("rate")) == "fact" else line.number("rate", parameter.unit)
        if rate is None:
            line.complain("missing", "rate", Text("这一档没有标准", "this band has no rate"))
        since, why = _dated(line)
        if rate is None or since is None or not why:
            continue
        band["rate"] = rate
        known = groups.setdefault((line.program.code, parameter.name, since), (line, [], why))
        known[1].append(band)
    for (_, _, since), (line, bands, why) in groups.items():
        try:
            parse_value(line.parameter, bands)
        except (ValueError, KeyError, TypeError) as error:
            line.complain("bad_scale", "rate", reason(error))
            continue
        _add(found, line, since, bands, why)


def _value(line: _Line) -> Any:
    parameter = line.parameter
    match parameter.kind:
        case "number":
            value: Any = line.number("value", parameter.unit)
        case "boolean":
            value = line.read("value", cells.read_boolean(line.cell("value")))
        case "date":
            value = line.read("value", cells.read_date(line.cell("value")))
        case "choice":
            called = [parameter.choice(c) for c in parameter.choices]
            known = (*parameter.choices, *(n for name in called for n in name))
            value = line.read(
                "value", cells.read_text(line.cell("value"), key=False, choices=known)
            )
            value = value and parameter.choice_meant(value)
        case _:
            value = _rounding(line.text("value"))
    if value is None:
        return None
    try:
        parse_value(parameter, {parameter.keys[0]: value} if parameter.keys else value)
    except (BadValue, ValueError, KeyError, TypeError) as error:
        line.complain("bad_value", "value", reason(error))
        return None
    return value


def _rounding(text: str) -> Any:
    step, _, mode = text.partition(" ")
    if step == "exact":
        return "exact"
    return {"step": step, "mode": mode.strip() or "half_up"}


def _dated(line: _Line) -> tuple[Any, str]:
    since = line.read("since", cells.read_date(line.cell("since")))
    if since is None and line.cell("since") in ("", None):
        line.complain(
            "missing",
            "since",
            Text("没有写起用日期", "the day it holds from is missing"),
            Text("请写日期，如 2026-01-01", "Write a date such as 2026-01-01"),
        )
    why = line.text("reason")
    if not why:
        line.complain("missing", "reason", Text("没有写依据", "the reason is missing"),
                      Text("请写明会议或文件", "Name the resolution or the document"))  # fmt: skip
    return since, why


def _add(found: Entries, line: _Line, since: Any, value: Any, why: str) -> None:
    entries = found.setdefault(line.program.code, {}).setdefault(line.parameter.name, [])
    if any(e["from"] == since for e in entries):
        line.complain("twice", "since", Text(
            "同一天有两个值", "there are two values of one day"))  # fmt: skip
        return
    entries.append({"from": since, "value": value, "reason": why})
