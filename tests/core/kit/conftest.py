"""A small plugin folder that tests bend in one place at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from hpf.core import (
    CNY,
    DEPARTMENT,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Row,
    Scheme,
    round_to,
    split,
    when,
)

PARAMETERS = """
small:
  share:
    name: {zh: 份额, en: Share}
    clause: T.1
    values: [{from: 2006-01-01, value: "0.45", reference: table 1}]
  weight:
    name: {zh: 系数, en: Weight}
    clause: T.2
    keyed_by: {senior: {zh: 高级, en: Senior}, junior: {zh: 初级, en: Junior}}
    values: [{from: 2006-01-01, value: {senior: "1.2", junior: "1"}, reference: table 2}]
  step:
    name: {zh: 取整, en: Step}
    kind: rounding
    clause: T.2
    values: [{from: 2006-01-01, value: {step: "0.01"}, reference: table 2}]
    profiles: {staged: {step: "1"}}
  mark:
    name: {zh: 及格线, en: Mark}
    unit: point
    clause: T.3
    values: [{from: 2006-01-01, value: "80", reference: table 3}]
  bonus:
    name: {zh: 奖励, en: Bonus}
    unit: CNY
    clause: T.3
    values: required
"""
CLAUSES = """
- {id: T.1, kind: calc, meaning: {zh: 总额是结余的份额, en: The pool is a share of the margin}}
- {id: T.2, kind: calc, meaning: {zh: 按得分乘系数分配, en: Shared by points times weight}}
- {id: T.3, kind: calc, meaning: {zh: 达线的有奖励, en: A bonus from a mark on}}
- {id: T.4, kind: text, meaning: {zh: 目的, en: The purpose}, covered: definition}
"""
EXAMPLES: list[dict[str, Any]] = [
    {
        "id": "T-EX-1",
        "scheme": "small",
        "sentence": {"zh": "两人分结余", "en": "Two people share a margin"},
        "clauses": ["T.1", "T.2", "T.3"],
        "source": "printed",
        "period": "2006-09",
        "settings": {"bonus": "50.26"},
        "facts": {
            "hospital": {"H": {}},
            "department": {"D": {"hospital": "H", "income": "1000.03", "cost": "100"}},
            "staff": {
                "A": {"department": "D", "role": "senior", "score": "80"},
                "B": {"department": "D", "role": "junior", "score": "79.9"},
            },
        },
        "expect": [
            {"row": "department:D", "rule": "pool", "full": "405.01", "staged": "405"},
            {"row": "staff:A", "rule": "pay", "full": "221.04", "staged": "221", "printed": "221"},
            {"row": "staff:B", "rule": "pay", "full": "183.97", "staged": "184"},
            {"row": "staff:A", "rule": "extra", "full": "50.26", "staged": "50"},
            {"row": "staff:B", "rule": "extra", "full": "0"},
        ],
        "expect_sums": [{"entity": "staff", "rule": "pay", "full": "405.01", "staged": "405"}],
    }
]


def declare(folder: Path) -> Scheme:
    """The small scheme: a pool, its split, and a bonus from 80 points on."""
    scheme = Scheme(
        "small", zh="小方案", en="Small", document="T", here=str(folder / "__init__.py")
    )
    for code, zh in (("income", "收入"), ("cost", "成本")):
        scheme.decimal(DEPARTMENT, code, zh=zh, en=code.title(), unit=CNY)
    scheme.choice(STAFF, "role", ["senior", "junior"], zh="职称", en="Title")
    scheme.decimal(STAFF, "score", zh="得分", en="Points", unit=POINT)

    @scheme.rule(DEPARTMENT, zh="总额", en="Pool", clause="T.1", unit=CNY)
    def pool(department: Row, p: Parameters) -> Formula:
        return round_to((department.income - department.cost) * p.share, p.step)

    @scheme.pay(STAFF, zh="绩效", en="Pay", clause="T.2")
    def pay(person: Row, p: Parameters) -> Formula:
        return split(
            person.department.pool,
            by=person.score * p.weight[person.role],
            within=person.department,
            step=p.step,
        )

    @scheme.pay(STAFF, zh="奖励", en="Bonus", clause="T.3")
    def extra(person: Row, p: Parameters) -> Formula:
        return round_to(when(person.score >= p.mark, p.bonus, 0), p.step)

    return scheme


class Folder:
    """A plugin folder on disk, to be written, bent and declared."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("parameters.yaml", PARAMETERS)
        self.write("clauses.yaml", CLAUSES)
        self.examples(EXAMPLES)

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, "utf-8")

    def examples(self, entries: Any) -> None:
        self.write("examples.yaml", yaml.safe_dump(entries, allow_unicode=True))

    def scheme(self) -> Scheme:
        return declare(self.path)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def entries() -> list[dict[str, Any]]:
    """The examples as data, a fresh copy to bend."""
    copy: list[dict[str, Any]] = yaml.safe_load(yaml.safe_dump(EXAMPLES))
    return copy
