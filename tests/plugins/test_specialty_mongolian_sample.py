"""The Mongolian-medicine hospital: a year of a sample, to the fen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from plugin_runs import (
    PROGRAMS,
    amounts,
    assert_headings_are_names,
    assert_interpreters_agree,
    fen,
    kept,
    script,
    total,
)

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.kit.switches import survey
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.core.values import NO_HISTORY, History
from hpf.intake import load
from hpf.intake.template import write_template
from hpf_cli import main

CODE = "mongolian"
PROGRAM = PROGRAMS[CODE]
SAMPLE = PROGRAM.folder / "sample"
CONFIG = HospitalConfig.read(SAMPLE / "config.yaml", PROGRAMS).settings[CODE]
MONTHS = tuple(f"2026-{month:02}" for month in range(1, 13))


def sampled(month: str, history: History = NO_HISTORY) -> Run:
    """A month of the sample under its configuration."""
    return calculate(PROGRAM, load(SAMPLE / month, PROGRAM, Period.parse(month)), CONFIG, history)


@pytest.fixture(scope="module")
def year() -> list[Run]:
    """The sample's twelve months, each with those before it at hand."""
    runs: list[Run] = []
    for month in MONTHS:
        runs.append(sampled(month, kept(*runs)))
    return runs


@pytest.fixture(scope="module")
def september(year: list[Run]) -> Run:
    return year[8]


# The average: made by those who earn one themselves, paid to the others


def test_those_paid_by_the_average_do_not_make_it(september: Run) -> None:
    own, by_average = (amounts(september, "staff", r) for r in ("own_bonus", "average_pay"))
    assert not set(own) & set(by_average)
    assert len(own) + len(by_average) == len(september.checked.rows["staff"]) == 115
    average = Fraction(sum(own.values())) / len(own)
    posts = september.checked.rows["staff"].values["post"]
    multiples = {
        "院长": "1.4", "副院长": "1.4",
        "医教科主任": "1.3", "护理部主任": "1.3", "药剂科主任": "1.3",
        "出纳员": "1", "统计员": "1", "医教科干事": "1", "医保科干事": "1",
        "驾驶员": "0.5", "消毒供应室护理员": "0.5", "其他行政后勤人员": "0.8",
    }  # fmt: skip
    for id, post in zip(september.checked.rows["staff"].ids, posts, strict=True):
        if id in by_average:
            multiple = Fraction(multiples.get(str(post), "1.2"))
            assert by_average[id] == fen(average * multiple), post


