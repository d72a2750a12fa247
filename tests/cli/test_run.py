"""`hpf run`: the contract of results, and that bad facts leave nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

Call = Callable[..., Result]
Spoil = Callable[..., Path]
PAY = {"A": "3933.85", "B": "3193.52", "C": "2745.32", "D": "1438.79", "L": "3688.52"}


def run(hpf: Call, facts: Path, *more: str | Path, lang: str = "zh") -> Result:
    return hpf("run", "cardiology", "--period", "2006-09", "--facts", facts, *more, lang=lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pay_table(hpf: Call, cardiology: Path, lang: str) -> None:
    result = run(hpf, cardiology, lang=lang)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    for id, amount in PAY.items():
        shown = f"{Decimal(amount):,.2f}"
        assert any(line.split()[:1] == [id] and line.split()[-1] == shown for line in lines)
    total = {"zh": "合计", "en": "Total"}[lang]
    assert any(line.split() == [total, "15,000.00"] for line in lines)


def test_the_json_contract(hpf: Call, cardiology: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    result = run(hpf, cardiology, "--json", path)
    assert result.exit_code == 0
    assert str(path) in result.stderr
    document = json.loads(path.read_text("utf-8"), parse_float=pytest.fail, parse_int=pytest.fail)
    assert {"scheme", "scheme_version", "period", "seal", "results", "problems"} <= set(document)
    assert (document["scheme"], document["period"]) == ("cardiology", "2006-09")
    assert document["problems"] == []
    keys = {"entity", "id", "rule", "kind", "value_type", "unit", "value", "clause"}
    for line in document["results"]:
        assert set(line) == keys
        assert line["value_type"] != "decimal" or "E" not in line["value"].upper()
    paid = {
        x["id"]: x["value"]
        for x in document["results"]
        if (x["entity"], x["rule"]) == ("staff", "pay")
    }
    assert paid == PAY


def test_json_to_stdout_is_nothing_but_json(hpf: Call, cardiology: Path) -> None:
    result = run(hpf, cardiology, "--json", "-")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["scheme"] == "cardiology"
    assert "作零处理" in result.stderr


def test_the_workbook_of_results_holds_the_same_figures(
    hpf: Call, cardiology: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.xlsx"
    assert run(hpf, cardiology, "--xlsx", path).exit_code == 0
    sheet = openpyxl.load_workbook(path)["人员"]
    heads = [cell.value for cell in sheet[3]]
    found = {r[0].value: r[heads.index("pay")].value for r in sheet.iter_rows(min_row=4)}
    for id, amount in PAY.items():
        assert Decimal(str(found[id])) == Decimal(amount)


def test_results_of_earlier_periods_are_read_and_this_one_left_alone(
    hpf: Call, laboratory: Path, tmp_path: Path
) -> None:
    facts, past = laboratory / "2026-09.xlsx", tmp_path / "past"
    past.mkdir()
    args = ("run", "laboratory", "--period", "2026-09", "--facts", facts,
            "--config", laboratory / "config.yaml")  # fmt: skip

    def seal(*more: str | Path) -> dict[str, str]:
        result = hpf(*args, "--json", "-", *more)
        assert result.exit_code == 0, result.output
        found: dict[str, str] = json.loads(result.stdout)["seal"]
        return found

    alone = seal()
    september = json.loads((laboratory / "results" / "2026-09.json").read_text("utf-8"))
    (past / "9.json").write_text(json.dumps(september), "utf-8")
    assert seal("--past", past) == alone
    (past / "8.json").write_text(json.dumps({**september, "period": "2026-08"}), "utf-8")
    assert seal("--past", past)["history"] != alone["history"]
    told = hpf(*args, "--past", past, lang="en").stderr
    assert "absent: 2025-10 – 2026-07" in told
    assert "缺失处理" in hpf(*args).stderr
    changed = json.loads(json.dumps(september))
    changed["results"][0]["value"] += "1"
    (past / "8.json").write_text(json.dumps({**changed, "period": "2026-08"}), "utf-8")
    falsified = hpf(*args, "--past", past, lang="en")
    assert falsified.exit_code == 2
    assert "8.json" in falsified.stderr
    assert "Run that period again" in falsified.stderr
    (past / "bad.json").write_text("{", "utf-8")
    bad = hpf(*args, "--past", past)
    assert bad.exit_code == 2
    assert "bad.json" in bad.stderr
    nowhere = hpf(*args, "--past", tmp_path / "none")
    assert nowhere.exit_code == 2
    assert "none" in nowhere.stderr


def test_every_problem_is_listed_and_no_file_written(
    hpf: Call, spoilt: Spoil, tmp_path: Path
) -> None:
    facts = spoilt({"staff!D3": "院长", "staff!E4": None, "staff!F5": "11", "department!D3": "abc"})
    out, book = tmp_path / "out.json", tmp_path / "out.xlsx"
    for lang, count in (("zh", "共 4 个问题"), ("en", "4 problems")):
        result = run(hpf, facts, "--json", out, "--xlsx", book, lang=lang)
        assert result.exit_code == 2
        assert result.stdout == ""
        for place in ("[staff] D3", "[staff] E4", "[staff] F5", "[department] D3"):
            assert place in result.stderr
        assert count in result.stderr
        assert "Traceback" not in result.stderr
    assert not out.exists()
    assert not book.exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["spoilt.xlsx"]


def test_a_file_from_before_stays_when_the_facts_do_not_hold(
    hpf: Call, spoilt: Spoil, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    out.write_text("before", "utf-8")
    assert run(hpf, spoilt({"staff!E4": "?"}), "--json", out).exit_code == 2
    assert out.read_text("utf-8") == "before"


def test_what_only_computing_finds_is_listed_too(hpf: Call, spoilt: Spoil, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    cells: dict[str, object] = {f"staff!{c}{r}": 0 for c in "EFGHI" for r in range(3, 8)}
    result = run(hpf, spoilt(cells), "--json", out)
    assert result.exit_code == 2
    assert "医生总分数" in result.stderr
    assert not out.exists()


def test_missing_parameters_are_all_named(hpf: Call, laboratory: Path) -> None:
    facts = laboratory / "2026-09.xlsx"
    result = hpf("run", "laboratory", "--period", "2026-09", "--facts", facts)
    assert result.exit_code == 2
    for name in ("start_date", "item_points", "qualification_points", "best_award"):
        assert name in result.stderr
    assert "共 5 个问题" in result.stderr


def test_parameters_and_facts_are_told_together(
    hpf: Call, laboratory: Path, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(laboratory / "2026-09.xlsx")
    book["staff"]["A3"] = None
    book.save(tmp_path / "bad.xlsx")
    result = hpf("run", "laboratory", "--period", "2026-09", "--facts", tmp_path / "bad.xlsx")
    assert result.exit_code == 2
    assert "[staff] A3" in result.stderr
    assert "start_date" in result.stderr


def test_the_configuration_gives_what_the_hospital_decides(hpf: Call, laboratory: Path) -> None:
    result = hpf("run", "laboratory", "--period", "2026-09", "--facts",
                 laboratory / "2026-09.xlsx", "--config", laboratory / "config.yaml")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "3,440.03" in result.stdout


def test_a_bad_configuration_is_told_whole(hpf: Call, cardiology: Path, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "settings: {cardiolgy: {}, cardiology: {economic_mx: []}}\nbindngs: []\n", "utf-8"
    )
    result = run(hpf, cardiology, "--config", path)
    assert result.exit_code == 2
    for near in ("bindings", "economic_max", "cardiology"):
        assert near in result.stderr
    missing = run(hpf, cardiology, "--config", tmp_path / "none.yaml")
    assert missing.exit_code == 2
    assert "none.yaml" in missing.stderr


def bound(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(
        "bindings:\n  - {indicator: cardiology.department.pool,"
        " result: general_surgery.department.leaders_total, rows: {CARD: GS}}\n",
        "utf-8",
    )
    return path


def test_a_bound_scheme_runs_first_and_its_results_lie_beside(
    hpf: Call, demo: Path, cardiology: Path, tmp_path: Path
) -> None:
    above = f"general_surgery={demo / 'facts' / 'general_surgery.xlsx'}"
    out = tmp_path / "out.json"
    result = run(hpf, cardiology, "--facts", above, "--config", bound(tmp_path), "--json", out)
    assert result.exit_code == 0, result.output
    mine = json.loads(out.read_text("utf-8"))["results"]
    theirs = json.loads((tmp_path / "out.general_surgery.json").read_text("utf-8"))["results"]
    given = [x["value"] for x in theirs if x["rule"] == "leaders_total"]
    paid = sum(Decimal(x["value"]) for x in mine if x["rule"] == "pay")
    assert given == [f"{paid:f}".rstrip("0").rstrip(".")]


def test_a_bound_scheme_without_facts_is_named(hpf: Call, cardiology: Path, tmp_path: Path) -> None:
    result = hpf("run", "cardiology", "--period", "2006-09", "--facts",
                 f"cardiology={cardiology}", "--config", bound(tmp_path), lang="en")  # fmt: skip
    assert result.exit_code == 2
    assert "general_surgery=PATH" in result.stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["cardilogy", "--period", "2006-09"], "是否想写 cardiology？"),
        (["cardiology", "--period", "9月"], "2026-Q3"),
        (["cardiology", "--period", "2006"], "按月计算"),
        (["cardiology", "--period", "2006-09", "--facts", "a", "--facts", "b"], "不止一个"),
    ],
)
def test_what_does_not_fit_is_told_with_the_nearest(
    hpf: Call, args: list[str], words: str, cardiology: Path
) -> None:
    more = [] if "--facts" in args else ["--facts", cardiology]
    result = hpf("run", *args, *more)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_workbook_of_another_period_is_refused(hpf: Call, cardiology: Path) -> None:
    result = hpf("run", "cardiology", "--period", "2006-10", "--facts", cardiology)
    assert result.exit_code == 2
    assert "2006-09" in result.stderr


@pytest.mark.parametrize("content", [None, b"", b"no workbook", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_told(hpf: Call, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "facts.xlsx"
    if content is not None:
        path.write_bytes(content)
    result = run(hpf, path)
    assert result.exit_code == 2
    assert "facts.xlsx" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_output_is_never_the_input(hpf: Call, cardiology: Path, tmp_path: Path) -> None:
    before = cardiology.read_bytes()
    assert run(hpf, cardiology, "--xlsx", cardiology).exit_code == 2
    assert cardiology.read_bytes() == before
    twice = run(hpf, cardiology, "--json", tmp_path / "x", "--xlsx", tmp_path / "x")
    assert twice.exit_code == 2
    nowhere = run(hpf, cardiology, "--json", tmp_path / "none" / "x.json", lang="en")
    assert nowhere.exit_code == 2
    assert "Make it first" in nowhere.stderr


def test_an_output_that_is_no_file_is_refused_before_anything_is_read(
    hpf: Call, tmp_path: Path
) -> None:
    for option, path in (("--json", Path("/dev/null")), ("--xlsx", tmp_path)):
        result = run(hpf, tmp_path / "none.xlsx", option, path, lang="en")
        assert result.exit_code == 2
        assert str(path) in result.stderr
        assert "is not replaced" in result.stderr
        assert "none.xlsx" not in result.stderr


def test_an_empty_template_is_no_result(hpf: Call, tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    assert hpf("template", "cardiology", "--period", "2006-09", "--out", path).exit_code == 0
    result = run(hpf, path, "--json", tmp_path / "out.json")
    assert result.exit_code == 2
    assert "一行也没有" in result.stderr
    assert not (tmp_path / "out.json").exists()


def test_all_shows_every_rule(hpf: Call, cardiology: Path) -> None:
    short, long = run(hpf, cardiology), run(hpf, cardiology, "--all")
    assert "绩效系数" not in short.stdout
    assert "绩效系数" in long.stdout
