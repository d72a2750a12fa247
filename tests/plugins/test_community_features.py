"""What the catalogue's features demand of the formulas, by their names FR0-1 to FR0-20.

FR0-2, 11, 12, 17 and 18, and the books behind 6 and 10, belong to the rooms that keep them.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from community_runs import EXAMPLES, PROGRAM, facts_from, part, ranked, run
from hypothesis import given, settings
from hypothesis import strategies as st
from plugin_runs import amounts

from hpf.core.errors import FactsError
from hpf.core.results import Run
from hpf.core.units import CNY

LINKED = part("final_result")
BOOKED = PROGRAM.part(
    [("staff", "community.points")]
    + [("entry", f"community.{r}") for r in ("sign_fits", "reversal_whole", "reversed_once")]
)
RESULT = st.integers(1, 40).map(lambda n: Decimal(n) / 2)  # few values, so that there are ties
RESULTS = st.lists(RESULT, min_size=2, max_size=9).map(
    lambda found: {f"P{i}": value for i, value in enumerate(found)}
)
TABLES = st.sampled_from(
    [
        [{"over": "0", "upto": "1", "rate": "3"}, {"over": "1", "rate": "1"}],
        [{"over": "0", "upto": "0.3", "rate": "2"}, {"over": "0.3", "rate": "0.7"}],
    ]
)
FORMS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "rank_weight_table": TABLES,
        "rank_weight_by": st.sampled_from(["place", "percentile"]),
        "tie_rule": st.sampled_from(["best_place", "mean_weight"]),
        "small_group_rule": st.sampled_from(["rank", "equal"]),
        "smallest_group": st.sampled_from(["2", "4"]),
    }
)


def told(found: Run) -> set[tuple[str, str]]:
    """(requirement, row) of everything that is told of a run."""
    return {(p.code.removeprefix("requirement."), p.id) for p in found.problems}


def test_fr0_1_strategy_map() -> None:
    """Both coverages are told, and a ring is refused wherever it closes."""
    facts = facts_from("S0-3-1-map")
    del facts["cause_effect"]["A32"], facts["cause_effect"]["A43"]
    found = told(run(facts, "S0-3-1-map"))
    assert {("objective_has_indicator", "O4"), ("indicator_serves", "X1")} <= found
    assert not [1 for code, _ in found if code == "effect_above_cause"]
    arrows = PROGRAM.part([("cause_effect", "community.effect_above_cause")])
    ring = {"A": ("O1", "O2"), "B": ("O2", "O3"), "C": ("O3", "O1")}
    for levels in ((1, 2, 3), (2, 3, 1), (3, 1, 2), (1, 1, 1), (3, 2, 1)):
        for objective, level in zip(("O1", "O2", "O3"), levels, strict=True):
            facts["objective"][objective]["level"] = level
        facts["cause_effect"] = {
            id: {"cause": cause, "effect": effect} for id, (cause, effect) in ring.items()
        }
        refused = run(facts, "S0-3-1-map", program=arrows)
        rising = [p for p in refused.problems if p.code == "requirement.effect_above_cause"]
        assert rising, levels
        assert {p.severity for p in rising} == {"problem"}


def test_fr0_3_indicator_sets_by_type() -> None:
    """Four types, four perspectives, weights of one; two types alike are a warning."""
    facts = facts_from("S0-3-3-cards")
    warned = run(facts, "S0-3-3-cards")
    alike = [p for p in warned.problems if p.code == "requirement.clinical_differs_from_technical"]
    assert [p.severity for p in alike] == ["notice"]
    facts["line"]["P2"]["weight"] = "0.99"
    del facts["line"]["G3"], facts["scorecard"]["K4"]
    facts["line"] = {i: r for i, r in facts["line"].items() if r["scorecard"] != "K4"}
    found = told(run(facts, "S0-3-3-cards"))
    assert {("process_weights_sum", "K2"), ("growth_weights_sum", "K3")} <= found
    assert ("one_card_each", "H") in found


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 100), st.integers(1, 100), st.integers(1, 10))
def test_fr0_4_individual_result_linked_to_department_result(a: int, b: int, tenths: int) -> None:
    """With equal points, the member of the better department has the higher final result."""
    facts = facts_from("S0-1-2-check-multiplicative")
    facts["item"]["I1"]["mark"], facts["item"]["I2"]["mark"] = str(a), str(b)
    share = {"weighted": str(Decimal(tenths) / 10)}
    found = run(facts, "S0-1-2-check-weighted", program=LINKED, lambda_department=share)
    result = amounts(found, "staff", "final_result")
    assert (result["A"] > result["B"]) == (a > b)
    assert (result["A"] == result["B"]) == (a == b)


def test_fr0_4_multiplied_by_a_rising_factor() -> None:
    """Grade by grade; a map that does not rise, or a weight of nothing, is no link."""
    found = run(facts_from("S0-1-2-check-multiplicative"), "S0-1-2-check-multiplicative")
    result = amounts(found, "staff", "final_result")
    assert result["A"] > result["B"] > result["C"] > result["E"]
    assert ("department_has_score", "D5") in told(found)
    assert ("factor_rises", "H") in told(run(facts_from("S0-1-2-lambda-none"), "S0-6-2-check"))


ENTRIES = st.lists(st.tuples(st.sampled_from("PM"), st.integers(0, 400), st.booleans()), max_size=8)


@settings(max_examples=10, deadline=None)
@given(ENTRIES)
def test_fr0_5_bonus_and_deduction_points(booked: list[tuple[str, int, bool]]) -> None:
    """The ledger's sum is the points; a reversal restores the value before."""
    facts = facts_from("S0-points-bad-entries")
    del facts["standard"]["P"]["most"]
    facts["entry"], expected = {}, Decimal(100)
    for number, (standard, cents, undone) in enumerate(booked):
        amount = Decimal(cents) / 100
        plus = standard == "P"
        entry = {"tally": f"A{standard}", "points": str(amount), "day": "2026-08-01"}
        facts["entry"][f"E{number}"] = {**entry, "sign": "加" if plus else "减"}
        if undone:
            back = {"sign": "减" if plus else "加", "reverses": f"E{number}"}
            facts["entry"][f"R{number}"] = {**entry, **back}
        else:
            expected += amount if plus else -amount
    found = run(facts, "S0-points-limits", program=BOOKED)
    assert amounts(found, "staff", "points") == {"A": expected}
    assert not told(found)


