"""A made-up province for the county scheme: jurisdictions, hospitals, tables and items of a year.

    python province.py --out FOLDER [--hospitals 2000] [--items 60] [--years 2024 2025 2026]

writes one folder of CSV files a year; `tables(year)` yields the same rows as plain columns. Only
the standard library is used, and the same arguments always give the same figures. All of it is
synthetic.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random

Value = str | int | bool | Decimal | None
Columns = dict[str, list[Value]]

FIRST_YEAR = 2024
HIGHER, LOWER = "越高越好", "越低越好"
PERCENT, COUNT, DAYS = "百分数", "人次", "天"
FORWARD, REVERSE, QUALITATIVE = "正向", "反向", "定性"
INTERVAL, DIFFERENCE = "区间", "差额"
TOPICS = (
    "指令性任务", "药品零加成与费用控制", "便民措施", "精细化管理", "基层人员培训",
    "医德医风与人才", "财务与价格", "依法执业", "核心制度", "服务数量", "服务质量",
    "费用与基本药物", "医疗安全", "院务公开", "病人满意度", "社会监督", "职工满意度",
)  # fmt: skip
# One kind of line after another: method, direction, measure, target, threshold, off a unit.
KINDS: tuple[tuple[str, str | None, str | None, str | None, str | None, str | None], ...] = (
    (FORWARD, HIGHER, PERCENT, "90", None, None),
    (QUALITATIVE, None, None, None, None, None),
    (REVERSE, LOWER, DAYS, "8.5", None, None),
    (FORWARD, HIGHER, COUNT, None, None, None),  # each hospital has a target of its own
    (QUALITATIVE, None, None, None, None, None),
    (REVERSE, LOWER, PERCENT, "35", None, None),
    (INTERVAL, HIGHER, PERCENT, "92", "70", None),
    (FORWARD, HIGHER, PERCENT, "85", None, None),
    (DIFFERENCE, LOWER, PERCENT, "-3", None, "0.25"),
    (QUALITATIVE, None, None, None, None, None),
)


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a province: items a hospital is also the number of lines of each table."""

    hospitals: int = 2000
    items: int = 60
    jurisdictions: int = 20
    peer_groups: int = 4
    seed: int = 20260101


USUAL = Size()


def tables(year: int, size: Size = USUAL) -> dict[str, Columns]:
    """One year's rows: entity → column → values, rows in order of id.

    Numbers are whole or Decimal, dates and floats do not occur, None is a blank.
    """
    indicators = _indicators(size)
    return {
        "jurisdiction": _jurisdictions(size),
        "peer_group": _peer_groups(size),
        "hospital": _hospitals(size),
        "indicator": indicators,
        "item": _items(year, size, indicators),
    }


