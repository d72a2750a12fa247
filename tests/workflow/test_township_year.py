"""A year of a township health centre through the database: twelve sealed months, each looking back.

The shipped month, its incomes varied by a seeded script. What rules take from earlier months is
compared with figures worked out here by hand, in exact fractions, from what each month sealed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import Engine, select

from hpf.core.facts import Facts, as_decimal
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.kit.programs import Programs
from hpf.core.parameter_files import read_yaml
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.intake import load
from hpf.runs import Sealed, seal_period
from hpf.storage.ceilings import ceiling_problems, set_ceiling, spent
from hpf.storage.configuration import decisions_of, set_parameters
from hpf.storage.engine import connect, reading, writing
from hpf.storage.imports import preview, save_import
from hpf.storage.migrations import upgrade
from hpf.storage.models import Cycle, Hospital, StoredRun
from hpf.storage.replay import verify_run
from hpf.storage.runs import load_run

pytestmark = pytest.mark.slow
MONTHS = [Period.parse(f"2026-{month:02d}") for month in range(1, 13)]
YEAR, DECEMBER = Period.parse("2026"), MONTHS[-1]
# one settled over the year; one whose income leaps in July; one that earns hardly anything in May
SEASONAL, SWINGS, OWES = "K01", "K10", "K09"
DELIBERATE, RAISED = "K07", Fraction(45, 100)  # its ratio goes up in October, from 0.40
SPECIAL = {(SWINGS, 7): Decimal(3), (OWES, 5): Decimal("0.1")}
SETTLED = MONTHS[:9]  # whose cycles are over when the later months are calculated
CRITERION = Fraction(40, 100)
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Year:
    """A hospital whose twelve months are sealed."""

    engine: Engine
    programs: Programs
    hospital: int
    sealed: Mapping[Period, Sealed]

    def run(self, period: Period) -> Run:
        with reading(self.engine) as session:
            return load_run(session, self.sealed[period].id)

    def column(self, entity: str, rule: str) -> dict[Period, dict[str, Decimal]]:
        """A rule's stored values, by month and row; absent ones left out."""
        found = {}
        for period in MONTHS:
            run = self.run(period)
            ids = run.checked.rows[entity].ids.to_list()
            values = {id: run.value(entity, id, rule) for id in ids}
            found[period] = {i: v for i, v in values.items() if isinstance(v, Decimal)}
        return found


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """Each month imported and sealed in turn, its cycle settled where it is by then."""
    programs = load_programs(load_plugins(only=("township",)))
    program = programs["township"]
    sample = program.folder / "sample"
    month = load(sample / "2026-09", program, Period.parse("2026-09"))
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('year') / 'hpf.db'}")
    upgrade(engine)
    hospital = _hospital(engine, programs, sample / "config.yaml")
    sealed: dict[Period, Sealed] = {}
    chance = random.Random(2026)
    for period in MONTHS:
        with writing(engine) as session:
            shown = preview(session, hospital, program, varied(month, period, chance))
            save_import(session, shown, by="clerk")
            session.commit()
        sealed |= {period: seal_period(engine, programs, hospital, "township", period,
                                       by="office")["township"]}  # fmt: skip
        if period in SETTLED:
            _settle(engine, hospital, period, sealed[period].id)
    yield Year(engine, programs, hospital, sealed)
    engine.dispose()


def _hospital(engine: Engine, programs: Programs, config: Path) -> int:
    data = read_yaml(config)
    assert isinstance(data, Mapping)
    with writing(engine) as session:
        made = Hospital(code="T", name="合成数据")
        session.add(made)
        session.flush()
        answers = dict(data["settings"]["township"])
        raised = {"from": "2026-10-01", "value": "0.45", "reason": "synthetic: raised"}
        answers["medtech_withdrawal_ratio"] = [*answers["medtech_withdrawal_ratio"], raised]
        decided = decisions_of("township", answers)
        set_parameters(session, made.id, programs, decided, by="boss")
        session.commit()
        return made.id


def _settle(engine: Engine, hospital: int, period: Period, run: int) -> None:
    with writing(engine) as session:
        session.add(Cycle(hospital_id=hospital, scheme="township", period=period, run_id=run,
                          state="closed", pay_first=False, calendar={}))  # fmt: skip
        session.commit()