def test_fr0_5_an_entry_without_a_standard_is_refused() -> None:
    facts = facts_from("S0-4-1-check")
    facts["tally"]["AP"]["standard"] = None
    with pytest.raises(FactsError) as refused:
        run(facts, "S0-4-1-check")
    assert {(p.code, p.id) for p in refused.value.problems} == {("facts.no_parent", "AP")}


def test_fr0_6_limited_adjustment_of_points() -> None:
    """At the bound it passes, one step beyond it is refused; what is booked keeps its value."""
    found = run(facts_from("S0-8-1-check"), "S0-8-1-check")
    refused = {id for code, id in told(found) if code == "within_limit"}
    assert refused == {"A2", "A4"}
    before = run(facts_from("S0-4-1-check"), "S0-4-1-check")
    facts = facts_from("S0-4-1-check")
    facts["standard"]["P"]["points"] = "4.4"  # from now on
    after = run(facts, "S0-4-1-check")
    assert amounts(after, "staff", "points") == amounts(before, "staff", "points")


def test_fr0_7_360_degree_evaluation() -> None:
    """The result needs the least number of raters; the person sees the means of the groups."""
    found = run(facts_from("S0-5-1-check"), "S0-5-1-check")
    shown = amounts(found, "rating", "feedback")
    assert {i: v for i, v in shown.items() if i[0] in "AB"} == {
        "A1": 90, "A2": 80, "A3": 70, "B1": 90, "B3": 70,
    }  # fmt: skip
    withheld = run(facts_from("S0-5-1-check"), "S0-5-1-check", missing_group="withhold")
    assert "B" in amounts(found, "staff", "rating_score")
    assert "B" not in amounts(withheld, "staff", "rating_score")
    assert amounts(found, "staff", "individual_result")["A"] == 100  # feedback alone


@settings(max_examples=12, deadline=None)
@given(RESULTS, FORMS, st.sampled_from(["f³", "2f + 5"]))
def test_fr0_8_pay_is_unchanged_under_any_strictly_increasing_change(
    results: dict[str, Decimal], form: dict[str, Any], change: str
) -> None:
    before = ranked(results, **form)
    changed = {i: f**3 if change == "f³" else 2 * f + 5 for i, f in results.items()}
    after = ranked(changed, **form)
    pay = amounts(before, "staff", "pay")
    assert amounts(after, "staff", "final_result") == changed
    assert amounts(after, "staff", "pay") == pay
    assert sum(pay.values()) == 9000


@settings(max_examples=8, deadline=None)
@given(RESULTS, FORMS, st.data())
def test_fr0_8_two_results_swapped_swap_the_pay(
    results: dict[str, Decimal], form: dict[str, Any], data: st.DataObject
) -> None:
    """In a pool that leaves nothing over; else the last fen, which goes by id, stays behind."""
    one, two = data.draw(st.sampled_from(list(combinations(results, 2))))
    weights = amounts(ranked(results, **form), "staff", "rank_weight")
    pool = str(sum(weights.values()) * 100)
    pay = amounts(ranked(results, pool, **form), "staff", "pay")
    swapped = {**results, one: results[two], two: results[one]}
    after = amounts(ranked(swapped, pool, **form), "staff", "pay")
    assert after == {**pay, one: pay[two], two: pay[one]}
    assert sum(pay.values()) == Decimal(pool)


def test_fr0_8_there_is_no_price_of_a_point() -> None:
    """No fact, parameter or rule is in CNY for each point."""
    units = [i.unit for i in PROGRAM.indicators]
    units += [p.unit for p in PROGRAM.parameters.values()] + [r.unit for r in PROGRAM.rules]
    assert {str(u) for u in units if "CNY" in str(u)} == {"CNY"}


