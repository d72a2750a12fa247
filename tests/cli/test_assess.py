"""`hpf assess` and `hpf draw`: a county's year by commands, each refusal with its reason."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from hpf_cli.demo_county_home import YEAR, make_county, moment
from hpf_cli.demo_county_year import SETTLED

ON = ("county_public", "--period", "2026")
Call = Callable[..., str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county's home before anything is opened; copied, never written to."""
    found = make_county(tmp_path_factory.mktemp("county") / "home", "zh")
    found.engine.dispose()
    return found.home.folder


@pytest.fixture
def county(made: Path, tmp_path: Path, hpf: Any, monkeypatch: pytest.MonkeyPatch) -> Call:
    """`county("2026-03-02", "assess", "close", …)`: a command on a day, as the group; its output.
    code: what it exits with."""
    shutil.copytree(made, tmp_path / "home")

    def call(day: str, *words: object, code: int = 0, by: str = "county1", on: bool = True) -> str:
        monkeypatch.setattr("hpf_cli.acting.now", lambda: moment(day))
        first, rest = words[:2], [str(w) for w in words[2:]]
        who = [] if first[1] in ("show", "publish") else ["--as", by]
        told = hpf(*first, *(ON if on else ()), *rest, *who, "--home", tmp_path / "home")
        assert told.exit_code == code, (told.output, told.stderr, told.exception)
        return str(told.stdout + told.stderr)

    return call


def test_from_the_table_to_the_marks(county: Call, hpf: Any, tmp_path: Path) -> None:
    lacking = county("2026-03-02", "assess", "open", "--set", "merge=median", code=2)
    assert "财政部门" in lacking
    assert "merge_step" in lacking
    parties = [w for p in ("卫生健康部门", "财政部门", "人力资源社会保障部门")
               for w in ("--party", f"{p}=示例")]  # fmt: skip
    settled = [w for n, v in SETTLED.items() for w in ("--set", f"{n}={v}")]
    assert "考核已建立" in county("2026-03-02", "assess", "open", *parties, *settled)

    more = tmp_path / "experts.csv"
    more.write_text("code,name,speciality,employer,account\nE20,示例,药学,,\n", "utf-8")
    assert "录入或更新 1 名" in county("2026-03-03", "draw", "experts", more, on=False)
    out = tmp_path / "draw.json"
    assert "临床" in county("2026-09-28", "draw", "commit", "--name", "一", "--want", "临床=两",
                            code=2)  # fmt: skip
    told = county("2026-09-28", "draw", "commit", "--name", "一", "--want", "临床=1", "--want",
                  "护理=1", "--want", "医院管理=1")  # fmt: skip
    committed = re.search(r"[0-9a-f]{64}", told).group()
    county("2026-10-09", "draw", "hold", "--name", "一", code=2)
    assert "15 名专家" in county("2026-09-29", "draw", "pool", "--name", "一")
    shown = county("2026-10-09", "draw", "hold", "--name", "一", "--out", out)
    assert "候补" in shown
    document = json.loads(out.read_text("utf-8"))
    assert document["commitment"] == committed
    again = tmp_path / "again.json"
    county("2026-10-09", "draw", "publish", "--name", "一", "--out", again)
    assert again.read_bytes() == out.read_bytes()
    # anyone, anywhere: no home, no database
    assert "核对无误" in hpf("draw", "verify", out).stdout
    assert "It holds" in hpf("draw", "verify", out, lang="en").stdout
    document["drawn"][0]["expert"] = "E01"
    again.write_text(json.dumps(document), "utf-8")
    assert hpf("draw", "verify", again).exit_code == 2
    again.write_text("no", "utf-8")
    assert hpf("draw", "verify", again).exit_code == 2

    member = next(d["expert"] for d in json.loads(out.read_text("utf-8"))["drawn"])
    came = county("2026-10-10", "draw", "substitute", member, "--name", "一", "--why", "病")
    expert = re.search(r"由 (E\d+) 递补", came).group(1)
    late = county("2026-10-25", "assess", "visit", "H1", "--expert", expert, "--day", "2026-10-25")
    assert "应在 2026-10-11 至 2026-10-20" in late
    number = re.search(r"(\d+) 号检查", late).group(1)
    mark = ["H1-A01", "--way", "现场检查", "--visit", number]
    refused = county("2026-10-25", "assess", "mark", *mark, "--off", "1", "--why", "缺", code=2,
                     by=expert.lower())  # fmt: skip
    assert "没有佐证" in refused
    paper = tmp_path / "记录.pdf"
    paper.write_bytes(b"%PDF-1.4")
    given = ["--off", "1", "--why", "缺", "--file", paper]
    told = county("2026-10-25", "assess", "mark", *mark, *given, by=expert.lower())
    assert "评分已登记" in told
    county("2026-10-25", "assess", "mark", *mark, "--off", "x", code=2)
    rest = tmp_path / "visits.csv"
    rest.write_text("hospital,day\nH2,2026-10-14\nH1,2026-10-14\n", "utf-8")
    twice = county("2026-10-25", "assess", "visits", rest, code=2)
    assert "visits.csv [visits] A3" in twice
    rest.write_text("hospital,day\nH2,2026-10-14\nH3,2026-10-15\n", "utf-8")
    assert "2 次检查已登记" in county("2026-10-25", "assess", "visits", rest)
    assert "只有 1 名专家评分，应有 3 名" in county("2026-10-26", "assess", "close", code=2)
    assert "集中考核" in hpf("assess", "show", *ON, "--home", tmp_path / "home").stdout


