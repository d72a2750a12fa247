"""Two versions of a scheme on one month: differences by rule, which add up to the fen."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpf.core import (
    CNY,
    DEPARTMENT,
    STAFF,
    Formula,
    Parameters,
    Period,
    Row,
    Scheme,
    round_to,
    split,
)
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.change.upgrade import Upgraded, revised, upgraded
from hpf.core.facts import facts_of
from hpf.core.program import Program
from hpf.core.results import Run

MONTH = Period.parse("2026-09")


def version(folder: Path, rate: str = "2", norm: int = 1, bonus: bool = False) -> Program:
    """A share of a pool and a rate a case beyond a norm, less a fine; perhaps a bonus too."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "clauses.yaml").write_text("- {id: T.1, kind: calc, meaning: x}\n", "utf-8")
    (folder / "parameters.yaml").write_text(
        "tiny:\n  rate: {name: {zh: 单价, en: Rate}, clause: T.1, unit: CNY, "
        f"values: [{{from: 2026-01-01, value: '{rate}', reference: us}}]}}\n",
        "utf-8",
    )
    s = Scheme("tiny", zh="小样", en="Tiny", document="T", here=str(folder / "x.py"))
    s.decimal(DEPARTMENT, "pool", zh="总额", en="Pool", unit=CNY)
    s.decimal(STAFF, "points", zh="分", en="Points")
    s.decimal(STAFF, "cases", zh="例", en="Cases")
    s.decimal(STAFF, "fine", zh="罚", en="Fine", unit=CNY)

    @s.pay(STAFF, zh="份额", en="Share", clause="T.1")
    def share(person: Row) -> Formula:
        return split(person.department.pool, by=person.points, within=person.department)

    @s.pay(STAFF, zh="计件", en="Piecework", clause="T.1")
    def piecework(person: Row, p: Parameters) -> Formula:
        return round_to((person.cases - norm) * p.rate)

    @s.pay(STAFF, zh="扣款", en="Fined", clause="T.1")
    def fined(person: Row) -> Formula:
        return round_to(person.fine)

    if bonus:

        @s.pay(STAFF, zh="奖励", en="Bonus", clause="T.1", only=lambda r: r.cases >= 3)
        def extra(person: Row, p: Parameters) -> Formula:
            return round_to(p.rate)

    @s.total(STAFF, zh="实发", en="Paid", clause="T.1")
    def paid(person: Row) -> Formula:
        own = person.share + person.piecework - person.fined
        return own + person.extra.or_(0) if bonus else own

    return build(s)


def run(program: Program, cases: list[str]) -> Run:
    staff: dict[str, Any] = {
        f"P{n}": {"department": "D", "points": n + 1, "cases": c, "fine": "1.005"}
        for n, c in enumerate(cases)
    }
    data = {"hospital": {"H": {}}, "department": {"D": {"hospital": "H", "pool": "100"}}}
    return calculate(program, facts_of(program, MONTH, {**data, "staff": staff}))


def told(folder: Path, cases: list[str], old: dict[str, Any], new: dict[str, Any]) -> Upgraded:
    return upgraded(
        run(version(folder / "a", **old), cases), run(version(folder / "b", **new), cases)
    )


def test_the_same_version_changes_nothing(tmp_path: Path) -> None:
    found = told(tmp_path, ["1", "2.5"], {}, {})
    assert (found.people, found.same, found.cost) == ((), 2, Decimal(0))
    assert not found.rules()
    assert not revised(version(tmp_path / "a"), version(tmp_path / "b"))


def test_a_difference_stands_at_the_rule_that_makes_it(tmp_path: Path) -> None:
    found = told(tmp_path, ["1", "2.5"], {}, {"rate": "2.335"})
    (one,) = found.people
    assert (one.id, one.by, found.same) == ("P1", Decimal("0.50"), 1)
    (part,) = one.parts
    assert (part.rule, part.before, part.after) == ("piecework", Decimal(3), Decimal("3.50"))


def test_a_new_rule_and_one_that_is_gone_have_no_figure_on_the_other_side(tmp_path: Path) -> None:
    found = told(tmp_path, ["3", "1"], {}, {"bonus": True})
    ((one,), (back,)) = found.people, told(tmp_path, ["3", "1"], {"bonus": True}, {}).people
    assert [(p.rule, p.before, p.after) for p in one.parts] == [("extra", None, Decimal(2))]
    assert [(p.rule, p.before, p.after) for p in back.parts] == [("extra", Decimal(2), None)]
    assert found.cost == Decimal(2)


def test_what_was_changed_in_the_rules_is_told_in_words(tmp_path: Path) -> None:
    old, new = version(tmp_path / "a"), version(tmp_path / "b", rate="3", norm=2, bonus=True)
    found = {(c.what, c.name): c for c in revised(old, new)}
    assert set(found) == {
        ("rule", "staff.piecework"), ("rule", "staff.extra"), ("rule", "staff.paid"),
        ("parameter", "rate"),
    }  # fmt: skip
    assert found["rule", "staff.extra"].before.en == ""
    assert "− 1" in found["rule", "staff.piecework"].before.zh
    assert found["parameter", "rate"].after.en == "2026-01-01 3 CNY"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.decimals("-50", "50", places=3), min_size=1, max_size=6),
    st.decimals("0", "9", places=4), st.integers(-3, 3), st.booleans(), st.booleans(),
)  # fmt: skip
def test_parts_add_up_to_each_person_and_rules_to_the_cost(
    tmp_path: Path, cases: list[Decimal], rate: Decimal, norm: int, one: bool, two: bool
) -> None:
    found = told(
        tmp_path, [str(c) for c in cases], {"bonus": one},
        {"rate": str(rate), "norm": norm, "bonus": two},
    )  # fmt: skip
    for person in found.people:
        assert sum(p.by for p in person.parts) == person.by != 0
    assert sum(p.by for p, _ in found.rules()) == found.cost
    assert len(found.people) + found.same == len(cases)


def test_a_scheme_of_scores_is_compared_by_its_score(tmp_path: Path) -> None:
    from hpf.core import POINT

    def scored(folder: Path, factor: int) -> Program:
        folder.mkdir()
        (folder / "clauses.yaml").write_text("- {id: T.1, kind: calc, meaning: x}\n", "utf-8")
        s = Scheme("tiny", zh="小样", en="Tiny", document="T", here=str(folder / "x.py"))
        s.decimal(STAFF, "points", zh="分", en="Points", unit=POINT)

        @s.rule(STAFF, zh="得分", en="Score", clause="T.1", unit=POINT)
        def score(person: Row) -> Formula:
            return person.points * factor

        return build(s)

    rows = {"staff": {"A": {"department": "D", "points": 5}}}
    data = {"hospital": {"H": {}}, "department": {"D": {"hospital": "H"}}, **rows}
    sides = [scored(tmp_path / str(n), n) for n in (1, 3)]
    runs = [calculate(p, facts_of(p, MONTH, data)) for p in sides]
    (one,) = upgraded(*runs).people
    assert [(p.rule, p.by) for p in one.parts] == [("score", Decimal(10))]


@pytest.mark.parametrize("order", [1, -1])
def test_people_of_one_month_only_count_as_nothing_in_the_other(tmp_path: Path, order: int) -> None:
    program = version(tmp_path / "a")
    runs = [run(program, ["2"]), run(program, ["2", "2"])][::order]
    found = upgraded(*runs)
    assert [(p.id, p.before is None, p.after is None) for p in found.people][-1] == (
        "P1", order == 1, order == -1
    )  # fmt: skip
    assert all(sum(x.by for x in p.parts) == p.by for p in found.people)
