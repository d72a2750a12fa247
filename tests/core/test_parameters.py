"""Parameters: dated, cited, exact; what is wrong is told all at once."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from pathlib import Path

import pytest

from hpf.core.errors import ParameterError
from hpf.core.formula.tree import Rounding
from hpf.core.formula.words import value_words
from hpf.core.parameter_files import parse_parameters, read_yaml
from hpf.core.parameters import Parameter
from hpf.core.settings import Settings, resolve

GOOD = """
share:
  name: {zh: 比例, en: Share}
  clause: A.1
  values:
    - {from: 2006-01-01, value: "0.45", reference: printed}
    - {from: 2010-01-01, value: "0.5", reference: printed later}
title:
  name: 职称系数
  clause: A.2
  keyed_by: [junior, senior]
  values: [{from: 2006-01-01, value: {junior: "1.0"}, reference: table 1}]
step:
  name: 取整
  kind: rounding
  unit: CNY
  clause: A.3
  values: [{from: 2006-01-01, value: exact, reference: ours}]
  profiles: {staged: {step: "1", mode: down}}
rate:
  name: 分值
  unit: CNY/point
  clause: A.4
  values: required
tiers:
  name: 档
  kind: scale
  unit: CNY/month
  input_unit: year
  clause: A.5
  values:
    - from: 2006-01-01
      reference: printed
      value:
        - {upto: "3", rate: "200"}
        - {over: "3", upto: "10", rate: "300"}
        - {over: "10", rate: fact}
