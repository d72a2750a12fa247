"""Held units: what is not known of them counts nowhere, and no other payout may rest on it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from sample_months import Month, sample_month

from hpf.core.calculate import calculate
from hpf.core.checking import check
from hpf.core.errors import FactsError
from hpf.core.facts import Facts
from hpf.core.holding import HeldUnit, rows_of
from hpf.core.kit.programs import Programs


@pytest.fixture(scope="module")
def month(shipped_programs: Programs) -> Month:
    return sample_month(shipped_programs, "township")


def blank(facts: Facts, entity: str, code: str, ids: list[str]) -> Facts:
    table = facts.tables[entity]
    kept = pl.when(~pl.col("id").is_in(ids)).then(pl.col(code)).alias(code)
    frame = table.frame.with_columns(kept)
    return replace(facts, tables={**facts.tables, entity: replace(table, frame=frame)})


def staff_of(facts: Facts, unit: str) -> list[str]:
    frame = facts.tables["staff"].frame
    return list(frame.filter(pl.col("department") == unit)["id"].to_list())


def test_an_office_without_its_assessment_waits_and_everyone_else_goes_on(month: Month) -> None:
    program, facts, settings = month
    whole = calculate(program, facts, settings)
    waiting = staff_of(facts, "X03")
    lacking = blank(facts, "staff", "assessment_coefficient", waiting)
    with pytest.raises(FactsError, match="assessment_coefficient"):
        calculate(program, lacking, settings)
    held = calculate(program, lacking, settings, held=[HeldUnit("department", "X03")])
    assert not [p for p in held.problems if p.severity == "problem"]
    bad = held.evaluated.bad["staff"]["township.paid"]
    for n, id in enumerate(held.checked.rows["staff"].ids.to_list()):
        if id in waiting:
            assert held.value("staff", id, "paid") is None
            assert bad[n], "a problem, not an absent value"
        else:
            assert held.value("staff", id, "paid") == whole.value("staff", id, "paid")


def test_what_colleagues_of_the_same_pool_rest_on_is_held_with_it(month: Month) -> None:
    """One physician's assessment is missing: her unit waits whole, since it shares deductions."""
    program, facts, settings = month
    whole = calculate(program, facts, settings)
    lacking = blank(facts, "staff", "assessment_coefficient", ["K01-1"])
    held = calculate(program, lacking, settings, held=[HeldUnit("department", "K01")])
    for id in held.checked.rows["staff"].ids.to_list():
        if id not in staff_of(facts, "K01"):
            assert held.value("staff", id, "paid") == whole.value("staff", id, "paid")
    assert held.value("staff", "K01-1", "paid") is None


def test_a_unit_that_is_complete_keeps_its_figures(month: Month) -> None:
    program, facts, settings = month
    whole = calculate(program, facts, settings)
    held = calculate(program, facts, settings, held=[HeldUnit("department", "X03")])
    assert held.seal["results"] == whole.seal["results"]


def test_facts_in_doubt_hold_up_whoever_rests_on_any_of_them(month: Month) -> None:
    """The average of the accounting units pays the offices: a unit of theirs cannot be in doubt."""
    program, facts, settings = month
    with pytest.raises(FactsError) as error:
        calculate(program, facts, settings, held=[HeldUnit("department", "K01", in_doubt=True)])
    (problem,) = error.value.problems
    assert problem.code == "hold.dependants"
    assert "staff:" in problem.message.en


def test_whatever_leads_to_a_unit_over_others_belongs_to_it(month: Month) -> None:
    """In whichever order tables stand: what links to people links to their unit."""
    program, facts, _ = month
    checked, _ = check(program, facts)
    held = [HeldUnit("department", "K01")]
    found = rows_of(program, checked, held)
    assert len(found) > 2
    turned = replace(checked, rows=dict(reversed(list(checked.rows.items()))))
    assert rows_of(program, turned, held) == found


def test_a_unit_that_is_not_there_is_told(month: Month) -> None:
    program, facts, settings = month
    with pytest.raises(FactsError, match="X99"):
        calculate(program, facts, settings, held=[HeldUnit("department", "X99")])
