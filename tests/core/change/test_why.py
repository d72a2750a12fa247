"""Why a figure changed: the parts sum to the difference, to the fen, whatever changed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hpf.core import (
    CNY,
    DEPARTMENT,
    HOSPITAL,
    POINT,
    SHIFT,
    STAFF,
    Formula,
    Parameters,
    Period,
    Row,
    Scheme,
    entity,
    link,
    round_to,
    split,
    when,
)
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.change import Kind, compare, why
from hpf.core.facts import facts_of
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.values import History

PARAMETERS = """
ward:
  night_rate:
    name: 夜班费标准
    unit: CNY/shift
    clause: T.1
    values:
      - {from: 2026-01-01, value: "40.55", reference: x}
      - {from: 2026-10-01, value: "44.1", reference: x}
  threshold:
    name: 门槛
    unit: point
    clause: T.1
    values: [{from: 2026-01-01, value: "60", reference: x}]
"""
CLAUSES = "- {id: T.1, kind: calc, meaning: {zh: 一切, en: Everything}}\n"


def program(folder: Path, version: str = "1") -> Program:
    """A small ward: a pool shared by weights, shifts, a bonus on last month's pay."""
    folder.mkdir(exist_ok=True)
    (folder / "parameters.yaml").write_text(PARAMETERS, "utf-8")
    (folder / "clauses.yaml").write_text(CLAUSES, "utf-8")
    s = Scheme(
        "ward", zh="病房", en="Ward", document="T", version=version, here=str(folder / "x.py")
    )
    sheet = s.entity(
        entity("sheet", "收支表", "Sheet", link("unit", DEPARTMENT, "科室", "Unit", "sheets"))
    )
    s.decimal(HOSPITAL, "quality", zh="全院质量", en="Quality", clause="T.1")
    s.decimal(sheet, "income", zh="收入", en="Income", unit=CNY, clause="T.1")
    s.decimal(sheet, "cost", zh="成本", en="Cost", unit=CNY, clause="T.1")
    s.decimal(DEPARTMENT, "coefficient", zh="考核系数", en="Coefficient", clause="T.1")
    s.choice(STAFF, "title", ["senior", "junior"], zh="职称", en="Title", clause="T.1")
    s.decimal(STAFF, "workload", zh="工作量比", en="Workload", clause="T.1")
    s.integer(STAFF, "nights", zh="夜班", en="Nights", unit=SHIFT, clause="T.1")
    s.decimal(STAFF, "score", zh="得分", en="Score", unit=POINT, clause="T.1")

    @s.rule(DEPARTMENT, zh="总额", en="Pool", unit=CNY, clause="T.1")
    def pool(unit: Row) -> Formula:
        balance = unit.sheets.income.sum() - unit.sheets.cost.sum()
        return round_to(balance * unit.coefficient * unit.hospital.quality)

    @s.rule(STAFF, zh="权数", en="Weight", clause="T.1")
    def weight(member: Row) -> Formula:
        return when(member.title == "senior", 2, 1) * member.workload

    @s.pay(STAFF, zh="份额", en="Share", clause="T.1")
    def share(member: Row) -> Formula:
        return split(member.department.pool, by=member.weight, within=member.department)

    @s.pay(STAFF, zh="夜班费", en="Nights", clause="T.1")
    def night_pay(member: Row, p: Parameters) -> Formula:
        return round_to(member.nights * p.night_rate)

    @s.pay(STAFF, zh="奖励", en="Bonus", clause="T.1")
    def bonus(member: Row, p: Parameters) -> Formula:
        last = member.past(1).pay.or_(0)
        step = last / 100 if version == "1" else last / 50
        return round_to(when(member.score >= p.threshold, step, 0))

    @s.total(STAFF, zh="合计", en="Pay", clause="T.1")
    def pay(member: Row) -> Formula:
        return member.share + member.night_pay + member.bonus

    return build(s)


Data = dict[str, dict[str, dict[str, Any]]]


