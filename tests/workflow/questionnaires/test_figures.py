"""What answers come to: weights, groups that are missing, intervals."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
import survey_plugin
from hypothesis import given, settings
from hypothesis import strategies as st

from hpf.core.formula.exact import snap
from hpf.core.parameters import Bandwidth, ScaleValue
from hpf.workflow.questionnaire_close import count, outcome_json
from hpf.workflow.questionnaire_figures import effective, normal, row_outcome, wilson
from hpf.workflow.questionnaire_rules import Rules, form_json, read_form

SIDES, PATIENTS = survey_plugin.ALL_SIDES, survey_plugin.PATIENTS
GROUPS = [g.code for g in SIDES.groups]
F = Fraction


def rules(weights: Mapping[str, Fraction], missing: str = "reweight", least: int = 3) -> Rules:
    return Rules(weights, dict.fromkeys(weights, least), missing, {}, {}, {}, {}, {})


def outcome(given: Rules, marks: Mapping[str, list[int]]):
    answers = [("A", g, {"skill": m}) for g, found in marks.items() for m in found]
    counted = count(SIDES, given, answers)
    return row_outcome(SIDES, given, "A", counted.answers.get("A", {}), counted.used.get("A", {}))


marks = st.fixed_dictionaries({g: st.lists(st.integers(1, 5), max_size=9) for g in GROUPS})
weights = st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(any).map(
    lambda parts: {g: F(n, sum(parts)) for g, n in zip(GROUPS, parts, strict=True)}
)  # fmt: skip


@given(weights, marks)
@settings(max_examples=150, deadline=None)
def test_a_missing_group_is_reweighted_and_a_small_one_leaves_nothing(held, given) -> None:
    """The figure is the mean of the groups that have enough, by their weights scaled to one."""
    result = outcome(rules(held), given)
    whole = {g: F(sum(m), len(m)) for g, m in given.items() if len(m) >= 3}
    share = sum((held[g] for g in whole), F(0))
    figure = result.figures[0]
    if share:
        wanted = sum((held[g] * m for g, m in whole.items()), F(0)) / share
        assert figure.value == snap(wanted)
        assert min(whole[g] for g in whole if held[g]) <= wanted
    else:
        assert figure.value is None, "nothing is not a zero"
    for group in result.groups:
        assert group.answers == len(given[group.group])
        assert group.shown is (group.group in whole)
        assert bool(group.means) is bool(group.figures) is group.shown


@given(weights, marks, st.lists(st.integers(1, 5), max_size=2), st.sampled_from(GROUPS))
@settings(max_examples=100, deadline=None)
def test_what_a_small_group_says_changes_no_figure(held, given, few, small) -> None:
    one = outcome(rules(held), {**given, small: few})
    two = outcome(rules(held), {**given, small: [6 - m for m in few]})
    assert one == two


@given(weights, marks)
@settings(max_examples=60, deadline=None)
def test_withheld_where_a_group_that_counts_is_missing(held, given) -> None:
    result = outcome(rules(held, "withhold"), given)
    lacking = any(w and len(given[g]) < 3 for g, w in held.items())
    assert (result.figures[0].value is None) is lacking


@given(st.integers(0, 60), st.integers(1, 60))
@settings(deadline=None)
def test_wilson_solves_its_equation(good: int, more: int) -> None:
    """Its ends are where the score test just does not reject: |p - q| = z √(q (1 - q) ÷ n)."""
    n = good + more
    p = F(good, n)
    low, high = wilson(p, F(n))
    assert 0 <= low <= high <= 1
    for end in (low, high):
        q = float(end)
        if 0 < q < 1:
            z = 1.959963984540054
            assert math.isclose(abs(float(p) - q), z * math.sqrt(q * (1 - q) / n), abs_tol=3e-6)


def test_intervals_worked_by_hand() -> None:
    """50 of 100: half-width 0.096148; and a stratified mean by Cochran's formula."""
    assert wilson(F(1, 2), F(100)) == (Decimal("0.403832"), Decimal("0.596168"))
    assert wilson(F(1), F(20))[1] == 1
    assert effective({"a": F(3, 5), "b": F(2, 5)}, {"a": 60, "b": 20}) == F(500, 7)
    # W² s² ÷ n: 0.36 × 1 ÷ 36 + 0.16 × 4 ÷ 64 = 0.02; z √0.02 = 0.277181
    ends = normal(F(3), {"a": F(3, 5), "b": F(2, 5)}, {"a": 36, "b": 64}, {"a": F(1), "b": F(4)},
                  1, 5)  # fmt: skip
    assert ends == (Decimal("2.722819"), Decimal("3.277181"))
    assert normal(F(5), {"a": F(1)}, {"a": 9}, {"a": F(1)}, 1, 5)[1] == 5, "clipped to the scale"


