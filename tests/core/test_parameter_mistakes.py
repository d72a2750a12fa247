"""Scales with gaps, mistakes in parameters.yaml, days without a value: each is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from bent_scheme import PARAMETERS, Bench

from hpf.core import POINT
from hpf.core.settings import resolve

SCALE = """
bent:
  tiers:
    name: {zh: 阶梯, en: Tiers}
    kind: scale
    clause: B.1
    values: [{from: 2006-01-01, reference: p. 1, value: [BANDS]}]
"""
BANDS = [
    ('{from: "0", below: "60", rate: "1"}, {over: "60", rate: "2"}', "gap at 60"),
    ('{from: "0", upto: "60", rate: "1"}, {from: "61", rate: "2"}', "gap between band 1 and"),
    ('{from: "0", upto: "60", rate: "1"}, {from: "60", rate: "2"}', "overlap"),
    ('{from: "0", upto: "60", rate: "1"}, {over: "50", rate: "2"}', "overlap"),
    ('{from: "0", rate: "1"}, {over: "60", rate: "2"}', "gap between band 1 and"),
    ('{from: "0", upto: "60", rate: fact}, {over: "60", rate: "2"}', "only the last band"),
    ('{from: "60", upto: "0", rate: "1"}', "ends before it begins"),
    ('{from: "90", rate: "2"}, {from: "0", below: "90", rate: "1"}', "from the lowest upward"),
    ('{from: "0", over: "0", rate: "1"}', "begins with `from` or `over`"),
    ('{form: "0", rate: "1"}', "Did you mean from?"),
    ('{from: "0", rate: 0.5}', "not exact"),
]


@pytest.mark.parametrize(("bands", "told"), BANDS, ids=[b[1] for b in BANDS])
def test_a_scale_with_gaps_or_overlaps_does_not_load(tmp_path: Path, bands: str, told: str) -> None:
    problem = Bench(tmp_path, SCALE.replace("BANDS", bands)).problem()
    assert problem.name == "tiers"
    assert problem.place.startswith("parameters.yaml")
    assert told in problem.line("en")
    assert problem.cure.zh
    assert problem.cure.en


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('"0.45"', "0.45"), "Quote it"),
        (("en: Share}, clause: B.1,", "en: Share},"), "clause"),
        (("unit: CNY/point", "unit: CNX/point"), "CNY"),
        (("kind: rounding", "kind: roundin"), "Did you mean rounding?"),
        (("{senior: \"2\", junior: \"1\"}", "{seniour: \"2\"}"), "Did you mean senior?"),
        (("share: {name", "share: {nmae: x, name"), "Did you mean name?"),
    ],
)  # fmt: skip
def test_each_mistake_in_parameters_is_told(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    assert change[0] in PARAMETERS
    problem = Bench(tmp_path, PARAMETERS.replace(*change)).problem()
    assert told in problem.line("en")
    assert problem.place.startswith("parameters.yaml")


def test_a_parameter_without_a_value_on_the_day_is_told(bench: Bench) -> None:
    program = bench.rule(lambda m, p: p.share).build()
    found, problems = resolve(program.parameters, dt.date(2005, 12, 31))
    assert found == {}
    assert {p.name for p in problems} == set(program.parameters)
    problem = next(p for p in problems if p.name == "share")
    assert "has no value on 2005-12-31" in problem.message.en
    assert "Write in the hospital's configuration: share:" in problem.cure.en
    assert resolve(program.parameters, dt.date(2006, 1, 1))[1] == []


def test_words_that_old_yaml_takes_for_truth_values_stay_words(tmp_path: Path) -> None:
    """A parameter called `off`, a name `Off`, a choice `on`: YAML 1.1 would make False of them."""
    changed = PARAMETERS.replace(
        "share: {name: {zh: 份额, en: Share}", "off: {name: {zh: 扣, en: Off}"
    )
    changed = changed.replace("keyed_by: [senior, junior]", "keyed_by: [on, no]")
    changed = changed.replace('{senior: "2", junior: "1"}', '{on: "2", no: "1"}')
    program = Bench(tmp_path, changed).rule(lambda m, p: m.score * p.off, unit=POINT).build()
    assert program.parameters["off"].names.en == "Off"
    assert program.parameters["table"].keys == ("on", "no")


def test_a_choice_that_is_no_text_is_told(tmp_path: Path) -> None:
    problem = Bench(tmp_path, PARAMETERS.replace("[senior, junior]", "[true, junior]")).problem()
    assert "keyed_by" in problem.message.en
    assert "Quote it" in problem.cure.en


def test_a_unit_of_nobodys_is_told_with_those_there_are(tmp_path: Path) -> None:
    """`operation` is like no unit there is: the nearest one would mislead."""
    changed = PARAMETERS.replace("unit: CNY/point", "unit: CNY/operation")
    problem = Bench(tmp_path, changed).problem()
    assert "declare_unit" in problem.cure.en
    assert "case" in problem.cure.en


def test_words_that_yaml_cuts_at_their_comma_are_told(tmp_path: Path) -> None:
    """`{zh: 甲, 乙, en: …}` is three entries to YAML: half of the words would be lost."""
    text = PARAMETERS.replace("en: Share}", "half of it: , en: Share}")
    assert text != PARAMETERS
    said = Bench(tmp_path, text).problem().line("en")
    assert "half of it" in said
    assert "quote a text that has a comma" in said