def month(rng: random.Random) -> Data:
    """Facts of a month: three units, a dozen people."""
    cents = lambda low, high: f"{rng.randint(low * 100, high * 100) / 100:.2f}"  # noqa: E731 - short
    data: Data = {
        "hospital": {"H": {"quality": rng.choice(["1", "0.97", "1.03"])}},
        "department": {
            d: {"hospital": "H", "coefficient": rng.choice(["1", "0.95", "0.98"])} for d in "XYZ"
        },
        "sheet": {
            f"S{d}": {"unit": d, "income": cents(20_000, 40_000), "cost": cents(5_000, 15_000)}
            for d in "XYZ"
        },
        "staff": {},
    }
    for n in range(12):
        data["staff"][f"P{n:02d}"] = {
            "department": "XYZ"[n % 3], "title": rng.choice(["senior", "junior"]),
            "workload": rng.choice(["0.9", "1", "1.08"]), "nights": rng.randint(0, 9),
            "score": rng.choice(["50", "60", "61.5", "88"]),
        }  # fmt: skip
    return data


def changed(data: Data, rng: random.Random) -> Data:
    """The next month: some of everything, with leavers, joiners and people who moved."""
    fresh = month(rng)
    copy: Data = {e: {i: dict(row) for i, row in rows.items()} for e, rows in data.items()}
    for entity_code, rows in copy.items():
        for id, row in rows.items():
            for code in row:
                if code not in ("hospital", "unit", "department") and rng.random() < 0.3:
                    row[code] = fresh[entity_code].get(id, {}).get(code, row[code])
    staff = copy["staff"]
    for id in rng.sample(sorted(staff), rng.randint(0, 2)):
        del staff[id]
    for n in range(rng.randint(0, 2)):
        staff[f"Q{n}"] = {**fresh["staff"]["P00"], "department": rng.choice("XYZ")}
    for id in rng.sample(sorted(staff), rng.randint(0, 3)):
        staff[id]["department"] = rng.choice("XYZ")
    for d in "XYZ":  # a unit without people has nobody to share its pool
        if not any(row["department"] == d for row in staff.values()):
            staff["R" + d] = {**fresh["staff"]["P01"], "department": d}
    return copy


def pay_of(rng: random.Random, data: Data, period: str) -> History:
    past = {i: Decimal(rng.randint(100_000, 900_000)) / 100 for i in data["staff"]}
    return History({Period.parse(period): {("staff", "ward.pay"): past}})


def run_of(program: Program, period: str, data: Data, history: History) -> Run:
    run = calculate(program, facts_of(program, Period.parse(period), data), None, history)
    assert not run.problems
    return run


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Program]:
    folder = tmp_path_factory.mktemp("ward")
    return {v: program(folder / v, v) for v in ("1", "2")}


SEEDS = [n if n < 25 else pytest.param(n, marks=pytest.mark.slow) for n in range(100)]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_parts_sum_to_the_difference(programs: Mapping[str, Program], seed: int) -> None:
    """100 random changes: leavers, joiners, transfers, another rate from October, a new rule."""
    rng = random.Random(seed)
    one = month(rng)
    two = changed(one, rng)
    before = run_of(programs["1"], "2026-09", one, pay_of(rng, one, "2026-08"))
    later = programs[rng.choice("12")]
    after = run_of(later, "2026-10", two, pay_of(rng, two, "2026-09"))
    ids = sorted(set(one["staff"]) | set(two["staff"]))
    for id in {rng.choice(ids), ids[-1], next((i for i in ids if i not in two["staff"]), ids[0])}:
        told = why(before, after, "staff", id, "pay")
        assert sum((p.amount for p in told.parts), Decimal(0)) == told.difference
        assert told.before == (before.value("staff", id, "pay") if id in one["staff"] else None)
        assert told.after == (after.value("staff", id, "pay") if id in two["staff"] else None)
        kinds = [list(Kind).index(p.kind) for p in told.parts]
        assert kinds == sorted(kinds), "the order of replacement is the documented one"


