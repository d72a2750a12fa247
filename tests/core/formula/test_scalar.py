"""Interpreter two: what it says about problems, long chains, a run's results, derivations."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.entities import DEPARTMENT, STAFF
from hpf.core.facts import Bound, Facts, Source, Table, facts_of
from hpf.core.formula import tree as t
from hpf.core.formula.derivation import Step, as_json, derive, lines
from hpf.core.formula.labels import figure, written
from hpf.core.formula.nodes import rank, round_to, split
from hpf.core.formula.scalar import Scalar
from hpf.core.indicators import Type
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.schemes import Scheme
from hpf.core.settings import Settings
from hpf.core.units import CNY, POINT
from hpf.core.values import ABSENT, History, Trouble

PERIOD = Period.parse("2026-09")
PARAMETERS = """
ward:
  share:
    name: {zh: 提取比例, en: Share}
    clause: S1.1
    values: [{from: 2026-01-01, value: "0.45", reference: p. 3}]
  coefficient:
    name: {zh: 职称系数, en: Title coefficient}
    clause: S1.2
    keyed_by: [senior, middle, junior]
    values: [{from: 2026-01-01, value: {senior: "1.5", middle: "1.2"}, reference: p. 4}]
  tiers:
    name: {zh: 档, en: Tiers}
    clause: S1.3
    kind: scale
    input_unit: point
    unit: CNY/point
    values:
      - from: 2026-01-01
        reference: p. 5
        value: [{from: 0, below: 10, rate: 1}, {from: 10, upto: 100, rate: 2}]
"""


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A small scheme: a pool, points with a title's coefficient, shares, a rank, a rate."""
    folder = tmp_path_factory.mktemp("ward")
    (folder / "parameters.yaml").write_text(PARAMETERS, "utf-8")
    s = Scheme("ward", zh="病区", en="Ward", document="S1", here=str(folder / "ward.py"))
    money: dict[str, Any] = {"unit": CNY, "clause": "S1.1"}
    s.decimal(DEPARTMENT, "income", zh="收入", en="Income", **money)
    s.decimal(DEPARTMENT, "cost", zh="成本", en="Cost", **money)
    s.choice(STAFF, "title", ["senior", "middle", "junior"], zh="职称", en="Title")
    s.decimal(STAFF, "points", zh="工作量", en="Points", unit=POINT, blank="not_applicable")
    s.decimal(STAFF, "days", zh="出勤", en="Days")

    @s.rule(DEPARTMENT, zh="总额", en="Pool", clause="S1.1", unit=CNY)
    def pool(d, p):  # type: ignore[no-untyped-def]  # as a plugin writes it
        return (d.income - d.cost) * p.share

    @s.rule(STAFF, zh="折算工作量", en="Weighted points", clause="S1.2", unit=POINT)
    def weighted(m, p):  # type: ignore[no-untyped-def]  # likewise
        return m.points * p.coefficient[m.title]

    @s.pay(STAFF, zh="绩效", en="Pay", clause="S1.4")
    def pay(m):  # type: ignore[no-untyped-def]  # likewise
        return split(m.department.pool, by=m.weighted, within=m.department)

    @s.rule(STAFF, zh="名次", en="Place", clause="S1.5")
    def place(m):  # type: ignore[no-untyped-def]  # likewise
        return rank(m.points, within=m.department)

    @s.rule(STAFF, zh="日均", en="Per day", clause="S1.6", unit=POINT)
    def per_day(m):  # type: ignore[no-untyped-def]  # likewise
        return m.points / m.days

    @s.pay(STAFF, zh="档酬", en="Tier pay", clause="S1.3")
    def tier_pay(m, p):  # type: ignore[no-untyped-def]  # likewise
        return round_to(p.tiers.marginal(m.points), "0.1")

    @s.rule(DEPARTMENT, zh="合计工作量", en="All points", clause="S1.6", unit=POINT)
    def all_points(d):  # type: ignore[no-untyped-def]  # likewise
        return d.staff.where(lambda m: m.days > 0).weighted.sum()

    return build(s)


