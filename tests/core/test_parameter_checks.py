"""Parameters that are well-formed and still do not suit the rules that read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hpf.core import DEPARTMENT, POINT, STAFF, Scheme, split
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.errors import ParameterError
from hpf.core.facts import facts_of
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.settings import Settings

PARAMETERS = """
demo:
  unit_step:
    name: {zh: 单位, en: Unit}
    clause: A.1
    kind: rounding
    values: [{from: 2006-01-01, value: {step: "1", mode: down}, reference: printed}]
  tiers:
    name: {zh: 档, en: Tiers}
    clause: A.2
    kind: scale
    input_unit: point
    values:
      - from: 2006-01-01
        reference: printed
        value: [{upto: "3", rate: "1"}, {over: "3", rate: "2"}]
"""
DATA: dict[str, dict[str, dict[str, Any]]] = {
    "hospital": {"H": {}},
    "department": {"D": {"hospital": "H", "pool": "10"}},
    "staff": {i: {"department": "D", "score": "4"} for i in "AB"},
}


def program(folder: Path, kind: str) -> Program:
    (folder / "parameters.yaml").write_text(PARAMETERS, "utf-8")
    scheme = Scheme("demo", zh="例", en="Demo", document="A", here=str(folder / "demo.py"))
    scheme.decimal(DEPARTMENT, "pool", zh="总分", en="Pool", unit=POINT)
    scheme.decimal(STAFF, "score", zh="得分", en="Score", unit=POINT)

    @scheme.rule(STAFF, zh="份额", en="Share", clause="A.1", unit=POINT)
    def share(member: Any, p: Any) -> Any:
        pool = member.department.pool
        return split(pool, by=member.score, within=member.department, step=p.unit_step)

    @scheme.rule(STAFF, zh="折算", en="Converted", clause="A.2", unit=POINT)
    def converted(member: Any, p: Any) -> Any:
        return getattr(p.tiers, kind)(member.score)

    return build(scheme)


def run(made: Program, name: str, value: Any) -> Any:
    entry = {name: [{"from": "2026-01-01", "value": value, "reason": "ours"}]}
    settings = Settings.parse(made.parameters, entry, "hospital.yaml")
    return calculate(made, facts_of(made, Period.parse("2026-09"), DATA), settings)


CASES: list[tuple[str, Any, str, str, str]] = [
    ("unit_step", "exact", "split_step", "A.1", "{step: '0.01'}"),
    ("unit_step", {"step": "0"}, "split_step", "A.1", "{step: '0.01'}"),
    (
        "tiers",
        [{"upto": "3", "rate": "1"}, {"over": "3", "rate": "fact"}],
        "open_top",
        "A.2",
        "top=",
    ),
    (
        "tiers",
        [{"upto": "0", "rate": "1"}, {"over": "0", "rate": "2"}],
        "first_band",
        "A.2",
        "from",
    ),
]


@pytest.mark.parametrize(("name", "value", "code", "clause", "cure"), CASES)
def test_an_override_that_does_not_suit_is_told_before_computing(
    tmp_path: Path, name: str, value: Any, code: str, clause: str, cure: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        run(program(tmp_path, "marginal"), name, value)
    (problem,) = caught.value.problems
    assert (problem.code, problem.name) == (f"parameter.{code}", name)
    for text in (problem.line("zh"), problem.line("en")):
        assert clause in text
        assert cure in text
        assert "2026-01-01" in text
    assert "医院配置" in problem.cure.zh


def test_what_suits_is_computed(tmp_path: Path) -> None:
    made = program(tmp_path, "marginal")
    done = run(made, "tiers", [{"upto": "1", "rate": "1"}, {"over": "1", "rate": "2"}])
    assert [str(done.value("staff", i, "share")) for i in "AB"] == ["5.000000000000"] * 2
    assert done.value("staff", "A", "converted") == 7