def test_a_survey_s_share_its_points_and_its_remarks() -> None:
    bands = ScaleValue((Bandwidth(None, False, F(1, 2), False, F(0)),
                        Bandwidth(F(1, 2), True, None, False, F(10))))  # fmt: skip
    held = Rules({"outpatients": F(3, 5), "inpatients": F(2, 5)},
                 {"outpatients": 3, "inpatients": 3}, "withhold", {}, {"outpatients": 5},
                 {"satisfied": F(4)}, {"satisfied": bands}, {})  # fmt: skip
    answers = [("H", "outpatients", {"care": m, "remark": f"r{m}"}) for m in (5, 4, 3, 2)]
    answers += [("H", "inpatients", {"care": 5}) for _ in range(3)]
    counted = count(PATIENTS, held, answers)
    remarks = {v for (_, g, q, v) in counted.kept if q == "remark" and g == ""}
    assert remarks == {"r5", "r4", "r3", "r2"}
    assert not [k for k in counted.kept if k[2] == "remark" and k[1]], "a remark has no group"
    result = row_outcome(PATIENTS, held, "H", counted.answers["H"], counted.used["H"])
    satisfied, level = result.figures
    assert satisfied.value == F(3, 5) * F(1, 2) + F(2, 5)
    assert satisfied.points == 10
    assert satisfied.low < Decimal("0.7") < satisfied.high
    assert level.value == F(3, 5) * F(7, 2) + 2
    assert result.short == {"outpatients": (4, 5)}


def test_questions_too_few_answered_are_not_kept_either() -> None:
    held = rules(dict.fromkeys(GROUPS, F(1, 4)))
    answers = [("A", "peers", {"skill": 3}) for _ in range(3)]
    answers += [("A", "peers", {"skill": 3, "teamwork": 1})]
    kept = Counter(q for (_, _, q, _) in count(SIDES, held, answers).kept)
    assert "skill" in kept
    assert "teamwork" not in kept


def test_one_person_counts_where_the_hospital_says_so_and_is_kept_nowhere() -> None:
    held = rules(dict.fromkeys(GROUPS, F(1, 4)), least=1)
    answers = [("A", "superior", {"skill": 1})] + [("A", "peers", {"skill": 5})] * 3
    counted = count(SIDES, held, answers)
    assert {g for (_, g, _, _) in counted.kept} == {"peers"}
    result = row_outcome(SIDES, held, "A", counted.answers["A"], counted.used["A"])
    assert result.figures[0].value == 3
    superior, peers = outcome_json(result)["groups"][:2]
    assert superior == {"group": "superior", "answers": 1, "counted": True, "shown": False,
                        "means": {}, "figures": {}}  # fmt: skip
    assert peers["shown"]


@pytest.mark.parametrize("form", [SIDES, PATIENTS])
def test_a_frozen_form_reads_as_it_was(form) -> None:
    assert read_form(form_json(form)) == form
    assert read_form({**form_json(form), "of_a_newer_version": 1}) == form
    changed = replace(form, minimum="other")
    assert read_form(form_json(changed)) != form