def facts(ward: Program, **staff: dict[str, Any]) -> Facts:
    people = {i: {"department": "D", "days": 20, "title": "middle", **v} for i, v in staff.items()}
    data: dict[str, dict[str, dict[str, Any]]] = {
        "hospital": {"H": {}},
        "department": {"D": {"hospital": "H", "income": "1000.5", "cost": "200"}},
        "staff": people,
    }
    plain = facts_of(ward, PERIOD, data)
    tables = dict(plain.tables)
    frame = tables["staff"].frame
    letters = {c: "ABCDEFGH"[i] for i, c in enumerate(frame.columns)}
    source = Source("pay.xlsx", "staff", letters, range(3, 3 + len(frame)))
    tables["staff"] = Table("staff", frame, source)
    return Facts(PERIOD, tables)


def three(ward: Program, **other: Any) -> Run:
    a: dict[str, Any] = {"points": "10", "title": "senior", **other}
    return calculate(ward, facts(ward, A=a, B={"points": "8.5"}, C={"points": None}))


def scalar(run: Run, known: bool = False) -> Scalar:
    return Scalar(
        run.program, run.checked, run.parameters, run.history, run.evaluated if known else None
    )


def test_values_are_exact_and_written_ones_agree_with_the_run(ward: Program) -> None:
    run = three(ward)
    two = scalar(run)
    assert two.value("department", 0, "ward.pool") == Fraction("360.225")
    assert two.value("staff", 0, "ward.pay") + two.value("staff", 1, "ward.pay") == Fraction(  # type: ignore[operator]  # both are numbers
        "360.23"
    )
    assert two.value("staff", 2, "ward.pay") is ABSENT
    for line in run.lines():
        index = run.checked.rows[line.entity].ids.to_list().index(line.id)
        value = two.value(line.entity, index, line.rule.qualified)
        assert isinstance(value, Fraction)
        assert written(value) == f"{line.value:f}".rstrip("0").rstrip(".")


def test_unknown_names_are_key_errors(ward: Program) -> None:
    two = scalar(three(ward))
    with pytest.raises(KeyError):
        two.value("staff", 0, "ward.paye")


def test_a_divisor_of_zero_names_itself_and_its_cell(ward: Program) -> None:
    trouble = scalar(three(ward, days=0)).value("staff", 0, "ward.per_day")
    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.entity, trouble.id) == ("division_by_zero", "staff", "A")
    assert trouble.rule == "ward.per_day"
    assert trouble.place == "pay.xlsx [staff] B3"
    assert "“出勤”" in trouble.message.zh
    assert "'Days'" in trouble.message.en
    assert "when" in trouble.cure.zh


def test_a_missing_key_names_key_parameter_clause_day_and_known_keys(ward: Program) -> None:
    run = three(ward, title="junior")
    trouble = scalar(run).value("staff", 0, "ward.weighted")
    assert isinstance(trouble, Trouble)
    assert trouble.code == "missing_key"
    for text in trouble.message:
        for part in ("junior", "coefficient", "S1.2", "2026-09-30", "senior", "middle"):
            assert part in text
    assert trouble.place == "pay.xlsx [staff] E3"


def test_whoever_reads_a_troubled_value_passes_the_same_trouble_on(ward: Program) -> None:
    run = three(ward, title="junior")
    two = scalar(run)
    root = two.value("staff", 0, "ward.weighted")
    for entity, index, name in [
        ("staff", 0, "pay"), ("staff", 1, "pay"), ("department", 0, "all_points"),
    ]:  # fmt: skip
        assert two.value(entity, index, f"ward.{name}") == root
    assert two.value("staff", 2, "ward.pay") is ABSENT
    assert [p.code for p in run.problems] == ["formula.missing_key"], "one root cause, told once"
    assert len({root, scalar(run).value("staff", 0, "ward.weighted")}) == 1


def test_off_scale_says_the_value_and_the_ends(ward: Program) -> None:
    trouble = scalar(three(ward, points="100.5")).value("staff", 0, "ward.tier_pay")
    assert isinstance(trouble, Trouble)
    assert trouble.code == "off_scale"
    for part in ("100.5", "tiers", "0 – 100"):
        assert part in trouble.message.en