def test_a_new_version_of_the_table_by_command(county: Call, tmp_path: Path, hpf: Any) -> None:
    parties = [w for p in ("Health", "Finance", "Personnel and social security")
               for w in ("--party", f"{p}=x")]  # fmt: skip
    settled = [w for n, v in SETTLED.items() for w in ("--set", f"{n}={v}")]
    county("2026-03-02", "assess", "open", *parties, *settled)
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "indicator.csv").write_text("id,target\nB12,4.5\n", "utf-8")
    home = ["--home", tmp_path / "home"]
    door = hpf("import", *ON[:1], folder, *ON[1:], "--part", "--yes", *home)
    assert door.exit_code == 2
    assert "hpf assess revise" in door.stderr
    told = county("2026-05-06", "assess", "revise", folder, "--why", "县府文件")
    assert "B12.target: 5 → 4.5" in told
    same = county("2026-05-07", "assess", "revise", folder, "--why", "再来", code=2)
    assert "没有改动指标表" in same


@pytest.mark.slow
def test_hpf_demo_county_leaves_the_whole_year(hpf: Any, tmp_path: Path) -> None:
    """Each step is told; draw, summary, heat map and a letter each are there; twice is no harm."""
    for _ in range(2):
        done = hpf("demo", "county", "--out", tmp_path, lang="en")
        assert done.exit_code == 0, done.output
    for word in ("Commit to the seed", "Concentrated visit of H3", "The city reviews",
                 "Subsidy decision", "Letters to the hospitals"):  # fmt: skip
        assert word in done.stdout
    folder = tmp_path / "county"
    assert "It holds" in hpf("draw", "verify", folder / "draw.json", lang="en").stdout
    assert sorted(p.name for p in (folder / "letters").rglob("*.pdf"))[:3] == [
        "H1.pdf", "H2.pdf", "H3.pdf",
    ]  # fmt: skip
    book = openpyxl.load_workbook(folder / "summary.xlsx")
    assert book.sheetnames == ["Results", "Items", "Points lost", "Draw", "Procedure"]
    totals = [row[5].value for row in book["Results"].iter_rows(min_row=2) if row[1].value]
    assert totals[:2] == [91.78, 91.78]
    assert "<svg" in (folder / "heat.svg").read_text("utf-8")
    day = hpf("assess", "show", "county_public", "--period", str(YEAR), "--home", folder)
    assert "反馈函" in day.stdout
    assert hpf("audit", "verify", "--home", folder).exit_code == 0
    assert hpf("demo", "coutny", "--out", tmp_path).exit_code == 2
    (folder / "SYNTHETIC-passwords.txt").unlink()
    refused = hpf("demo", "county", "--out", tmp_path)
    assert refused.exit_code == 2
