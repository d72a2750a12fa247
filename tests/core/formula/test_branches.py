"""Ways worked out on their own rows alone: the same results, in less work."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from hpf.core.formula import tree as t
from hpf.core.formula.columns import branches, simplify
from hpf.core.formula.columns.col import least
from hpf.core.formula.columns.store import Frame
from hpf.core.indicators import Type

CHOICES = ("east", "west", "north")


def own(name: str) -> t.Node:
    return t.Own("member", f"lab.{name}")


def east() -> t.Node:
    return t.Compare("eq", own("u"), t.Const("east"))


def ways(condition: t.Node) -> t.Node:
    """a ÷ b where the condition holds, a × b elsewhere."""
    return t.When(condition, t.Arith("div", own("a"), own("b")), t.Arith("mul", own("a"), own("b")))


def program(lab: SimpleNamespace, tree: t.Node) -> Any:
    indicators = [lab.indicator(lab.MEMBER, n) for n in ("a", "b")]
    indicators.append(lab.indicator(lab.MEMBER, "u", Type.CHOICE, CHOICES))
    return lab.program(indicators, [lab.rule(lab.MEMBER, "r", tree)])


def members(*rows: tuple[str | None, str | None, str | None]) -> dict[str, Any]:
    return {"member": {f"M{i}": dict(zip("abu", row, strict=True)) for i, row in enumerate(rows)}}


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each way was worked out on; any number of rows is worth parting."""
    seen: list[int] = []
    some = Frame.some

    def counted(self: Frame, at: Any) -> Frame:
        seen.append(len(at))
        return some(self, at)

    monkeypatch.setattr(branches, "FEW", 0)
    monkeypatch.setattr(Frame, "some", counted)
    return seen


def test_each_way_sees_its_own_rows_alone(lab: SimpleNamespace, parts: list[int]) -> None:
    prog = program(lab, ways(t.FirstOf((east(), t.Const(False)))))
    rows = lab.checked(
        prog, members(("6", "4", "east"), ("6", "0", "east"), ("6", "0", "west"), (None, "1", None))
    )
    found = lab.by_columns(prog, rows)
    assert parts == [2, 2]
    assert found["member", "M0", "r"] == Fraction(3, 2)
    assert found["member", "M1", "r"] == lab.Bad()  # a divisor of zero, on its own way
    assert found["member", "M2", "r"] == 0
    assert found["member", "M3", "r"] == lab.by_scalar(prog, rows)["member", "M3", "r"]


def test_rows_for_which_the_rule_does_not_hold_go_no_way(
    lab: SimpleNamespace, parts: list[int]
) -> None:
    large = t.FirstOf((t.Compare("gt", own("a"), t.Const(Fraction(10))), t.Const(False)))
    prog = program(lab, t.Only(large, ways(t.FirstOf((east(), t.Const(False))))))
    rows = lab.checked(prog, members(("12", "4", "east"), ("6", "4", "east"), ("20", "2", "west")))
    found = lab.by_columns(prog, rows)
    assert parts == [1, 1]
    assert [found["member", f"M{i}", "r"] for i in (0, 2)] == [3, 40]
    assert found == {k: v for k, v in lab.by_scalar(prog, rows).items() if k in found}


def test_an_undecided_condition_parts_nothing(lab: SimpleNamespace, parts: list[int]) -> None:
    prog = program(lab, ways(east()))
    rows = lab.checked(prog, members(("6", "4", "east"), ("6", "4", None)))
    found = lab.by_columns(prog, rows)
    assert parts == []
    assert found["member", "M0", "r"] == Fraction(3, 2)
    assert found["member", "M1", "r"] == lab.Bad()


def test_few_rows_are_not_parted(lab: SimpleNamespace, parts: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(branches, "FEW", 3)
        prog = program(lab, ways(t.FirstOf((east(), t.Const(False)))))
        lab.by_columns(prog, lab.checked(prog, members(("6", "4", "east"), ("6", "4", "west"))))
    assert parts == []


@pytest.mark.parametrize(
    ("tree", "worth"),
    [
        (t.When(east(), own("a"), t.Arith("mul", own("a"), own("b"))), False),
        (t.When(east(), own("a"), own("b")), False),
        (ways(east()), True),
        (t.Only(east(), ways(east())), True),
    ],
)
def test_only_several_products_or_quotients_are_worth_it(tree: t.Node, worth: bool) -> None:
    assert (branches.ways_of(tree) is not None) is worth


# Questions about a far row


def far(name: str, path: tuple[str, ...] = ("team",)) -> t.Node:
    return t.Look(path, "team", t.Own("team", f"lab.{name}"))


def test_a_question_about_a_far_row_is_asked_there() -> None:
    asked = t.Compare("gt", far("pool"), t.Const(Fraction(3)))
    inner = t.Compare("gt", t.Own("team", "lab.pool"), t.Const(Fraction(3)))
    assert simplify.asked_there(asked) == t.Look(("team",), "team", inner)


@pytest.mark.parametrize(
    "asked",
    [
        t.Compare("gt", far("pool"), own("a")),  # the row's own value takes part
        t.Compare("gt", far("pool"), far("k", ("guest",))),  # two far rows
        t.Compare("gt", own("a"), t.Const(Fraction(3))),
        t.Logic("or", (far("pool"), own("a"))),
    ],
)
def test_a_question_that_the_far_row_cannot_answer_stays(asked: t.Node) -> None:
    assert simplify.asked_there(asked) == asked


def test_without_a_link_the_question_has_no_answer(lab: SimpleNamespace) -> None:
    tree = t.Compare("gt", far("pool"), t.Const(Fraction(3)))
    prog = lab.program(
        [lab.indicator(lab.TEAM, "pool")], [lab.rule(lab.MEMBER, "r", tree, Type.BOOLEAN)]
    )
    rows = lab.checked(
        prog,
        {
            "team": {"T1": {"pool": "5"}, "T2": {"pool": None}},
            "member": {"A": {"team": "T1"}, "B": {"team": "T2"}, "C": {"team": None}},
        },
    )
    found = lab.by_columns(prog, rows)
    assert found == lab.by_scalar(prog, rows)
    assert found["member", "A", "r"] is True
    assert found["member", "B", "r"] == found["member", "C", "r"] != found["member", "A", "r"]


# Bounds of magnitude


def test_exact_places_bound_a_number_from_below_and_a_quotient_by_nothing() -> None:
    assert 0.0099 < least(2) < 0.01
    assert least(2, 0.5) == 0.5
    assert least(None) == 0.0


@pytest.mark.parametrize(
    ("above", "below", "bad"),
    [
        ("90000000000000", "0.01", False),
        ("100000000000000", "0.01", True),  # 10^16
        ("-100000000000000", "-0.01", True),
        ("100000000000000", "0.02", False),
    ],
)
def test_a_quotient_past_the_bound_is_a_problem_whatever_else_divides(
    lab: SimpleNamespace, above: str, below: str, bad: bool
) -> None:
    prog = program(lab, t.Arith("div", own("a"), own("b")))
    rows = lab.checked(prog, members((above, below, None), ("1", "-3", None), ("1", "0", None)))
    found = lab.by_columns(prog, rows)
    assert (found["member", "M0", "r"] == lab.Bad()) is bad
    assert found["member", "M2", "r"] == lab.Bad()
