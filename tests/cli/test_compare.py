"""`hpf compare`: an old sheet beside our figures, by item and by person."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from hpf_cli.samples import shipped

Rows = list[list[Any]]


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], dict[str, Any]]:
    """The Mongolian hospital's sample as a workbook, its arguments, and its results."""
    from hpf.core.kit.manager import load_plugins, load_programs
    from hpf_cli.running import run_asked

    folder = tmp_path_factory.mktemp("month")
    programs = load_programs(load_plugins())
    program = programs["mongolian"]
    sample = shipped(program, programs)[0]
    book = folder / "facts.xlsx"
    content = sample.workbook("zh")
    assert callable(content)
    content(book)
    config = program.folder / "sample" / "config.yaml"
    period = str(sample.period)
    run = run_asked("mongolian", period, [str(book)], None, str(config)).run
    rows = run.checked.rows["staff"]
    pay = {i: run.value("staff", i, "pay") for i in rows.ids.to_list()}
    names = dict(zip(rows.ids.to_list(), rows.names.to_list(), strict=True))
    arguments = ["--period", period, "--facts", str(book), "--config", str(config)]
    return folder, arguments, {"pay": pay, "names": names}


def old_sheet(path: Path, rows: Rows) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def ours(found: dict[str, Any]) -> list[tuple[str, str, Decimal]]:
    return [(i, found["names"][i], v) for i, v in found["pay"].items() if v is not None]


def test_equal_differing_missing_and_strange_people_are_told_apart(hpf: Any, month: Any) -> None:
    folder, arguments, found = month
    people = ours(found)
    rows: Rows = [["二〇二六年绩效发放表"], ["工号", "姓名", "实发"]]
    rows += [[i, n, float(v)] for i, n, v in people[2:]]
    rows += [[people[0][0], people[0][1], float(people[0][2]) + 10.5], ["X99", "来访者", 5]]
    rows += [["合计", "", 123]]
    old = old_sheet(folder / "old.xlsx", rows)
    done = hpf("compare", "mongolian", old, *arguments, "--column", "实发=pay", "--json", "-")
    assert done.exit_code == 0, done.stderr
    (item,) = json.loads(done.stdout)["items"]
    by = {p["id"]: Decimal(p["by"]) for p in item["differing"]}
    assert by == {people[0][0]: Decimal("-10.5"), people[1][0]: people[1][2]}
    assert item["people"] == len(people)
    assert Decimal(item["ours"]) - Decimal(item["theirs"]) == sum(by.values())
    assert json.loads(done.stdout)["strangers"] == [
        {"who": "X99", "place": f"old.xlsx [Sheet] A{len(rows) - 1}"}
    ]


def test_headings_that_are_rules_need_no_word_and_people_go_by_name(hpf: Any, month: Any) -> None:
    folder, arguments, found = month
    names = [n for _, n, _ in ours(found)]
    people = [(n, v) for _, n, v in ours(found) if names.count(n) == 1]
    old = old_sheet(folder / "named.xlsx", [["姓名", "pay"], *([n, float(v)] for n, v in people)])
    done = hpf("compare", "mongolian", old, *arguments)
    assert done.exit_code == 0, done.stderr
    assert "一致" in done.stdout
    assert "0.00" in done.stdout


@pytest.mark.parametrize("heading", ["应发奖金（元）", "Pay (CNY)"])
def test_a_heading_may_have_its_unit_in_brackets(hpf: Any, month: Any, heading: str) -> None:
    folder, arguments, found = month
    id, _, amount = ours(found)[0]
    old = old_sheet(folder / "unit.xlsx", [["工号", heading], [id, float(amount)]])
    done = hpf("compare", "mongolian", old, *arguments, "--json", "-")
    assert done.exit_code == 0, done.stderr
    (item,) = json.loads(done.stdout)["items"]
    assert (item["rule"], item["column"]) == ("pay", heading)


def test_our_own_results_are_an_old_sheet_too(hpf: Any, month: Any) -> None:
    folder, arguments, found = month
    results = folder / "results.xlsx"
    done = hpf("run", "mongolian", *arguments, "--xlsx", results)
    assert done.exit_code == 0, done.stderr
    done = hpf("compare", "mongolian", results, *arguments, "--json", "-")
    told = json.loads(done.stdout)
    paid = next(item for item in told["items"] if item["rule"] == "pay")
    assert (paid["differing"], paid["people"]) == ([], len(ours(found)))
    assert told["strangers"] == []


@pytest.mark.parametrize(
    ("rows", "extra", "said"),
    [
        ([["工号", "奖金"], ["A", 1]], [], "--column"),
        ([["工号", "奖金"], ["A", 1]], ["--column", "奖金=payy"], "没有规则 payy"),
        ([["工号", "奖金"], ["A", 1]], ["--column", "奖金"], "看不懂"),
        ([["工号", "pay"], ["{0}", "一百"]], [], "B2"),
        ([["工号", "pay"], ["{0}", 1], ["{0}", 2]], [], "出现两次"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    hpf: Any, month: Any, rows: Rows, extra: list[str], said: str
) -> None:
    folder, arguments, found = month
    id = ours(found)[0][0]
    filled = [[c.format(id) if isinstance(c, str) else c for c in row] for row in rows]
    old = old_sheet(folder / "bad.xlsx", filled)
    done = hpf("compare", "mongolian", old, *arguments, *extra)
    assert done.exit_code == 2
    assert said in done.stderr
