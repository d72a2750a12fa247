"""A scheme with facts, parameters and clauses, to which a test adds its rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hpf.core import CNY, DEPARTMENT, POINT, STAFF, Scheme
from hpf.core.build import build
from hpf.core.errors import Problem, SchemeError
from hpf.core.program import Program

PARAMETERS = """
bent:
  share: {name: {zh: 份额, en: Share}, clause: B.1,
          values: [{from: 2006-01-01, value: "0.45", reference: p. 1}]}
  table: {name: {zh: 表, en: Table}, clause: B.1, keyed_by: [senior, junior],
          values: [{from: 2006-01-01, value: {senior: "2", junior: "1"}, reference: p. 1}]}
  tiers: {name: {zh: 阶梯, en: Tiers}, kind: scale, unit: CNY/point, input_unit: point, clause: B.1,
          values: [{from: 2006-01-01, value: [{from: "0", rate: "1"}], reference: p. 1}]}
  step: {name: {zh: 步长, en: Step}, kind: rounding, clause: B.1,
         values: [{from: 2006-01-01, value: {step: "1"}, reference: p. 1}]}
"""
CLAUSES = "- {id: B.1, kind: calc, meaning: {zh: 规则, en: The rule}}\n"
Draw = Callable[..., Any]


class Bench:
    """A scheme with facts, parameters and clauses, to which a test adds its rule."""

    def __init__(self, folder: Path, parameters: str = PARAMETERS, clauses: str = CLAUSES) -> None:
        (folder / "parameters.yaml").write_text(parameters, "utf-8")
        (folder / "clauses.yaml").write_text(clauses, "utf-8")
        s = self.scheme = Scheme(
            "bent", zh="弯", en="Bent", document="B", here=str(folder / "x.py")
        )
        s.decimal(DEPARTMENT, "pool", zh="总额", en="Pool", unit=CNY)
        s.decimal(STAFF, "score", zh="得分", en="Score", unit=POINT)
        s.decimal(STAFF, "pay_rate", zh="单价", en="Rate", unit=CNY)
        s.choice(STAFF, "role", ["senior", "junior"], zh="职称", en="Role")
        s.choice(STAFF, "ward", ["east", "west"], zh="病区", en="Ward")
        s.boolean(STAFF, "leave", zh="请假", en="Leave")
        s.text(STAFF, "remark", zh="备注", en="Remark")

    def rule(self, draw: Draw, kind: str = "rule", name: str = "made", **more: Any) -> Bench:
        draw.__name__ = name
        of = more.pop("of", STAFF)
        more = {"zh": "规则", "en": "Rule", "clause": "B.1", **more}
        getattr(self.scheme, kind)(of, **more)(draw)
        return self

    def build(self) -> Program:
        return build(self.scheme)

    def problems(self) -> tuple[Problem, ...]:
        with pytest.raises(SchemeError) as caught:
            self.build()
        return caught.value.problems

    def problem(self) -> Problem:
        (found,) = self.problems()
        return found
