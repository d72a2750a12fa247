"""Formulas as MathML: well-formed for every rule there is, and set as mathematics sets them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from hpf.core import (
    CNY,
    DEPARTMENT,
    STAFF,
    Parameters,
    Row,
    Scheme,
    larger,
    round_to,
    split,
    when,
)  # fmt: skip
from hpf.core.build import build
from hpf.core.formula.words import words
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.reports.cards.mathml import mathml

MATH = "{http://www.w3.org/1998/Math/MathML}"
ARITY = {"mfrac": 2, "munder": 2, "msub": 2}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_rule_of_every_plugin_is_well_formed_with_its_words_beside(lang: str) -> None:
    programs = load_programs(load_plugins())
    for program in programs.values():
        for rule in program.rules:
            root = ET.fromstring(mathml(program, rule, lang))
            assert root.tag == f"{MATH}math"
            assert root.get("alttext") == words(program, rule, lang)
            for node in root.iter():
                name = node.tag.removeprefix(MATH)
                assert len(node) == ARITY.get(name, len(node)), (rule.name, name)
                assert name in {"mtext", "mn", "mi", "mo"} or len(node), (rule.name, name)


@pytest.fixture
def lab(tmp_path: Path) -> Scheme:
    """A scheme whose rules a test writes."""
    (tmp_path / "parameters.yaml").write_text(
        "lab:\n  rate: {name: {zh: 单价, en: Rate}, clause: L.1, keyed_by: [甲, 乙],"
        " unit: CNY, values: [{from: 2026-01-01, value: {甲: '2', 乙: '1'}, reference: us}]}\n",
        "utf-8",
    )  # fmt: skip
    (tmp_path / "clauses.yaml").write_text("- {id: L.1, kind: calc, meaning: x}\n", "utf-8")
    here = str(tmp_path / "x.py")
    s = Scheme("lab", zh="试", en="Lab", document="L", here=here)
    s.decimal(DEPARTMENT, "pool", zh="总额", en="Pool", unit=CNY)
    s.decimal(STAFF, "points", zh="分<数>", en="Points")
    s.choice(STAFF, "kind", ["甲", "乙"], zh="类", en="Kind")
    s.boolean(STAFF, "away", zh="外出", en="Away")
    return s


def drawn(scheme: Scheme, of: Any, draw: Any, lang: str = "zh", **more: Any) -> str:
    draw.__name__ = "made"
    kind = more.pop("kind", "rule")
    getattr(scheme, kind)(of, zh="得数", en="Made", clause="L.1", **more)(draw)
    program = build(scheme)
    rule = program.rule(of.code, "made")
    assert rule is not None
    return mathml(program, rule, lang).partition("<mo>=</mo>")[2]


def test_a_quotient_stands_over_a_bar_and_text_is_escaped(lab: Scheme) -> None:
    found = drawn(lab, STAFF, lambda r: r.points / (r.points + 1))
    assert found.startswith("<mfrac><mtext>分&lt;数&gt;</mtext><mrow><mtext>分&lt;数&gt;</mtext>")


def test_a_sum_has_its_rows_below_and_a_condition_with_them(lab: Scheme) -> None:
    found = drawn(lab, DEPARTMENT, lambda d: d.staff.where(lambda r: r.points > 1).points.sum())
    assert found.startswith("<mrow><munder><mo>∑</mo><mrow><mtext>人员</mtext><mo>:</mo>")
    assert "<mo>&gt;</mo><mn>1</mn>" in found


def test_cases_stand_behind_a_brace_the_last_one_otherwise(lab: Scheme) -> None:
    def draw(r: Row) -> Any:
        return when(r.points > 9, 3, when(r.points > 5, 2, 1))

    found = drawn(lab, STAFF, draw, "en")
    assert found.startswith("<mrow><mo>{</mo><mtable")
    assert found.count("<mtr>") == 3
    assert "<mtext>otherwise</mtext></mtd></mtr></mtable>" in found


def test_a_share_is_the_own_part_of_all_parts(lab: Scheme) -> None:
    def draw(r: Row) -> Any:
        return split(r.department.pool, by=larger(r.points, 0), within=r.department)

    found = drawn(lab, STAFF, draw, kind="pay")
    assert "<msub><mtext>总额</mtext><mtext>科室</mtext></msub><mo>×</mo><mfrac>" in found
    assert "<munder><mo>∑</mo><mtext>同一科室</mtext></munder>" in found
    assert "<mi>max</mi>" in found


def test_roundings_are_told_and_whole_numbers_down_stand_between_their_fences(lab: Scheme) -> None:
    def draw(r: Row, p: Parameters) -> Any:
        return round_to(r.points * p.rate[r.kind])

    found = drawn(lab, STAFF, draw, "en", kind="pay")
    assert "<msub><mtext>Rate</mtext><mtext>Kind</mtext></msub>" in found
    assert "<mo>]</mo></mrow><mtext>half up to 0.01 CNY</mtext></msub>" in found


def test_a_floor_stands_between_its_fences(lab: Scheme) -> None:
    found = drawn(lab, STAFF, lambda r: round_to(r.points, "1", "floor"))
    assert found.startswith("<mrow><mo>⌊</mo><mtext>")


def test_logic_and_brackets(lab: Scheme) -> None:
    def draw(r: Row) -> Any:
        return when(~(r.away & (r.points > 1)), (r.points + 1 * r.points) * 2, r.points)

    found = drawn(lab, STAFF, draw)
    assert "<mo>¬</mo><mrow><mo>(</mo>" in found
    assert "<mo>)</mo></mrow><mo>×</mo><mn>2</mn>" in found


def test_a_long_sum_is_broken_before_a_sign_and_a_short_one_is_not(lab: Scheme) -> None:
    def long(r: Row) -> Any:
        return r.points * 1 + r.points * 2 - (r.points - 3) + r.points * 4 + r.points * 5

    for n in range(4):
        lab.decimal(
            STAFF, f"more{n}", zh=f"一个名称相当长的指标第{n}号", en=f"One more, number {n}"
        )
    short = drawn(lab, STAFF, long)
    assert "<mtable" not in short

    def longer(r: Row) -> Any:
        return r.more0 + r.more1 - (r.more2 - r.points) + r.more3

    lab.rules.clear()
    found = drawn(lab, STAFF, longer)
    assert found.startswith('<mtable columnalign="left"><mtr>')
    assert found.count("<mtr>") == 2
    assert "<mo>−</mo><mrow><mo>(</mo>" in found
    text = "".join(ET.fromstring(f"<x>{found.removesuffix('</mrow></math>')}</x>").itertext())
    assert [text.count(f"第{n}号") for n in range(4)] == [1, 1, 1, 1]
