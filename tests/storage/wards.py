"""A ward with a pool, grades and a look back, and a hospital that imports and seals its periods."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from hpf.core import (
    CNY,
    DEPARTMENT,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Period,
    Row,
    Scheme,
    exact,
    round_to,
    split,
    when,
)
from hpf.core.build import build
from hpf.core.facts import facts_of
from hpf.core.program import Program
from hpf.holds import approve, hold, release
from hpf.runs import Sealed, seal_period
from hpf.storage.engine import is_sqlite, reading, writing
from hpf.storage.imports import preview, save_import
from hpf.storage.replay import verify_run

MAY, JUNE = Period.parse("2026-05"), Period.parse("2026-06")
PARAMETERS = """
ward:
  rate:
    name: 单价
    unit: CNY/point
    clause: T.1
    values: [{from: 2026-01-01, value: "1.25", reference: x}]
  top:
    name: 高档
    unit: point
    clause: T.1
    values: [{from: 2026-01-01, value: "10", reference: x}]
"""
CLAUSES = "- {id: T.1, kind: calc, meaning: {zh: 一切, en: Everything}}\n"


def scheme(folder: Path, factor: str = "1") -> Program:
    """A pool shared by points, a bonus on last month's pay, a grade, a problem where asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "parameters.yaml").write_text(PARAMETERS, "utf-8")
    (folder / "clauses.yaml").write_text(CLAUSES, "utf-8")
    s = Scheme("ward", zh="病房", en="Ward", document="T", here=str(folder / "x.py"))
    s.decimal(DEPARTMENT, "income", zh="收入", en="Income", unit=CNY, clause="T.1")
    s.decimal(STAFF, "points", zh="分", en="Points", unit=POINT, clause="T.1")
    s.decimal(STAFF, "heads", zh="除数", en="Divisor", clause="T.1", blank="not_applicable")

    @s.pay(STAFF, zh="份额", en="Share", clause="T.1")
    def share(member: Row) -> Formula:
        return split(
            member.department.income * exact(factor), by=member.points, within=member.department
        )

    @s.pay(STAFF, zh="补贴", en="Extra", clause="T.1")
    def extra(member: Row, p: Parameters) -> Formula:
        last = member.past(1).pay.or_(0)
        return round_to(member.points * p.rate + last / 100)

    @s.grade(STAFF, ["high", "low"], zh="档", en="Grade", clause="T.1")
    def grade(member: Row, p: Parameters) -> Formula:
        return when(member.points >= p.top, "high", "low")

    @s.rule(STAFF, zh="商", en="Quotient", clause="T.1", unit=POINT)
    def quotient(member: Row) -> Formula:
        return member.points / member.heads

    @s.total(STAFF, zh="合计", en="Pay", clause="T.1")
    def pay(member: Row) -> Formula:
        return member.share + member.extra

    return build(s)


def data(**points: str) -> dict[str, Any]:
    given = {"A1": "12.5", "A2": "7", "A3": "0.1"} | points
    staff = {i: {"department": "D1", "name": i.lower(), "points": p} for i, p in given.items()}
    return {
        "hospital": {"H": {}},
        "department": {"D1": {"hospital": "H", "income": "1000.01", "name": "内科"}},
        "staff": staff,
    }


def two_units() -> dict[str, Any]:
    """A second unit whose one person has no points reported."""
    given = data()
    given["department"]["D2"] = {"hospital": "H", "income": "50", "name": "外科"}
    given["staff"]["B1"] = {"department": "D2", "name": "b1", "points": None}
    return given


class Desk:
    """Imports and seals for one hospital."""

    def __init__(self, engine: Engine, hospital: int, ward: Program) -> None:
        self.engine, self.hospital = engine, hospital
        self.programs = {"ward": ward}

    def report(self, period: Period, given: dict[str, Any]) -> None:
        facts = facts_of(self.programs["ward"], period, given)
        with reading(self.engine) as session:
            shown = preview(session, self.hospital, self.programs["ward"], facts)
        with writing(self.engine) as session:
            save_import(session, shown, by="张三")
            session.commit()

    def seal(self, period: Period, **more: Any) -> Sealed:
        made = seal_period(
            self.engine, self.programs, self.hospital, "ward", period, by="李四", **more
        )
        return made["ward"]

    def hold(self, id: str, entity: str = "department") -> None:
        """Held back by one account, approved by another."""
        with writing(self.engine) as session:
            entry = hold(session, self.hospital, "ward", MAY, entity, id, "核对中", by="甲")
            approve(session, self.hospital, entry.id, by="乙")
            session.commit()

    def release(self, id: str, entity: str = "department") -> None:
        """Released in the same way."""
        with writing(self.engine) as session:
            entry = release(session, self.hospital, "ward", MAY, entity, id, "补齐了", by="甲")
            approve(session, self.hospital, entry.id, by="乙")
            session.commit()

    def problems(self, run: int) -> list[str]:
        with reading(self.engine) as session:
            return [f"{p.code}:{p.name}" for p in verify_run(session, run).problems]

    def alter(self, *statements: str) -> None:
        """Change the database behind its own back, as somebody with a console could."""
        with self.engine.begin() as connection:
            for table in ("facts", "results", "runs", "programs"):
                if is_sqlite(connection):
                    found = connection.execute(
                        text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name=:t"),
                        {"t": table},
                    )
                    for (name,) in found.all():
                        connection.execute(text(f"DROP TRIGGER {name}"))
                else:
                    connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            for statement in statements:
                assert connection.execute(text(statement)).rowcount > 0