@pytest.mark.parametrize(
    ("changes", "code", "row"),
    [
        ({"points": "-1"}, "negative_weight", "staff:A"),
        ({"points": "9999999999999999"}, "beyond", "staff:A"),
    ],
)
def test_a_group_is_told_who_spoils_it(
    ward: Program, changes: dict[str, Any], code: str, row: str
) -> None:
    two = scalar(three(ward, **changes))
    mine, other = (two.value("staff", i, "ward.pay") for i in (0, 1))
    assert isinstance(other, Trouble)
    assert mine == other
    assert other.code == code
    assert f"{other.entity}:{other.id}" == row


def test_weights_that_are_all_zero_are_the_groups_problem(ward: Program) -> None:
    run = calculate(ward, facts(ward, A={"points": 0}, B={"points": 0}))
    trouble = scalar(run).value("staff", 1, "ward.pay")
    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.entity, trouble.id) == ("no_weight", "department", "D")
    assert "360.225" in trouble.message.en


def test_every_problem_speaks_both_languages_and_offers_a_cure(lab: SimpleNamespace) -> None:
    a, b, s = (t.Own("member", f"lab.{n}") for n in "abs")
    zero = t.Const(Fraction(0))
    huge = t.Const(Fraction(10**15))
    rules = {
        "division_by_zero": t.Arith("div", a, zero),
        "beyond": t.Arith("mul", huge, t.Arith("add", a, t.Const(Fraction(100)))),
        "imprecise": t.Arith("mul", t.Arith("div", a, t.Const(Fraction(3))), huge),
        "empty": t.Look(("team",), "team", t.Gather("max", "member", ("guest",), a)),
        "undefined_condition": t.When(s, a, b),
    }
    indicators = [lab.indicator(lab.MEMBER, n) for n in "ab"]
    indicators.append(lab.indicator(lab.MEMBER, "s", Type.BOOLEAN))
    made = [lab.rule(lab.MEMBER, name, tree) for name, tree in rules.items()]
    prog = lab.program(indicators, made)
    rows = lab.checked(prog, {"team": {"T": {}}, "member": {"M": {"team": "T", "a": 1, "b": 0}}})
    two = Scalar(prog, rows, {})
    for code in rules:
        trouble = two.value("member", 0, f"lab.{code}")
        assert isinstance(trouble, Trouble), code
        assert trouble.code == code
        problem = trouble.problem()
        assert problem.code == f"formula.{code}"
        for lang in ("zh", "en"):
            assert len(problem.line(lang)) > 40
            assert problem.cure.say(lang)
        assert any("一" <= c <= "鿿" for c in problem.message.zh)
        assert not any("一" <= c <= "鿿" for c in problem.message.en + problem.cure.en)


def test_a_chain_of_a_thousand_rules_on_every_member(lab: SimpleNamespace) -> None:
    one = t.Const(Fraction(1))
    rules = [lab.rule(lab.MEMBER, "r0", t.Own("member", "lab.a"))]
    for i in range(1, 1001):
        before: t.Node = t.Own("member", f"lab.r{i - 1}")
        if i % 100 == 0:  # through the team and back: every member's value is read
            everyone = t.Gather("max", "member", ("team",), before)
            before = t.Look(("team",), "team", everyone)
        rules.append(lab.rule(lab.MEMBER, f"r{i}", t.Arith("add", before, one)))
    prog = lab.program([lab.indicator(lab.MEMBER, "a")], rules[::-1])
    people = {f"M{i}": {"team": "T", "a": i} for i in range(20)}
    rows = lab.checked(prog, {"team": {"T": {}}, "member": people})
    two = Scalar(prog, rows, {})
    assert two.value("member", 0, "lab.r1000") == 1019
    step = derive(two, "member", 0, "lab.r1000")
    assert len(lines(step)) < 5000
    json.dumps(as_json(step))


