"""The synthetic samples of the departments' schemes: written by their script, computed, closed."""

from __future__ import annotations

import time
from decimal import Decimal
from functools import cache

import pytest
from plugin_runs import (
    PROGRAMS,
    amounts,
    assert_headings_are_names,
    assert_interpreters_agree,
    script,
)

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.kit.switches import survey
from hpf.core.results import Run
from hpf.core.values import NO_HISTORY
from hpf_cli.samples import shipped

FOLDER = PROGRAMS["cardiology"].folder / "sample"
CONFIG = HospitalConfig.read(FOLDER / "config.yaml", PROGRAMS)
MAKE = script(FOLDER / "make.py")
PAID = {  # scheme: what a payout comes to over everybody, and to the person looked at
    "radiology": ("staff", "pay", "48194.90", "RAD05", "1948.80"),
    "ultrasound": ("staff", "pay", "96560.00", "US07", "7078.23"),
    "anaesthesia": ("staff", "pay", "41556.50", "AN05", "3391.50"),
    "ophthalmology": ("staff", "pay", "16470.96", "OPH05", "2282.56"),
    "director": ("staff", "month_base", "75666.67", "D10-1", "6166.67"),
    "director_year": ("staff", "paid", "1745579.96", "D12-1", "87999.96"),
    "operating_room": ("staff", "pay", "51144.60", "OR12", "2789.80"),
    "category_weight": ("category", "standard", "24300000.00", "C1", "1724933.45"),
    "laboratory": ("staff", "pay", "27650.00", "LAB03", "3640.02"),
    "cardiology": ("staff", "pay", "31680.50", "CAR01", "5002.18"),
    "general_surgery": ("staff", "paid", "34250.00", "GS04", "4662.94"),
    "laboratory_points": ("staff", "pay", "18943.18", "LP01", "2418.28"),
    "head_nurse": ("staff", "month_pay", "24054.05", "N4-1", "2888.63"),
    "head_nurse_year": ("staff", "year_pay", "69515.81", "N2-1", "9764.89"),
    "ward_nurse": ("staff", "pay", "26840.00", "WN01", "3185.18"),
}


@cache
def sample(code: str) -> Run:
    (one,) = shipped(PROGRAMS[code], PROGRAMS)
    return calculate(PROGRAMS[code], one.facts(), CONFIG.settings.get(code))


def test_the_samples_are_what_their_script_writes() -> None:
    made = MAKE.sheets()
    kept = {p.relative_to(FOLDER).as_posix(): p for p in FOLDER.rglob("*.csv")}
    assert set(kept) == set(made)
    for path, text in made.items():
        assert kept[path].read_text("utf-8") == text, path
    for code, (period, _) in MAKE.SAMPLES.items():
        for table in (FOLDER / code / period).glob("*.csv"):
            if table.stem != "meta":
                assert_headings_are_names(PROGRAMS[code], table)


@pytest.mark.parametrize("code", MAKE.SAMPLES)
def test_a_sample_is_computed_in_no_time_and_without_a_problem(code: str) -> None:
    start = time.perf_counter()
    found = sample(code)
    assert time.perf_counter() - start < 3
    assert [p.line("en") for p in found.problems if p.severity == "problem"] == []


@pytest.mark.parametrize("code", PAID)
def test_a_sample_pays_what_it_paid(code: str) -> None:
    entity, rule, everybody, id, one = PAID[code]
    paid = amounts(sample(code), entity, rule)
    assert sum(paid.values()) == Decimal(everybody)
    assert paid[id] == Decimal(one)


@pytest.mark.parametrize("code", MAKE.SAMPLES)
def test_both_interpreters_agree_on_a_sample(code: str) -> None:
    assert assert_interpreters_agree(PROGRAMS[code], sample(code), NO_HISTORY) > 20


def test_source_md_says_what_every_other_reading_of_a_sample_would_pay() -> None:
    """Each switch of a scheme that pays and ships a sample, as `hpf switches` works it out."""
    text = (FOLDER.parent / "source.md").read_text("utf-8").replace(" | 0.00 | ", " | +0.00 | ")
    expected = []
    for code in MAKE.SAMPLES:
        found = survey(sample(code))
        for switch in found.switches if found.total is not None else ():
            for one in switch.alternatives:
                assert one.total is not None
                start = f"| `{code}` | `{switch.label}` | {switch.reading or '–'} | "
                figures = f" | {one.total:,.2f} | {one.total - found.total:+,.2f} | "
                expected.append((start, figures))
    assert len(expected) == 21
    for start, figures in expected:
        assert any(line.startswith(start) and figures in line for line in text.splitlines()), start


def test_every_scheme_of_the_folder_ships_a_sample_and_uses_all_its_columns() -> None:
    """So that `hpf sample` shows whoever fills in a workbook what belongs into each."""
    schemes = {p.code for p in PROGRAMS.beside("cardiology")}
    assert set(MAKE.SAMPLES) == schemes
    for code in MAKE.SAMPLES:
        (one,) = shipped(PROGRAMS[code], PROGRAMS)
        tables = one.facts().tables
        for indicator in PROGRAMS[code].indicators:
            column = tables[indicator.entity].frame.get_column(indicator.code, default=None)
            assert column is not None, (code, indicator.entity, indicator.code)
            assert column.drop_nulls().len(), (code, indicator.entity, indicator.code)
