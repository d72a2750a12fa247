"""Formulas and derivations call a parameter's choices and keys by their names, not their codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hpf.core import CNY, HOSPITAL, Formula, Parameters, Row, Scheme, when
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.facts import facts_of
from hpf.core.formula.derivation import derive, lines
from hpf.core.formula.scalar import Scalar
from hpf.core.formula.words import words
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.program_json import program_json, read_program

PARAMETERS = """
named:
  sharing:
    name: {zh: 分摊, en: Sharing}
    kind: choice
    clause: C.1
    choices: {per_head: {zh: 按人均, en: Per head}, per_area: {zh: 按面积, en: By area}}
    values: [{from: 2026-01-01, value: per_area, reference: {zh: 解读 C-1, en: reading C-1}}]
  rate:
    name: {zh: 标准, en: Rate}
    unit: CNY
    clause: C.1
    keyed_by: {by_day: {zh: 白班, en: Day shift}, by_night: {zh: 夜班, en: Night shift}}
    values: [{from: 2026-01-01, value: {by_day: "1", by_night: "2"}, reference: C part 1}]
"""


def scheme(folder: Path) -> Program:
    (folder / "parameters.yaml").write_text(PARAMETERS, "utf-8")
    named = Scheme("named", zh="名称", en="Names", document="C", here=str(folder / "x.py"))

    @named.rule(HOSPITAL, zh="金额", en="Amount", clause="C.1", unit=CNY)
    def amount(hospital: Row, p: Parameters) -> Formula:
        return when(p.sharing == "per_head", p.rate["by_day"], p.rate["by_night"])

    return build(named)


def test_a_formula_says_names(tmp_path: Path) -> None:
    program = scheme(tmp_path)
    (rule,) = program.rules
    assert words(program, rule, "zh") == (
        "若 分摊 = “按人均”，则 标准（按“白班”）；否则 标准（按“夜班”）"
    )
    assert words(program, rule, "en") == (
        "if Sharing = 'Per head', then Rate (by 'Day shift'); otherwise Rate (by 'Night shift')"
    )


def test_a_derivation_says_names_and_references_in_either_language(tmp_path: Path) -> None:
    program = scheme(tmp_path)
    rows: dict[str, Any] = {"hospital": {"H": {}}}
    run = calculate(program, facts_of(program, Period.parse("2026-09"), rows))
    step = derive(Scalar.of(run), "hospital", 0, "named.amount")
    wanted = {
        "zh": ("分摊 = 按面积", "解读 C-1", "标准[夜班]"),
        "en": ("Sharing = By area", "reading C-1", "Rate[Night shift]"),
    }
    for lang, said in wanted.items():
        told = "\n".join(lines(step, lang))
        assert all(one in told for one in said), told
        assert "per_area" not in told
        assert "by_night" not in told


def test_names_go_with_a_sealed_program(tmp_path: Path) -> None:
    text = program_json(scheme(tmp_path))
    again = read_program(text)
    assert again.parameters["sharing"].choice("per_head").zh == "按人均"
    assert again.parameters["sharing"].values[0].cited.en == "reading C-1"
    assert program_json(again) == text