def varied(month: Facts, period: Period, chance: random.Random) -> Facts:
    """The sample as another month: incomes up or down by a fifth, two units' by SPECIAL."""
    income = month.tables["income_sheet"].frame
    amounts = [c for c, t in income.schema.items() if t.is_decimal() and c != "stated_total"]
    rows = []
    for row in income.iter_rows(named=True):
        share = Decimal(chance.randint(800, 1200)) / 1000
        share *= SPECIAL.get((row["unit"], period.number), 1)
        new = {c: _fen(row[c] * share) for c in amounts if row[c] is not None}
        rows.append({**row, **new, "stated_total": sum(new.values(), Decimal(0))})
    kept = {c: income.schema[c] for c in income.columns}
    tables = dict(month.tables)
    tables["income_sheet"] = replace(
        tables["income_sheet"], frame=pl.DataFrame(rows, schema=kept), source=None
    )
    booked = sum((r["stated_total"] for r in rows), Decimal(0))
    hospital = month.tables["hospital"].frame
    ledger = pl.Series("ledger_income", [booked], dtype=as_decimal(hospital["ledger_income"]).dtype)
    ends = pl.Series("year_ends_on", [DECEMBER.last_day])
    tables["hospital"] = replace(
        tables["hospital"], frame=hospital.with_columns(ledger, ends), source=None
    )
    units = month.tables["department"].frame
    seasonal = pl.Series("seasonal_account", [id == SEASONAL for id in units["id"]])
    found = {(DELIBERATE, 3): "全年统算"}  # in March alone; the year is settled all the same
    decided = [found.get((id, period.number)) for id in units["id"]]
    mismatch = pl.Series("mismatch_decision", decided, dtype=pl.String)
    tables["department"] = replace(
        tables["department"], frame=units.with_columns(seasonal, mismatch), source=None
    )
    # leave and cases of September are September's alone
    for code in ("leave", "case", "suspension") if period.number != 9 else ():
        tables[code] = replace(tables[code], frame=tables[code].frame.clear(), source=None)
    return replace(month, period=period, tables=tables, notices=())