def write(folder: Path, year: int, size: Size = USUAL) -> None:
    """Write one year's CSV files, `<entity>.csv`, into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for entity, columns in tables(year, size).items():
        with (folder / f"{entity}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(columns)
            out.writerows(_lines(columns))
    stated = (("scheme", "county_public"), ("period", str(year)), ("合成数据", "是"))
    with (folder / "meta.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(stated)


def _lines(columns: Mapping[str, list[Value]]) -> Iterator[list[str]]:
    for row in zip(*columns.values(), strict=True):
        yield ["" if v is None else _text(v) for v in row]


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _jurisdictions(size: Size) -> Columns:
    places = range(size.jurisdictions)
    return {
        "id": [f"J{i:03d}" for i in places],
        "name": [f"示例县{i:03d}（合成数据）" for i in places],
        "division_code": [990000 + i for i in places],
    }


def _peer_groups(size: Size) -> Columns:
    groups = range(size.peer_groups)
    return {"id": [f"G{i}" for i in groups], "name": [f"同类组{i}（合成数据）" for i in groups]}


def _hospitals(size: Size) -> Columns:
    random = Random(f"{size.seed} hospitals")
    ids = range(size.hospitals)
    return {
        "id": [f"H{i:05d}" for i in ids],
        "jurisdiction": [f"J{i % size.jurisdictions:03d}" for i in ids],
        "peer_group": [f"G{random.randrange(size.peer_groups)}" for _ in ids],
        "name": [f"示例医院{i:05d}（合成数据）" for i in ids],
        "subsidy_full": [Decimal(random.randrange(150, 1200)) * 10000 for _ in ids],
    }


def _indicators(size: Size) -> Columns:
    found: Columns = {
        name: []
        for name in (
            "id", "jurisdiction", "name", "topic", "standard_points", "method", "direction",
            "measure", "target", "threshold", "off_per_unit", "evidence_required",
        )
    }  # fmt: skip
    for place in range(size.jurisdictions):
        points = _points(Random(f"{size.seed} table {place}"), size.items)
        for line in range(size.items):
            method, direction, measure, target, threshold, off = KINDS[line % len(KINDS)]
            row: tuple[Value, ...] = (
                f"J{place:03d}-{line:02d}", f"J{place:03d}", f"指标{line:02d}（合成数据）",
                TOPICS[line % len(TOPICS)], points[line], method, direction, measure,
                _decimal(target), _decimal(threshold), _decimal(off), line % 4 == 0,
            )  # fmt: skip
            for column, value in zip(found.values(), row, strict=True):
                column.append(value)
    return found


def _points(random: Random, lines: int) -> list[Value]:
    """Points in tenths, at least 0.5 each, together exactly 100."""
    tenths = [5] * lines
    for _ in range(1000 - 5 * lines):
        tenths[random.randrange(lines)] += 1
    return [Decimal(n) / 10 for n in tenths]


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _items(year: int, size: Size, indicators: Columns) -> Columns:
    random = Random(f"{size.seed} items {year}")
    found: Columns = {
        name: []
        for name in (
            "id", "hospital", "indicator", "own_target", "actual", "deductions", "checked",
            "not_scorable", "reason", "assessed_by", "evidence",
        )
    }  # fmt: skip
    columns = list(found.values())
    for number in range(size.hospitals):
        # a hospital is good or poor at its work for years, and not by the item
        level = Random(f"{size.seed} level {number}").gauss(0.93, 0.14)
        place = number % size.jurisdictions
        for line in range(size.items):
            at = place * size.items + line
            own, actual, off = _result(random, level, indicators, at, number)
            missing = random.random() < 0.01
            proof = f"佐证{year}-{line:02d}" if indicators["evidence_required"][at] else None
            row = (
                f"H{number:05d}-{line:02d}", f"H{number:05d}", indicators["id"][at],
                own, None if missing else actual, None if missing else off,
                None, True if missing else None, "当年未开展" if missing else None,
                "查阅资料" if proof and not missing else None, None if missing else proof,
            )  # fmt: skip
            for column, value in zip(columns, row, strict=True):
                column.append(value)
    return found


def _result(
    random: Random, level: float, indicators: Columns, at: int, number: int
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Own target, actual and deductions of one item; floats only shape made-up figures here."""
    share = max(0.3, random.gauss(level, 0.08))
    method, points = indicators["method"][at], indicators["standard_points"][at]
    target = indicators["target"][at]
    assert isinstance(points, Decimal)
    if method == QUALITATIVE:
        lost = round(max(0.0, 1 - share) * int(points * 10) / 5) * 5
        return None, None, Decimal(lost) / 10
    if target is None:
        goal = 8000 + number * 37 % 22000
        return Decimal(goal), Decimal(int(goal * share)), None
    assert isinstance(target, Decimal)
    if method == DIFFERENCE:
        return None, target + Decimal(int((1 - share) * 100)) / 10, None
    cents = int(target * 100)
    return None, Decimal(int(cents / share if method == REVERSE else cents * share)) / 100, None


def main() -> None:
    """Write the years that are asked for."""
    parser = argparse.ArgumentParser(description="Write a synthetic province as CSV folders.")
    parser.add_argument("--out", type=Path, required=True, help="a folder; one folder a year in it")
    parser.add_argument("--hospitals", type=int, default=USUAL.hospitals)
    parser.add_argument("--items", type=int, default=USUAL.items)
    parser.add_argument("--jurisdictions", type=int, default=USUAL.jurisdictions)
    parser.add_argument("--peer-groups", type=int, default=USUAL.peer_groups)
    parser.add_argument("--seed", type=int, default=USUAL.seed)
    parser.add_argument(
        "--years", type=int, nargs="+", default=[FIRST_YEAR, FIRST_YEAR + 1, FIRST_YEAR + 2]
    )
    given = parser.parse_args()
    size = Size(given.hospitals, given.items, given.jurisdictions, given.peer_groups, given.seed)
    for year in given.years:
        write(given.out / str(year), year, size)


if __name__ == "__main__":
    main()
