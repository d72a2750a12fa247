"""A believable hospital: 600 people, 30 departments, 40 indicators, and its workbook."""

from __future__ import annotations

import random
import statistics
import tempfile
from pathlib import Path
from typing import Any

import xlsxwriter

from benchmarks import measure
from benchmarks.ours import SEPTEMBER
from benchmarks.sizes import Sizes
from benchmarks.table import Line, seconds
from hpf.core import (
    CNY,
    DEPARTMENT,
    POINT,
    SHIFT,
    STAFF,
    Scheme,
    exact,
    larger,
    rank,
    round_to,
    smaller,
    split,
    when,
)
from hpf.core.build import build
from hpf.core.program import Program

__all__ = ["SEPTEMBER", "lines", "program", "write_workbook"]

LIMIT = 2.0  # seconds of process time, from the workbook to written results
STEPS = ("build", "read", "calculate", "write .json", "write .xlsx")
TITLES = ("senior", "deputy", "middle", "junior")
ITEMS = tuple(f"item_{i:02d}" for i in range(1, 21))  # twenty scored items a person
CHECKS = tuple(f"check_{i}" for i in range(1, 9))  # eight scored checks a department


def lines(sizes: Sizes) -> list[Line]:
    """Process time of a run as the command line does it, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        write_workbook(Path(folder) / "facts.xlsx", sizes.people, sizes.departments)
        runs = [measure.in_child("hospital", folder) for _ in range(min(3, sizes.repeats))]
    middle = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    indicators, rules = len(program().indicators), len(program().rules)
    size = (
        f"{sizes.people} people, {sizes.departments} departments, {indicators} indicators, "
        f"{rules} rules"
    )
    steps = [middle[key] for key in ("build", "read", "calculate", "write .json")]
    both = [*steps, middle["write .xlsx"]]
    shown = ", ".join(f"{key} {seconds(middle[key])}" for key in STEPS)
    start = f"start-up {seconds(middle['startup'])}"
    out = []
    for took, what in ((sum(steps), "results.json"), (sum(both), "results.json and results.xlsx")):
        out.append(
            Line(f"{size}: workbook to {what}, process time", seconds(took), start, None,
                 f"<= {LIMIT:.2f} s", took <= LIMIT)
        )  # fmt: skip
    return [*out, Line(f"  of it: {shown}; {middle['results']:,.0f} results", "")]


def program() -> Program:
    """Scores, factors, shares, subsidies and totals, from 12 + 28 indicators."""
    scheme = Scheme(
        "bench_hospital", zh="测速医院", en="Measured hospital", document="B", here=__file__
    )
    _indicators(scheme)
    _of_departments(scheme)
    _of_staff(scheme)
    return build(scheme)


def _indicators(scheme: Scheme) -> None:
    for code in ("income", "cost", "reserve"):
        scheme.decimal(DEPARTMENT, code, zh=code, en=code, unit=CNY)
    scheme.integer(DEPARTMENT, "beds", zh="床位", en="Beds", low=0)
    for code in CHECKS:
        scheme.decimal(DEPARTMENT, code, zh=code, en=code, unit=POINT, low=0, high=100)
    scheme.choice(STAFF, "title", TITLES, zh="职称", en="Title")
    scheme.date(STAFF, "joined", zh="入职日期", en="Joined")
    scheme.boolean(STAFF, "on_leave", zh="休假", en="On leave")
    scheme.integer(STAFF, "nights", zh="夜班数", en="Nights", unit=SHIFT, blank="zero", low=0)
    for code in ("allowance", "deduction"):
        scheme.decimal(STAFF, code, zh=code, en=code, unit=CNY, blank="zero", low=0)
    for code in ("attendance", "attitude"):
        scheme.decimal(STAFF, code, zh=code, en=code, unit=POINT, low=0, high=100)
    for code in ITEMS:
        scheme.decimal(STAFF, code, zh=code, en=code, unit=POINT, low=0, high=100)


def _of_departments(scheme: Scheme) -> None:
    @scheme.rule(DEPARTMENT, zh="科室得分", en="Score", clause="B.1", unit=POINT)
    def score(d: Any) -> Any:
        return sum((getattr(d, code) for code in CHECKS[1:]), getattr(d, CHECKS[0])) / len(CHECKS)

    @scheme.rule(DEPARTMENT, zh="名次", en="Place", clause="B.1")
    def place(d: Any) -> Any:
        return rank(d.score, within=d.hospital)

    @scheme.rule(DEPARTMENT, zh="总额", en="Pool", clause="B.1", unit=CNY)
    def pool(d: Any, p: Any) -> Any:
        surplus = larger(d.income - d.cost - d.reserve, 0 * d.income)
        return round_to(surplus * p.share * p.grade_bounds.bracket(d.score))

    @scheme.rule(DEPARTMENT, zh="人均分", en="Mean points", clause="B.2", unit=POINT)
    def mean_points(d: Any) -> Any:
        return d.staff.mean(lambda m: m.points)


def _of_staff(scheme: Scheme) -> None:
    for i, code in enumerate(ITEMS):
        scheme.rule(STAFF, zh=f"{code} 分", en=f"{code} points", clause="B.2", unit=POINT)(
            _item(code, i)
        )

    @scheme.rule(STAFF, zh="分值", en="Points", clause="B.2", unit=POINT)
    def points(m: Any, p: Any) -> Any:
        items = sum(
            (getattr(m, f"{c}_points") for c in ITEMS[1:]), getattr(m, f"{ITEMS[0]}_points")
        )
        return items / len(ITEMS) * p.title_coefficient[m.title]

    @scheme.rule(STAFF, zh="系数", en="Factor", clause="B.3")
    def factor(m: Any, p: Any) -> Any:
        return p.grade_bounds.bracket((m.attendance + m.attitude) / 2)

    @scheme.rule(STAFF, zh="权重", en="Weight", clause="B.3", unit=POINT)
    def weight(m: Any) -> Any:
        level = when(m.points > m.department.mean_points, exact("1.05"), exact("1"))
        return when(m.on_leave, m.points * exact("0.5"), m.points) * m.factor * level

    @scheme.pay(STAFF, zh="绩效", en="Share", clause="B.3")
    def share(m: Any) -> Any:
        return split(m.department.pool, by=m.weight, within=m.department)

    @scheme.pay(STAFF, zh="夜班补贴", en="Night pay", clause="B.4")
    def night_pay(m: Any, p: Any) -> Any:
        return round_to(m.nights * p.night_pay)

    @scheme.pay(STAFF, zh="补贴扣减", en="Allowance less deduction", clause="B.4")
    def adjustment(m: Any) -> Any:
        return round_to(m.allowance - smaller(m.deduction, m.allowance))

    @scheme.rule(STAFF, zh="科内名次", en="Place in the department", clause="B.4")
    def place_within(m: Any) -> Any:
        return rank(m.share, within=m.department)

    @scheme.pay(STAFF, zh="奖励", en="Prize", clause="B.4")
    def prize(m: Any) -> Any:
        hospital_mean = m.department.hospital.departments.mean(lambda d: d.pool)
        best = (m.place_within == 1) & (m.department.place <= 3)
        return round_to(when(best, hospital_mean / 100, 0 * m.share))

    @scheme.total(STAFF, zh="合计", en="Pay", clause="B.4")
    def pay(m: Any) -> Any:
        return m.share + m.night_pay + m.adjustment + m.prize


def _item(code: str, i: int) -> Any:
    def draw(m: Any, p: Any) -> Any:
        value = getattr(m, code)
        if i % 3 == 0:
            return when(value >= p.full_from, p.full_marks, value)
        return value * exact("0.9") + m.attitude * exact("0.1") if i % 3 == 1 else value

    draw.__name__ = f"{code}_points"
    return draw


def write_workbook(path: Path, people: int, departments: int) -> None:
    """Made-up facts for every indicator, as a hospital would fill in the template."""
    chance = random.Random(1)
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    of = {e: list(program().of(e)) for e in ("department", "staff")}
    sheets = {
        "hospital": (["id"], [["H1"]]),
        "department": (
            ["id", "name", "hospital", *(i.code for i in of["department"])],
            [
                [f"D{d:02d}", f"Department {d}", "H1",
                 *(_cell(i.code, chance) for i in of["department"])]
                for d in range(departments)
            ],
        ),
        "staff": (
            ["id", "name", "department", *(i.code for i in of["staff"])],
            [
                [f"S{s:04d}", f"Person {s}", f"D{s % departments:02d}",
                 *(_cell(i.code, chance) for i in of["staff"])]
                for s in range(people)
            ],
        ),
    }  # fmt: skip
    for name, (headings, rows) in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, headings)
        for at, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if headings[column] == "joined":
                    sheet.write_number(at, column, value, day)
                else:
                    sheet.write(at, column, value)
    book.close()


def _cell(code: str, chance: random.Random) -> Any:
    """A spreadsheet's cells hold binary floats; the reader makes exact decimals of them."""
    match code:
        case "income":
            return chance.randrange(50_000_000, 90_000_000) / 100
        case "cost" | "reserve":
            return chance.randrange(1_000_000, 20_000_000) / 100
        case "beds":
            return chance.randrange(10, 60)
        case "title":
            return chance.choice(TITLES)
        case "joined":
            return chance.randrange(36_000, 46_000)
        case "on_leave":
            return chance.random() < 0.1
        case "nights":
            return chance.choice(["", *range(12)])
        case "allowance" | "deduction":
            return chance.choice(["", chance.randrange(0, 50_000) / 100])
    return chance.randrange(500, 1001) / 10
