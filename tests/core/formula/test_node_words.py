"""Words for every node, brackets where precedence needs them, numbers written plainly."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from talk_scheme import talk

from hpf.core.formula import tree as t
from hpf.core.formula.number_words import MODE_NAMES, plain_number
from hpf.core.formula.words import formula_words
from hpf.core.program import Program


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return talk(tmp_path_factory.mktemp("talk"))


F = Fraction
X, Y, Z = (t.Own("staff", f"talk.{n}") for n in ("score", "bonus", "top_up"))
TRUE = t.Own("staff", "talk.leave")
EVERY = [
    t.Const(F("0.05")),
    t.Param("weight", t.Const("senior")),
    t.PeriodDay("first"),
    t.MonthsLater(t.PeriodDay("last"), t.Const(F(-1))),
    t.DaysBetween(t.PeriodDay("first"), t.PeriodDay("last")),
    X,
    t.Look(("department", "hospital"), "hospital", t.Own("hospital", "talk.head")),
    t.Gather("max", "staff", ("department",), X, TRUE),
    t.Arith("add", X, Y),
    t.Compare("ne", X, Y),
    t.Logic("or", (TRUE, TRUE)),
    t.When(TRUE, X, Y),
    t.Extreme("larger", (X, Y)),
    t.Round(X, t.Const(t.Rounding(F(1), "floor"))),
    t.Band("bracket", "tiers", X),
    t.Rank(X, ("department",), False),
    t.Split(t.Const(F(100)), X, ("department",), "department", t.Const(t.Rounding(F(1)))),
    t.Only(TRUE, X),
    t.FirstOf((X, Y)),
    t.Past(2, X),
    t.Window("count", 0, None, TRUE),
]


def test_every_node_has_words_in_both_languages(program: Program) -> None:
    assert [n.op for n in EVERY] == list(t.NODE_OPS)
    for node in EVERY:
        zh, en = (formula_words(program, node, lang, "staff") for lang in ("zh", "en"))
        assert zh
        assert en
        if node.op != "const":
            assert re.search("[\u4e00-\u9fff]", zh), zh
        assert not re.search("[\u4e00-\u9fff]", en), en


def test_a_node_without_words_is_an_error(program: Program) -> None:
    with pytest.raises(TypeError, match="has no words"):
        formula_words(program, t.Node())


@pytest.mark.parametrize("kind", ["sum", "mean", "max", "min", "count"])
def test_each_gathering_has_words_of_its_own(program: Program, kind: str) -> None:
    said = set()
    for node in (
        t.Gather(kind, "staff", ("department",), X),
        t.Gather(kind, "staff", ("department",), X, TRUE),
        t.Window(kind, 3, X),
        t.Window(kind, 3, X, TRUE),
    ):
        said |= {formula_words(program, node, lang, "department") for lang in ("zh", "en")}
    assert len(said) == 8


def test_each_mode_has_words() -> None:
    assert tuple(MODE_NAMES) == t.MODES


A, B, C = X, Y, Z
BRACKETS = [
    (t.Arith("sub", A, t.Arith("sub", B, C)), "Points − (Bonus − Top-up)"),
    (t.Arith("sub", t.Arith("sub", A, B), C), "Points − Bonus − Top-up"),
    (t.Arith("add", A, t.Arith("sub", B, C)), "Points + Bonus − Top-up"),
    (t.Arith("mul", t.Arith("add", A, B), C), "(Points + Bonus) × Top-up"),
    (t.Arith("mul", A, t.Arith("div", B, C)), "Points × (Bonus ÷ Top-up)"),
    (t.Arith("div", A, t.Arith("mul", B, C)), "Points ÷ (Bonus × Top-up)"),
    (t.Arith("div", t.Arith("mul", A, B), C), "Points × Bonus ÷ Top-up"),
    (t.Arith("add", A, t.Arith("mul", B, C)), "Points + Bonus × Top-up"),
    (
        t.Logic("and", (t.Logic("or", (TRUE, t.Compare("gt", A, B))), TRUE)),
        "(On leave or Points > Bonus) and On leave",
    ),
    (
        t.Logic("or", (t.Logic("and", (TRUE, TRUE)), TRUE)),
        "On leave and On leave or On leave",
    ),
    (
        t.Arith("mul", t.When(TRUE, A, B), C),
        "(if On leave, then Points; otherwise Bonus) × Top-up",
    ),
    (
        t.When(TRUE, A, t.When(TRUE, B, C)),
        "if On leave, then Points; otherwise if On leave, then Bonus; otherwise Top-up",
    ),
    (
        t.When(TRUE, t.When(TRUE, A, B), C),
        "if On leave, then (if On leave, then Points; otherwise Bonus); otherwise Top-up",
    ),
]


@pytest.mark.parametrize(("node", "said"), BRACKETS, ids=[s for _, s in BRACKETS])
def test_brackets_stand_where_they_must_and_nowhere_else(
    program: Program, node: t.Node, said: str
) -> None:
    assert formula_words(program, node, "en", "staff") == said


@pytest.mark.parametrize(
    ("value", "said"),
    [("0.050", "0.05"), ("-3", "−3"), ("1/3", "1/3"), ("12", "12"), ("-0.5", "−0.5"), ("0", "0")],
)
def test_numbers_are_written_plainly(value: str, said: str) -> None:
    assert plain_number(F(value)) == said