"""


def parse(text: str) -> dict[str, Parameter]:
    import yaml

    return parse_parameters(yaml.safe_load(text), "parameters.yaml")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_the_value_in_force_is_the_latest_begun() -> None:
    share = parse(GOOD)["share"]
    assert share.on(day("2005-12-31")) is None
    for on, expected in (("2006-01-01", "9/20"), ("2009-12-31", "9/20"), ("2010-01-01", "1/2")):
        held = share.on(day(on))
        assert held is not None
        assert held.value == Fraction(expected)


def test_required_values_have_no_default_and_are_asked_for_by_name() -> None:
    found, problems = resolve(parse(GOOD), day("2006-09-30"))
    assert "rate" not in found
    (problem,) = problems
    assert (problem.code, problem.name) == ("parameter.missing", "rate")
    assert "A.4" in problem.line("zh")
    assert "from: 2006-09-30" in problem.line("en")


def test_a_hospital_overrides_from_a_date_with_a_reason() -> None:
    known = parse(GOOD)
    given = {
        "share": [{"from": "2008-01-01", "value": "0.4", "reason": "职代会决议"}],
        "rate": [{"from": "2006-01-01", "value": "0.76", "reason": "月度核定"}],
    }
    settings = Settings.parse(known, given, "hospital.yaml")
    before, _ = resolve(known, day("2007-12-31"), settings)
    after, problems = resolve(known, day("2012-01-01"), settings)
    assert before["share"].value == Fraction("0.45")
    assert after["share"].value == Fraction("0.4")
    assert (after["share"].dated.origin, after["share"].dated.reference) == (
        "hospital",
        "职代会决议",
    )
    assert not problems


def test_profiles_stand_beside_production() -> None:
    known = parse(GOOD)
    full, _ = resolve(known, day("2006-09-30"))
    staged, _ = resolve(known, day("2006-09-30"), profile="staged")
    assert full["step"].value == Rounding(Fraction(0))
    assert staged["step"].value == Rounding(Fraction(1), "down")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('"0.45"', "0.45"), "not exact"),
        (('"0.45"', '"1e5"'), "plain number"),
        (('"0.45"', '"45%"'), "plain number"),
        (('"0.45"', '"1/0"'), "divides by zero"),
        (("unit: CNY/point", "unit: CNY/pont"), "point"),
        (("kind: rounding", "kind: roundin"), "rounding"),
        (("mode: down", "mode: dwn"), "down"),
        (('step: "1"', 'step: "1/3"'), "at most 10 decimal places"),
        (('step: "1"', 'step: "-1"'), "not negative"),
        (("clause: A.1", "claus: A.1"), "clause"),
        (("junior: ", "junio: "), "junior"),
        (('over: "3"', 'from: "3"'), "overlap"),
        (('over: "3"', 'over: "4"'), "gap between band 1"),
        (('upto: "3"', 'below: "3"'), "gap at 3"),
        (('rate: "200"', "rate: fact"), "last band"),
        (("reference: ours", "ref: ours"), "reference"),
        (("values: required", "values: []"), "required"),
    ],
)
def test_each_mistake_says_what_to_do(change: tuple[str, str], says: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(ParameterError, match=says) as caught:
        parse(GOOD.replace(*change))
    for problem in caught.value.problems:
        assert re.search("[一-鿿]", problem.message.zh), "in Chinese too"


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('{kind: rounding, values: [{from: 2006-01-01, value: "0.1", reference: x}]}',
         'Write {step: "0.1", mode: half_up}, or `exact`'),
        ("{kind: rounding, values: [{from: 2006-01-01, value: [1], reference: x}]}",
         'Write {step: "0.1", mode: half_up}, or `exact`'),
        ('{kind: scale, values: [{from: 2006-01-01, value: "0.1", reference: x}]}',
         'List its bands, e.g. [{from: "0"'),
        ('{kind: scale, values: [{from: 2006-01-01, value: ["0.1"], reference: x}]}',
         "List its bands"),
        ('{keyed_by: [a, b], values: [{from: 2006-01-01, value: "0.1", reference: x}]}',
         "Write {a: …, b: …}"),
        ('{values: "0.45"}', "does not list what holds from which day"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_shape_is_told_what_to_write(entry: str, says: str) -> None:
    whole = entry.replace("{", "{name: {zh: 甲, en: A}, clause: A.1, ", 1)
    with pytest.raises(ParameterError) as caught:
        parse(f"odd: {whole}")
    (problem,) = caught.value.problems
    assert says in problem.line("en")
    assert not problem.message.zh.isascii()
    assert problem.cure.zh


def test_a_hospitals_rounding_of_the_wrong_shape_is_told_in_both_languages() -> None:
    given = {"step": [{"from": "2006-01-01", "value": "0.5", "reason": "x"}]}
    with pytest.raises(ParameterError) as caught:
        Settings.parse(parse(GOOD), given, "hospital.yaml")
    (problem,) = caught.value.problems
    assert '{step: "0.5", mode: half_up}' in problem.line("en")
    assert "请写" in problem.line("zh")


def test_all_mistakes_are_told_at_once() -> None:
    broken = GOOD.replace('"0.45"', "0.45").replace("unit: CNY/point", "unit: CNY/pont")
    with pytest.raises(ParameterError) as caught:
        parse(broken)
    assert {p.name for p in caught.value.problems} == {"share", "rate"}


def test_settings_name_unknown_parameters_and_bad_values_together() -> None:
    given = {
        "shar": [],
        "rate": [{"from": "2006-01-01", "value": 0.76, "reason": "x"}],
        "share": [{"from": "2006-01-01", "value": "0.4"}],
    }
    with pytest.raises(ParameterError) as caught:
        Settings.parse(parse(GOOD), given, "hospital.yaml")
    lines = [p.line("en") for p in caught.value.problems]
    assert len(lines) == 3
    assert any("share" in line and "shar'" in line for line in lines)


def test_a_key_written_twice_in_yaml_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "parameters.yaml"
    path.write_text("demo:\n  a: 1\n  a: 2\n", "utf-8")
    with pytest.raises(ParameterError, match="line 3"):
        read_yaml(path)


def test_a_mapping_takes_over_anothers_entries_and_its_own_prevail(tmp_path: Path) -> None:
    path = tmp_path / "shared.yaml"
    path.write_text("a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\nc: {<<: [*a, {z: 4}]}\n", "utf-8")
    read = read_yaml(path)
    assert read["b"] == {"x": 3, "y": 2}
    assert read["c"] == {"x": 1, "y": 2, "z": 4}


NAMED = """
sharing:
  name: {zh: 分摊, en: Sharing}
  kind: choice
  clause: A.1
  choices: {per_head: {zh: 按人均, en: Per head}, per_area: {zh: 按面积, en: By area}}
  keyed_by: {ward: {zh: 病区, en: Ward}, clinic: {zh: 门诊, en: Outpatients}}
  values:
    - from: 2006-01-01
      value: {ward: per_head, clinic: per_area}
      reference: {zh: 第一部分, en: part 1}
"""


def test_choices_and_keys_are_shown_by_name_and_kept_as_written() -> None:
    sharing = parse(NAMED)["sharing"]
    assert sharing.choices == ("per_head", "per_area")
    (held,) = sharing.values
    assert held.value == {"ward": "per_head", "clinic": "per_area"}
    assert value_words(sharing, held.value, "zh") == "病区 按人均、门诊 按面积"
    assert value_words(sharing, held.value, "en") == "Ward Per head, Outpatients By area"
    assert held.cited == ("第一部分", "part 1")
    assert sharing.choice_meant("按面积") == sharing.choice_meant("By area") == "per_area"
    assert sharing.choice_meant("neither") == "neither"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("{zh: 按面积, en: By area}", "{zh: 按面积}", "lacks a name in zh or en"),
        ("{zh: 按面积, en: By area}", "按面积", "lacks a name in zh or en"),
        ("{zh: 按面积, en: By area}", "{zh: 按人均, en: By area}", "are both"),
        ("{zh: 第一部分, en: part 1}", "{zh: 第一部分}", "lacks 'en'"),
    ],
)
def test_a_name_that_is_missing_or_there_twice_is_refused(
    before: str, after: str, said: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        parse(NAMED.replace(before, after))
    assert said in str(caught.value)
