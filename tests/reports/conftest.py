"""A small ward to print cards of: as many people and pay lines as a test asks for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
import yaml

from hpf.core import (
    CNY,
    DEPARTMENT,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Period,
    ReportSection,
    Row,
    Scheme,
    Text,
    entity,
    link,
    rank,
    round_to,
    split,
    when,
)
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.facts import facts_of
from hpf.core.results import Run
from hpf.core.settings import Settings
from hpf.reports import fonts, page
from hpf.reports.brand import Brand
from hpf.reports.issue import Issue, Standing
from hpf.reports.press import Paper, Press

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

PARAMETERS = """
ward:
  share:
    name: {zh: 计提比例, en: Share}
    clause: W-1
    values: [{from: 2020-01-01, value: "0.5", reference: table 1}]
  night_rate:
    name: {zh: 夜班补贴标准, en: Rate per night}
    unit: CNY
    clause: W-3
    values:
      - {from: 2020-01-01, value: "80", reference: table 2}
      - {from: 2026-09-01, value: "100", reference: decision of August}
  full_marks:
    name: {zh: 满分, en: Full marks}
    unit: point
    clause: W-2
    values: [{from: 2020-01-01, value: "100", reference: table 1}]
  stopped:
    name: {zh: 停发项目, en: Items stopped}
    kind: boolean
    clause: W-5
    keyed_by: [nights]
    values: [{from: 2020-01-01, value: {nights: false}, reference: before the review}]
"""
INCIDENT = entity(
    "incident", "差错", "Incident", link("staff", STAFF, "责任人", "Who", "incidents")
)
SCORES = ("财务", "质量安全", "病人满意", "内部流程", "学习成长")
SECTIONS = (
    ReportSection(
        "source", "ward", "department", Text("钱从哪里来", "Where the money comes from"),
        ("=income", "-cost", "=margin", "=pool"), "waterfall",
    ),
    ReportSection(
        "people", "ward", "staff", Text("发给了谁", "Who is paid"), ("role", "points"), "people",
        group="role",
    ),
    ReportSection(
        "points", "ward", "staff", Text("积分与排名", "Points and place"), ("points",), "bars",
        ("full_marks",), total="points", place="place",
    ),
    ReportSection(
        "card", "ward", "department", Text("平衡计分卡", "Scorecard"),
        tuple(f"score_{n}" for n in range(len(SCORES))), "radar",
    ),
    ReportSection(
        "stopped", "ward", "staff", Text("停发项目", "Switched off"), ("night_status",), "states"
    ),
)  # fmt: skip


def declare(folder: Path, extra: int) -> Scheme:
    """A pool shared by points, nights, what incidents take off, and `extra` lines more."""
    (folder / "parameters.yaml").write_text(PARAMETERS, "utf-8")
    ids = [f"W-{n}" for n in range(1, 7)] + ["W-4.1", "W-4.2", "W-4.3"]
    clauses = [{"id": i, "kind": "calc", "meaning": {"zh": i, "en": i}} for i in ids]
    (folder / "clauses.yaml").write_text(yaml.safe_dump(clauses, allow_unicode=True), "utf-8")
    scheme = Scheme("ward", zh="病区", en="Ward", document="W", here=str(folder / "__init__.py"))
    scheme.entity(INCIDENT)
    scheme.decimal(DEPARTMENT, "income", zh="收入", en="Income", unit=CNY)
    scheme.decimal(DEPARTMENT, "cost", zh="成本", en="Cost", unit=CNY)
    for n, name in enumerate(SCORES):
        scheme.decimal(DEPARTMENT, f"score_{n}", zh=name, en=f"Score {n}", high=100)
    scheme.choice(STAFF, "role", ["医师", "护士"], zh="岗位", en="Post")
    scheme.decimal(STAFF, "points", zh="积分", en="Points", unit=POINT)
    scheme.decimal(STAFF, "nights", zh="夜班", en="Nights", low=0)
    scheme.text(INCIDENT, "reason", zh="事由", en="Reason")
    scheme.text(INCIDENT, "finder", zh="查出部门", en="Found by")
    scheme.date(INCIDENT, "found_on", zh="查出日期", en="Found on")
    scheme.decimal(INCIDENT, "fine", zh="扣款", en="Fine", unit=CNY)

    @scheme.rule(DEPARTMENT, zh="结余", en="Margin", clause="W-1", unit=CNY)
    def margin(ward: Row) -> Formula:
        return ward.income - ward.cost

    @scheme.rule(DEPARTMENT, zh="可分配", en="Pool", clause="W-1", unit=CNY)
    def pool(ward: Row, p: Parameters) -> Formula:
        return round_to(ward.margin * p.share)

    @scheme.rule(STAFF, zh="名次", en="Place", clause="W-2")
    def place(person: Row) -> Formula:
        return rank(person.points, within=person.department)

    @scheme.grade(STAFF, ("计发", "依法停发"), zh="夜班补贴状态", en="Nights", clause="W-5")
    def night_status(_: Row, p: Parameters) -> Formula:
        return when(p.stopped["nights"], "依法停发", "计发")

    @scheme.pay(STAFF, zh="科室绩效", en="Share of the pool", clause=["W-1", "W-2"])
    def pool_share(person: Row) -> Formula:
        return split(person.department.pool, by=person.points, within=person.department)

    @scheme.pay(STAFF, zh="夜班补贴", en="Nights", clause="W-3")
    def night_pay(person: Row, p: Parameters) -> Formula:
        return round_to(when(p.stopped["nights"], 0, person.nights * p.night_rate))

    @scheme.pay(STAFF, zh="差错扣款", en="Incidents", clause=["W-4.1", "W-4.2", "W-4.3"])
    def incident_off(person: Row) -> Formula:
        return round_to(0 - person.incidents.fine.sum())

    def more(n: int) -> None:
        def line(person: Row, p: Parameters) -> Formula:
            return round_to(person.nights * p.night_rate * n)

        line.__name__ = f"line_{n}"
        scheme.pay(STAFF, zh=f"第 {n} 项补贴", en=f"Allowance {n}", clause="W-6")(line)

    for n in range(1, extra + 1):
        more(n)

    @scheme.total(STAFF, zh="实发", en="Paid", clause="W-6", payout=True)
    def paid(person: Row) -> Formula:
        total = person.pool_share + person.night_pay + person.incident_off
        for n in range(1, extra + 1):
            total = total + getattr(person, f"line_{n}")
        return total

    return scheme


def ward_facts(people: int = 8, **given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Facts by entity and id: department D with people S001 …; `given` rows add to or bend them."""
    facts: dict[str, Any] = {
        "hospital": {"H": {}},
        "department": {
            "D": {"hospital": "H", "name": "心血管内科", "income": "90000.37", "cost": "20000",
                  **{f"score_{n}": str(90 + n) for n in range(len(SCORES))}},
        },
        "staff": {
            f"S{n:03d}": {
                "department": "D", "name": f"职工{n:03d}", "role": "医师" if n % 3 else "护士",
                "points": str(60 + n % 41), "nights": str(n % 4),
            }
            for n in range(1, people + 1)
        },
        "incident": {},
    }  # fmt: skip
    for table, rows in given.items():
        for id, row in rows.items():
            facts[table][id] = {**facts[table].get(id, {}), **row}
    return facts