def test_a_head_nurses_explanation_leads_down_to_every_department_of_the_average(
    september: Run,
) -> None:
    ask = ["explain", CODE, "--period", "2026-09", "--facts", str(SAMPLE / "2026-09")]
    ask += ["--config", str(SAMPLE / "config.yaml"), "--entity", "staff:S036", "--rule", "pay"]
    result = CliRunner().invoke(main, [*ask, "--all", "--json"])
    assert result.exit_code == 0, result.output

    def steps(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield node
        for child in node.get("children", ()):
            yield from steps(child)

    whole = list(steps(json.loads(result.stdout)["derivation"]))
    earning = {i for i, n in amounts(september, "department", "average_staff").items() if n}
    assert len(earning) == 22
    parts = {s["id"]: s for s in whole if s.get("code") == "average_part" and "children" in s}
    assert set(parts) == earning
    bonuses = {s["id"] for s in whole if s.get("code") == "department_bonus" and "children" in s}
    assert bonuses == earning
    assert {s["id"] for s in whole if s.get("code") == "own_bonus" and "children" in s} >= set(
        amounts(september, "staff", "own_bonus")
    )
    cells = {s["source"]["place"] for s in whole if s["kind"] == "fact"}
    assert {"2026-09/charge.csv [charge] E3", "2026-09/department.csv [department] F3"} <= cells
    assert not [s for s in whole if s["kind"] == "more"]
    short = CliRunner().invoke(main, ask, env={"COLUMNS": "120", "HPF_LANG": "zh"})
    assert "本科室计入平均奖的奖金 (department:C1)" in short.stdout
    assert len(short.stdout.splitlines()) < 250


# The sample's year

GOLDEN = (  # the hospital average, and what is paid in all
    ("1699.56375", "200578.81"),
    ("1649.821875", "194649.15"),
    ("1681.032125", "198573.20"),
    ("1694.684625", "200025.93"),
    ("1757.121375", "207456.13"),
    ("1741.148875", "205920.88"),
    ("1714.780125", "202425.22"),
    ("1713.0765", "202495.18"),
    ("1702.120125", "200948.86"),
    ("1715.069625", "202319.11"),
    ("1735.032625", "204662.87"),
    ("1735.6435", "204924.48"),
)


def test_the_script_writes_the_sample_that_stands_here() -> None:
    written = script(SAMPLE / "make.py").files()
    stands = {p.relative_to(SAMPLE).as_posix() for p in SAMPLE.rglob("*.csv")}
    assert set(written) == stands
    assert len(stands) == 12 * 10
    for name, text in written.items():
        assert (SAMPLE / name).read_bytes() == text.encode("utf-8"), name


def test_the_samples_headings_are_the_schemes_names() -> None:
    for table in (SAMPLE / "2026-09").glob("*.csv"):
        assert_headings_are_names(PROGRAM, table)


def test_the_year_to_the_fen(year: list[Run]) -> None:
    """Golden figures: whoever changes one says in the changelog whose pay it is."""
    for found, (average, paid) in zip(year, GOLDEN, strict=True):
        assert total(found, "average") == Decimal(average)
        assert total(found, "paid") == Decimal(paid)
    december = year[-1]
    assert total(december, "paid_year_to_date") == sum(Decimal(paid) for _, paid in GOLDEN)
    assert total(december, "months_to_date") == 12
    of_year = amounts(december, "staff", "pay_year_to_date")
    assert len(of_year) == 115
    assert of_year["S036"] == sum(amounts(found, "staff", "pay")["S036"] for found in year)


def test_every_month_holds_and_says_that_it_is_synthetic(year: list[Run]) -> None:
    assert (SAMPLE / "config.yaml").read_text("utf-8").startswith("# SYNTHETIC")
    for found in year:
        assert "intake.synthetic" in {n.code for n in found.checked.notices}
        assert all("（合成数据）" in n for n in found.checked.rows["hospital"].names)
    told = [(str(f.period), p.code, p.id) for f in year for p in f.problems]
    assert told == [("2026-05", "requirement.loss_allowed", "P2")]
    assert {p.severity for f in year for p in f.problems} == {"notice"}


def test_the_special_cases_of_the_year(year: list[Run]) -> None:
    february, march, october = year[1], year[2], year[8]
    assert amounts(february, "department", "base")["T4"] < 0
    assert amounts(february, "department", "department_bonus")["T4"] == 0
    assert amounts(march, "department", "carried")["T4"] == 0
    expired = amounts(october, "department", "rate_bonus")["P2"] - Decimal("286.50")
    assert amounts(october, "department", "bonus_less_expired")["P2"] == expired


def test_every_months_money_is_conserved(year: list[Run]) -> None:
    """From the single lines, apart from the scheme's own accounts."""
    for found in year:
        bonus = amounts(found, "department", "department_bonus")
        shares = amounts(found, "staff", "department_share")
        rows = found.checked.rows
        names = rows["department"].ids.gather(rows["staff"].links["department"])
        home = dict(zip(rows["staff"].ids, names, strict=True))
        for department, amount in bonus.items():
            assert sum(a for i, a in shares.items() if home[i] == department) == amount
        lines = [
            amounts(found, "staff", rule)
            for rule in (
                *("drug_use_subsidy", "admission_award", "record_award", "operation_award"),
                *("department_share", "average_pay", "trip_pay"),
            )
        ]
        assert sum(sum(line.values()) for line in lines) == total(found, "paid")
        charged = rows["charge"].values["amount"].sum()
        assert total(found, "charged_total") == charged
        fees = amounts(found, "department", "outside_fee")["Z1"]
        kept_back = amounts(found, "department", "outside_kept")["Z1"]
        assert amounts(found, "department", "outside_award")["Z1"] + kept_back == fees


def test_both_interpreters_agree_on_the_whole_month(september: Run, year: list[Run]) -> None:
    compared = assert_interpreters_agree(PROGRAM, september, kept(*year[:8]))
    assert compared > 5000


def test_a_month_goes_through_a_workbook(tmp_path: Path, year: list[Run]) -> None:
    month = Period.parse("2026-01")
    book = tmp_path / "month.xlsx"
    write_template(PROGRAM, month, book, facts=load(SAMPLE / "2026-01", PROGRAM, month))
    again = calculate(PROGRAM, load(book, PROGRAM, month), CONFIG)
    assert again.seal["results"] == year[0].seal["results"]


# The readings


def test_source_md_has_every_switch_with_its_effect_on_march(year: list[Run]) -> None:
    """The table of `hpf switches`, of those switches that answer an ambiguous clause."""
    march = year[2]
    found = survey(march)
    text = (PROGRAM.folder / "source.md").read_text("utf-8")
    printed = [line for line in text.splitlines() if "| S4.3-AMB" in line and " → " in line]
    computed = [(s, a) for s in found.switches if s.reading for a in s.alternatives]
    assert len(printed) == len(computed) == 13
    for (switch, one), line in zip(computed, printed, strict=True):
        assert one.total is not None
        assert found.total is not None
        assert f"`{switch.label}` | {switch.reading} |" in line
        assert f"| {one.total:,.2f} | {one.total - found.total:+,.2f} | {one.rows} |" in line
        assert one.total != found.total, "every alternative has an effect on the sample month"