def test_a_long_sum_within_one_rule(lab: SimpleNamespace) -> None:
    tree: t.Node = t.Own("member", "lab.a")
    for _ in range(200):
        tree = t.Arith("add", tree, t.Own("member", "lab.a"))
    prog = lab.program([lab.indicator(lab.MEMBER, "a")], [lab.rule(lab.MEMBER, "r", tree)])
    two = Scalar(prog, lab.checked(prog, {"member": {"M": {"a": 1}}}), {})
    assert two.value("member", 0, "lab.r") == 201
    assert len(derive(two, "member", 0, "lab.r").children) == 1


def test_known_results_are_taken_where_they_are_exact(lab: SimpleNamespace) -> None:
    a, b = t.Own("member", "lab.a"), t.Own("member", "lab.b")
    third, fen = t.Own("member", "lab.third"), t.Own("member", "lab.fen")
    rules = [
        lab.rule(lab.MEMBER, "third", t.Arith("div", a, b)),
        lab.rule(lab.MEMBER, "fen", t.Round(third, CENT)),
        lab.rule(lab.MEMBER, "large", t.Arith("mul", third, t.Const(Fraction(3 * 10**9)))),
        lab.rule(lab.MEMBER, "twice", t.Arith("add", fen, fen)),
    ]
    prog = lab.program([lab.indicator(lab.MEMBER, n) for n in "ab"], rules)
    rows = lab.checked(prog, {"member": {"M": {"a": 1, "b": 3}, "N": {"a": 1, "b": 0}}})
    evaluated = lab.columns.evaluate(prog, rows, {})
    asked: list[tuple[int, str]] = []

    class Watched(Scalar):
        def _work_out(self, key: Any, rule: Any, frames: int) -> Any:
            asked.append((key[1], rule.name))
            return super()._work_out(key, rule, frames)

    two = Watched(prog, rows, {}, known=evaluated)
    assert two.value("member", 0, "lab.twice") == Fraction("0.66")
    assert asked == [(0, "twice")], "the rounded result was taken from the run"
    # a third written with 12 places would make 999999999.999 of it
    assert two.value("member", 0, "lab.large") == 10**9
    assert (0, "third") in asked
    trouble = two.value("member", 1, "lab.twice")
    assert isinstance(trouble, Trouble), "problems are always traced to where they arose"
    assert trouble.rule == "lab.third"


@pytest.mark.parametrize("interpreter", ["columns", "scalar"])
def test_an_entity_that_is_only_counted_needs_its_table(
    lab: SimpleNamespace, interpreter: str
) -> None:
    count = t.Gather("count", "member", ("team",))
    prog = lab.program([], [lab.rule(lab.TEAM, "n", count)])
    data = {"team": {"T": {}, "U": {}}, "member": {"M": {"team": "T"}}}
    got = lab.INTERPRETERS[interpreter](prog, lab.checked(prog, data))
    assert [got["team", i, "n"] for i in "TU"] == [1, 0]
    _, problems = lab.check(prog, facts_of(prog, PERIOD, {"team": data["team"]}))
    assert [p.code for p in problems] == ["facts.no_table"], "an absent table is not an empty one"


CENT = t.Const(t.Rounding(Fraction("0.01")))


def found(step: Step, kind: str, code: str = "") -> Step:
    return next(s for s in step.walk() if s.kind == kind and (not code or s.code == code))


def test_a_derivation_goes_from_the_result_to_clause_parameter_and_cell(ward: Program) -> None:
    step = derive(scalar(three(ward)), "staff", 0, "ward.pay")
    assert (step.kind, step.clauses, step.shown.en) == ("rule", ("S1.4",), "214.42 CNY")
    pool = found(step, "rule", "pool")
    assert (pool.clauses, pool.note.en) == (("S1.1",), "rounded: 360.23")
    share = found(step, "parameter", "share").cited
    assert share
    assert (str(share.since), share.reference, share.origin) == ("2026-01-01", "p. 3", "scheme")
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
    assert (cited.origin, cited.reference) == ("hospital", "meeting 7")
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