Printed = Callable[..., Issue]


@pytest.fixture(scope="session")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """Issues of a ward: `ward(facts, extra=0, before=facts, **fields of Issue)`."""
    programs: dict[int, Any] = {}

    def run_of(facts: Mapping[str, Any], extra: int, period: str, settings: Any) -> Run:
        if extra not in programs:
            programs[extra] = build(declare(tmp_path_factory.mktemp("ward"), extra))
        program = programs[extra]
        chosen = Settings.parse(program.parameters, settings or {}, "test")
        return calculate(program, facts_of(program, Period.parse(period), facts), chosen)

    def issue(
        facts: Mapping[str, Any],
        *,
        extra: int = 0,
        before: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Issue:
        run = run_of(facts, extra, "2026-09", settings)
        earlier = run_of(before, extra, "2026-08", settings) if before else None
        given: dict[str, Any] = {
            "brand": Brand("示例县人民医院"), "standing": Standing.FINAL, "number": 3,
            "sections": SECTIONS,
        }  # fmt: skip
        return Issue(run, before=earlier, **{**given, **fields})

    return issue


@pytest.fixture(scope="session")
def pressed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Paper], bytes]:
    """Paper as a PDF.

    Cutting fonts takes seconds, so one cut of all that tests and cards say serves them all, until a
    page needs a character more.
    """
    folder = tmp_path_factory.mktemp("fonts")
    sources = [*Path(__file__).parent.glob("*.py"), *Path(page.__file__).parent.rglob("*.py")]
    texts = [source.read_text("utf-8") for source in sources]
    presses: list[Press] = []

    def pdf(paper: Paper) -> bytes:
        mine = [paper.html, *(p for p in paper.pictures.values() if isinstance(p, str))]
        if not presses or not presses[-1].fonts.covers("".join(mine)):
            texts.extend(mine)
            presses.append(Press(fonts.cut(texts, folder), page.style()))
        return presses[-1].pdf(paper)

    return pdf


@pytest.fixture(scope="session")
def printed(pressed: Callable[[Paper], bytes]) -> Callable[[Paper], pypdf.PdfReader]:
    """Paper as a PDF that has been drawn and read again."""
    return lambda paper: pypdf.PdfReader(BytesIO(pressed(paper)))


@pytest.fixture(scope="session")
def facts() -> Callable[..., dict[str, Any]]:
    """`ward_facts`, for tests that cannot import this file."""
    return ward_facts
