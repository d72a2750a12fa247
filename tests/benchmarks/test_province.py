"""The province by hand: the same results to the last place; a fault in the facts is no result."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import polars as pl
import pytest

from benchmarks import province, province_by_hand
from benchmarks.province import Province
from hpf.core.errors import HpfError

DATA = province.make(hospitals=40, items=20)
YEARS = tuple(DATA.years)


def test_both_agree_on_every_result_of_every_year() -> None:
    assert province.differences(DATA) == []
    found = province.ours(DATA)
    assert [str(year) for year in found] == ["2024", "2025", "2026"]
    for year, evaluated in found.items():
        by_hand = province.by_hand(DATA)[year]
        rules = {e: {n.rpartition(".")[2] for n in v} for e, v in evaluated.values.items()}
        assert rules == {e: set(frame.columns) for e, frame in by_hand.items()}
        assert len(evaluated.values["item"]["county_public.score"]) == 800


def test_a_year_reads_the_one_before() -> None:
    found = province.by_hand(DATA)
    before, last = (found[year]["hospital"] for year in YEARS[:2])
    due = last["removal_due"]
    assert due.equals(last["unqualified"] & before["unqualified"], check_names=False)
    assert due.sum() == 1
    assert not before["removal_due"].any()


def test_a_result_that_differs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = province_by_hand.score

    def wrong(*given: object, **more: object) -> dict[str, pl.DataFrame]:
        out = honest(*given, **more)  # type: ignore[arg-type]  # handed on
        raised = out["hospital"].with_columns(pl.col("total") + Decimal("0.000000000001"))
        return {**out, "hospital": raised}

    monkeypatch.setattr(province_by_hand, "score", wrong)
    assert "2024 hospital total: 40 rows" in province.differences(DATA)


def _first(name: str, value: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """The table with another value in its first row."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        one = pl.lit(value).cast(frame.schema[name])
        return frame.with_columns(pl.when(pl.int_range(pl.len()) == 0).then(one)
                                  .otherwise(pl.col(name)).alias(name))  # fmt: skip

    return change


@pytest.mark.parametrize(
    ("entity", "change", "said"),
    [
        ("item", _first("id", None), "an empty id"),
        ("item", _first("id", "H00000-01"), "an id that stands twice"),
        ("item", _first("indicator", "J999-00"), "an unknown indicator"),
        ("item", _first("indicator", "J000-01"), "a row that stands twice"),
        ("item", _first("reason", "忘了"), "an unknown reason"),
        ("item", _first("deductions", Decimal("-0.1")), "a negative deductions"),
        ("hospital", _first("peer_group", "G9"), "an unknown peer_group"),
        ("hospital", _first("jurisdiction", "J999"), "an unknown jurisdiction"),
        ("hospital", _first("subsidy_full", None), "no subsidy_full"),
        ("indicator", _first("method", "随意"), "an unknown method"),
        ("indicator", _first("target", Decimal(10) ** 16), "a target out of reach"),
    ],
)
def test_neither_computes_with_facts_that_do_not_hold(
    entity: str, change: Callable[[pl.DataFrame], pl.DataFrame], said: str
) -> None:
    year = YEARS[0]
    frames = {**DATA.years[year], entity: change(DATA.years[year][entity])}
    spoilt = Province(DATA.program, DATA.known, {year: frames})
    with pytest.raises(ValueError, match=f"{entity}: {said}"):
        province.by_hand(spoilt)
    with pytest.raises(HpfError) as error:
        province.ours(spoilt)
    assert {p.code.partition(".")[0] for p in error.value.problems} == {"facts"}