def test_fr0_9_one_result_for_three_uses() -> None:
    """Pay, selection and promotion read the same final result, each by a rule of its own."""
    found = run(facts_from("S0-6-1-three-uses"), "S0-6-1-three-uses")
    rules = {r.name: r for r in PROGRAM.rules if r.entity == "staff"}
    for name in ("pay", "excellent", "promotion_ready"):
        assert "S0-6-1" in rules[name].clauses
    assert found.value("staff", "A", "excellent") is True
    assert found.value("staff", "A", "promotion_met") is True
    assert found.value("staff", "F", "excellent") is False


def test_fr0_10_recognition_without_money_and_a_criterion_known_before() -> None:
    rules = [r for r in PROGRAM.rules if r.name in ("commended", "excellent_talent")]
    assert [r.kind for r in rules] == ["score", "score"]
    assert all(r.unit != CNY and not r.type.is_number for r in rules)
    facts = facts_from("S0-6-1-three-uses")
    late = run(facts, "S0-6-1-three-uses", excellent_talent_published="2026-07-01")
    assert ("criterion_was_public", "H") in told(late)
    early = run(facts, "S0-6-1-three-uses", excellent_talent_published="2026-06-30")
    assert ("criterion_was_public", "H") not in told(early)


def test_fr0_13_effectiveness_of_indicators() -> None:
    """Everybody at the maximum, and data that lack, are flagged; no figure follows from it."""
    found = run(facts_from("S0-9-3-check"), "S0-9-3-check")
    assert found.value("indicator", "FULL", "ceiling_high") is True
    assert found.value("indicator", "LACK", "coverage_low") is True
    assert found.value("indicator", "GOOD", "proposal") == "保留"
    loose = run(facts_from("S0-9-3-check"), "S0-9-3-check", max_ceiling_share="1", drop_from="5")
    for entity, rule in (("department", "department_score"), ("item", "score")):
        assert amounts(loose, entity, rule) == amounts(found, entity, rule)


def test_fr0_14_assessment_committee() -> None:
    """Without personnel, medical services, nursing, another department or an expert: refused."""
    rules = ("all_represented", "experts_enough")
    program = PROGRAM.part([("hospital", f"community.{rule}") for rule in rules])

    def refused(*without: str, **changed: Any) -> set[str]:
        facts = facts_from("S0-7-1-committee")
        facts["member"] = {i: m for i, m in facts["member"].items() if i not in without}
        facts["member"].get("M2", {}).update(changed)
        return {code for code, _ in told(run(facts, "S0-7-1-committee", program=program))}

    assert refused() == set()
    assert refused("M1") == refused("M3") == refused("M4", "M5") == {"all_represented"}
    assert refused("M2") == {"all_represented", "experts_enough"}
    assert refused(expert=False) == {"experts_enough"}


def test_fr0_15_coverage_of_training() -> None:
    found = run(facts_from("S0-7-1-committee"), "S0-7-1-committee")
    coverage = found.value("hospital", "H", "training_coverage")
    assert isinstance(coverage, Decimal)
    assert round(Fraction(coverage), 6) == round(Fraction(5, 6), 6)
    missed = run(facts_from("S0-7-1-committee"), "S0-7-1-committee",
                 training_coverage_target="0.9")  # fmt: skip
    assert ("training_reached", "H") in told(missed)


def test_fr0_16_somebody_without_an_assessor_above_is_told() -> None:
    """Whoever has none, and whoever is assessed by an equal."""
    found = told(run(facts_from("S0-7-1-committee"), "S0-7-1-committee"))
    assert {id for code, id in found if code == "assessor_above"} == {"E", "F", "G"}


def test_fr0_19_recruitment_and_retention() -> None:
    """Rates of the year so far, from who joined and left."""
    case = EXAMPLES["S0-7-1-committee"]
    names = {e.rule.name: e.figures["full"] for e in case.expect if e.entity == "hospital"}
    assert names["recruitment_rate"] == Fraction(3, 5)
    assert names["retention_rate"] == Fraction(2, 5)


@settings(max_examples=12, deadline=None)
@given(RESULTS, FORMS)
def test_fr0_20_differentiated_pay(results: dict[str, Decimal], form: dict[str, Any]) -> None:
    """Inside a group a worse place never earns more; not all earn the same, unless all are tied."""
    found = ranked(results, **form)
    pay, place = amounts(found, "staff", "pay"), amounts(found, "staff", "place")
    small = form["small_group_rule"] == "equal" and len(results) < int(form["smallest_group"])
    fen = Decimal("0.01")
    for one, two in combinations(results, 2):
        if place[one] < place[two]:
            assert pay[one] >= pay[two] - (fen if small else 0)
    assert ("weights_fall", "P0") not in told(found)
    assert sum(pay.values()) == 9000


def test_fr0_20_pay_that_runs_against_the_points_is_told() -> None:
    found = run(facts_from("S0-2-6-pay-against-points"), "S0-2-6-pay-against-points")
    assert ("pay_follows_points", "G") in told(found)
    agreeing = run(facts_from("S0-6-2-check"), "S0-6-2-check")
    assert ("pay_follows_points", "G") not in told(agreeing)
