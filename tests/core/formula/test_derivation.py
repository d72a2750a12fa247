"""Derivations: from a result down to clause, parameter and cell, and its numbers for the eye."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from points_ward import PERIOD, facts, scalar, three

from hpf.core.calculate import calculate
from hpf.core.facts import Bound, Facts, Table
from hpf.core.formula import tree as t
from hpf.core.formula.derivation import Step, as_json, derive, lines
from hpf.core.formula.labels import figure, written
from hpf.core.formula.scalar import Scalar
from hpf.core.program import Program
from hpf.core.settings import Settings
from hpf.core.values import History, Trouble


def found(step: Step, kind: str, code: str = "") -> Step:
    return next(s for s in step.walk() if s.kind == kind and (not code or s.code == code))


def test_a_derivation_goes_from_the_result_to_clause_parameter_and_cell(ward: Program) -> None:
    step = derive(scalar(three(ward)), "staff", 0, "ward.pay")
    assert (step.kind, step.clauses, step.shown.en) == ("rule", ("S1.4",), "214.42 CNY")
    pool = found(step, "rule", "pool")
    assert (pool.clauses, pool.note.en) == (("S1.1",), "rounded: 360.23")
    share = found(step, "parameter", "share").cited
    assert share
    assert (str(share.since), share.reference.en, share.origin) == ("2026-01-01", "p. 3", "scheme")
    source = found(step, "fact", "points").source
    assert source
    assert source.place == "pay.xlsx [staff] D3"
    text = "\n".join(lines(step, "zh"))
    for part in (
        "绩效 (staff:A) = 214.42 元  [S1.4]",
        "← pay.xlsx [staff] D3",
        "p. 3",
        "权重合计 = 25.2",
    ):
        assert part in text, text
    assert not any("一" <= c <= "鿿" for line in lines(step, "en") for c in line)


def test_a_derivation_is_cut_where_it_is_told_to(ward: Program) -> None:
    two = scalar(three(ward))
    shallow, full = (derive(two, "staff", 0, "ward.pay", depth) for depth in (0, None))
    assert not [s for s in shallow.walk() if s.code == "income"]
    assert [s for s in full.walk() if s.code == "income"]
    assert found(shallow, "rule", "pool").value == Fraction("360.225")


def test_long_lists_are_cut_and_summed_up(ward: Program) -> None:
    many = {f"S{i:02}": {"points": 10} for i in range(40)}
    two = scalar(calculate(ward, facts(ward, **many)))
    step = derive(two, "department", 0, "ward.all_points")
    more = found(step, "more")
    assert more.label.en == "and 28 more, sum"
    assert more.value == 28 * 12
    assert found(step, "gather").note.en == "40 of 40 Staff"
    pay = derive(two, "staff", 39, "ward.pay")
    weights = next(s for s in pay.walk() if s.label.en == "sum of weights")
    assert [s.id for s in weights.children][:2] == ["S39", "S00"], "the row at hand is listed"
    assert len(weights.children) == 13


def test_the_whole_derivation_lists_every_member_and_explains_each(ward: Program) -> None:
    many = {f"S{i:03}": {"points": 10} for i in range(900)}
    two = scalar(calculate(ward, facts(ward, **many)))
    cut, whole = (derive(two, "department", 0, "ward.all_points", whole=w) for w in (False, True))
    assert [s for s in cut.walk() if s.kind == "more"]
    assert not [s for s in whole.walk() if s.kind == "more"]
    assert {s.id for s in whole.walk() if s.code == "points" and s.source} == set(many)
    pay = derive(two, "staff", 39, "ward.pay", whole=True)
    weights = next(s for s in pay.walk() if s.label.en == "sum of weights")
    assert len(weights.children) == 900


def test_a_derivation_of_a_problem_shows_the_problem(ward: Program) -> None:
    step = derive(scalar(three(ward, title="junior")), "staff", 1, "ward.pay")
    assert isinstance(step.value, Trouble)
    data = as_json(step)
    assert data["state"] == "problem"
    assert "junior" in "\n".join(lines(step, "en"))


def test_json_holds_written_and_exact_numbers(ward: Program) -> None:
    two = scalar(three(ward, days="3"))
    data = as_json(derive(two, "staff", 0, "ward.per_day"))
    assert (data["value"], data["exact"], data["unit"]) == ("3.333333333333", "10/3", "point")
    assert json.loads(json.dumps(data, ensure_ascii=False)) == data


def test_a_band_and_a_rank_are_explained(ward: Program) -> None:
    two = scalar(three(ward, points="15"))
    tiers = "\n".join(lines(derive(two, "staff", 0, "ward.tier_pay"), "en"))
    assert "falls into band 2" in tiers
    assert "band 1 [0, 10): 1" in tiers
    assert "rounded to 0.1 = 20" in tiers
    place = "\n".join(lines(derive(two, "staff", 1, "ward.place"), "en"))
    assert "among 2, highest first" in place


def test_a_hospitals_setting_is_cited_as_such(ward: Program) -> None:
    given = {"share": [{"from": "2026-09-01", "value": "0.5", "reason": "meeting 7"}]}
    settings = Settings.parse(ward.parameters, given, "hospital.yaml")
    run = calculate(ward, facts(ward, A={"points": 1}), settings)
    cited = found(derive(scalar(run), "department", 0, "ward.pool"), "parameter", "share").cited
    assert cited
    assert (cited.origin, cited.reference.en) == ("hospital", "meeting 7")
    assert "set by the hospital: meeting 7" in "\n".join(
        lines(derive(scalar(run), "department", 0, "ward.pool"), "en")
    )


def test_a_binding_is_the_source(ward: Program) -> None:
    plain = facts(ward, A={"points": 1})
    tables = dict(plain.tables)
    frame = tables["department"].frame
    bound = {"income": Bound("hospital", "hospital", "granted", {"D": "H"})}
    tables["department"] = Table("department", frame, bound=bound)
    run = calculate(ward, Facts(PERIOD, tables))
    source = found(derive(scalar(run), "department", 0, "ward.pool"), "fact", "income").source
    assert source
    assert source.bound == "hospital.granted (hospital:H)"


def test_earlier_periods_are_named_and_marked(lab: SimpleNamespace) -> None:
    v = t.Own("member", "lab.v")
    rules = [
        lab.rule(lab.MEMBER, "v", t.Own("member", "lab.a")),
        lab.rule(lab.MEMBER, "year", t.Window("sum", 3, v)),
    ]
    prog = lab.program([lab.indicator(lab.MEMBER, "a")], rules)
    rows = lab.checked(prog, {"member": {"M": {"a": 1}}})
    before = lab.PERIOD.earlier(1)
    history = History({before: {("member", "lab.v"): {"M": 5}}}, frozenset({before}))
    two = Scalar(prog, rows, {}, history)
    assert two.value("member", 0, "lab.year") == 6
    text = "\n".join(lines(derive(two, "member", 0, "lab.year"), "en"))
    assert "2 periods" in text
    assert "v (member:M) = 5  [L.1]  (from the results of 2026-08, provisional)" in text


def test_a_count_of_periods_shows_what_it_counted(lab: SimpleNamespace) -> None:
    v, a = t.Own("member", "lab.v"), t.Own("member", "lab.a")
    low = t.Compare("lt", v, t.Const(Fraction(70)))
    rules = [
        lab.rule(lab.MEMBER, "v", a),
        lab.rule(lab.MEMBER, "w", a),
        lab.rule(lab.MEMBER, "run", t.Window("streak", 3, None, low)),
        lab.rule(lab.MEMBER, "both", t.Window("sum", 3, t.Own("member", "lab.w"), low)),
        lab.rule(lab.MEMBER, "before", t.Past(2, v)),
    ]
    prog = lab.program([lab.indicator(lab.MEMBER, "a")], rules)
    rows = lab.checked(prog, {"member": {"M": {"a": 65}}})
    before = lab.PERIOD.earlier(1)
    of = {("member", "lab.v"): {"M": Decimal(68)}, ("member", "lab.w"): {"M": Decimal(3)}}
    two = Scalar(prog, rows, {}, History({before: of}))
    (gathered,) = derive(two, "member", 0, "lab.run").children
    assert [(s.code, s.value, s.clauses) for s in gathered.children] == [
        ("v", 65, ("L.1",)),
        ("v", 68, ("L.1",)),
    ]
    assert gathered.children[1].note.en == "from the results of 2026-08"
    (summed,) = derive(two, "member", 0, "lab.both").children
    assert [(s.value, [(x.code, x.value) for x in s.children]) for s in summed.children] == [
        (65, [("w", 65), ("v", 65)]),
        (3, [("w", 3), ("v", 68)]),
    ]
    (past,) = derive(two, "member", 0, "lab.before").children
    assert past.note.en == "no results were given for 2026-07"


@pytest.mark.parametrize(
    ("value", "shown", "plain"),
    [
        ("1234567.5", "1,234,567.5", "1234567.5"),
        ("-0.10", "-0.1", "-0.1"),
        ("2/3", "0.666666…", "0.666666666667"),
        ("-2/3", "-0.666666…", "-0.666666666667"),
        ("0", "0", "0"),
        ("-1/10000000000000", "0", "0"),
        ("1000000", "1,000,000", "1000000"),
        ("0.000000000001", "0.000000000001", "0.000000000001"),
    ],
)
def test_numbers_for_the_eye_and_for_files(value: str, shown: str, plain: str) -> None:
    if value != "-1/10000000000000":
        assert figure(Fraction(value)) == shown
    assert written(Fraction(value)) == plain