def two_months(programs: Mapping[str, Program], **change: Any) -> tuple[Run, Run]:
    """A quiet month and the same one again, but for what is named: entity__id__code=value."""
    data = month(random.Random(1))
    data["staff"]["P00"] |= {"score": "50", "title": "junior", "workload": "1", "nights": 4}
    copy: Data = {e: {i: dict(row) for i, row in rows.items()} for e, rows in data.items()}
    for where, value in change.items():
        entity_code, id, code = where.split("__")
        copy[entity_code][id][code] = value
    before, after = (run_of(programs["1"], "2026-08", d, History()) for d in (data, copy))
    return before, after


def test_one_change_is_one_part_with_both_values(programs: Mapping[str, Program]) -> None:
    before, after = two_months(programs, staff__P00__nights=6)
    (part,) = why(before, after, "staff", "P00", "pay").parts
    assert (part.kind, part.before, part.after) == (Kind.INPUTS, 4, 6)
    assert part.amount == Decimal("81.10")


def test_ones_own_figures_are_told_from_those_of_others(programs: Mapping[str, Program]) -> None:
    before, after = two_months(
        programs, staff__P00__workload="1.08", staff__P03__workload="0.5",
        sheet__SX__income="50000", department__X__coefficient="0.9", sheet__SY__income="1",
    )  # fmt: skip
    told = why(before, after, "staff", "P00", "pay")
    assert [(p.kind, p.names.zh) for p in told.parts] == [
        (Kind.COEFFICIENTS, "考核系数"),
        (Kind.COEFFICIENTS, "工作量比"),
        (Kind.POOL, "收入"),
        (Kind.OTHERS, "他人的收入"),
        (Kind.OTHERS, "他人的工作量比"),
    ]
    assert told.parts[3].amount == 0, "another unit's income is nobody else's"
    assert sum(p.amount for p in told.parts) == told.difference != 0


def test_a_transfer_stands_apart_from_those_who_came_and_left(
    programs: Mapping[str, Program],
) -> None:
    before, after = two_months(programs, staff__P00__department="Y", staff__P04__department="Z")
    kinds = [p.kind for p in why(before, after, "staff", "P00", "pay").parts]
    assert kinds == [Kind.HEADCOUNT, Kind.TRANSFER]


def test_a_new_rate_and_a_new_rule_have_parts_of_their_own(programs: Mapping[str, Program]) -> None:
    data = month(random.Random(2))
    data["staff"]["P00"] |= {"score": "88", "nights": 2}
    past = History({Period.parse("2026-08"): {("staff", "ward.pay"): {"P00": Decimal("5000")}}})
    before = run_of(programs["1"], "2026-09", data, past)
    later = History({Period.parse("2026-09"): {("staff", "ward.pay"): {"P00": Decimal("5000")}}})
    after = run_of(programs["2"], "2026-10", data, later)
    told = why(before, after, "staff", "P00", "pay")
    amounts = {p.kind: p.amount for p in told.parts}
    assert amounts[Kind.RATES] == Decimal("7.10")
    assert told.parts[0].before == Decimal("40.55")
    assert sum(amounts.values()) == told.difference == Decimal("57.10")


def test_what_cannot_be_asked_is_refused(programs: Mapping[str, Program]) -> None:
    before, after = two_months(programs, staff__P00__nights=6)
    for entity_code, id, rule in (("staff", "P99", "pay"), ("staff", "P00", "pya")):
        with pytest.raises(KeyError):
            why(before, after, entity_code, id, rule)


def test_winners_losers_and_cost(programs: Mapping[str, Program]) -> None:
    before, after = two_months(programs, staff__P00__nights=6, staff__P01__nights=0)
    told = compare(before, after)
    assert [d.id for d in told.winners] == ["P00"]
    assert [d.id for d in told.losers] == ["P01"]
    assert told.cost == told.winners[0].by + told.losers[0].by
