"""A scheme that asks something of its facts, a month for it, and what is said where it fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hpf.core import CNY, HOSPITAL, POINT, STAFF, Formula, Row, Scheme
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.facts import facts_of
from hpf.core.periods import Period
from hpf.core.results import Run

SEPTEMBER = Period.parse("2026-09")
PARAMETERS = """
demo:
  full:
    name: {zh: 满分, en: Full marks}
    unit: point
    clause: A.1
    values: [{from: 2006-01-01, value: "100", reference: printed}]
  least:
    name: {zh: 起付标准, en: Least pay}
    unit: CNY
    clause: A.2
    keyed_by: [doctor, nurse]
    values: [{from: 2006-01-01, value: {doctor: "800", nurse: "600"}, reference: printed}]
  strict:
    name: {zh: 从严, en: Strict}
    kind: boolean
    clause: A.2
    values: [{from: 2006-01-01, value: true, reference: printed}]
"""
CLAUSES = """
- {id: A.1, kind: calc, meaning: {zh: 标准分值合计为满分, en: The points add up to the full marks}}
- {id: A.2, kind: calc, meaning: {zh: 按得分发放, en: Paid by points}}
"""
CURE = ("请改正标准分值", "Correct the standard points")
Data = dict[str, dict[str, dict[str, Any]]]
Draw = Callable[..., Any]
WITHHELD = {"earned": "1000", "withheld": "1200.5"}
STAFF_CSV = "id,department,name,points,earned,withheld,got\nA,D,甲,50,10,10,\nB,D,乙,50,10,10.01,\n"


def scheme(folder: Path) -> Scheme:
    """Indicators of every type and a few rules; a test adds its requirements."""
    (folder / "parameters.yaml").write_text(PARAMETERS, "utf-8")
    (folder / "clauses.yaml").write_text(CLAUSES, "utf-8")
    s = Scheme("demo", zh="例", en="Demo", document="A", here=str(folder / "demo.py"))
    s.boolean(HOSPITAL, "audited", zh="已审计", en="Audited", blank="not_applicable")
    s.decimal(HOSPITAL, "pool", zh="总额", en="Pool", unit=CNY, blank="not_applicable")
    s.decimal(STAFF, "points", zh="标准分值", en="Standard points", unit=POINT)
    s.decimal(STAFF, "got", zh="得分", en="Points got", unit=POINT, blank="not_applicable")
    s.choice(STAFF, "role", ["doctor", "nurse"], zh="岗位", en="Role", blank="not_applicable")
    s.decimal(STAFF, "earned", zh="应发", en="Earned", unit=CNY, blank="not_applicable")
    s.decimal(STAFF, "withheld", zh="扣发", en="Withheld", unit=CNY, blank="not_applicable")
    s.date(STAFF, "joined", zh="入职日期", en="Joined", blank="not_applicable")
    s.boolean(STAFF, "evidence", zh="有佐证材料", en="Evidence", blank="not_applicable")

    @s.rule(HOSPITAL, zh="标准分值合计", en="Total of standard points", clause="A.1", unit=POINT)
    def total(hospital: Row) -> Formula:
        return hospital.departments.staff.points.sum()

    return s


def require(s: Scheme, draw: Draw, entity: Any = STAFF, **more: Any) -> None:
    """A requirement `asked` with that formula."""
    draw.__name__ = "asked"
    head: dict[str, Any] = {"zh": "须成立", "en": "It must hold", "clause": "A.1", "cure": CURE}
    s.require(entity, **head | more)(draw)


def data(**staff: dict[str, Any]) -> Data:
    """One hospital H, one department D and these people."""
    people = {id: {"department": "D", "points": "50", **row} for id, row in staff.items()}
    return {"hospital": {"H": {}}, "department": {"D": {"hospital": "H"}}, "staff": people}


def ran(s: Scheme, given: Data) -> Run:
    program = build(s)
    return calculate(program, facts_of(program, SEPTEMBER, given))


def said(
    folder: Path, draw: Draw, entity: Any = STAFF, given: Data | None = None, **row: Any
) -> Any:
    """What one requirement says of person A (or hospital H): (zh, en), or None where it holds."""
    s = scheme(folder)
    require(s, draw, entity)
    run = ran(s, given or data(A=row))
    assert len(run.problems) < 2
    return tuple(run.problems[0].message) if run.problems else None


def workbook_of(folder: Path, hospital: str, staff: str) -> Path:
    """A folder of CSV files: hospital H, department D and people."""
    made = folder / "facts"
    made.mkdir()
    (made / "hospital.csv").write_text(hospital, "utf-8")
    (made / "department.csv").write_text("id,hospital\nD,H\n", "utf-8")
    (made / "staff.csv").write_text(staff, "utf-8")
    return made