def _fen(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def test_the_balance_of_the_year_is_the_sum_of_its_months(year: Year) -> None:
    """S2-5-5: of every unit with an account, in every month, to the last place."""
    monthly = year.column("department", "balance")
    so_far = year.column("department", "balance_of_year")
    units = set(monthly[DECEMBER])
    assert SEASONAL in units
    for at, period in enumerate(MONTHS):
        for unit in units:
            assert so_far[period][unit] == sum(monthly[m][unit] for m in MONTHS[: at + 1])
    assert len({monthly[m][SEASONAL] for m in MONTHS}) == 12, "no two months are alike"
    told = [year.run(m).value("department", SEASONAL, "settlement") for m in MONTHS]
    assert told == [*["全年统算（本月为预发）"] * 11, "全年统算（本月结算）"]


def test_a_wide_swing_is_pointed_out_against_the_mean_of_twelve_months(year: Year) -> None:
    """S2-5-5: exactly where income is off the mean of the months so far by more than 40 %."""
    income = year.column("department", "credited_income")
    expected = set()
    for at, period in enumerate(MONTHS):
        for unit, value in income[period].items():
            months = [Fraction(income[m][unit]) for m in MONTHS[: at + 1] if unit in income[m]]
            mean = sum(months, Fraction(0)) / len(months)
            if abs(Fraction(value) - mean) > mean * CRITERION and unit != SEASONAL:
                expected.add((period, unit))
    assert (MONTHS[6], SWINGS) in expected
    assert (MONTHS[0], SWINGS) not in expected, "the first month is its own mean"
    told = {
        (period, p.id)
        for period in MONTHS
        for p in year.run(period).problems
        if p.name.endswith("steady_income")
    }
    assert told == expected


def test_a_deficit_goes_from_month_to_month_until_it_is_made_good(year: Year) -> None:
    carried = year.column("department", "deficit_carried")
    brought = year.column("department", "deficit_brought")
    for before, after in pairwise(MONTHS):
        for unit, amount in brought[after].items():
            assert amount == carried[before][unit]
    assert brought[MONTHS[4]][OWES] == 0 < brought[MONTHS[5]][OWES]
    assert brought[DECEMBER][OWES] == 0, "made good in the months after"


def test_december_settles_the_year_of_units_accounted_for_over_the_year(year: Year) -> None:
    """S2-5-4, S2-5-5: what the year's balance yields, less what twelve months drew, by hand."""
    balance, drawn, now, brought = (
        year.column("department", rule)
        for rule in ("balance", "drawn", "drawn_now", "deficit_brought")
    )
    assert set(year.column("department", "year_rest")[DECEMBER]) == {SEASONAL, DELIBERATE}
    assert now[MONTHS[10]] == drawn[MONTHS[10]], "no earlier month settles"
    for unit, ratio in ((SEASONAL, Fraction(1)), (DELIBERATE, RAISED)):
        whole = sum(Fraction(balance[m][unit]) for m in MONTHS)
        yields = (whole - Fraction(brought[MONTHS[0]][unit])) * ratio
        due = Fraction(int(yields * 100 + Fraction(1, 2)), 100)  # above zero: half up, to the fen
        rest = due - sum(Fraction(drawn[m][unit]) for m in MONTHS)
        assert yields > 0
        assert Fraction(now[DECEMBER][unit]) == max(
            Fraction(0), Fraction(drawn[DECEMBER][unit]) + rest
        )
    raised = sum(Fraction(balance[m][DELIBERATE]) for m in MONTHS[:9]) * Fraction(5, 100)
    more = Fraction(now[DECEMBER][DELIBERATE]) - Fraction(drawn[DECEMBER][DELIBERATE])
    assert abs(more - raised) < Fraction(7, 100), "nine months at the higher ratio, to the fen each"


def test_months_whose_cycle_is_open_are_marked_provisional(year: Year) -> None:
    """And once they are settled, December needs no other run: its figures are the same."""
    with reading(year.engine) as session:
        runs = {p: session.get_one(StoredRun, s.id) for p, s in year.sealed.items()}
        assert runs[MONTHS[8]].provisional == []
        assert runs[DECEMBER].provisional == ["2026-10", "2026-11"]
        assert not verify_run(session, runs[DECEMBER].id).problems
    for period in MONTHS[9:11]:
        _settle(year.engine, year.hospital, period, year.sealed[period].id)
    again = seal_period(year.engine, year.programs, year.hospital, "township", DECEMBER,
                        by="office")["township"]  # fmt: skip
    assert again.run.history.provisional == frozenset()
    assert again.run.seal["results"] == year.run(DECEMBER).seal["results"]


def test_ceilings_of_month_and_year_hold_for_what_is_sealed(year: Year) -> None:
    """Eleven months within the year's ceiling; December passes it by a fen, and is told so."""
    paid = year.column("staff", "paid")
    sums = {period: _fen(sum(paid[period].values(), Decimal(0))) for period in MONTHS}
    whole = sum(sums.values(), Decimal(0))
    with writing(year.engine) as session:
        for period in MONTHS:
            set_ceiling(session, year.hospital, period, sums[period], by="boss", reason="批文")
        set_ceiling(session, year.hospital, YEAR, whole - _CENT, by="boss", reason="批文")
        session.commit()
    with reading(year.engine) as session:
        december = session.scalars(
            select(StoredRun).where(StoredRun.period == DECEMBER).order_by(StoredRun.id.desc())
        ).first()
        assert december is not None
        assert spent(session, december, DECEMBER) == sums[DECEMBER]
        assert spent(session, december, YEAR) == whole
        known: dict[tuple[int, str], Decimal] = {}
        assert spent(session, december, YEAR, known=known) == whole
        assert {run for run, _ in known} == {year.sealed[p].id for p in MONTHS[:-1]} | {december.id}
        assert sum(known.values(), Decimal(0)) == whole
        assert spent(session, december, YEAR, known=known) == whole, "from what is known"
        (over,) = ceiling_problems(session, december)
        assert (over.code, over.place) == ("storage.ceiling", "2026")
        assert f"{whole:f} CNY, 0.01 above" in over.message.en
    with writing(year.engine) as session:
        set_ceiling(session, year.hospital, YEAR, whole, by="boss", reason="调整批文")
        session.commit()
    with reading(year.engine) as session:
        december = session.get_one(StoredRun, year.sealed[DECEMBER].id)
        assert ceiling_problems(session, december) == []
